import { type Clock, ManualClock } from '#base/clock.ts';
import type { BarrierPlan } from './channels/barrier.ts';
import type { Caller, Server } from './channels/call.ts';
import type { ChannelPlan } from './channels/channel.ts';
import { Network, type NetworkEvent, type NetworkPlan } from './network.ts';
import type { Operation, Receiver, Sender } from './port.ts';
import type { ProcessPlan } from './processes/process.ts';

type End = Receiver<number> & Sender<number>;

/** The ends of a process by port label (a test uses those it has wired), and the clock. */
export type Ends = Readonly<Record<'in' | 'in2' | 'out' | 'out2', End>> &
  Readonly<Record<'ask' | 'ask2', Caller<number, number>>> &
  Readonly<Record<'serve' | 'serve2', Server<number, number>>> & { readonly clock: ManualClock };

export type Body = (ends: Ends) => Operation<void>;

/** `a.out -> b.in`, perhaps with a capacity and a policy. */
export type Wire = readonly [path: string, capacity?: number, policy?: ChannelPlan['policy']];

interface Setting {
  readonly bodies: Readonly<Record<string, Body>>;
  /** Channels are called c0, c1, … in this order. */
  readonly wires?: readonly Wire[];
  /** `a.ask -> b.serve`; called k0, k1, … in this order. */
  readonly calls?: readonly string[];
  readonly barriers?: readonly BarrierPlan[];
  readonly onFailure?: ProcessPlan['onFailure'];
  readonly rankings?: Readonly<Record<string, ProcessPlan['ranking']>>;
  /** Time, turns and choices of another; the bench's own otherwise. */
  readonly world?: Pick<NetworkPlan, 'clock' | 'defer' | 'steering'>;
}

/** A network whose turns and time go on only when told to, so that a test sees every moment. */
export class Bench {
  readonly clock = new ManualClock();
  readonly network: Network;
  readonly events: NetworkEvent[] = [];
  readonly #ends = new Map<string, Record<string, unknown>>();
  readonly #calls: number;
  readonly #turns: (() => void)[] = [];
  readonly #time: Clock;

  constructor({ bodies, wires = [], calls = [], barriers = [], onFailure = 'stop', rankings = {}, world }: Setting) {
    this.#time = world?.clock ?? this.clock;
    this.#calls = calls.length;
    this.network = new Network({
      clock: this.clock,
      defer: (turn) => void this.#turns.push(turn),
      ...world,
      channels: wires.map(channelPlan),
      calls: calls.map((path, i) => ({ id: `k${i}`, ...endsIn(path) })),
      barriers,
      processes: Object.entries(bodies).map(([id, body]) => {
        const ranking = rankings[id];
        return { id, onFailure, body: () => body(this.#endsOf(id)), ...(ranking !== undefined && { ranking }) };
      }),
    });
    this.network.onEvent((event) => void this.events.push(event));
  }

  /** Starts and runs until nothing can go on without time or the outside. */
  start(): this {
    this.network.start();
    return this.settle();
  }

  /** Runs one turn; false when none was wanted. */
  turn(): boolean {
    const turn = this.#turns.shift();
    turn?.();
    return turn !== undefined;
  }

  settle(): this {
    while (this.turn());
    return this;
  }

  /** Lets promises that are settled already be heard, and runs what follows. */
  async settleOutside(): Promise<this> {
    for (let quiet = 0; quiet < 5; ) {
      await Promise.resolve();
      quiet = this.turn() ? 0 : quiet + 1;
    }
    return this;
  }

  async stop(reason?: string): Promise<void> {
    const stopped = this.network.stop(reason);
    await this.settleOutside();
    await stopped;
  }

  get(id: string): ReturnType<Network['processes']>[number] {
    const status = this.network.processes().find(({ node }) => node === id);
    if (status === undefined) throw new Error(`no process ${id}`);
    return status;
  }

  counts(id: string): { sent: number; received: number; dropped: number; depth: number } {
    const status = this.network.channels().find(({ connection }) => connection === id);
    if (status === undefined) throw new Error(`no connection ${id}`);
    const { sent, received, dropped, depth } = status;
    return { sent, received, dropped, depth };
  }

  #endsOf(process: string): Ends {
    if (this.#ends.size === 0) {
      for (const { connection } of this.network.channels()) if (connection.startsWith('c')) this.#hand(connection);
    }
    return { ...this.#ends.get(process), ...this.#callEndsOf(process), clock: this.#time } as unknown as Ends;
  }

  // Anew for each life of a process.
  #callEndsOf(process: string): Record<string, unknown> {
    const ends: Record<string, unknown> = {};
    for (let number = 0; number < this.#calls; number++) {
      const call = this.network.call(`k${number}`);
      const { from, to } = call.plan;
      if (from.process === process) ends[from.port] = call.caller();
      if (to.process === process) ends[to.port] = call.server();
    }
    return ends;
  }

  #hand(id: string): void {
    const { plan, sender, receiver } = this.network.channel(id);
    const { from, to } = plan;
    this.#ends.set(from.process, { ...this.#ends.get(from.process), [from.port]: sender });
    this.#ends.set(to.process, { ...this.#ends.get(to.process), [to.port]: receiver });
  }
}

function channelPlan([path, capacity = 0, policy = 'block']: Wire, i: number): ChannelPlan {
  return { id: `c${i}`, capacity, policy, ...endsIn(path) };
}

function endsIn(path: string): Pick<ChannelPlan, 'from' | 'to'> {
  const [from, to] = path.split(' -> ').map((end) => {
    const [process = '', port = ''] = end.split('.');
    return { process, port };
  });
  if (from === undefined || to === undefined) throw new Error(`not a wire: ${path}`);
  return { from, to };
}

/** Sends these, then returns. */
export function source(...messages: readonly number[]): Body {
  return function* ({ out }) {
    for (const message of messages) yield* out.send(message);
  };
}

/** Receives until the end into `into`. */
export function sink(into: unknown[]): Body {
  return function* (ends) {
    for (;;) {
      const got = yield* ends.in.receive();
      if (got.ended) return;
      into.push(got.value);
    }
  };
}

/** Waits for ever. */
export const parked: Body = function* ({ in: input }) {
  yield* input.receive();
};
