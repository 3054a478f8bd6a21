import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './files.ts';
import { allMutants } from './mutants.ts';

// That the tests catch them is the business of `node tools/mutants.ts`, which takes minutes; here only that the list is not out of date.
test('every mutant of the checker changes one place of a file that is there', async () => {
  const mutants = await allMutants();
  expect(mutants.size).toBeGreaterThan(9);
  for (const [name, { file, from, to }] of mutants) {
    const text = await readFile(join(root, file), 'utf8');
    expect([name, text.split(from).length - 1]).toEqual([name, 1]);
    expect(to).not.toBe(from);
  }
});
