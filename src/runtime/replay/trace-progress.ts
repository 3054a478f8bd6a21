import type { Trace, TraceStep } from '#model/checks/finding.ts';
import type { Channel } from '#runtime/channels/channel.ts';
import type { Network } from '#runtime/network.ts';
import type { Way } from './schedule.ts';

/** A message that moved on a connection: handed over, put into the buffer, taken out of it, lost since nobody receives; of a call. */
export interface Happening {
  readonly does: 'passes' | 'puts' | 'takes' | 'loses' | 'asks' | 'answers';
  readonly connection: string;
  readonly from: string;
  readonly to: string;
}

/** A step of the trace that is still to be done. */
interface Pending {
  readonly step: TraceStep;
  /** Nodes and buffers that it concerns: steps that share one keep their order. */
  readonly parts: readonly string[];
  /** Who must go on so that it happens, the likelier first. */
  readonly doers: readonly string[];
}

interface Counted {
  /** One of the lines of its connection: of a call, the requests or the replies. */
  readonly line: Channel;
  readonly part: 'data' | 'requests' | 'replies';
  readonly from: string;
  readonly to: string;
  readonly rendezvous: boolean;
  sent: number;
  received: number;
}

/**
 * How far a run has come along a trace. Steps that share no node and no buffer may be done in any order: whichever it is, the state
 * after them is the same (Mazurkiewicz). Messages are seen by the counts of the channels; own decisions, ends and what is
 * on unconnected ports follow from the components, and are not insisted on.
 */
export class TraceProgress {
  readonly #network: Network;
  readonly #channels: ReadonlyMap<string, Counted>;
  readonly #lines: readonly Counted[];
  readonly #most: number;
  #pending: readonly Pending[];

  constructor(network: Network, { steps }: Trace) {
    this.#network = network;
    this.#lines = network.channels().flatMap(({ connection }) => countedOf(network, connection));
    this.#channels = new Map(this.#lines.filter(({ part }) => part !== 'replies').map((line) => [line.line.id, line]));
    this.#most = steps.length;
    this.#pending = steps.map((step) => pendingOf(step, this.#channels.get(step.connection ?? '')));
  }

  /** Steps that were done. */
  get followed(): number {
    return this.#most - this.#pending.length;
  }

  /** The first step that is still to be done; undefined when the trace is at its end. */
  get wanted(): TraceStep | undefined {
    return this.#pending[0]?.step;
  }

  /** Counts what has happened since the last time; gives what no step of the trace accounts for. */
  look(): Happening[] {
    const news = this.#lines.flatMap((channel) => {
      const { id, sent, received } = channel.line;
      const moved = happenings(id, channel, sent - channel.sent, received - channel.received);
      channel.sent = sent;
      channel.received = received;
      return moved;
    });
    this.#pass();
    for (let left = news.length; left > 0; left--) {
      // Several may have happened at once, in an order of their own.
      const fits = news.findIndex((happening) => this.#take(happening));
      if (fits < 0) break;
      news.splice(fits, 1);
      this.#pass();
    }
    return news;
  }

  /** Numbers of the ways that lead along the trace, the likeliest first: processes before time, and what comes first in the trace. */
  fitting(ways: readonly Way[]): number[] {
    const next = this.#next();
    const ranked = ways.map(({ process, kind }, number) => {
      const step = next.findIndex(({ doers }) => process === undefined || doers.includes(process));
      const doer = next[step]?.doers.indexOf(process ?? '') ?? 0;
      // What feeds the design from outside is not in the trace, but may be awaited by all.
      const rank = step >= 0 ? step * 10 + doer + (kind === 'goes on' ? 0 : 5) : isOutside(process) ? next.length * 10 : -1;
      return { number, rank };
    });
    return ranked
      .filter(({ rank }) => rank >= 0)
      .sort((a, b) => a.rank - b.rank)
      .map(({ number }) => number);
  }

  /** The steps that wait for no other. */
  #next(): Pending[] {
    const held = new Set<string>();
    return this.#pending.filter(({ parts }) => {
      const free = parts.every((part) => !held.has(part));
      for (const part of parts) held.add(part);
      return free;
    });
  }

  #take({ does, connection }: Happening): boolean {
    const words = meant[does];
    const found = this.#next().find(({ step }) => step.connection === connection && words.includes(step.is));
    if (found === undefined) return false;
    this.#pending = this.#pending.filter((one) => one !== found);
    return true;
  }

  // What cannot be seen, or has happened long since.
  #pass(): void {
    for (;;) {
      const past = new Set(this.#next().filter(({ step }) => this.#isPast(step)));
      if (past.size === 0) return;
      this.#pending = this.#pending.filter((one) => !past.has(one));
    }
  }

  #isPast({ is, connection = '' }: TraceStep): boolean {
    // Those who have ended or given up are seen by what the others do then.
    if (unseen.includes(is)) return true;
    const channel = this.#network.channels().find((one) => one.connection === connection);
    if (is === 'end' || is === 'sees') return channel?.ended === true;
    const reader = this.#channels.get(connection)?.to;
    return is === 'leaves' && this.#network.processes().find(({ node }) => node === reader)?.state === 'completed';
  }
}

const unseen: readonly TraceStep['is'][] = ['alone', 'free', 'hears-gone', 'quit'];

const meant: Readonly<Record<Happening['does'], readonly TraceStep['is'][]>> = {
  passes: ['message'],
  asks: ['ask'],
  answers: ['reply'],
  puts: ['put', 'gone'],
  takes: ['take'],
  loses: ['gone', 'dropped', 'asks-gone'],
};

/** True for what is attached to the design: its id has a colon, which no node's has. */
export const isOutside = (process: string | undefined): boolean => process?.includes(':') === true;

function countedOf(network: Network, connection: string): Counted[] {
  const [first, second] = network.lines(connection);
  const { plan } = first as Channel;
  const ends = { from: plan.from.process, to: plan.to.process, rendezvous: plan.capacity === 0, sent: 0, received: 0 };
  if (second === undefined) return [{ line: first as Channel, part: 'data', ...ends }];
  return [
    { line: first as Channel, part: 'requests', ...ends },
    { line: second, part: 'replies', ...ends },
  ];
}

function happenings(connection: string, { part, from, to, rendezvous }: Counted, sent: number, received: number): Happening[] {
  const times = (does: Happening['does'], count: number): Happening[] =>
    Array.from({ length: count }, () => ({ does, connection, from, to }));
  if (part === 'replies') return times('answers', sent);
  if (part === 'requests') return [...times('asks', received), ...times('loses', sent - received)];
  if (!rendezvous) return [...times('puts', sent), ...times('takes', received)];
  return [...times('passes', received), ...times('loses', sent - received)];
}

function pendingOf(step: TraceStep, channel: Counted | undefined): Pending {
  if (channel === undefined) return { step, parts: step.nodes, doers: step.nodes };
  const { from, to, rendezvous } = channel;
  const memory = rendezvous ? [] : [`buffer ${step.connection}`];
  switch (step.is) {
    case 'message':
    case 'ask':
      return { step, parts: [from, to], doers: [from, to] };
    case 'reply':
      return { step, parts: [from, to], doers: [to, from] };
    // Whoever reads has to have gone first.
    case 'gone':
    case 'asks-gone':
      return { step, parts: [from, to, ...memory], doers: [to, from] };
    case 'take':
    case 'sees':
    case 'leaves':
      return { step, parts: [to, ...memory], doers: [to] };
    default:
      return { step, parts: [from, ...memory], doers: [from] };
  }
}
