import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { csp } from '#api/cli/testing/file-cli.ts';
import { launched } from '#api/cli/testing/launched.ts';
import { automataIn, type CheckedFile } from '#app/checks/check-file.ts';
import { systemOf } from '#contract/automata.ts';
import { recheckProof } from '#contract/certify/recheck-proof.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const readme = await readFile(join(folder, 'checks/README.md'), 'utf8');

/** Every file of the examples that `csp check` reads, from the folder of the README. */
async function filesToCheck(): Promise<string[]> {
  const all = await readdir(folder, { recursive: true });
  const isOne = (name: string): boolean => /^checks\/[^/]+\.(json|csp)$|^[^/]+\/(design|clerk)\.json$/.test(name);
  return all
    .map((name) => name.replaceAll('\\', '/'))
    .filter(isOne)
    .map((name) => (name.startsWith('checks/') ? name.slice('checks/'.length) : `../${name}`))
    .sort();
}

interface Answer {
  readonly file: string;
  readonly code: number | null;
  readonly checked: CheckedFile;
}

async function answerAbout(file: string): Promise<Answer> {
  const words = ['check', join(folder, 'checks', file), '--json'];
  // Designs bring kinds of their own, which a process of its own loads. For the others its start would take longer than the answer.
  const { code, out, err } = await (file.startsWith('../') ? launched(words) : csp(words));
  expect([file, err]).toEqual([file, '']);
  return { file, code, checked: JSON.parse(out) as CheckedFile };
}

const answers: Answer[] = [];
beforeAll(async () => {
  const files = await filesToCheck();
  // Two at once: each is a process of its own.
  const next = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) answers.push(await answerAbout(file));
  };
  await Promise.all([next(), next()]);
  answers.sort((a, b) => (a.file < b.file ? -1 : 1));
}, 600_000);

function rowOf({ file, checked }: Answer): string {
  const engines =
    checked.is === 'script' ? [...new Set(checked.answers.flatMap(({ engine }) => engine ?? []))].sort() : [checked.engine];
  return `| [${file}](${file}) | ${checked.verdict} | ${engines.join(', ')} | ${checked.rechecked === true ? 'yes' : 'no'} |`;
}

describe('every file of the examples, checked by the command line', () => {
  test('[V109] has the verdict, the engine and the re-check that the table of the README says', () => {
    const rows = readme.split('\n').filter((line) => /^\| \[.*\| (yes|no) \|$/.test(line));
    expect(answers.map(rowOf)).toEqual(rows);
  });

  test('[V132] has its proofs and traces accepted by the second program, of every question that is answered', () => {
    const again = answers.map(({ file, checked }) => [file, checked.verdict, checked.rechecked]);
    expect(again).toEqual(answers.map(({ file, checked }) => [file, checked.verdict, true]));
    // What schemas allow and what is not connected is no matter of states; nor is there anything to check where nothing is held.
    const others = ['message-schema', 'unconnected-port', 'memory'];
    const designs = answers.flatMap(({ file, checked }) =>
      checked.is === 'design' ? [{ file, findings: checked.findings }] : [],
    );
    expect(designs.length).toBeGreaterThan(3);
    for (const { file, findings } of designs)
      for (const { rule, verdict, rechecked } of findings)
        if (verdict !== 'unknown' && !others.includes(rule)) expect([file, rule, rechecked]).toEqual([file, rule, true]);
  });

  test('[V109] exits 0 when all is proved and 1 when not', () => {
    expect(answers.map(({ file, code }) => [file, code])).toEqual(
      answers.map(({ file, checked }) => [file, checked.verdict === 'proved' ? 0 : 1]),
    );
  });

  test('[V105] says of the assertions of a script what its head says', async () => {
    for (const { file, checked } of answers) {
      if (checked.is !== 'script') continue;
      const text = await readFile(join(folder, 'checks', file), 'utf8');
      const expected = /^-- Expected: (.*)$/m.exec(text)?.[1]?.split(', ');
      expect([file, checked.answers.map(({ verdict }) => verdict)]).toEqual([file, expected]);
    }
  });

  test('[V70] what is printed is enough: the certificates of automata hold for the systems of the files', async () => {
    let held = 0;
    for (const { file, checked } of answers) {
      if (checked.is !== 'automata' || checked.certificate === null) continue;
      const { system } = systemOf(automataIn(file, await readFile(join(folder, 'checks', file), 'utf8')));
      expect([file, recheckProof(system, checked.certificate)]).toEqual([file, { is: 'holds' }]);
      held++;
    }
    expect(held).toBeGreaterThan(8);
  });
});
