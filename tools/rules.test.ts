import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, root } from './files.ts';

/** A rule begins a paragraph or an item with its id in bold, alone or with a name: `**V36** …`, `**S65 Said.** …`. */
const defined = /^(?:- )?\*\*([A-Z]+\d+[a-z]?)\b/gm;
/** A claim of a test begins with the ids of what it is about: `[V34] [V36] …`. */
const cited = /\[([A-Z]+\d+[a-z]?)\]/g;
const isTest = /\.(test|e2e)\.tsx?$|\/testing\/|-suite\.ts$/;

async function idsIn(files: readonly string[], pattern: RegExp): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(pattern)].map(([, id = '']) => id));
}

test('every rule of docs/spec stands there once, and a test cites it', async () => {
  const rules = await idsIn(await filesBelow('docs/spec'), defined);
  expect(rules.filter((id, at) => rules.indexOf(id) !== at)).toEqual([]);
  const folders = await Promise.all(['src', 'web', 'examples', 'tools', 'bench'].map((folder) => filesBelow(folder)));
  const claims = new Set(
    await idsIn(
      folders.flat().filter((file) => isTest.test(file)),
      cited,
    ),
  );
  expect(rules.length).toBeGreaterThan(300);
  expect(rules.filter((id) => !claims.has(id))).toEqual([]);
});
