import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { automataIn, checkFile } from '#app/checks/check-file.ts';
import { promelaOf } from '#codegen/promela.ts';
import { spinAnswer, spinAnswers } from '#codegen/testing/spin.ts';
import { type Named, systemOf } from '#contract/automata.ts';
import { createCatalog } from '#host/catalog.ts';
import { answerCheck } from '#host/checks/check-question.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const readme = await readFile(join(folder, 'README.md'), 'utf8');
const lines = [...readme.matchAll(/^\| \[(.+?)\]\(\1\) \|.*\| (proved|refuted) \| ([\d,]+) \|$/gm)].map(
  ([, file = '', verdict = '', states = '']) => ({ file, verdict, states: Number(states.replaceAll(',', '')) }),
);

const parts = { catalog: createCatalog([]), ask: async (question: Parameters<typeof answerCheck>[0]) => answerCheck(question) };

async function named(file: string): Promise<Named> {
  return systemOf(automataIn(file, await readFile(join(folder, file), 'utf8')));
}

test('every file stands in the table', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  expect(lines.map(({ file }) => file).sort()).toEqual(files);
});

describe('[V80] [V84] csp check says what the table says', () => {
  test.each(lines)('$file: $verdict, $states states', async ({ file, verdict, states }) => {
    const checked = await checkFile(parts, join(folder, file), { count: true });
    expect([checked.verdict, checked.states, checked.count?.complete]).toEqual([verdict, states, true]);
    expect(checked.trace === null).toBe(verdict === 'proved');
  });
});

test('[V89] SPIN finds the same verdicts and as many states', async () => {
  const systems = await Promise.all(lines.map(({ file }) => named(file)));
  const answers = await spinAnswers(systems.map(({ system }) => system));
  expect(answers.map(({ states, deadlock }, at) => [lines[at]?.file, deadlock ? 'refuted' : 'proved', states])).toEqual(
    lines.map(({ file, verdict, states }) => [file, verdict, states]),
  );
});

test.each([
  'philosophers.json',
  'milner-scheduler.json',
  'producers-consumers.json',
  'producers-consumers-greedy.json',
  'barrier.json',
])('[V87] [V89] SPIN says the same of the exported model of %s as it stands', async (file) => {
  const { verdict, states } = lines.find((line) => line.file === file) ?? {};
  const answer = await spinAnswer(promelaOf(await named(file), file));
  expect(answer).toEqual({ states, deadlock: verdict === 'refuted' });
});
