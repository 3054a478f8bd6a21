import type { Replay } from '../shell/ui.ts';

/** How something on the canvas is shown while a counterexample is looked at; everything else is dimmed. */
export type Light = 'now' | 'past' | 'knot';

/** What is lit. */
export interface Lit {
  readonly nodes: ReadonlyMap<string, Light>;
  readonly wires: ReadonlyMap<string, Light>;
}

/** What a counterexample lights at its present step: the step and what went before, and at the end the knot. */
export function litOf(replay: Replay | null): Lit | null {
  const trace = replay?.finding.trace;
  if (replay === null || trace === undefined) return null;
  const nodes = new Map<string, Light>();
  const wires = new Map<string, Light>();
  if (replay.step >= trace.steps.length) {
    for (const id of trace.knot.nodes) nodes.set(id, 'knot');
    for (const id of trace.knot.connections) wires.set(id, 'knot');
    return { nodes, wires };
  }
  for (const [number, step] of trace.steps.entries()) {
    if (number > replay.step) break;
    const light = number === replay.step ? 'now' : 'past';
    for (const id of step.nodes) nodes.set(id, light);
    if (step.connection !== undefined) wires.set(step.connection, light);
  }
  return { nodes, wires };
}
