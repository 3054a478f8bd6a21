import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCatalog } from '#host/catalog.ts';
import { answerCheck, type CheckQuestion } from '#host/checks/check-question.ts';
import { type CheckedFile, type CheckOptions, checkFile, kindOfFile } from './check-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

const parts = { catalog: createCatalog([]), ask: async (question: CheckQuestion) => answerCheck(question) };

async function checked(content: object | string, options?: CheckOptions): Promise<CheckedFile> {
  const file = join(folder, 'file');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return await checkFile(parts, file, options);
}

// Two who need each other in another order; numbers do not begin where they start.
const crossed = {
  components: [
    {
      name: 'a',
      initial: 1,
      states: 3,
      transitions: [
        [1, 'go', 0],
        [0, 'x', 2],
      ],
    },
    {
      name: 'b',
      initial: 2,
      states: 3,
      transitions: [
        [2, 'y', 0],
        [0, 'x', 1],
      ],
    },
    { name: 'c', initial: 0, states: 1, transitions: [], alphabet: ['y'], final: [0] },
  ],
};

test('[V84] the answer about automata: events, each component in its own numbers, who does not make what, and the knot', async () => {
  expect(await checked(crossed, { count: true })).toMatchObject({
    is: 'automata',
    verdict: 'refuted',
    states: 2,
    transitions: 1,
    count: { complete: true },
    trace: ['go'],
    end: [
      { component: 'a', state: 0, final: false, waits: [{ event: 'x', for: ['b'] }] },
      { component: 'b', state: 2, final: false, waits: [{ event: 'y', for: ['c'] }] },
      { component: 'c', state: 0, final: true, waits: [] },
    ],
    knot: ['b', 'c'],
    certificate: null,
  });
});

test('[V83] [V84] a final state is meant in the numbers of the file, wherever the component starts', async () => {
  const stays = (final: number) => ({ components: [{ name: 'a', initial: 1, states: 2, transitions: [], final }] });
  expect([(await checked(stays(1))).verdict, (await checked(stays(0))).verdict]).toEqual(['proved', 'refuted']);
});

test('[V84] a budget that is used up is unknown, with what was tried; the count says that it is not complete', async () => {
  const counter = {
    components: [{ name: 'a', states: 50, transitions: Array.from({ length: 50 }, (_, at) => [at, 'x', (at + 1) % 50]) }],
  };
  const answer = await checked(counter, { engine: 'full', maxStates: 10, count: true });
  expect(answer).toMatchObject({
    verdict: 'unknown',
    engine: 'full',
    tried: [expect.stringMatching(/^full: /)],
    count: { complete: false },
  });
  expect((await checked(counter, { engine: 'auto' })).verdict).toBe('proved');
});

test('[V84] an answer about a design begins alike', async () => {
  const design = { format: 'csp-design/1', name: 'Empty', nodes: {}, connections: {} };
  expect(await checked(design)).toMatchObject({ is: 'design', verdict: 'proved', trace: null, findings: expect.any(Array) });
});

test('an engine that is not there, or not in this version, is said with those that are', async () => {
  await expect(checked(crossed, { engine: 'oracle' })).rejects.toMatchObject({
    code: 'APP_ENGINE_MISSING',
    message: expect.stringMatching(/^There is no engine oracle; there are auto, .*full\.$/),
  });
});

test.each([
  ['{"components": []}', 'automata'],
  ['\ufeff {"components": []}', 'automata'],
  ['{"components": [], "nodes": {}}', 'design'],
  ['{"format": "csp-design/1"}', 'design'],
  ['{"components": [', 'design'],
  ['', 'design'],
  ['[]', 'design'],
  ['null', 'design'],
  ['P = a -> P', 'script'],
  ['-- a comment\nchannel a', 'script'],
])('%j is read as %s', (text, kind) => {
  expect(kindOfFile(text)).toBe(kind);
});

test.each([1_000, 10_000])(
  '[V11] [V84] one event of %i components is checked, on the ladder and by the full search alone',
  async (count) => {
    const transitions = [
      [0, 'all', 1],
      [1, 'all', 0],
    ];
    const components = Array.from({ length: count }, (_, number) => ({ name: `c${number}`, initial: 0, states: 2, transitions }));
    expect(await checked({ components })).toMatchObject({ verdict: 'proved' });
    expect(await checked({ components }, { engine: 'full' })).toMatchObject({ verdict: 'proved', states: 2 });
  },
);
