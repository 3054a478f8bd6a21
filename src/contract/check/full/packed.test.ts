import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type System, shapeOf } from '#contract/network.ts';
import { full } from './full.ts';
import { layoutOf, PackedStates } from './packed.ts';

test('[K14] a state is new exactly when it differs in some word', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.array(fc.constantFrom(0, 1, -1, 1 << 31), { minLength: 3, maxLength: 3 }), { maxLength: 200 }),
      (width, list) => {
        const packed = new PackedStates(width);
        const seen = new Set<string>();
        for (const words of list) {
          const state = Int32Array.from(words.slice(0, width));
          expect(packed.add(state, 0, 0)).toBe(!seen.has(state.join()));
          seen.add(state.join());
        }
        expect(packed.size).toBe(seen.size);
      },
    ),
  );
});

test('[K14] what was added is read back after the tables have grown, with the way that led to it', () => {
  const packed = new PackedStates(2);
  for (let number = 0; number < 20_000; number++)
    expect(packed.add(Int32Array.of(7, number * 65_537), Math.max(0, number - 1), number)).toBe(true);
  const state = new Int32Array(2);
  packed.read(12_345, state);
  expect([...state]).toEqual([7, 12_345 * 65_537]);
  expect(packed.way(3)).toEqual([1, 2, 3]);
  expect(packed.add(state, 0, 0)).toBe(false);
});

/** Parts that count to a number of their own, nobody with anybody. */
function counters(sizes: readonly number[]): System {
  const drawn = sizes.map((size) =>
    shapeOf({
      moves: Array.from({ length: size }, (_, at) => (at + 1 < size ? [{ label: 'up', to: at + 1 }] : [])),
      final: new Set(),
    }),
  );
  return {
    shapes: drawn.map(({ shape }) => shape),
    parts: sizes.map((_, number) => ({ name: `p${number}`, shape: number, events: Int32Array.of(number) })),
    processes: sizes.length,
    events: sizes.map((_, number) => ({ parts: [number] })),
  };
}

test('[K14] no part of a state crosses a word, and none shares its bits', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      const { words, word, shift, mask } = layoutOf(counters(sizes));
      const used = new Array<bigint>(words).fill(0n);
      for (const [part, size] of sizes.entries()) {
        const field = BigInt(mask[part]!) << BigInt(shift[part]!);
        expect(field < 2n ** 32n && mask[part]! >= size - 1).toBe(true);
        expect(used[word[part]!]! & field).toBe(0n);
        used[word[part]!]! |= field;
      }
    }),
  );
});

test('[K14] parts in several words are counted apart', () => {
  const sizes = [30_000, 2, 60_000, 2, 2];
  const small = [3, 2, 2, 3, 2, 2, 3, 3, 3, 2, 2, 2, 2, 2];
  expect(full.run(counters(small), { maxStates: 1e6, maxMs: 1e6 }).states).toBe(
    small.reduce((product, size) => product * size, 1),
  );
  expect(full.run(counters([2, 40_000, 2, 2]), { maxStates: 1e6, maxMs: 1e6 }).states).toBe(320_000);
  expect(layoutOf(counters(sizes)).words).toBe(2);
});
