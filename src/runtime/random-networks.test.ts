import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { all } from './all.ts';
import { fairAlt, offering, priAlt } from './alt.ts';
import type { ChannelPlan } from './channel.ts';
import { sleep } from './sleep.ts';
import { Bench, type Body, type Ends, type Wire } from './testing.ts';

/** A message is `source * 10,000 + number`, so that each one and its order can be recognised anywhere. */
const perSource = 10_000;

interface Shape {
  readonly sources: readonly number[];
  /** What stands between the sources and the sink, from left to right. */
  readonly stages: readonly Stage[];
  readonly wires: readonly (readonly [capacity: number, policy: ChannelPlan['policy']])[];
  readonly slowEvery: number;
  readonly byAlternation: boolean;
}
type Stage = 'forward' | 'diamond' | 'duplicate';

const shape: fc.Arbitrary<Shape> = fc.record({
  sources: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 2 }),
  stages: fc.array(fc.constantFrom<Stage>('forward', 'diamond', 'duplicate'), { maxLength: 4 }),
  wires: fc.array(
    fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('block', 'block', 'block', 'drop-oldest', 'drop-newest')),
    {
      minLength: 30,
      maxLength: 30,
    },
  ),
  slowEvery: fc.integer({ min: 1, max: 5 }),
  byAlternation: fc.boolean(),
});

interface Built {
  readonly bench: Bench;
  /** What went through each process's hands: channel end by channel end, in order. */
  readonly sent: ReadonlyMap<string, number[]>;
  readonly got: ReadonlyMap<string, number[]>;
  readonly arrived: number[];
}

/** source, source → merge → stages… → sink; every channel with a capacity and policy of its own. */
function build({ sources, stages, wires, slowEvery, byAlternation }: Shape, lossless: boolean): Built {
  const sent = new Map<string, number[]>();
  const got = new Map<string, number[]>();
  const arrived: number[] = [];
  const bodies: Record<string, Body> = {};
  const paths: string[] = ['s0.out -> merge.in', 's1.out -> merge.in2'];
  const note = (book: Map<string, number[]>, end: string, message: number) => book.set(end, [...(book.get(end) ?? []), message]);
  const put = function* (ends: Ends, id: string, port: 'out' | 'out2', message: number) {
    const taken = byAlternation ? (yield* priAlt([offering(ends[port], message)])).sent : yield* ends[port].send(message);
    if (taken) note(sent, `${id}.${port}`, message);
    return taken;
  };
  const merge = (id: string): Body =>
    function* (ends) {
      const open = new Map<'in' | 'in2', Ends['in']>([
        ['in', ends.in],
        ['in2', ends.in2],
      ]);
      while (open.size > 0) {
        const ports = [...open.keys()];
        const { index, ended, value } = yield* fairAlt([...open.values()]);
        const port = ports[index] as 'in' | 'in2';
        if (ended) open.delete(port);
        else {
          note(got, `${id}.${port}`, value);
          yield* put(ends, id, 'out', value);
        }
      }
    };
  const split = (id: string, both: boolean): Body =>
    function* (ends) {
      for (let turn = 0; ; turn++) {
        const { ended, value } = yield* ends.in.receive();
        if (ended) return;
        note(got, `${id}.in`, value);
        if (both) yield* all([put(ends, id, 'out', value), put(ends, id, 'out2', value)]);
        else yield* put(ends, id, turn % 2 === 0 ? 'out' : 'out2', value);
      }
    };
  sources.forEach((count, s) => {
    bodies[`s${s}`] = function* (ends) {
      for (let i = 0; i < count; i++) {
        if (i % slowEvery === 0) yield* sleep(ends.clock, s + 1);
        yield* put(ends, `s${s}`, 'out', s * perSource + i);
      }
    };
  });
  bodies['merge'] = merge('merge');
  let last = 'merge';
  stages.forEach((stage, i) => {
    if (stage === 'forward') {
      bodies[`f${i}`] = function* (ends) {
        for (;;) {
          const { ended, value } = yield* ends.in.receive();
          if (ended) return;
          note(got, `f${i}.in`, value);
          yield* put(ends, `f${i}`, 'out', value);
        }
      };
      paths.push(`${last}.out -> f${i}.in`);
      last = `f${i}`;
    } else {
      bodies[`split${i}`] = split(`split${i}`, stage === 'duplicate');
      bodies[`join${i}`] = merge(`join${i}`);
      paths.push(`${last}.out -> split${i}.in`, `split${i}.out -> join${i}.in`, `split${i}.out2 -> join${i}.in2`);
      last = `join${i}`;
    }
  });
  bodies['sink'] = function* (ends) {
    for (let i = 0; ; i++) {
      if (i % (slowEvery + 1) === 0) yield* sleep(ends.clock, 1);
      const { ended, value } = yield* ends.in.receive();
      if (ended) return;
      note(got, 'sink.in', value);
      arrived.push(value);
    }
  };
  paths.push(`${last}.out -> sink.in`);
  const bench = new Bench({
    bodies,
    wires: paths.map((path, i): Wire => {
      const [capacity, policy] = wires[i] ?? [0, 'block'];
      return [path, capacity, lossless ? 'block' : policy];
    }),
  });
  return { bench, sent, got, arrived };
}

function finish(bench: Bench): void {
  bench.settle();
  while (bench.clock.advanceToNext()) bench.settle();
}

/** What must hold at every moment between turns. */
function checkCounts(bench: Bench): void {
  for (const { sent, received, dropped, depth, capacity, highWater } of bench.network.channels()) {
    expect(sent).toBe(received + dropped + depth);
    expect(depth).toBeLessThanOrEqual(capacity);
    expect(highWater).toBeLessThanOrEqual(capacity);
  }
}

/** [C2] [C4]: on each channel what was received is a part of what was sent, in that order, each once. */
function checkChannels({ bench, sent, got }: Built): void {
  for (const { connection, received, sent: accepted } of bench.network.channels()) {
    const { from, to } = bench.network.channel(connection).plan;
    const put = sent.get(`${from.process}.${from.port}`) ?? [];
    const taken = got.get(`${to.process}.${to.port}`) ?? [];
    expect([accepted, received]).toEqual([put.length, taken.length]);
    let at = 0;
    for (const message of taken) {
      at = put.indexOf(message, at) + 1;
      expect(at).toBeGreaterThan(0);
    }
  }
}

/** Calls `act` from within the run, whenever the count of messages passed on all channels reaches one of `moments`. */
function atMessage({ network }: Bench, moments: readonly number[], act: () => void): void {
  let passed = 0;
  for (const { connection } of network.channels()) {
    network.channel(connection).onSample(() => {
      if (moments.includes(++passed)) act();
    });
  }
}

const settings = { numRuns: 200, verbose: 1 } as const;

describe('random networks', () => {
  test('[C2] [C3] [C7] with blocking channels nothing is lost, doubled or reordered, and all ends', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const built = build(given, true);
        built.bench.start();
        finish(built.bench);
        expect(built.bench.network.state).toBe('completed');
        checkCounts(built.bench);
        checkChannels(built);
        const times = 2 ** given.stages.filter((stage) => stage === 'duplicate').length;
        const all = given.sources.flatMap((count, s) => Array.from({ length: count }, (_, i) => s * perSource + i));
        const expected = all.flatMap((message) => Array(times).fill(message));
        expect(built.arrived.toSorted((a, b) => a - b)).toEqual(expected);
      }),
      settings,
    );
  });

  test('[C4] [C5] [C6] with any policies counts are exact, capacities hold, and order is kept', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const built = build(given, false);
        const { bench } = built;
        bench.start();
        checkCounts(bench);
        while (bench.clock.advanceToNext()) {
          while (bench.turn()) checkCounts(bench);
        }
        expect(bench.network.state).toBe('completed');
        checkCounts(bench);
        checkChannels(built);
      }),
      settings,
    );
  });

  test('[S3] [S4] pausing at any messages leaves everything that arrives as it is', async () => {
    await fc.assert(
      fc.asyncProperty(shape, fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 12 }), async (given, pauses) => {
        const plain = build(given, true);
        plain.bench.start();
        finish(plain.bench);
        const paused = build(given, true);
        const { network, clock } = paused.bench;
        atMessage(paused.bench, pauses, () => void network.pause());
        network.start();
        do {
          paused.bench.settle();
          while (network.state === 'paused') {
            const before = network.channels();
            paused.bench.settle();
            expect(network.channels()).toEqual(before);
            network.resume();
            paused.bench.settle();
          }
        } while (clock.advanceToNext());
        expect(network.state).toBe('completed');
        expect(paused.arrived).toEqual(plain.arrived);
        checkChannels(paused);
      }),
      settings,
    );
  });

  test('[S5] stopping at any point ends everything and leaves no timer', async () => {
    await fc.assert(
      fc.asyncProperty(shape, fc.integer({ min: 0, max: 200 }), fc.boolean(), async (given, at, pauseFirst) => {
        const { bench } = build(given, false);
        atMessage(bench, [at], () => void (pauseFirst ? bench.network.pause() : bench.network.stop()));
        bench.network.start();
        finish(bench);
        const wasOver = bench.network.state === 'completed';
        await bench.stop();
        expect(bench.network.state).toBe(wasOver ? 'completed' : 'stopped');
        expect(bench.clock.pending).toBe(0);
        expect(bench.turn()).toBe(false);
        checkCounts(bench);
        for (const { state, waitingFor } of bench.network.processes()) {
          expect(['completed', 'stopped']).toContain(state);
          expect(waitingFor).toEqual([]);
        }
        for (const { blocked, depth } of bench.network.channels()) expect([blocked, depth]).toEqual(['none', 0]);
      }),
      settings,
    );
  });
});
