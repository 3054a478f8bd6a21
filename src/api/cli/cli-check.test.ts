import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckedDesign } from '#app/checks/check-file.ts';
import { csp } from './testing/file-cli.ts';

let folder: string;
/** What `b` sends out goes nowhere. */
let open: string;
/** What once is in it goes round and round. */
let ring: string;
let automata: string;
let script: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-check-'));
  const file = async (name: string, content: object | string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const design = { format: 'csp-design/1', name: 'x' };
  const [s, m, b] = [{ kind: 'io.manual' }, { kind: 'flow.merge' }, { kind: 'flow.buffer' }];
  open = await file('open.json', { ...design, nodes: { s, b }, connections: { c: { from: 's.out', to: 'b.in' } } });
  const connections = {
    c: { from: 's.out', to: 'm.in[0]' },
    d: { from: 'm.out', to: 'b.in' },
    e: { from: 'b.out', to: 'm.in[1]' },
  };
  ring = await file('ring.json', { ...design, nodes: { s, m, b }, connections });
  automata = await file('two.json', {
    components: [
      {
        name: 'a',
        states: 2,
        transitions: [
          [0, 'x', 1],
          [1, 'y', 0],
        ],
      },
    ],
  });
  script = await file('script.csp', 'channel a\nP = a -> P\nassert P :[deadlock free]\n');
});
afterAll(() => rm(folder, { recursive: true }));

const findings = async (words: string): Promise<CheckedDesign['findings']> =>
  (JSON.parse((await csp(`check --json ${words}`)).out) as CheckedDesign).findings;
const verdictOf = async (rule: string, words: string): Promise<string | undefined> =>
  (await findings(words)).find((finding) => finding.rule === rule)?.verdict;

describe('[V123] check --environment', () => {
  test('says what is behind a port that nothing is connected to', async () => {
    expect(await verdictOf('deadlock', open)).toBe('proved');
    expect(await verdictOf('deadlock', `${open} --environment ready`)).toBe('proved');
    const refused = await csp(`check ${open} --environment may-refuse`);
    expect([refused.code, refused.err]).toEqual([1, '']);
    expect(refused.out).toContain('what is behind b.out decides by itself');
  });

  test('is one of two words', async () => {
    const wrong = await csp(`check ${open} --environment nice`);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--environment is ready or may-refuse, not nice')]);
  });
});

describe('[V124] check --progress', () => {
  test('marks nodes: what goes round through them is no livelock', async () => {
    expect(await verdictOf('livelock', ring)).toBe('refuted');
    expect(await verdictOf('livelock', `${ring} --progress b`)).toBe('proved');
    expect(await verdictOf('livelock', `${ring} --progress s`)).toBe('refuted');
  });

  test('names nodes that are there', async () => {
    const wrong = await csp(`check ${ring} --progress b,x`);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('There is no node x in the design')]);
    expect((await csp(`check ${ring} --progress b,`)).err).toContain('--progress is a list such as a,b');
  });
});

test('[V123] [V124] what only a design has is not ignored elsewhere', async () => {
  for (const file of [automata, script])
    for (const option of ['--progress a', '--environment ready']) {
      const refused = await csp(`check ${file} ${option}`);
      expect([refused.code, refused.err], option).toEqual([2, expect.stringContaining('goes with a design')]);
    }
});

describe('[V126] check --only', () => {
  test('asks what is named, and deadlock', async () => {
    const rulesOf = async (words: string) => (await findings(words)).map(({ rule }) => rule);
    expect(await rulesOf(`${ring} --only deadlock,memory`)).toEqual(['deadlock', 'memory']);
    expect(await rulesOf(`${ring} --only stop`)).toEqual(['deadlock', 'stop']);
    expect(await rulesOf(`${ring} --only deadlock`)).toEqual(['deadlock']);
    expect((await rulesOf(ring)).length).toBeGreaterThan(5);
  });

  test('names questions there are, and goes with a design', async () => {
    const wrong = await csp(`check ${ring} --only memory,beauty`);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--only has deadlock, partial-deadlock, ')]);
    expect((await csp(`check ${automata} --only memory`)).err).toContain('--only goes with a design');
    expect((await csp(`check ${ring} --deterministic --only memory`)).err).toContain('--only does not go with --deterministic');
  });
});

test('[V127] --count is refused of a script, which is not one system', async () => {
  const refused = await csp(`check ${script} --count`);
  expect([refused.code, refused.out]).toEqual([2, '']);
  expect(refused.err).toContain('--count goes with a design or a file of automata; a script has as many systems as assertions');
  expect((await csp(`check ${script}`)).code).toBe(0);
  expect((await csp(`check ${automata} --count`)).out).toContain('exactly 2 states can be reached');
  expect((await csp(`check ${open} --deterministic --count`)).err).toContain('--count does not go with --deterministic');
});

describe('[V125] check --deterministic', () => {
  test('says after which steps something can be both done and refused', async () => {
    const refuted = await csp(`check ${open} --deterministic --model F`);
    expect([refuted.code, refuted.err]).toEqual([1, '']);
    expect(refuted.out).toMatch(/determinism: not deterministic, in stable failures: .*it can both do and refuse c/);
    const json = await csp(`check ${open} --deterministic --json --over b.out`);
    expect(JSON.parse(json.out)).toMatchObject({ rule: 'determinism', verdict: 'refuted', trace: { steps: expect.any(Array) } });
  });

  test('goes with what it asks alone', async () => {
    for (const [words, said] of [
      ['--deterministic --model T', '--model is F or FD with --deterministic, not T'],
      ['--deterministic --hide c', '--hide does not go with --deterministic'],
      ['--deterministic --environment ready', '--environment does not go with --deterministic'],
      ['--deterministic --against x', '--deterministic does not go with --against'],
      ['--against x --progress b', '--progress does not go with --against'],
      ['--over c', '--over goes with --against or --deterministic'],
      ['--deterministic --over x', 'the design has no event x; there are'],
    ] as const) {
      const wrong = await csp(`check ${open} ${words}`);
      expect([wrong.code, wrong.err], words).toEqual([2, expect.stringContaining(said)]);
    }
  });
});
