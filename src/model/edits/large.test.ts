import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, made, wire } from '#model/testing/drawn.ts';
import { testKinds } from '#model/testing.ts';
import { applyAll, applySome } from './apply.ts';
import type { Edit } from './edit.ts';

/** Designs so large that a draft remembers something of their records: what it remembers changes nothing. */

const size = 510;
const numbers = Array.from({ length: size }, (_, n) => n);
const drawing = [
  ...numbers.map((n) => add(`n${n}`, 'test.pass')),
  ...numbers.slice(1).map((n) => wire(`w${n}`, `n${n - 1}.out`, `n${n}.in`)),
];

const some = fc.nat(8);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  some.map((n): Edit => ({ do: 'node.delete', id: `n${n}` })),
  some.map((n) => add(`n${n}`, 'test.pass')),
  some.map((n): Edit => ({ do: 'node.move', id: `n${n}`, at: { x: n, y: 0 } })),
  some.map((n): Edit => ({ do: 'disconnect', id: `w${n}` })),
  fc.tuple(some, some, some).map(([n, from, to]) => wire(`w${n}`, `n${from}.out`, `n${to}.in`)),
);
const group = fc.array(edit, { minLength: 1, maxLength: 4 });

test('[E1] a design that was made by edits and one that was read are changed alike, whatever became of drafts before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(group, fc.boolean()), { minLength: 2, maxLength: 8 }), (groups) => {
      let design = made(...drawing);
      for (const [edits, all] of groups) {
        const read = structuredClone(design);
        const change = all ? applyAll : applySome;
        const [here, there] = [change(design, edits, testKinds), change(read, edits, testKinds)];
        expect(isDeepStrictEqual(here, there)).toBe(true);
        expect(isDeepStrictEqual(design, read)).toBe(true);
        if (!('ok' in here) || here.ok) design = here.design;
      }
      const read = structuredClone(design);
      const gone = numbers.slice(0, 9).map((n): Edit => ({ do: 'node.delete', id: `n${n}` }));
      expect(isDeepStrictEqual(applySome(design, gone, testKinds), applySome(read, gone, testKinds))).toBe(true);
    }),
    { numRuns: 30 },
  );
});
