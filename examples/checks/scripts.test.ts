import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type CheckFileParts, checkFile } from '#app/checks/check-file.ts';
import { createCatalog } from '#host/catalog.ts';
import { answerCheck } from '#host/checks/check-question.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const scripts = (await readdir(folder)).filter((name) => name.endsWith('.csp'));

const parts: CheckFileParts = {
  catalog: createCatalog([]),
  ask: async (question) => answerCheck(question),
};

test.each(scripts)('[V105] csp check says of %s what its head says', async (file) => {
  const text = await readFile(join(folder, file), 'utf8');
  const expected = /^-- Expected: (.*)$/m.exec(text)?.[1]?.split(', ');
  const checked = await checkFile(parts, join(folder, file));
  expect(checked.is === 'script' && checked.answers.map(({ verdict }) => verdict)).toEqual(expected);
});

test('the README names every script', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  expect(scripts.filter((file) => !readme.includes(`[${file}](${file})`))).toEqual([]);
});
