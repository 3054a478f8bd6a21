/** The work of a case, the same for every side and for `go/main.go`, which knows it by its name. */
export type Shape =
  /** One process sends and waits for the answer of the other; `rounds` times. */
  | { readonly is: 'ping-pong'; readonly rounds: number }
  /** Source, `stages` - 2 that add one, sink: `stages` - 1 channels that hold `capacity`; `count` numbers pass them all. */
  | { readonly is: 'pipeline'; readonly stages: number; readonly capacity: number; readonly count: number }
  /** Prefix, delta and successor in a ring; a taker counts `rounds`. */
  | { readonly is: 'commstime'; readonly rounds: number }
  /** Eight sources of `each` numbers; one process takes from whichever is ready. */
  | { readonly is: 'select'; readonly each: number }
  /** The numbers from 2 to below `below` through `primes` filters, each of which keeps the first it sees and its multiples to itself. */
  | { readonly is: 'sieve'; readonly primes: number; readonly below: number }
  /** `count` processes, each with a channel, that wait for their first message. */
  | { readonly is: 'idle'; readonly count: number };

export interface Case {
  readonly name: string;
  readonly shape: Shape;
  /** Communications in one round. */
  readonly messages: number;
}

/**
 * Makes the processes and channels of a shape; what it gives runs them to their end, and only that is timed. Undefined where
 * the side cannot do the same work.
 */
export type Side = (shape: Shape) => (() => Promise<void>) | undefined;

export const sideNames = [
  'runtime',
  'steps',
  '@thi.ng/csp',
  'effect',
  'streams',
  'async generators',
  'promises',
  'rxjs',
] as const;
export type SideName = (typeof sideNames)[number];

/** What became of a round; `bytes` is that of one process of the shape `idle`. */
export type Round =
  | { readonly is: 'run'; readonly cpuMs: number; readonly ms: number }
  | { readonly is: 'idle'; readonly bytes: number }
  | { readonly is: 'cannot' };

function pingPong(rounds: number): Case {
  return { name: 'ping-pong', shape: { is: 'ping-pong', rounds }, messages: rounds * 2 };
}

function pipeline(name: string, stages: number, capacity: number, count: number): Case {
  return { name, shape: { is: 'pipeline', stages, capacity, count }, messages: count * (stages - 1) };
}

export const cases: readonly Case[] = [
  pingPong(1_000_000),
  pipeline('rendezvous', 2, 0, 2_000_000),
  pipeline('buffer 64', 2, 64, 5_000_000),
  pipeline('buffer 1,024', 2, 1_024, 5_000_000),
  pipeline('pipeline of 4', 4, 0, 1_000_000),
  { name: 'commstime', shape: { is: 'commstime', rounds: 500_000 }, messages: 2_000_000 },
  { name: 'fair select of 8', shape: { is: 'select', each: 125_000 }, messages: 1_000_000 },
  pipeline('chain of 10,000', 10_001, 0, 50),
  pipeline('chain of 100,000', 100_001, 0, 5),
  { name: 'sieve of 2,000', shape: { is: 'sieve', primes: 2_000, below: 17_390 }, messages: 2_750_000 },
];

/** As many as can be made by every side within seconds. */
export const idle: Shape = { is: 'idle', count: 20_000 };
