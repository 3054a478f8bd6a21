import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { fairAlt, when } from './alt.ts';
import type { ChannelPlan } from './channel.ts';
import { Network } from './network.ts';
import type { Operation } from './port.ts';
import type { ProcessPlan } from './process.ts';
import { sleep } from './sleep.ts';
import type { Swapped } from './swap.ts';

/** A design of workers: who has no input is a source, who has no output is a sink, and all others hand everything on, each message once. */
interface Drawing {
  readonly nodes: Readonly<Record<string, Worker>>;
  /** `a -> b`, with a capacity; `a.1 -> b.0` where a node has several. */
  readonly wires: Readonly<Record<string, readonly [path: string, capacity: number]>>;
}
interface Worker {
  /** Source: how many it sends. Others: how many they keep back until one more comes, or the end. */
  readonly count: number;
  readonly pauseMs?: number;
}

const perSource = 10_000;

class Flow {
  readonly clock = new ManualClock();
  readonly network: Network;
  /** What each source knows to be sent, and what each sink got. */
  readonly sent = new Map<string, number[]>();
  readonly arrived = new Map<string, number[]>();
  readonly #turns: (() => void)[] = [];
  readonly #numbers = new Map<string, number>();
  #drawing: Drawing;

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
    this.network = new Network({
      clock: this.clock,
      defer: (turn) => void this.#turns.push(turn),
      processes: Object.keys(drawing.nodes).map((id) => this.#process(id, drawing)),
      channels: channelsOf(drawing),
    });
    this.network.start();
  }

  turn(): boolean {
    const turn = this.#turns.shift();
    turn?.();
    return turn !== undefined;
  }

  /** Runs until `messages` have passed, all wires together, or nothing can go on. */
  run(messages = Number.POSITIVE_INFINITY): void {
    let passed = 0;
    for (const { connection } of this.network.channels()) {
      this.network.channel(connection).onSample(() => {
        if (++passed === messages) void this.network.pause();
      });
    }
    do while (this.turn());
    while (this.network.state === 'running' && this.clock.advanceToNext());
    for (const { connection } of this.network.channels()) this.network.channel(connection).onSample(undefined);
    this.network.resume();
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
    const swapped = this.network.swap({ processes, channels: channelsOf(drawing), changed, handsOver });
    while (await isPending(swapped)) if (!this.turn() && !this.clock.advanceToNext()) break;
    const answer = await swapped;
    if (answer.ok) this.#drawing = drawing;
    return answer;
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

const part = (end: string): { node: string; index: number } => {
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
  return Object.entries(wires).map(([id, [path, capacity]]) => {
    const [from, to] = path.split(' -> ').map(part);
    const at = (port: string, end: ReturnType<typeof part> | undefined) => ({
      process: end?.node ?? '',
      port: `${port}[${end?.index}]`,
    });
    return { id, capacity, policy: 'block', from: at('out', from), to: at('in', to) };
  });
}

/** source → stages… → sink, with a capacity for each wire. */
function chain(count: number, stages: readonly string[], keeps: Readonly<Record<string, number>>, capacity: number): Drawing {
  const ids = ['s', ...stages, 'z'];
  const wires = ids.slice(1).map((to, at) => [`${ids[at]}-${to}`, [`${ids[at]} -> ${to}`, capacity]] as const);
  return {
    nodes: Object.fromEntries(ids.map((id) => [id, { count: id === 's' ? count : (keeps[id] ?? 0) }])),
    wires: Object.fromEntries(wires),
  };
}

describe('a chain', () => {
  test('[S29] [S30] a stage is put in while messages flow: none is lost, doubled or reordered', async () => {
    const flow = new Flow(chain(20, [], {}, 3));
    flow.run(5);
    expect(await flow.swap(chain(20, ['a'], {}, 3))).toMatchObject({
      ok: true,
      kept: ['s', 'z'],
      started: ['a'],
      drained: [],
    });
    flow.run();
    expect(flow.network.state).toBe('completed');
    expect(flow.arrived.get('z')).toEqual(flow.sent.get('s'));
    expect(flow.total.arrived).toHaveLength(20);
  });

  test('[S29] [S30] stages come, go and change at any moments, and the order stays', async () => {
    const stages = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }).map((ids) => ids.toSorted());
    const keeps = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(3));
    const design = fc.record({ stages, keeps, capacity: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(design, { minLength: 2, maxLength: 4 }),
        fc.array(fc.nat(30), { minLength: 4, maxLength: 4 }),
        async (designs, moments) => {
          const drawings = designs.map(({ stages, keeps, capacity }) => chain(25, stages, keeps, capacity));
          const flow = new Flow(drawings[0] as Drawing);
          for (const [at, drawing] of drawings.slice(1).entries()) {
            flow.run(moments[at]);
            if (flow.network.state === 'completed') break;
            await flow.swap(drawing);
          }
          flow.run();
          expect(flow.network.state).toBe('completed');
          expect(flow.arrived.get('z')).toEqual(flow.sent.get('s'));
          expect(flow.clock.pending).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** A random design in layers: every node but those of the last has a way out, every node but those of the first a way in. */
const drawing: fc.Arbitrary<Drawing> = fc
  .record({
    sources: fc.uniqueArray(fc.constantFrom('s0', 's1', 's2'), { minLength: 1 }),
    middle: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
    last: fc.uniqueArray(fc.constantFrom('d', 'e'), { maxLength: 2 }),
    sinks: fc.uniqueArray(fc.constantFrom('y', 'z'), { minLength: 1 }),
    choices: fc.array(fc.nat(100), { minLength: 30, maxLength: 30 }),
    capacities: fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }),
    keeps: fc.array(fc.nat(3), { minLength: 10, maxLength: 10 }),
  })
  .map(({ choices, capacities, keeps, ...named }) => {
    const { sources, middle, last, sinks } = named as Record<'sources' | 'middle' | 'last' | 'sinks', string[]>;
    const layers = [sources, middle, last, sinks].filter((layer) => layer.length > 0).map((layer) => layer.toSorted());
    const [outs, ins] = [new Map<string, number>(), new Map<string, number>()];
    const wires: [string, readonly [string, number]][] = [];
    const next = (book: Map<string, number>, id: string): number => {
      book.set(id, (book.get(id) ?? -1) + 1);
      return book.get(id) ?? 0;
    };
    const connect = (from: string, to: string): void => {
      const path = `${from}.${next(outs, from)} -> ${to}.${next(ins, to)}`;
      wires.push([path.replaceAll(/[^a-z0-9]+/g, '-'), [path, capacities[wires.length % 30] ?? 0]]);
    };
    let choice = 0;
    const pick = (from: readonly string[]): string => from[(choices[choice++ % 30] ?? 0) % from.length] as string;
    for (const [at, layer] of layers.entries()) {
      for (const id of layer) if (at < layers.length - 1) connect(id, pick(layers.slice(at + 1).flat()));
      if (at > 0) for (const id of layer) if (!ins.has(id)) connect(pick(at > 1 ? layers.slice(1, at).flat() : sources), id);
    }
    // A source has one output here: a second one is made a worker's.
    const several = sources.filter((id) => (outs.get(id) ?? 0) > 0);
    const nodes = Object.fromEntries(
      layers.flat().map((id, at) => [id, { count: sources.includes(id) ? 15 : (keeps[at % 10] ?? 0) }]),
    );
    return several.length > 0
      ? firstOutputsOnly({ nodes, wires: Object.fromEntries(wires) }, several)
      : { nodes, wires: Object.fromEntries(wires) };
  });

/** Takes away the further outputs of these, and every node that nothing reaches then. */
function firstOutputsOnly({ nodes, wires }: Drawing, sources: readonly string[]): Drawing {
  const kept = Object.fromEntries(
    Object.entries(wires).filter(([, [path]]) => !sources.some((id) => path.startsWith(`${id}.`) && !path.startsWith(`${id}.0`))),
  );
  return tidied({ nodes, wires: kept });
}

/** Ports numbered without gaps, nodes without a wire gone. */
function tidied({ nodes, wires }: Drawing): Drawing {
  const [outs, ins] = [new Map<string, number>(), new Map<string, number>()];
  const next = (book: Map<string, number>, id: string): number => {
    book.set(id, (book.get(id) ?? -1) + 1);
    return book.get(id) ?? 0;
  };
  const renumbered = Object.values(wires).map(([path, capacity]) => {
    const [from = '', to = ''] = path.split(' -> ').map((end) => part(end).node);
    const now = `${from}.${next(outs, from)} -> ${to}.${next(ins, to)}`;
    return [now.replaceAll(/[^a-z0-9]+/g, '-'), [now, capacity]] as const;
  });
  const isReached = (id: string): boolean => outs.has(id) || ins.has(id);
  return {
    nodes: Object.fromEntries(Object.entries(nodes).filter(([id]) => isReached(id))),
    wires: Object.fromEntries(renumbered),
  };
}

test('[S29] [S30] [S31] any design becomes any other at any moment: every message a source has sent arrives once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawing, { minLength: 2, maxLength: 4 }),
      fc.array(fc.nat(60), { minLength: 4, maxLength: 4 }),
      async (drawings, moments) => {
        const flow = new Flow(drawings[0] as Drawing);
        for (const [at, next] of drawings.slice(1).entries()) {
          flow.run(moments[at]);
          if (flow.network.state === 'completed') break;
          const answer = await flow.swap(next);
          if (!answer.ok) expect(answer.message).toContain('still under way');
        }
        flow.run();
        expect(flow.network.state).toBe('completed');
        expect(flow.total.arrived).toEqual(flow.total.sent);
        expect(flow.clock.pending).toBe(0);
        for (const { sent, received, dropped, depth } of flow.network.channels())
          expect([sent, dropped, depth]).toEqual([received, 0, 0]);
      },
    ),
    { numRuns: 300 },
  );
});
