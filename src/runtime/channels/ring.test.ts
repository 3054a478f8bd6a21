import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ring } from './ring.ts';

test('a ring gives back what was pushed, in order, however it grew and wrapped', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 30 }), (moves) => {
      const ring = new Ring<number>();
      const model: number[] = [];
      let next = 0;
      for (const move of moves) {
        for (let i = 0; i < move; i++) {
          ring.push(next);
          model.push(next++);
        }
        for (let i = 0; i > move; i--) expect(ring.shift()).toBe(model.shift());
        expect(ring.size).toBe(model.length);
      }
      ring.clear();
      expect([ring.size, ring.shift()]).toEqual([0, undefined]);
    }),
    { numRuns: 200, verbose: 1 },
  );
});
