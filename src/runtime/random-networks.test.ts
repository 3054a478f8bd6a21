import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atMessage, build, checkChannels, checkCounts, finish, perSource, shape } from './testing/random-network.ts';

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
