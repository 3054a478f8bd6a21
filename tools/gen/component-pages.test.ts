import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { subdesign } from '#components/control/subdesign.ts';
import { zip } from '#components/flow/zip.ts';
import { tap } from '#components/monitor/tap.ts';
import { type AnyComponent, defineComponent } from '#kit/define-component.ts';
import { input, many, optional, output } from '#kit/ports.ts';
import { componentPage, lawsOf } from './component-pages.ts';

const batch = defineComponent({
  kind: 'flow.batch',
  version: 2,
  title: 'Batch',
  icon: 'layers',
  summary: 'Gathers items and sends them on as one list.',
  settings: Type.Object({
    size: Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'Items in a full batch.' }),
    maxWaitMs: Type.Integer({ minimum: 0, default: 1_000, unit: 'ms', description: 'Longest wait.' }),
    late: Type.Union([Type.Literal('keep'), Type.Literal('drop')], { default: 'keep', description: 'Late | early.' }),
    fields: Type.Array(Type.Object({ name: Type.String({ description: 'Of the field.' }) })),
  }),
  ports: { in: many(input(Type.Number(), 'Items.')), out: optional(output(Type.Array(Type.Number()))) },
  contract: `
    EMPTY = in -> HOLDING
      [] in.end -> SKIP
  `,
  examples: [{ says: 'Full batches, then the rest.', settings: { size: 2 }, given: { in: [1, 2] }, gives: { out: [[1, 2]] } }],
  *run() {},
});

const page = componentPage({ component: batch, laws: 'B1  A law.', path: 'src/components/flow/batch.ts' });

test('[G9] words, laws and the way to the source head the page', () => {
  expect(page).toMatch(
    /^# Batch\n\n`flow\.batch` · version 2 · \[source\]\(\.\.\/\.\.\/src\/components\/flow\/batch\.ts\)\n\nGathers/,
  );
  expect(page).toContain('## Laws\n\n```text\nB1  A law.\n```');
});

test('[G9] every port says how many channels it takes and what passes', () => {
  expect(page).toContain('| `in` | in | data | 1 or more | number | Items. |');
  expect(page).toContain('| `out` | out | data | 0 or 1 | list of number |  |');
  expect(page).toContain('| `err` | out | data | 0 or 1 | object |');
});

test('[G9] every setting says type, default, unit, bounds and meaning, also inside of lists', () => {
  expect(page).toContain('| `size` | integer | `100` |  | 1 to 500 | Items in a full batch. |');
  expect(page).toContain('| `maxWaitMs` | integer | `1000` | ms | at least 0 | Longest wait. |');
  expect(page).toContain('| `late` | "keep" or "drop" | `"keep"` |  |  | Late \\| early. |');
  expect(page).toContain('| `fields` | list of object | required |  |  |  |');
  expect(page).toContain('| `fields[].name` | string | required |  |  | Of the field. |');
});

test('[G9] the contract stands without the indent of its source, examples as JSON', () => {
  expect(page).toContain('```text\nEMPTY = in -> HOLDING\n  [] in.end -> SKIP\n```');
  expect(page).toContain('### Full batches, then the rest\n\n```json\n{\n  "settings": {');
});

test('[V139] the class is that of default settings, in sentences; of a kind that stands for others there is none', () => {
  expect(page).toContain('## Class\n\nNot known: its contract means nothing.');
  const pageOf = (component: AnyComponent) => componentPage({ component, laws: undefined, path: 'x.ts' });
  expect(pageOf(zip)).toMatch(
    /## Class\n\nAs a process, with default settings and two channels on .*:\n\n- \*\*I\/O-SEQ\*\*: In each round .*\.\n/,
  );
  expect(pageOf(tap)).toMatch(/## Class\n\nAs a process, with default settings \(/);
  expect(pageOf(subdesign)).toContain('## Class\n\nIt stands for other nodes');
});

test.each([
  [
    'right above the declaration',
    "import x from 'x';\n/** Other. */\nconst y = 1;\n/**\n * ┌─┐\n * B1  One.\n *     More.\n */\nexport const a = 1;",
    '┌─┐\nB1  One.\n    More.',
  ],
  ['at the head of the file', "/** B1  One. */\nimport x from 'x';\n\nconst y = 1;\nexport const a = 1;", 'B1  One.'],
  ['nowhere', "import x from 'x';\nexport const a = 1;", undefined],
])('[G10] laws %s', (_, text, laws) => {
  expect(lawsOf(text, 'a')).toBe(laws);
});
