import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyEdit } from '#model/testing.ts';
import type { Edit } from './edit.ts';
import { inForce } from './in-force.ts';
import { mostWork, workOver } from './others.ts';
import { sharedOf } from './touched.ts';
import { type Order, rebase, transform } from './transform.ts';
import { undoEdits } from './undo.ts';

const orders: readonly Order[] = ['after', 'before'];
const some = fc.array(anyEdit, { maxLength: 12 });
const move = (id: string, x: number): Edit => ({ do: 'node.move', id, at: { x, y: 0 } });
const moves = (id: string, count: number): Edit[] => Array.from({ length: count }, (_, x) => move(id, x));

describe('[E58] edits over others', () => {
  it('[E58] two that share nothing leave each other as they are, when the one is taken back, too', () => {
    fc.assert(
      fc.property(anyEdit, anyEdit, (edit, other) => {
        fc.pre(new Set(sharedOf(edit)).isDisjointFrom(new Set(sharedOf(other))));
        for (const order of orders) expect(transform(edit, other, order)).toBe(edit);
        expect(undoEdits([edit], [[other]])).toEqual({ edits: [{ number: 0, edit }], left: [], over: [other] });
      }),
      { numRuns: 3_000 },
    );
  });

  it('[E58] several at once come to what they come to one after the other', () => {
    fc.assert(
      fc.property(some, some, fc.constantFrom(...orders), (edits, over, order) => {
        let others: readonly Edit[] = over;
        const [done, left]: [Edit[], number[]] = [[], []];
        for (const [number, edit] of edits.entries()) {
          const one = rebase([edit], others, order);
          done.push(...one.edits.map((kept) => kept.edit));
          if (one.left.length > 0) left.push(number);
          others = one.over;
        }
        const all = rebase(edits, over, order);
        expect(all.edits.map(({ edit }) => edit)).toEqual(done);
        expect(all.left.map(({ number }) => number)).toEqual(left);
        expect(all.over).toEqual(others);
      }),
      { numRuns: 1_000 },
    );
  });

  it('[E58] cost as many pairs as share something, and longer changes of a text more', () => {
    expect(workOver(moves('a', 5_000), moves('b', 100_000))).toBe(0);
    expect(workOver(moves('a', 100), moves('a', 1_000))).toBe(200_000);
    expect(workOver(moves('a', 5_000), moves('a', 20_000))).toBeGreaterThan(mostWork);
    const typed = (steps: number): Edit => ({
      do: 'text.edit',
      name: 'description',
      change: Array.from({ length: steps }, () => 'x'),
    });
    expect(
      workOver(
        [typed(10_000)],
        Array.from({ length: 500 }, () => typed(1)),
      ),
    ).toBeGreaterThan(mostWork);
    expect(
      workOver(
        [typed(1)],
        Array.from({ length: 20_000 }, () => typed(1)),
      ),
    ).toBeLessThan(mostWork);
  });

  it('[E58] what is in force is not worked out where that costs too much', () => {
    const lines = Array.from({ length: 400 }, (_, at) => {
      const step = { txId: `${at}`, edits: moves('a', 20), inverse: moves('a', 20) };
      return at < 200 ? step : { ...step, undoOf: `${399 - at}` };
    });
    expect(inForce(lines, mostWork)).toBeUndefined();
    expect(inForce(lines.slice(150, 250), mostWork)).toEqual([]);
  });
});
