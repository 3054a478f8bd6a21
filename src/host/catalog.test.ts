import { expect, test } from 'vitest';
import { components } from '#components/catalog.ts';
import { createCatalog } from './catalog.ts';
import { list, mirror } from './testing/probes.ts';

test('every component of the program is found by its kind, and listed in order', () => {
  const catalog = createCatalog(components);
  const kinds = catalog.list().map(({ kind }) => kind);
  expect(kinds).toEqual(components.map(({ spec }) => spec.kind).sort());
  for (const kind of kinds) expect(catalog.component(kind)?.spec).toBe(catalog.get(kind));
});

test('a kind nobody declares is no error, but nothing', () => {
  const catalog = createCatalog([list]);
  expect([catalog.get('probe.none'), catalog.component('probe.none'), catalog.check?.('probe.none', {})]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('two components of one kind are refused by name; one that is listed twice is still one', () => {
  const other = { ...list };
  expect(() => createCatalog([list, mirror, other])).toThrow(/Two components declare the kind probe\.list/);
  expect(createCatalog([list, mirror, list]).list()).toHaveLength(2);
});
