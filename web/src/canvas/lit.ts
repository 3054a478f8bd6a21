import type { Finding, Trace } from '#model/checks/finding.ts';
import { isInner, outerOf } from '#model/design.ts';
import type { Stepped } from '#model/sessions/intervention.ts';
import { hasEnded, type Session } from '#model/sessions/session.ts';
import type { Replay } from '../shell/ui.ts';

/** How something on the canvas is shown while there is a counterexample. */
export type Light = 'now' | 'past' | 'knot';

/** What is lit. */
export interface Lit {
  readonly nodes: ReadonlyMap<string, Light>;
  readonly wires: ReadonlyMap<string, Light>;
  /** Everything else steps back, so that what is lit is seen: while a counterexample is stepped. */
  readonly dims: boolean;
}

/** What a counterexample lights at its present step: the step and what went before, and at the end the knot. */
export function litOf(replay: Replay | null): Lit | null {
  const trace = replay?.finding.trace;
  if (replay === null || trace === undefined) return null;
  const nodes = new Map<string, Light>();
  const wires = new Map<string, Light>();
  if (replay.step >= trace.steps.length && trace.cycle === undefined) return { ...knotOf(trace.knot), dims: true };
  for (const [number, step] of trace.steps.entries()) {
    if (number > replay.step) break;
    const light = number === replay.step || goesRound(replay.step, number, trace) ? 'now' : 'past';
    for (const id of step.nodes) nodes.set(outerOf(id), light);
    if (step.connection !== undefined && !isInner(step.connection)) wires.set(step.connection, light);
  }
  return { nodes, wires, dims: true };
}

// Past the last step of a way that goes on for ever, all that goes round.
function goesRound(step: number, number: number, { steps, cycle }: Trace): boolean {
  return cycle !== undefined && step >= steps.length && number >= cycle;
}

/** What lights while a session is stuck: who waits, and on which wires. */
export function litByStuck(session: Session | null): Lit | null {
  if (session?.stuck === undefined || hasEnded(session.state)) return null;
  return { ...knotOf(session.stuck), dims: false };
}

/** What lights while a session is paused: the wires that the message at hand has just passed. */
export function litByPause(session: Session | null, lastStep: Stepped | null): Lit | null {
  if (session?.state !== 'paused') return null;
  const { pausedAt } = session;
  const wires = pausedAt === undefined ? (lastStep?.passed ?? []).map(({ connection }) => connection) : [pausedAt.connection];
  return wires.length === 0 ? null : { nodes: new Map(), wires: new Map(wires.map((id) => [id, 'now'])), dims: false };
}

/** What a deadlock lights before anybody steps through it: who would wait for whom; null when none is known. */
export function litByFindings(findings: readonly Finding[]): Lit | null {
  const stuck = findings.filter(({ rule, verdict }) => rule.endsWith('deadlock') && verdict === 'refuted');
  const knot = (stuck.find(({ rule }) => rule === 'deadlock') ?? stuck[0])?.trace?.knot;
  return knot === undefined ? null : { ...knotOf(knot), dims: false };
}

function knotOf({ nodes, connections }: Pick<Finding, 'nodes' | 'connections'>): Pick<Lit, 'nodes' | 'wires'> {
  const drawn = connections.filter((id) => !isInner(id));
  return { nodes: new Map(nodes.map((id) => [outerOf(id), 'knot'])), wires: new Map(drawn.map((id) => [id, 'knot'])) };
}
