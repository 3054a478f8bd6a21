import type { Network, NetworkEvent } from '#contract/network.ts';
import type { Trace, TraceStep, Waiting } from '#model/finding.ts';
import { howMany } from '#model/how-many.ts';
import { type Knot, knotOf } from './knot.ts';

/** A deadlock for people: the steps there, who waits for whom, and the knot; `words` is the sentence about it. */
export interface Told {
  readonly trace: Trace;
  readonly words: string;
}

/** K15  Puts a trace of events and the dead state it ends in into words. */
export function tell(network: Network, events: readonly number[], dead: readonly number[]): Told {
  const steps = stepsOf(network, events);
  const waiting = network.parts.slice(0, network.processes).flatMap((_, node) => waitingOf(network, node, dead[node] ?? 0));
  const knot = knotOf(waiting);
  return {
    trace: { steps, waiting, knot: { nodes: [...knot.nodes], connections: [...knot.connections] } },
    words: `can deadlock: ${knotWords(knot)}; ${thereWords(steps.length)}`,
  };
}

/** V35  The same of a state in which only some processes are stuck: who they wait for, and how it comes to that. */
export function tellStuck(network: Network, events: readonly number[], state: readonly number[], stuck: readonly number[]): Told {
  const steps = stepsOf(network, events);
  const waiting = stuck.flatMap((node) => waitingOf(network, node, state[node] ?? 0));
  const knot = knotOf(waiting);
  return {
    trace: { steps, waiting, knot: { nodes: [...knot.nodes], connections: [...knot.connections] } },
    words: `${list(waiting.map(({ node }) => node))} can be stuck for ever while the rest runs: ${knotWords(knot)}; ${thereWords(steps.length)}`,
  };
}

function thereWords(steps: number): string {
  if (steps === 0) return 'right at the start';
  return `${howMany(steps, 'step leads', 'steps lead')} there`;
}

/** The steps of a trace for people. */
export function stepsOf(network: Network, events: readonly number[]): TraceStep[] {
  return events.map((number) => stepOf(network, network.events[number] as NetworkEvent));
}

function knotWords(knot: Knot): string {
  const names = list(knot.nodes);
  switch (knot.is) {
    case 'ring':
      return knot.nodes.length === 1 ? `${names} waits for itself` : `${names} wait for each other in a ring`;
    case 'tangle':
      return `${names} wait only for each other`;
    case 'ended':
      return `${knot.waiter} waits for ${knot.gone}, which has ended`;
    case 'stopped':
      return `${names} can do nothing more, and has not ended`;
  }
}

function list(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
}

function stepOf(network: Network, event: NetworkEvent): TraceStep {
  const name = (part: number | undefined): string => network.parts[part ?? -1]?.name ?? '';
  const step = (text: string, ...nodes: string[]): TraceStep => ({
    is: event.is,
    ...(event.connection !== undefined && { connection: event.connection }),
    nodes,
    end: event.is === 'end' || event.is === 'sees',
    text,
  });
  const [sender, receiver, self] = [name(event.sender), name(event.receiver), name(event.parts[0])];
  switch (event.is) {
    case 'message':
      return step(`${sender} sends to ${receiver} (${event.from} → ${event.to})`, sender, receiver);
    case 'ask':
      return step(`${sender} asks ${receiver} (${event.from} → ${event.to})`, sender, receiver);
    case 'reply':
      return step(`${receiver} answers ${sender} (${event.to} → ${event.from})`, sender, receiver);
    case 'asks-gone':
      return step(`${sender} asks ${receiver}, which has ended (${event.from} → ${event.to})`, sender);
    case 'hears-gone':
      return step(`${sender} is told that ${receiver} has ended (${event.from} → ${event.to})`, sender);
    case 'quit':
      return step(`${receiver} learns that ${sender} has given up (${event.to} → ${event.from})`, receiver);
    case 'put':
      return step(`${sender} puts a message into ${event.connection} (${event.from} → ${event.to})`, sender);
    case 'take':
      return step(`${receiver} takes a message out of ${event.connection} (${event.from} → ${event.to})`, receiver);
    case 'gone':
      return step(
        `${sender} sends to ${receiver}, which has ended: the message is discarded (${event.from} → ${event.to})`,
        sender,
      );
    case 'dropped':
      return step(
        `${sender} sends while ${receiver} does not wait: the message is dropped (${event.from} → ${event.to})`,
        sender,
      );
    case 'end':
      return step(`${sender} ends ${event.connection} (${event.from} → ${event.to})`, sender);
    case 'sees':
      return step(`${receiver} sees the end of ${event.connection} (${event.from} → ${event.to})`, receiver);
    case 'leaves':
      return step(`${receiver} has ended and no longer reads ${event.connection} (${event.from} → ${event.to})`, receiver);
    case 'free':
      return step(`${self} goes on at ${event.from}, which is not connected`, self);
    case 'alone':
      return step(`${self} decides by itself`, self);
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
    on.set(`${event.connection} ${direction}`, { connection: event.connection, direction, peer });
  }
  return [{ node: part.name, on: [...on.values()] }];
}
