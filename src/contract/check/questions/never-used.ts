import { randomFrom } from '#base/random.ts';
import { recheckUse } from '#contract/certify/used.ts';
import { confirmed, workFor } from '#contract/check/confirmed.ts';
import type { Budget } from '#contract/check/engine.ts';
import type { Question } from '#contract/check/question.ts';
import { Walk } from '#contract/check/walk.ts';
import { wholeGraph } from '#contract/check/whole-graph.ts';
import type { Network, NetworkEvent } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import type { Finding } from '#model/checks/finding.ts';
import { listed, listedWires } from './words.ts';

/** The events in which a connection carries a message. */
const carrying: ReadonlySet<NetworkEvent['is']> = new Set(['message', 'put', 'ask']);

/** Of an end little comes; a walk that ends at once sees little. */
const ending: ReadonlySet<NetworkEvent['is']> = new Set(['end', 'sees', 'leaves', 'gone', 'alone']);

const mostSteps = 40_000;
const mostWalks = 200;
const stepsOfWalk = 4_000;
/** Steps in a certificate. */
const mostListed = 20_000;

/**
 * V61  Connections that can never carry a message, whatever happens. A random walk finds most that can; of the others only the graph
 *      of all states can say that they never do. A connection whose message is discarded or dropped each time is not used.
 */
export function neverUsed(question: Question, budget: Budget): readonly Finding[] {
  const { counted, design } = question;
  if (Object.keys(design.connections).length === 0) return [];
  const walks: number[][] = [];
  const possible = walked(question, walks);
  const unseen = unusedOf(question, possible);
  if (unseen.length === 0) return [all(question, 'walk', walkedWords(walks), budget)];
  const whole = wholeGraph(question, budget);
  if (!whole.complete || whole.graph.cut) {
    const why = whole.complete ? 'a buffer can hold more messages than are counted' : whole.why;
    const words = `not known whether ${listedWires(question, unseen)} can ever carry a message`;
    const { states } = whole.complete ? whole.graph : whole;
    return [{ ...answered('unknown', 'info', words, unseen, 'full'), states, tried: ['a random walk', `all states: ${why}`] }];
  }
  for (const event of whole.graph.events) possible[event] = 1;
  const unused = unusedOf(question, possible);
  const { states, events } = whole.graph;
  const certificate = {
    by: 'exhaustive',
    words: [`Every one of the ${states.toLocaleString('en')} reachable states was looked at.`],
    data: { states, transitions: events.length },
  };
  if (unused.length === 0) return [all(question, 'full', certificate, budget)];
  const idle = idleNodes(question, unused);
  const words = `${listedWires(question, unused)} can never carry a message${idle.length > 0 ? `: nothing ever passes ${listed(idle)}` : ''}`;
  const finding = { ...answered('refuted', 'warning', words, unused, 'full'), nodes: idle, certificate };
  return [
    confirmed(finding, recheckUse(counted, { used: [], unused: eventsOf(counted, unused).flat() }, certificate, workFor(budget))),
  ];
}

function all({ counted, design }: Question, engine: string, certificate: Certificate, budget: Budget): Finding {
  const claim = { used: eventsOf(counted, Object.keys(design.connections)), unused: [] };
  const finding = { ...answered('proved', 'info', 'every connection can carry a message', [], engine), certificate };
  return confirmed(finding, recheckUse(counted, claim, certificate, workFor(budget)));
}

// Of each connection, the events in which it carries a message.
function eventsOf({ events }: Network, connections: readonly string[]): number[][] {
  const of = new Map(connections.map((id): [string, number[]] => [id, []]));
  for (const [event, { is, connection = '' }] of events.entries()) if (carrying.has(is)) of.get(connection)?.push(event);
  return [...of.values()];
}

function walkedWords(walks: readonly (readonly number[])[]): Certificate {
  const steps = walks.reduce((sum, walk) => sum + walk.length, 0);
  const words = [`A walk at random used every connection within ${steps.toLocaleString('en')} steps.`];
  return { by: 'walks', words, data: steps > mostListed ? {} : { walks } };
}

// Into `kept` go the walks, each as far as something new was seen.
function walked(question: Question, kept: number[][]): Uint8Array {
  const network = question.counted;
  const possible = new Uint8Array(network.events.length);
  const rare = Uint8Array.from(network.events, ({ is }) => (ending.has(is) ? 1 : 0));
  const random = randomFrom(1);
  for (let [walks, steps] = [0, 0]; walks < mostWalks && steps < mostSteps; walks++) {
    const walk = new Walk(network, random);
    const made: number[] = [];
    let event = walk.step(rare);
    let news = 0;
    for (let step = 1; step < stepsOfWalk && event !== undefined; step++, steps++) {
      made.push(event);
      if (possible[event] === 0) news = made.length;
      possible[event] = 1;
      event = walk.step(rare);
    }
    if (news > 0) kept.push(made.slice(0, news));
    if (unusedOf(question, possible).length === 0) break;
  }
  return possible;
}

// A connection that neither side ever speaks of has no event at all.
function unusedOf({ counted, design }: Question, possible: Uint8Array): string[] {
  const used = new Set<string>();
  for (const [number, { is, connection }] of counted.events.entries())
    if (connection !== undefined && carrying.has(is) && possible[number] === 1) used.add(connection);
  return Object.keys(design.connections).filter((id) => !used.has(id));
}

/** Nodes that have connections, but none that can carry a message. */
function idleNodes({ design }: Question, unused: readonly string[]): string[] {
  const silent = new Set(unused);
  const [busy, joined] = [new Set<string>(), new Set<string>()];
  for (const { id, from, to } of Object.values(design.connections))
    for (const { node } of [from, to]) (silent.has(id) ? joined : busy).add(node);
  return [...joined].filter((node) => !busy.has(node));
}

function answered(
  verdict: Finding['verdict'],
  severity: Finding['severity'],
  message: string,
  connections: string[],
  engine: string,
): Finding {
  return { rule: 'never-used', verdict, severity, message, nodes: [], connections, engine };
}
