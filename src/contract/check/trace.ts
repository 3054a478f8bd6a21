import type { Network, NetworkEvent } from '#contract/network.ts';
import type { Trace, TraceStep, Waiting } from '#model/checks/finding.ts';
import { howMany } from '#model/how-many.ts';
import { type Knot, knotOf } from './knot.ts';

/** A deadlock for people: the steps there, who waits for whom, and the knot; `words` is the sentence about it. */
export interface Told {
  readonly trace: Trace;
  readonly words: string;
}

/** K15  Puts a trace of events and the dead state it ends in into words. */
export function tell(network: Network, events: readonly number[], dead: readonly number[]): Told {
  const waiting = network.parts.slice(0, network.processes).flatMap((_, node) => waitingOf(network, node, dead[node] ?? 0));
  const trace = traceOf(stepsOf(network, events), waiting);
  return { trace, words: deadlockWords(trace) };
}

/** V35  The same of a state in which only some processes are stuck: who they wait for, and how it comes to that. */
export function tellStuck(network: Network, events: readonly number[], state: readonly number[], stuck: readonly number[]): Told {
  const waiting = stuck.flatMap((node) => waitingOf(network, node, state[node] ?? 0));
  const trace = traceOf(stepsOf(network, events), waiting);
  return { trace, words: stuckWords(trace) };
}

function traceOf(steps: TraceStep[], waiting: Waiting[]): Trace {
  const { nodes, connections } = knotOf(waiting);
  return { steps, waiting, knot: { nodes: [...nodes], connections: [...connections] } };
}

/** What a node is called, by its id. */
export type NameOf = (id: string) => string;

const byId: NameOf = (id) => id;

/** The sentence about a deadlock. */
export function deadlockWords({ steps, waiting }: Trace, nameOf: NameOf = byId): string {
  return `can deadlock: ${knotWords(knotOf(waiting), nameOf)}; ${thereWords(steps.length)}`;
}

/** V35  The sentence about some that are stuck while the rest runs. */
export function stuckWords({ steps, waiting }: Trace, nameOf: NameOf = byId): string {
  const stuck = list(waiting.map(({ node }) => nameOf(node)));
  return `${stuck} can be stuck for ever while the rest runs: ${knotWords(knotOf(waiting), nameOf)}; ${thereWords(steps.length)}`;
}

function thereWords(steps: number): string {
  if (steps === 0) return 'right at the start';
  return `${howMany(steps, 'step leads', 'steps lead')} there`;
}

/** The steps of a trace for people. */
export function stepsOf(network: Network, events: readonly number[]): TraceStep[] {
  return events.map((number) => stepOf(network, network.events[number] as NetworkEvent));
}

function knotWords(knot: Knot, nameOf: NameOf): string {
  const names = list(knot.nodes.map(nameOf));
  switch (knot.is) {
    case 'ring':
      return knot.nodes.length === 1 ? `${names} waits for itself` : `${names} wait for each other in a ring`;
    case 'tangle':
      return `${names} wait only for each other`;
    case 'ended':
      return `${nameOf(knot.waiter)} waits for ${nameOf(knot.gone)}, which has ended`;
    case 'endless':
      return `${nameOf(knot.waiter)} waits for the end of what ${nameOf(knot.gone)} sends, which never comes`;
    case 'stopped':
      return `${names} can do nothing more, and has not ended`;
  }
}

function list(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
}

function stepOf(network: Network, event: NetworkEvent): TraceStep {
  const name = (part: number | undefined): string => network.parts[part ?? -1]?.name ?? '';
  const { is, connection, from, to } = event;
  const [sender, receiver, self] = [name(event.sender), name(event.receiver), name(event.parts[0])];
  return {
    is,
    ...(connection !== undefined && { connection }),
    nodes: nodesOf(is, sender, receiver, self),
    end: is === 'end' || is === 'sees',
    text: stepWords(is, { sender, receiver, self, wire: connection ?? '', from: from ?? '', to: to ?? '' }),
  };
}

function nodesOf(is: TraceStep['is'], sender: string, receiver: string, self: string): string[] {
  if (is === 'message' || is === 'ask' || is === 'reply') return [sender, receiver];
  if (is === 'free' || is === 'alone') return [self];
  return [is === 'quit' || is === 'take' || is === 'sees' || is === 'leaves' ? receiver : sender];
}

/** Who takes part in a step, as they are to be called: the ends of its connection, and the one who acts alone. */
export interface StepNames {
  readonly sender: string;
  readonly receiver: string;
  readonly self: string;
  readonly wire: string;
  /** The ends of the connection; of an open port `from` alone. */
  readonly from: string;
  readonly to: string;
}

/** A step in words. */
export function stepWords(is: TraceStep['is'], { sender, receiver, self, wire, from, to }: StepNames): string {
  switch (is) {
    case 'message':
      return `${sender} sends to ${receiver} (${from} → ${to})`;
    case 'ask':
      return `${sender} asks ${receiver} (${from} → ${to})`;
    case 'reply':
      return `${receiver} answers ${sender} (${to} → ${from})`;
    case 'asks-gone':
      return `${sender} asks ${receiver}, which has ended (${from} → ${to})`;
    case 'hears-gone':
      return `${sender} is told that ${receiver} has ended (${from} → ${to})`;
    case 'quit':
      return `${receiver} learns that ${sender} has given up (${to} → ${from})`;
    case 'put':
      return `${sender} puts a message into ${wire} (${from} → ${to})`;
    case 'take':
      return `${receiver} takes a message out of ${wire} (${from} → ${to})`;
    case 'gone':
      return `${sender} sends to ${receiver}, which has ended: the message is discarded (${from} → ${to})`;
    case 'dropped':
      return `${sender} sends while ${receiver} does not wait: the message is dropped (${from} → ${to})`;
    case 'end':
      return `${sender} ends ${wire} (${from} → ${to})`;
    case 'sees':
      return `${receiver} sees the end of ${wire} (${from} → ${to})`;
    case 'leaves':
      return `${receiver} has ended and no longer reads ${wire} (${from} → ${to})`;
    case 'free':
      return `${self} goes on at ${from}, which is not connected`;
    case 'alone':
      return `${self} decides by itself`;
  }
}

/** What happens only when a peer has returned or given up, and nobody waits for. */
const passive: ReadonlySet<NetworkEvent['is']> = new Set(['gone', 'asks-gone', 'hears-gone', 'quit']);

function waitingOf(network: Network, node: number, state: number): Waiting[] {
  const part = network.parts[node];
  const shape = network.shapes[part?.shape ?? -1];
  if (part === undefined || shape === undefined || shape.final[state] === 1) return [];
  const on = new Map<string, Waiting['on'][number]>();
  const moves = shape.labels.subarray(shape.first[state], shape.first[state + 1]);
  const events = [...moves].map((label) => network.events[part.events[label] ?? 0]);
  // K17: a client that has given up does not wait for the answer.
  const given = new Set(events.flatMap((event) => (event?.is === 'quit' && event.sender === node ? [event.connection] : [])));
  for (const event of events) {
    if (event?.connection === undefined || passive.has(event.is)) continue;
    if (event.is === 'reply' && event.sender === node && given.has(event.connection)) continue;
    const ours = event.sender === node;
    const away = event.is === 'reply' ? !ours : ours && event.is !== 'take' && event.is !== 'sees';
    const direction = away ? 'send' : 'receive';
    const peer = network.parts[(ours ? event.receiver : event.sender) ?? -1]?.name ?? '';
    // V153: nobody makes it, though the other may run on.
    const never = event.is === 'sees' && event.parts.includes(-1) ? { never: true } : {};
    on.set(`${event.connection} ${direction}`, { connection: event.connection, direction, peer, ...never });
  }
  return [{ node: part.name, on: [...on.values()] }];
}
