import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFileCommands } from '#app/files/file-commands.ts';
import { systemClock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { answerCheck } from '#host/checks/check-question.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { type SharedTools, toolsOf } from '#host/outside/tools.ts';
import { createSessionHost } from '#host/sessions/session-host.ts';
import type { Validation } from '#model/checks/finding.ts';
import type { CliWorld } from './call.ts';
import { runCli } from './cli.ts';
import { commands } from './usage.ts';

const catalog = createCatalog(components);
const clock = systemClock;
const sharedAt = (folder: string): SharedTools => ({
  clock,
  http: fetch,
  files: localFiles(folder),
  secret: async () => undefined,
  log: () => {},
});
const files = createFileCommands({
  catalog,
  clock,
  refine: async () => Promise.reject(new Error('cli-against.test.ts has it')),
  determinism: async () => Promise.reject(new Error('cli-check.test.ts has it')),
  ask: async (question) => answerCheck(question),
  cspm: ({ name }) => `-- ${name}\n`,
  sharedAt,
  hostAt: (folder) => {
    const shared = sharedAt(folder);
    return createSessionHost({ catalog, clock, mostSessions: 1, tools: (...where) => toolsOf(shared, ...where) });
  },
});

let folder: string;
let ring: string;
let line: string;
let evens: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
  ring = await put('ring.json', { a: 'flow.merge', b: 'flow.merge' }, { ab: ['a.out', 'b.in'], ba: ['b.out', 'a.in'] });
  line = await put('line.json', { from: 'io.manual', to: 'compute.discard' }, { wire: ['from.out', 'to.in'] });
  evens = await put('evens.json', { even: 'data.filter' }, {});
  await writeFile(join(folder, 'given.json'), '[{ "n": 1 }, "two"]');
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, kinds: Record<string, string>, wires: Record<string, [string, string]>): Promise<string> {
  const nodes = Object.fromEntries(Object.entries(kinds).map(([id, kind]) => [id, { kind }]));
  const connections = Object.fromEntries(Object.entries(wires).map(([id, [from, to]]) => [id, { from, to }]));
  const file = join(folder, name);
  await writeFile(file, JSON.stringify({ format: 'csp-design/1', name, nodes, connections }));
  return file;
}

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly opened: readonly unknown[];
}

async function csp(words: string, world: Partial<CliWorld> = {}): Promise<Said> {
  const said = { out: '', err: '' };
  const opened: unknown[] = [];
  const code = await runCli(words === '' ? [] : words.split(' '), {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    version: '1.2.3',
    colour: false,
    self: 'csp',
    environment: '  PORT\n',
    signal: new AbortController().signal,
    serve: async (options) => {
      opened.push(options);
      return 0;
    },
    open: async (folders, file) => {
      opened.push({ folders, file });
      return files;
    },
    verifyLog: () => {
      throw new Error('not used here');
    },
    ...world,
  });
  return { code, ...said, opened };
}

describe('words', () => {
  test.each(['', 'help', '--help', '-h', 'check --help', 'run x -h'])('«%s» prints the help', async (words) => {
    const { code, out, err } = await csp(words);
    expect([code, err]).toEqual([0, '']);
    for (const { usage, options } of Object.values(commands)) {
      expect(out).toContain(usage);
      for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
    }
    expect(out).toContain('PORT');
  });

  test.each(['--version', '-v'])('%s prints the version', async (word) => {
    expect(await csp(word)).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
  });

  test.each([
    ['chek x', 'there is no command chek; did you mean check?'],
    ['frobnicate', 'there is no command frobnicate'],
    ['check', 'which file? csp check FILE'],
    ['check a b', 'one file at a time; what is b?'],
    ['check a --jsn', "Unknown option '--jsn'"],
    ['check a --json=yes', "Option '--json' does not take an argument"],
    ['check a --max-states', "Option '--max-states <value>' argument missing"],
    ['check a --seconds soon', '--seconds is a whole number, not soon'],
    ['export a --to json --node b', '--node goes with --to dot'],
    ['check a --max-states many', '--max-states is a whole number, not many'],
    ['run a --seconds -1', "Option '--seconds' argument is ambiguous"],
    ['run a --seconds 1.5', '--seconds is a whole number, not 1.5'],
    ['run a --input in=x', '--input is NODE.PORT=FILE, not in=x'],
    ['run a --output a.b', '--output is NODE.PORT=FILE, not a.b'],
    ['export a', '--to is json, cspm, cspm-raw, promela, dot, automata, not missing'],
    ['export a --to xml', '--to is json, cspm, cspm-raw, promela, dot, automata, not xml'],
    ['serve here', 'serve takes no file; what is here?'],
    ['components data.filtr', 'there is no component kind data.filtr; did you mean data.filter?'],
    ['components no.such', 'there is no component kind no.such'],
    ['components data.filter data.convert', 'one kind at a time; what is data.convert?'],
  ])('«%s» is wrong usage: %s', async (words, sentence) => {
    const { code, out, err } = await csp(words);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')[0]).toBe(`csp: ${sentence}`);
    expect(err).toBe(`csp: ${sentence}\nSee csp --help.\n`);
  });
});

describe('what goes wrong below', () => {
  const fails = (thrown: unknown): Partial<CliWorld> => ({ serve: () => Promise.reject(thrown) });

  test.each([
    ['input', 2],
    ['world', 1],
    ['bug', 1],
  ] as const)('blame on %s is exit code %d, and one sentence', async (blame, code) => {
    const thrown = defineError(`CLI_TEST_${blame.toUpperCase()}`, blame, 'This is what happened.')();
    expect(await csp('serve', fails(thrown))).toMatchObject({ code, out: '', err: 'csp: This is what happened.\n' });
  });

  test('what nobody thought of is a sentence too, never a stack', async () => {
    const { code, err } = await csp('serve', fails(new TypeError('x is not a function')));
    expect([code, err]).toEqual([1, 'csp: this should not have happened: x is not a function\n']);
  });
});

describe('serve and folders', () => {
  test('options are handed on as they were written', async () => {
    const { opened } = await csp('serve --port 0 --host ::1 --data d --components a --components b');
    expect(opened).toEqual([{ port: '0', host: '::1', data: 'd', components: ['a', 'b'] }]);
    expect((await csp('serve')).opened).toEqual([{ components: [] }]);
  });

  test('every command takes folders of components, and knows its file', async () => {
    expect((await csp(`check ${line} --components a`)).opened).toEqual([{ folders: ['a'], file: line }]);
    expect((await csp('components --components a --components b')).opened).toEqual([{ folders: ['a', 'b'], file: undefined }]);
  });
});

describe('check', () => {
  test('[V100] a script that cannot be read is said where, with exit code 2', async () => {
    await writeFile(join(folder, 'broken.csp'), 'P = STOP [] \n');
    const { code, err } = await csp(`check ${join(folder, 'broken.csp')}`);
    expect(code).toBe(2);
    expect(err).toContain('broken.csp: line 2, column 1: expected a process or a value, found the end of the text.');
  });

  test('a proof exits 0 and says what it is', async () => {
    const { code, out, err } = await csp(`check ${line}`);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`${line}: PROVED`);
  });

  test('a deadlock exits 1, with every step and who waits for whom', async () => {
    const { code, out } = await csp(`check ${ring}`);
    expect(code).toBe(1);
    expect(out).toContain(`${ring}: REFUTED`);
    expect(out).toMatch(/then nothing can happen:\n {2}a waits to receive from b on ba\n {2}b waits to receive from a on ab\n/);
  });

  test('--json gives the same to machines', async () => {
    const { code, out } = await csp(`check ${ring} --json`);
    expect(code).toBe(1);
    const validation = JSON.parse(out) as Validation;
    expect(validation.verdict).toBe('refuted');
    expect(validation.findings.find(({ rule }) => rule === 'deadlock')?.trace?.knot.nodes).toEqual(['a', 'b']);
  });

  test('too few states exit 1 with unknown, never with proved', async () => {
    const { code, out } = await csp(`check ${line} --engine full --max-states 1`);
    expect(code).toBe(1);
    expect(out).toContain(': UNKNOWN');
    expect(out).toContain('tried: ');
  });
});

describe('run', () => {
  test('results go to standard output, the account of the run to the other', async () => {
    const { code, out, err } = await csp(`run ${evens} --input even.in=${folder}/given.json --output even.match=-`);
    expect([code, out]).toEqual([0, '{"n":1}\n"two"\n']);
    expect(err).toMatch(/^the run is completed\n/);
    expect(err).toMatch(/^even +completed +2 +2 +0$/m);
    expect(err).toMatch(/^feed: even\.in +2 +0 +0$/m);
  });

  const fed = (): string => `--input even.in=${folder}/given.json --output even.match=-`;

  test('[S65] with --times it says what each node took', async () => {
    const { err } = await csp(`run ${evens} ${fed()} --times`);
    expect(err).toMatch(/^node +state +received +sent +failures +cpu ms +95 of 100$/m);
    expect(err).toMatch(/^even +completed +2 +2 +0 +\d+ +≤ [\d.]+ m?s$/m);
  });

  test('[S69] with --profile it says so too, and writes the samples', async () => {
    const file = join(folder, 'run.cpuprofile');
    const { code, err } = await csp(`run ${evens} ${fed()} --profile ${file}`);
    expect([code, err]).toEqual([0, expect.stringContaining('cpu ms')]);
    const { nodes, samples } = JSON.parse(await readFile(file, 'utf8'));
    expect([nodes[0].callFrame.functionName, Array.isArray(samples)]).toEqual(['(root)', true]);
    const nowhere = await csp(`run ${evens} ${fed()} --profile ${folder}/no/such`);
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('cannot be written')]);
  });

  test('[S82] with --monitor its components are held against their contracts', async () => {
    const { code, out, err } = await csp(`run ${evens} ${fed()} --monitor block`);
    expect([code, out]).toEqual([0, '{"n":1}\n"two"\n']);
    expect(err).toMatch(/^the run is completed\n/);
    expect(await csp(`run ${evens} ${fed()} --monitor loudly`)).toMatchObject({ code: 2 });
    expect(await csp(`run ${evens} ${fed()} --monitor report --record ${folder}/x`)).toMatchObject({ code: 2 });
  });

  test('a failed run exits 1 with node, reason and code', async () => {
    const wrong = await put('wrong.json', { even: 'data.filter' }, {});
    const text = JSON.parse(await readFile(wrong, 'utf8')) as { nodes: Record<string, { settings?: object }> };
    (text.nodes['even'] as { settings?: object }).settings = { condition: 'message.n > 0' };
    await writeFile(wrong, JSON.stringify(text));
    const { code, err } = await csp(`run ${wrong} --input even.in=${folder}/given.json --output even.match=-`);
    expect(code).toBe(1);
    expect(err).toMatch(/^the run is failed\neven: .+ \([A-Z_]+\)\n/);
  });

  test('a stuck run says who waits for whom, and exits 1', async () => {
    const { code, err } = await csp(`run ${ring}`);
    expect(code).toBe(1);
    expect(err).toMatch(/^the run is stuck: a, b wait for each other on ba, ab\n/);
  });

  test('an interrupted run still gives its account, and exits 130', async () => {
    const { code, err } = await csp(`run ${line}`, { signal: AbortSignal.abort() });
    expect(code).toBe(130);
    expect(err).toMatch(/^the run is stopped\n/);
  });

  test('a port of a many port is named by its index', async () => {
    const merge = await put('merge.json', { all: 'flow.merge' }, {});
    const given = `${folder}/given.json`;
    const { code, out } = await csp(`run ${merge} --input all.in[1]=${given} --input all.in[0]=${given} --output all.out=-`);
    expect(code).toBe(0);
    expect(out.split('\n').sort()).toEqual(['', '"two"', '"two"', '{"n":1}', '{"n":1}']);
  });
});

describe('export and components', () => {
  test('an export is the text and nothing else', async () => {
    expect(await csp(`export ${line} --to cspm`)).toMatchObject({ code: 0, out: '-- line.json\n', err: '' });
    const { out } = await csp(`export ${line} --to json`);
    expect(out).toMatch(/^\{\n {2}"format": "csp-design\/1",\n/);
  });

  test('every kind has its line, and its page', async () => {
    const { out } = await csp('components');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((one) => one.split(' ')[0]),
    ).toEqual(catalog.list().map(({ kind }) => kind));
    for (const { kind, ports } of catalog.list()) {
      const page = (await csp(`components ${kind}`)).out;
      for (const port of Object.keys(ports)) expect(page).toMatch(new RegExp(`^  ${port} +(in|out)`, 'm'));
    }
  });

  test('--json gives what the API gives', async () => {
    expect(JSON.parse((await csp('components --json')).out)).toEqual(JSON.parse(JSON.stringify(catalog.list())));
    expect(JSON.parse((await csp('components data.filter --json')).out)).toMatchObject({ kind: 'data.filter' });
  });
});

describe('a trace that is forced', () => {
  const traceFile = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };

  test('[S16] the answer of a check, a finding of it, or the trace alone is followed to where the design is stuck', async () => {
    const checked = (await csp(`check ${ring} --json`)).out;
    const finding = JSON.parse(checked).findings.find(({ rule }: { rule: string }) => rule === 'deadlock');
    for (const text of [checked, JSON.stringify(finding), JSON.stringify(finding.trace)]) {
      const { code, out } = await csp(`run ${ring} --force ${await traceFile('trace.json', text)}`);
      expect(out).toMatch(/^the components get stuck as the trace says, after its 0 steps\n/);
      expect(out).toMatch(/ {2}then nothing can happen:\n {2}a waits on ba\n {2}b waits on ab\n$/);
      expect(code).toBe(0);
    }
  });

  test('[S16] where the components do otherwise is told, and exits 1', async () => {
    const waiting = [{ node: 'a', on: [{ connection: 'ab', direction: 'send', peer: 'b' }] }];
    const trace = JSON.stringify({ steps: [], waiting, knot: { nodes: [], connections: [] } });
    const { code, out } = await csp(`run ${ring} --force ${await traceFile('other.json', trace)}`);
    expect(code).toBe(1);
    expect(out).toContain('the components do not get stuck there: 0 of its 0 steps done\n');
    expect(out).toContain('a waits on ba and not on ab; b waits too\n');
  });

  test.each([
    ['{', 'is not JSON'],
    ['[1]', 'holds no finding with a trace'],
    ['{"verdict":"proved","findings":[]}', 'its verdict is proved'],
    ['{"trace":{"steps":[{"is":"leap"}]}}', 'at /trace/'],
    [
      '{"steps":[{"is":"alone","nodes":["z"],"end":false,"text":""}],"waiting":[],"knot":{"nodes":[],"connections":[]}}',
      'speaks of z',
    ],
  ])('[S16] a file that holds no fitting trace is refused: %s', async (text, words) => {
    const { code, err } = await csp(`run ${ring} --force ${await traceFile('bad.json', text)}`);
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('a search', () => {
  test('says what it found, step by step', async () => {
    const { code, out, err } = await csp(`run ${ring} --explore`);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(
      /^the run gets stuck: a, b wait for each other on (ab, ba|ba, ab)\nschedule 1 \(at most 2 preemptions in each, seed 1\)/,
    );
    expect(out).toMatch(/\n +\d+\. a goes on; waits on in\[0\]\n/);
  });

  test('says that it found nothing, and within which bounds', async () => {
    const given = `--input even.in=${join(folder, 'given.json')} --output even.match=- --schedules 3 --preemptions 1 --seed x`;
    const { code, out } = await csp(`run ${evens} --explore ${given}`);
    expect(out).toBe('nothing found in 3 schedules (at most 1 preemptions in each, seed x)\n');
    expect(code).toBe(0);
  });

  test('writes what it found, and replays it', async () => {
    const recording = join(folder, 'found.rec');
    await csp(`run ${ring} --explore --record ${recording}`);
    const { code, err } = await csp(`run ${ring} --replay ${recording}`);
    expect(code).toBe(1);
    expect(err).toMatch(/^replayed \d+ steps, all as recorded\nthe run is stuck: a, b wait for each other/);
  });

  test('a run is recorded, and replayed without its inputs', async () => {
    const recording = join(folder, 'run.rec');
    const given = `--input even.in=${join(folder, 'given.json')} --output even.match=-`;
    const first = await csp(`run ${evens} ${given} --record ${recording}`);
    const again = await csp(`run ${evens} --replay ${recording} --output even.match=-`);
    expect([again.code, again.out]).toEqual([first.code, first.out]);
    expect(again.err).toMatch(/^replayed \d+ steps, all as recorded\n/);
    expect(again.err.endsWith(first.err)).toBe(true);
    expect((await csp(`run ${line} --replay ${recording}`)).code).toBe(2);
  });

  test.each([
    ['run a --replay x --record y', '--record does not go with --replay, which takes all from the recording'],
    ['run a --replay x --explore', '--explore does not go with --replay'],
    ['run a --replay x --input a.b=c', '--input does not go with --replay'],
    ['run a --schedules 1', '--schedules goes with --explore'],
    ['run a --force x --explore', '--explore does not go with --force, which follows one trace'],
    ['run a --force x --seconds 1', '--seconds does not go with --force'],
    ['run a --replay x --force y', '--force does not go with --replay'],
    ['run a --explore --seconds 1', '--seconds does not go with --explore, which touches nothing outside'],
    ['run a --explore --times', '--times does not go with --explore, which runs the design many times'],
    ['run a --explore --profile x', '--profile does not go with --explore'],
    ['run a --replay x --profile y', '--profile does not go with --replay'],
  ])('«%s» is wrong usage', async (words, sentence) => {
    const { code, err } = await csp(words);
    expect([code, err]).toEqual([2, expect.stringContaining(sentence)]);
  });
});
