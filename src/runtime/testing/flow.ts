import { ManualClock } from '#base/clock.ts';
import type { ChannelPlan } from '#runtime/channels/channel.ts';
import type { ProcessPlan } from '#runtime/processes/process.ts';
import type { Frozen } from '#runtime/swap/freeze.ts';
import type { SavedNetwork } from '#runtime/swap/saved-network.ts';
import type { Swapped } from '#runtime/swap/swap.ts';
import { fairAlt, when } from '../alt.ts';
import { Network } from '../network.ts';
import type { Operation } from '../port.ts';
import { sleep } from '../sleep.ts';

/** A design of workers: who has no input is a source, who has no output is a sink, and all others hand everything on, each message once. */
export interface Drawing {
  readonly nodes: Readonly<Record<string, Worker>>;
  /** `a -> b`, with a capacity; `a.1 -> b.0` where a node has several. */
  readonly wires: Readonly<Record<string, readonly [path: string, capacity: number, policy?: ChannelPlan['policy']]>>;
}
interface Worker {
  /** Source: how many it sends. Others: how many they keep back until one more comes, or the end. */
  readonly count: number;
  readonly pauseMs?: number;
}

const perSource = 10_000;

export class Flow {
  readonly clock: ManualClock;
  readonly network: Network;
  /** What each source knows to be sent, and what each sink got. */
  readonly sent: Map<string, number[]>;
  readonly arrived: Map<string, number[]>;
  readonly #turns: (() => void)[] = [];
  readonly #numbers: Map<string, number>;
  #drawing: Drawing;

  /** @param before a flow of the same drawing that was saved, and is at its end: this one goes on where it was. */
  constructor(drawing: Drawing, before?: { readonly flow: Flow; readonly saved: SavedNetwork }) {
    this.#drawing = drawing;
    this.clock = before?.flow.clock ?? new ManualClock();
    this.sent = before?.flow.sent ?? new Map();
    this.arrived = before?.flow.arrived ?? new Map();
    this.#numbers = before === undefined ? new Map() : before.flow.#numbers;
    this.network = new Network({
      clock: this.clock,
      defer: (turn) => void this.#turns.push(turn),
      processes: Object.keys(drawing.nodes).map((id) => this.#process(id, drawing)),
      channels: channelsOf(drawing),
      ...(before !== undefined && { saved: before.saved }),
    });
    this.network.start();
  }

  turn(): boolean {
    const turn = this.#turns.shift();
    turn?.();
    return turn !== undefined;
  }

  /** Runs until `messages` have passed, all wires together, or nothing can go on; `stays` paused there. */
  run(messages = Number.POSITIVE_INFINITY, stays = false): void {
    let passed = 0;
    const leave = this.network.channels().map(({ connection }) =>
      this.network.channel(connection).onSample(() => {
        if (++passed === messages) void this.network.pause();
      }),
    );
    do while (this.turn());
    while (this.network.state === 'running' && this.clock.advanceToNext());
    for (const each of leave) each();
    if (!stays) this.network.resume();
  }

  async swap(drawing: Drawing): Promise<Swapped> {
    const before = this.#drawing;
    const ids = Object.keys(drawing.nodes).filter((id) => before.nodes[id] !== undefined);
    const isSame = (id: string): boolean => JSON.stringify(before.nodes[id]) === JSON.stringify(drawing.nodes[id]);
    const hasPorts = (id: string): boolean => portCounts(id, before) === portCounts(id, drawing);
    const changed = new Set(ids.filter((id) => !isSame(id) || !hasPorts(id)));
    const roleOf = (id: string, drawing: Drawing): string => portCounts(id, drawing).replaceAll(/[1-9]/g, 'n');
    const handsOver = new Set(ids.filter((id) => isSame(id) && !hasPorts(id) && roleOf(id, before) === roleOf(id, drawing)));
    const processes = Object.keys(drawing.nodes).map((id) => this.#process(id, drawing));
    const swapped = this.network.changes.swap({ processes, channels: channelsOf(drawing), calls: [], changed, handsOver });
    while (await isPending(swapped)) if (!this.turn() && !this.clock.advanceToNext()) break;
    const answer = await swapped;
    if (answer.ok) this.#drawing = drawing;
    return answer;
  }

  /** Brings everything to rest, if it can. */
  async freeze(): Promise<Frozen> {
    const frozen = this.network.changes.freeze();
    while (await isPending(frozen)) if (!this.turn() && !this.clock.advanceToNext()) break;
    return await frozen;
  }

  get total(): { readonly sent: number[]; readonly arrived: number[] } {
    const all = (lists: ReadonlyMap<string, number[]>) => [...lists.values()].flat().sort((a, b) => a - b);
    return { sent: all(this.sent), arrived: all(this.arrived) };
  }

  #process(id: string, drawing: Drawing): ProcessPlan {
    const ports = portsOf(id, drawing);
    const { count, pauseMs = 0 } = drawing.nodes[id] as Worker;
    let state: unknown;
    const channel = (wire: string) => this.network.channel(wire);
    const begin = (from: unknown): Operation<void> => {
      if (ports.in.length === 0) {
        const at = (from as { number: number } | undefined) ?? { number: 0 };
        state = at;
        return this.#source(id, ports.out.map((wire) => channel(wire).sender)[0], at, count, pauseMs);
      }
      const held = (from as number[] | undefined) ?? [];
      state = held;
      const inputs = ports.in.map((wire) => channel(wire).receiver);
      const outputs = ports.out.map((wire) => channel(wire).sender);
      return outputs.length === 0 ? this.#sink(id, inputs) : worker(inputs, outputs, held, count);
    };
    return {
      id,
      onFailure: 'stop',
      rests: ports.in.length === 0 ? ['out', 'clock'] : ['in'],
      body: begin,
      save: () => state,
      holds: () => ports.in.length > 0 && (state as number[]).length > 0,
    };
  }

  *#source(
    id: string,
    out: ReturnType<Network['channel']>['sender'] | undefined,
    at: { number: number },
    count: number,
    ms: number,
  ) {
    const base = this.#numbers.get(id) ?? this.#numbers.size + 1;
    this.#numbers.set(id, base);
    const sent = this.sent.get(id) ?? [];
    this.sent.set(id, sent);
    for (; at.number < count; at.number++) {
      if (ms > 0) yield* sleep(this.clock, ms);
      const message = base * perSource + sent.length;
      if (out === undefined || !(yield* out.send(message))) return;
      sent.push(message);
    }
  }

  *#sink(id: string, inputs: readonly ReturnType<Network['channel']>['receiver'][]) {
    const arrived = this.arrived.get(id) ?? [];
    this.arrived.set(id, arrived);
    for (let open = inputs.map(() => true); open.includes(true); ) {
      const event = yield* fairAlt(inputs.map((receiver, at) => when(open[at] === true, receiver)));
      if (event.ended) open = open.with(event.index, false);
      else arrived.push(event.value as number);
    }
  }
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const none = {};
  return (await Promise.race([promise, Promise.resolve(none)])) === none;
}

function* worker(
  inputs: readonly ReturnType<Network['channel']>['receiver'][],
  outputs: readonly ReturnType<Network['channel']>['sender'][],
  held: number[],
  keeps: number,
) {
  let turn = 0;
  for (let open = inputs.map(() => true); open.includes(true); ) {
    const event = yield* fairAlt(inputs.map((receiver, at) => when(open[at] === true, receiver)));
    if (event.ended) open = open.with(event.index, false);
    else held.push(event.value as number);
    while (held.length > keeps) yield* outputs[turn++ % outputs.length]?.send(held.shift()) ?? [];
  }
  while (held.length > 0) yield* outputs[turn++ % outputs.length]?.send(held.shift()) ?? [];
}

export const part = (end: string): { node: string; index: number } => {
  const [node = '', index = '0'] = end.split('.');
  return { node, index: Number(index) };
};

function portsOf(id: string, { wires }: Drawing): { readonly in: string[]; readonly out: string[] } {
  const ports = { in: [] as string[], out: [] as string[] };
  for (const [wire, [path]] of Object.entries(wires)) {
    const [from, to] = path.split(' -> ').map(part);
    if (from?.node === id) ports.out[from.index] = wire;
    if (to?.node === id) ports.in[to.index] = wire;
  }
  return ports;
}

const portCounts = (id: string, drawing: Drawing): string => {
  const { in: inputs, out } = portsOf(id, drawing);
  return `${inputs.length} ${out.length}`;
};

function channelsOf({ wires }: Drawing): ChannelPlan[] {
  return Object.entries(wires).map(([id, [path, capacity, policy = 'block']]) => {
    const [from, to] = path.split(' -> ').map(part);
    const at = (port: string, end: ReturnType<typeof part> | undefined) => ({
      process: end?.node ?? '',
      port: `${port}[${end?.index}]`,
    });
    return { id, capacity, policy, from: at('out', from), to: at('in', to) };
  });
}
