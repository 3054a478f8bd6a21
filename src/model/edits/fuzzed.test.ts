import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { testKinds } from '#model/testing.ts';
import { applyAll } from './apply.ts';
import { compose } from './compose.ts';
import type { Edit, TextChange } from './edit.ts';
import { changeBetween, changedText, composedChange, lengthOf, settled, transformedChange, turned } from './text-change.ts';
import { rebase } from './transform.ts';

/** What an independent program finds: it makes edits at random, in three places at once, and holds every order against every other. */

type Fuzzer = ((type: object, generate: (before: never) => [unknown, unknown], iterations?: number) => void) & {
  randomInt(below: number): number;
  randomWord(): string;
};
// Where it keeps how far it came. It reads the file when it is loaded and deletes it at its end.
const folder = mkdtempSync(join(tmpdir(), 'csp-fuzzed-'));
process.env['SYNCFILE'] = join(folder, 'state');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => writeFileSync(join(folder, 'state'), ''));
const fuzz = createRequire(import.meta.url)('ot-fuzzer') as Fuzzer;
const { randomInt, randomWord } = fuzz;

const emoji = ['\u{1F605}', '\u{1F916}', 'e\u0301', ''];

function anyChange(text: string): [TextChange, string] {
  const characters = [...text];
  const at = randomInt(characters.length + 1);
  const out = randomInt(Math.min(4, characters.length - at + 1));
  const put = randomInt(3) === 0 ? '' : `${randomWord()}${emoji[randomInt(emoji.length)]}`;
  const after = [...characters.slice(0, at), put, ...characters.slice(at + out)].join('');
  const change: TextChange = [
    ...(at > 0 ? [at] : []),
    ...(put === '' ? [] : [put]),
    ...(out === 0 ? [] : [randomInt(2) === 0 ? { d: out } : { d: characters.slice(at, at + out).join('') }]),
  ];
  return [change, after];
}

const sides = { left: 'before', right: 'after' } as const;

describe('[E13] places in texts and lists', () => {
  test('[E13] changes of a text', () => {
    const text = {
      name: 'text',
      create: () => '',
      apply: changedText,
      transform: (a: TextChange, b: TextChange, side: 'left' | 'right') => transformedChange(a, b, sides[side]),
      compose: composedChange,
      invert: turned,
      makeInvertible: settled,
      diff: changeBetween,
    };
    fuzz(text, anyChange, 400);
    expect(lengthOf('e\u0301\u{1F605}')).toBe(3);
  });

  test('[E13][E40] edits of a node, its text, its list and its settings, several in a row', () => {
    const start = applyAll(emptyDesign('d'), [{ do: 'node.add', node: { id: 'a', kind: 'test.pass' } }], testKinds);
    if (!start.ok) throw new Error(start.refusal.message);
    const after = (design: DesignBody, edits: readonly Edit[]): DesignBody => {
      const applied = applyAll(design, edits, testKinds);
      if (!applied.ok) throw new Error(`${applied.refusal.message} ${JSON.stringify(edits)}`);
      return applied.design;
    };
    const edits = {
      name: 'edits',
      create: () => start.design,
      apply: after,
      transform: (a: readonly Edit[], b: readonly Edit[], side: 'left' | 'right') =>
        rebase(a, b, sides[side]).edits.map(({ edit }) => edit),
      compose: (a: readonly Edit[], b: readonly Edit[]) => compose([...a, ...b]),
    };
    fuzz(edits, (design: DesignBody) => anyEdits(design, after), 400);
    expect(anyEdits(start.design, after)[0]).toHaveLength(1);
  });
});

function anyEdits(design: DesignBody, after: (design: DesignBody, edits: readonly Edit[]) => DesignBody): [Edit[], DesignBody] {
  const edit = anyEditOf(design);
  return [[edit], after(design, [edit])];
}

const node = 'a';

function anyEditOf(design: DesignBody): Edit {
  const settings = design.nodes[node]?.settings ?? {};
  const { note = 'usual', many = [] } = settings as { note?: string; many?: readonly number[] };
  switch (randomInt(9)) {
    case 0:
    case 1:
    case 2:
      return { do: 'text.edit', node, name: 'note', change: anyChange(note)[0] };
    case 3:
      return randomInt(4) > 0
        ? { do: 'text.edit', name: 'description', change: anyChange(design.description)[0] }
        : { do: 'design.set', description: randomWord() };
    case 4:
      return {
        do: 'node.set',
        id: node,
        label: randomWord(),
        settings: randomInt(3) === 0 ? { note: randomWord() } : { size: 1 + randomInt(9) },
      };
    case 5:
      return { do: 'node.move', id: node, at: { x: randomInt(9), y: randomInt(9) } };
    default:
      return anyItem(many);
  }
}

function anyItem(items: readonly number[]): Edit {
  const at = randomInt(items.length);
  if (items.length === 0 || (items.length < 8 && randomInt(2) === 0))
    return { do: 'list.insert', node, name: 'many', at: randomInt(items.length + 1), item: randomInt(99) };
  if (randomInt(3) === 0) return { do: 'list.set', node, name: 'many', at, item: randomInt(99) };
  if (randomInt(2) === 0) return { do: 'list.move', node, name: 'many', from: at, to: randomInt(items.length) };
  return { do: 'list.delete', node, name: 'many', at };
}
