import { compose, isReady } from '#contract/compose.ts';
import { smallBuffer } from '#contract/link.ts';
import type { Network } from '#contract/network.ts';
import { type Lookup, type WiredNode, wire } from '#contract/wiring.ts';
import type { Connection, DesignBody } from '#model/design.ts';
import type { Finding, Validation, Verdict } from '#model/finding.ts';
import { type Budget, type EngineName, type Outcome, usualBudget } from './engine.ts';
import { type Climbed, climb } from './ladder.ts';
import { lint } from './lint.ts';
import type { Asker, Question } from './question.ts';
import { tell } from './trace.ts';

/** A design made ready for the search: plain data that can be posted to a thread. */
export interface Prepared {
  /** What is known without a search. */
  readonly findings: readonly Finding[];
  /** Absent when a contract is missing: then nothing can be said. */
  readonly question?: Question;
}

/**
 * K13  Lints a design and composes its network.
 *
 * @param lookup gives what is known of a component kind; `host/catalog.ts` is one.
 */
export function prepareCheck(design: DesignBody, lookup: Lookup): Prepared {
  const nodes = wire(design, lookup);
  const connections = Object.values(design.connections);
  const findings = lint(nodes, connections);
  if (!nodes.every(isReady)) return { findings };
  const doubt = doubtOf(nodes, connections);
  const big = connections.some(({ capacity }) => capacity > smallBuffer);
  return {
    findings,
    question: {
      design,
      nodes,
      counted: compose(nodes, false),
      ...(big && { rough: compose(nodes, true) }),
      ...(doubt !== undefined && { doubt }),
      open: findings.filter(({ rule }) => rule === 'unconnected-port').length,
    },
  };
}

// What the search must not be asked. Among it a node that could hand a message to itself: whether its two halves run at once is not in its transition system.
function doubtOf(nodes: readonly WiredNode[], connections: readonly Connection[]): string | undefined {
  const attached = new Map<string, number>();
  for (const { ends } of nodes)
    for (const { connection } of ends.values())
      if (connection) attached.set(connection.id, (attached.get(connection.id) ?? 0) + 1);
  const loose = connections.find(({ id }) => attached.get(id) !== 2);
  if (loose !== undefined) return `${loose.id} does not join two ports that are there for it alone`;
  for (const connection of connections) {
    const { id, from, to } = connection;
    const node = from.node === to.node ? nodes.find((one) => one.id === from.node) : undefined;
    const call = node?.ports[from.port]?.protocol === 'call';
    if (node === undefined || (connection.capacity > 0 && !call)) continue;
    if ((call ? ['.ask', '.reply'] : ['']).some((word) => mayMeetItself(node, connection, word)))
      return `${id} joins ${from.node} with itself${call ? '' : ' and holds no message: give it a capacity'}`;
  }
  return undefined;
}

function mayMeetItself({ contract, ports }: WiredNode, { from, to }: Connection, word: string): boolean {
  if (!contract.ok) return false;
  const { moves, labels } = contract.lts;
  const [out, into] = [from, to].map((end) =>
    labels.indexOf((ports[end.port]?.many ? `${end.port}.${end.index}` : end.port) + word),
  );
  return moves.some((list) => list.some(({ label }) => label === out) && list.some(({ label }) => label === into));
}

/** K14  Looks for a deadlock, as far as the budget goes. Pure and synchronous: run it where it may take its time. */
export function searchDeadlock(prepared: Prepared, budget: Budget = usualBudget, only?: EngineName): Finding {
  const { question } = prepared;
  if (question === undefined) return unknown(0, 'not known whether it can deadlock: a contract is missing', []);
  const { counted, rough, doubt, open } = question;
  if (doubt !== undefined) return unknown(0, `not known whether it can deadlock: ${doubt}`, []);
  const networks = [...(rough === undefined ? [] : [{ network: rough, exact: false }]), { network: counted, exact: true }];
  const tried: string[] = [];
  const started = budget.now?.() ?? 0;
  let states = 0;
  for (const { network, exact } of networks) {
    const usedMs = (budget.now?.() ?? 0) - started;
    const climbed = climb(network, { ...budget, maxMs: Math.max(0, budget.maxMs - usedMs) }, only);
    const { outcome } = climbed;
    states += outcome.states;
    if (outcome.verdict === 'proved') return proved(climbed, open, exact);
    if (outcome.verdict === 'refuted' && exact) return refuted(network, climbed.engine, outcome);
    const why = outcome.verdict === 'refuted' ? [`${climbed.engine}: no proof, as the count matters`] : climbed.tried;
    tried.push(...(exact ? why : why.map((one) => `with buffers only empty, partly full or full, ${one}`)));
  }
  return unknown(states, `not known whether it can deadlock: ${count(states)} states looked at, and there are more`, tried);
}

const rule = 'deadlock';

function refuted(network: Network, engine: EngineName, { states, trace: events, dead }: Refuted): Finding {
  const { trace, words } = tell(network, events, dead);
  const { nodes, connections } = trace.knot;
  return { rule, verdict: 'refuted', severity: 'error', message: words, nodes, connections, engine, states, trace };
}

type Refuted = Extract<Outcome, { verdict: 'refuted' }>;

function proved({ engine, outcome }: Climbed, open: number, exact: boolean): Finding {
  const { states } = outcome;
  const certificate = outcome.verdict === 'proved' ? outcome.certificate : undefined;
  const looked = `deadlock-free: ${proofWords(engine, states)}`;
  const buffers = exact ? '' : ', for buffers of any size above three';
  const assumed = open === 0 ? '' : ', taking what is not connected as always ready';
  return {
    rule,
    verdict: 'proved',
    severity: 'info',
    message: looked + buffers + assumed,
    nodes: [],
    connections: [],
    engine,
    states,
    ...(certificate !== undefined && { certificate }),
  };
}

function proofWords(engine: EngineName, states: number): string {
  switch (engine) {
    case 'rules':
      return 'by a rule about how its processes are connected, without a search';
    case 'pairs':
      return 'no two neighbours can block each other in a way that all could be stuck';
    case 'stubborn':
      return `${count(states)} states looked at, which stand for all`;
    case 'compositional':
      return `put together part by part, ${count(states)} states looked at`;
    case 'full':
      return `all ${count(states)} reachable states looked at`;
  }
}

function unknown(states: number, message: string, tried: string[]): Finding {
  return {
    rule,
    verdict: 'unknown',
    severity: 'warning',
    message,
    nodes: [],
    connections: [],
    engine: 'full',
    states,
    tried,
  };
}

function count(number: number): string {
  return number.toLocaleString('en');
}

const order: readonly Verdict[] = ['refuted', 'unknown', 'proved'];

/** K16  All findings and the worst verdict among them; a warning is refuted by itself, but does not refute the design. */
export function toValidation(prepared: Prepared, answers: readonly Finding[]): Validation {
  const findings = [...prepared.findings, ...answers];
  const judged = findings
    .filter((finding) => finding.severity === 'error' || finding.rule === rule)
    .map(({ verdict }) => verdict);
  return { verdict: order.find((verdict) => judged.includes(verdict)) ?? 'proved', findings };
}

/** What is asked besides deadlock, and how. */
export interface Asked {
  /** This engine alone. */
  readonly engine?: EngineName;
  /** Told of the answers there are, while others are still to come. */
  readonly heard?: (found: readonly Finding[]) => void;
}

/** V3  What is asked besides deadlock, in the order of the answers. */
const askers: readonly Asker[] = [];

/** Every question about a prepared design, each answered by a finding of its own. Pure and synchronous: run it where it may take its time. */
export function answer(prepared: Prepared, budget: Budget = usualBudget, asked: Asked = {}): readonly Finding[] {
  const started = budget.now?.() ?? 0;
  const found = [searchDeadlock(prepared, budget, asked.engine)];
  const { question } = prepared;
  if (question === undefined || question.doubt !== undefined) return found;
  for (const [number, ask] of askers.entries()) {
    asked.heard?.([...found]);
    const leftMs = Math.max(0, budget.maxMs - ((budget.now?.() ?? 0) - started));
    found.push(...ask(question, { ...budget, maxMs: leftMs / (askers.length - number) }));
  }
  return found;
}

/** Lints and searches at once. The answer for a design of a few nodes takes milliseconds; give a budget where it must not take longer. */
export function check(design: DesignBody, lookup: Lookup, budget: Budget = usualBudget): Validation {
  const prepared = prepareCheck(design, lookup);
  return toValidation(prepared, answer(prepared, budget));
}
