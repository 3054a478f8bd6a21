import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { System } from '#contract/network.ts';
import { layoutOf, unpack } from './layout.ts';

const runs = { numRuns: 100, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

/** Parts of so many states, that do nothing. */
function still(sizes: readonly number[]): System {
  const none = new Int32Array(0);
  return {
    shapes: sizes.map((size) => ({ first: none, labels: none, targets: none, final: new Uint8Array(size) })),
    parts: sizes.map((_, number) => ({ name: `p${number}`, shape: number, events: none })),
    processes: sizes.length,
    events: [],
  };
}

test('[V10] no part of a state crosses a word, none shares its bits, and each is read back as it was written', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }), fc.nat(), (sizes, seed) => {
      const layout = layoutOf(still(sizes));
      const words = new BigUint64Array(layout.words + 1);
      const used = new Array<bigint>(layout.words).fill(0n);
      const vector = sizes.map((size, part) => ((seed + part * 40_503) >>> 0) % size);
      for (const [part, size] of sizes.entries()) {
        const { word, shift, bits } = layout;
        expect(2 ** bits[part]!).toBeGreaterThanOrEqual(size);
        expect(shift[part]! + bits[part]!).toBeLessThanOrEqual(64);
        const field = ((1n << BigInt(bits[part]!)) - 1n) << BigInt(shift[part]!);
        expect(used[word[part]!]! & field).toBe(0n);
        used[word[part]!]! |= field;
        // Whatever stands behind the state does not show.
        words[1 + word[part]!]! |= BigInt(vector[part]!) << BigInt(shift[part]!);
      }
      words[0] = 2n ** 64n - 1n;
      const read = new Int32Array(sizes.length);
      unpack(layout, new Int32Array(words.buffer), 2, read);
      expect([...read]).toEqual(vector);
    }),
    runs,
  );
});
