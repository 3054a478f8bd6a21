import { expect, test } from 'vitest';
import { catalogueText, declaredIn } from './catalogue.ts';

const batch = `/** B1 … */\nexport const batch = defineComponent({\n  kind: 'flow.batch', version: 1,\n});\n`;

test('[G1] a component is found by its declaration, with its kind', () => {
  expect(declaredIn('src/components/flow/batch.ts', batch)).toEqual({
    path: 'src/components/flow/batch.ts',
    kind: 'flow.batch',
    name: 'batch',
  });
});

test('[G1] a declaration with a type in front of the equals sign is found as well', () => {
  const text = batch.replace('export const batch =', 'export const rateLimit: AnyComponent =');
  expect(declaredIn('src/components/flow/rate-limit.ts', text)?.name).toBe('rateLimit');
});

test('[G2] a file without a component is a part of others', () => {
  expect(declaredIn('src/components/flow/window.ts', 'export const width = 3;')).toBeUndefined();
});

test('[G3] a component under another name than its file says what it must be called', () => {
  expect(() => declaredIn('src/components/flow/rate-limit.ts', batch)).toThrow(
    'src/components/flow/rate-limit.ts must say `export const rateLimit = defineComponent({…})`',
  );
});

test('[G3] a kind that is not a literal is refused', () => {
  expect(() => declaredIn('src/components/flow/batch.ts', batch.replace("'flow.batch'", 'kind'))).toThrow('as a literal');
});

test('[G4] the catalogue imports each under its group and keeps the order of kinds', () => {
  const text = catalogueText([
    { path: 'src/components/data/convert.ts', kind: 'data.convert', name: 'convert' },
    { path: 'src/components/flow/rate-limit.ts', kind: 'flow.rateLimit', name: 'rateLimit' },
  ]);
  expect(text).toContain("import { convert as dataConvert } from './data/convert.ts';");
  expect(text).toContain("import { rateLimit as flowRateLimit } from './flow/rate-limit.ts';");
  expect(text).toContain('[\n  dataConvert,\n  flowRateLimit,\n];\n');
});
