import { expect, test } from 'vitest';
import { type Artefact, staleFiles } from './artefact.ts';

const artefact: Artefact = { name: 'pages', owns: ['docs/pages/', 'docs/one.md'], make: async () => new Map() };
const made = new Map([
  ['docs/pages/a.md', 'a'],
  ['docs/one.md', '1'],
]);

test('[G5] what is as it was made is fresh', () => {
  expect(staleFiles(artefact, made, new Map(made))).toEqual([]);
});

test('[G6] changed and missing files are stale', () => {
  expect(staleFiles(artefact, made, new Map([['docs/pages/a.md', 'b']]))).toEqual([
    { path: 'docs/pages/a.md', text: 'a' },
    { path: 'docs/one.md', text: '1' },
  ]);
});

test('[G7] a file that is no longer made is left over', () => {
  expect(staleFiles(artefact, made, new Map([...made, ['docs/pages/gone.md', 'x']]))).toEqual([
    { path: 'docs/pages/gone.md', text: undefined },
  ]);
});

test('[G8] an artefact that writes outside of what it owns is a mistake', () => {
  expect(() => staleFiles(artefact, new Map([['README.md', '']]), new Map())).toThrow('pages made README.md');
});
