import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepDone } from '#runtime/processes/step.ts';
import {
  anyShape,
  atMessage,
  type Built,
  build,
  checkChannels,
  checkCounts,
  finish,
  shape,
} from '#runtime/testing/random-network.ts';
import type { Bench } from '#runtime/testing.ts';

const settings = { numRuns: 150, verbose: 1 } as const;

/** Every message on every channel, in the order in which they passed. */
function traceOf({ network }: Bench): string[] {
  const trace: string[] = [];
  for (const { connection } of network.channels()) {
    network.channel(connection).onSample(({ number, value }) => trace.push(`${connection} ${number} ${value}`));
  }
  return trace;
}

async function step(bench: Bench, node?: string): Promise<StepDone> {
  const stepping = bench.network.interventions.step(node);
  await bench.settleOutside();
  return await stepping;
}

async function runBySteps(bench: Bench, trace: readonly string[]): Promise<void> {
  for (;;) {
    const before = trace.length;
    const { says, passed } = await step(bench);
    expect(passed.length).toBeLessThanOrEqual(1);
    expect(trace.length - before).toBe(passed.length);
    if (bench.network.state === 'completed') return;
    expect(bench.network.state).toBe('paused');
    if (says.startsWith('nothing can go on now')) expect(bench.clock.advanceToNext()).toBe(true);
  }
}

/** Where a run is paused, how many steps are then taken, of which node, and which connection has a breakpoint. */
const disturbance = fc.record({
  pauses: fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 12 }),
  steps: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 8 }),
  node: fc.constantFrom(undefined, 'merge', 'sink', 's0'),
  broken: fc.nat({ max: 6 }),
});
type Disturbance = typeof disturbance extends fc.Arbitrary<infer D> ? D : never;

/** Runs it to its end, disturbed. */
async function disturb(bench: Bench, trace: readonly string[], { pauses, steps, node, broken }: Disturbance): Promise<void> {
  const { network, clock } = bench;
  const { connection } = network.channels()[broken % network.channels().length]!;
  network.interventions.setBreakpoint(connection, { afterHits: 3, condition: { text: 'even', holds: isEven } });
  atMessage(bench, pauses, () => void network.pause());
  network.start();
  let turn = 0;
  do {
    bench.settle();
    while (network.state === 'paused') {
      const { hit } = network.interventions;
      if (hit !== undefined) expect(trace.at(-1)).toBe(`${hit.connection} ${hit.sample.number} ${hit.sample.value}`);
      for (let left = steps[turn++ % steps.length] ?? 0; left > 0 && network.state === 'paused'; left--) await step(bench, node);
      const before = network.channels();
      bench.settle();
      expect(network.channels()).toEqual(before);
      network.resume();
      bench.settle();
    }
  } while (clock.advanceToNext());
}

describe('stepping random networks', () => {
  test('[S40] [S4] step by step the very same messages pass, in the very same order, one a step', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (given) => {
        const plain = build(given, false);
        const wanted = traceOf(plain.bench);
        plain.bench.start();
        finish(plain.bench);
        const stepped = build(given, false);
        const trace = traceOf(stepped.bench);
        void stepped.bench.network.start();
        void stepped.bench.network.pause();
        stepped.bench.settle();
        await runBySteps(stepped.bench, trace);
        expect(trace).toEqual(wanted);
        checkCounts(stepped.bench);
        checkChannels(stepped);
      }),
      { ...settings, numRuns: 60 },
    );
  });

  test('[S39] [S40] [S4] breakpoints, pauses and steps anywhere leave the order of all messages as it is', async () => {
    await fc.assert(
      fc.asyncProperty(shape, disturbance, async (given, disturbed) => {
        const plain = build(given, false);
        const wanted = traceOf(plain.bench);
        plain.bench.start();
        finish(plain.bench);
        const { bench } = build(given, false);
        const trace = traceOf(bench);
        await disturb(bench, trace, disturbed);
        expect(bench.network.state).toBe('completed');
        expect(trace).toEqual(wanted);
      }),
      settings,
    );
  });

  test('[S39] [S40] [S71] with processes that step too nothing is lost, doubled or reordered on its channel', async () => {
    await fc.assert(
      fc.asyncProperty(anyShape, disturbance, async (given, disturbed) => {
        const plain = build(given, true);
        plain.bench.start();
        finish(plain.bench);
        const built = build(given, true);
        await disturb(built.bench, traceOf(built.bench), disturbed);
        expect(built.bench.network.state).toBe('completed');
        expect(sorted(built)).toEqual(sorted(plain));
        checkChannels(built);
      }),
      settings,
    );
  });
});

const isEven = (message: unknown): boolean => (message as number) % 2 === 0;

const verbs = [
  'holdNode',
  'releaseNode',
  'holdConnection',
  'releaseConnection',
  'pause',
  'resume',
  'step',
  'turn',
  'turn',
  'time',
] as const;
type Act = readonly [verb: (typeof verbs)[number], which: number];
const acts = fc.array(fc.tuple(fc.constantFrom(...verbs), fc.nat({ max: 20 })), { maxLength: 60 });

async function act(bench: Bench, [verb, which]: Act): Promise<void> {
  const { network, clock } = bench;
  const nodes = network.processes();
  const wires = network.channels();
  const node = nodes[which % nodes.length]?.node ?? '';
  const wire = wires[which % wires.length]?.connection ?? '';
  if (verb === 'holdNode' || verb === 'releaseNode') network.interventions[verb](node);
  else if (verb === 'holdConnection' || verb === 'releaseConnection') network.interventions[verb](wire);
  else if (verb === 'pause') void network.pause();
  else if (verb === 'resume') network.resume();
  else if (verb === 'step') await step(bench, which % 2 === 0 ? node : undefined);
  else if (verb === 'time') clock.advanceToNext();
  else bench.turn();
}

/** What is held does not move. */
function stillness({ network }: Bench): () => void {
  const nodes = network.processes().filter(({ held }) => held);
  const wires = network.channels().filter(({ held }) => held);
  return () => {
    for (const before of nodes) {
      const now = network.processes().find(({ node }) => node === before.node);
      if (now?.held)
        expect([now.node, now.sent - before.sent <= 0 || 'moved', now.received]).toEqual([before.node, true, before.received]);
    }
    for (const { connection, received, sent, held: _held } of wires) {
      const now = network.channels().find((wire) => wire.connection === connection);
      if (now?.held && !network.processes().some(({ state }) => state === 'completed'))
        expect([now.received, now.sent]).toEqual([received, sent]);
    }
  };
}

async function releaseAll(bench: Bench): Promise<void> {
  const { network } = bench;
  for (const { node } of network.processes()) network.interventions.releaseNode(node);
  for (const { connection } of network.channels()) network.interventions.releaseConnection(connection);
  bench.settle();
  network.resume();
}

function sorted({ arrived }: Built): number[] {
  return arrived.toSorted((a, b) => a - b);
}

describe('holding parts of random networks', () => {
  test('[S36] [S37] [S38] [S41] whatever is held and released, nothing is lost, doubled or reordered, and nothing held moves', async () => {
    await fc.assert(
      fc.asyncProperty(anyShape, acts, async (given, todo) => {
        const plain = build(given, true);
        plain.bench.start();
        finish(plain.bench);
        const built = build(given, true);
        const { bench } = built;
        bench.network.start();
        for (const each of todo) {
          const still = stillness(bench);
          await act(bench, each);
          if (!['releaseNode', 'releaseConnection', 'step'].includes(each[0])) still();
          checkCounts(bench);
        }
        expect(bench.network.stuck).toBeUndefined();
        await releaseAll(bench);
        finish(bench);
        expect(bench.network.state).toBe('completed');
        expect(sorted(built)).toEqual(sorted(plain));
        checkChannels(built);
        expect(bench.clock.pending).toBe(0);
      }),
      settings,
    );
  });

  test('[S42] a stop ends it from every such state, and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyShape, acts, async (given, todo) => {
        const { bench } = build(given, false);
        bench.network.start();
        for (const each of todo) await act(bench, each);
        const wasOver = bench.network.state === 'completed';
        await bench.stop();
        expect(bench.network.state).toBe(wasOver ? 'completed' : 'stopped');
        expect(bench.clock.pending).toBe(0);
        expect(bench.turn()).toBe(false);
        checkCounts(bench);
        for (const { state, held } of bench.network.processes())
          expect([['completed', 'stopped'].includes(state), held]).toEqual([true, undefined]);
        for (const { blocked, depth, held } of bench.network.channels())
          expect([blocked, depth, held]).toEqual(['none', 0, undefined]);
      }),
      settings,
    );
  });
});
