import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CheckedDesign } from '#app/checks/check-file.ts';
import { messagesOf, type PortFile, type RunOptions, type RunReport } from '#app/sessions/run-body.ts';
import { ManualClock } from '#base/clock.ts';
import { components } from '#components/catalog.ts';
import { refineDesign } from '#contract/check/refine/design.ts';
import { createCatalog } from '#host/catalog.ts';
import { answerCheck } from '#host/checks/check-question.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { type SharedTools, toolsOf } from '#host/outside/tools.ts';
import { createSessionHost } from '#host/sessions/session-host.ts';
import { createFileCommands, type FileCommands } from './file-commands.ts';

let folder: string;
let clock: ManualClock;
let commands: FileCommands;

const sharedAt = (files: string): SharedTools => ({
  clock,
  http: fetch,
  files: localFiles(files),
  secret: async () => undefined,
  log: () => {},
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-commands-'));
  clock = new ManualClock();
  const catalog = createCatalog(components);
  commands = createFileCommands({
    catalog,
    clock,
    refine: async (body, spec, options) => {
      const answer = refineDesign(body, catalog.component, spec, options);
      return answer.ok ? answer.finding : answer;
    },
    determinism: async () => Promise.reject(new Error('cli-check.test.ts has it')),
    ask: async (question) => answerCheck(question),
    cspm: ({ name }) => `-- ${name}\n`,
    sharedAt,
    hostAt: (files) => {
      const shared = sharedAt(files);
      return createSessionHost({ catalog, clock, mostSessions: 1, tools: (...where) => toolsOf(shared, ...where) });
    },
  });
});
afterEach(() => rm(folder, { recursive: true }));

interface Drawing {
  readonly nodes: Readonly<Record<string, { kind: string; settings?: object; onFailure?: string }>>;
  readonly connections?: Readonly<Record<string, { from: string; to: string }>>;
}

async function put(name: string, content: string | Drawing): Promise<string> {
  const file = join(folder, name);
  const text =
    typeof content === 'string' ? content : JSON.stringify({ format: 'csp-design/1', name, connections: {}, ...content });
  await writeFile(file, text);
  return file;
}

const end = (node: string, port: string, file: string): PortFile => ({ node, port, index: 0, file });
const evens: Drawing = { nodes: { even: { kind: 'data.filter', settings: { condition: 'message % 2 == 0' } } } };

interface Ran extends RunReport {
  readonly printed: string;
}

async function run(file: string, options: Partial<RunOptions> = {}): Promise<Ran> {
  let printed = '';
  const out = (text: string): void => {
    printed += text;
  };
  const signal = new AbortController().signal;
  return { ...(await commands.run(file, { inputs: [], outputs: [], out, signal, ...options })), printed };
}

describe('a run', () => {
  test('feeds inputs, prints outputs, and counts what passed', async () => {
    const design = await put('evens.json', evens);
    const given = await put('given.json', '[1, 2, 3, 4]');
    const { state, printed, processes, channels } = await run(design, {
      inputs: [end('even', 'in', given)],
      outputs: [end('even', 'match', '-')],
    });
    expect([state, printed]).toEqual(['completed', '2\n4\n']);
    expect(processes.find(({ node }) => node === 'even')).toMatchObject({ received: 4, sent: 2, state: 'completed' });
    expect(channels.map(({ connection, received }) => [connection, received])).toEqual([
      ['feed: even.in', 4],
      ['collect: even.match', 2],
    ]);
  });

  test('writes outputs as NDJSON, also more than fits into a buffer', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => ({ n, text: 'x'.repeat(50) }));
    const design = await put('all.json', { nodes: { all: { kind: 'flow.merge' } } });
    const given = await put('given.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'));
    const into = join(folder, 'got.ndjson');
    const { state } = await run(design, { inputs: [end('all', 'in', given)], outputs: [end('all', 'out', into)] });
    expect(state).toBe('completed');
    expect(await readFile(into, 'utf8')).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });

  test('sees the files of the folder of its design, or of the one that is named', async () => {
    const reads = { kind: 'io.file', settings: { mode: 'read', path: 'note.txt' } };
    const design = await put('reads.json', {
      nodes: { note: reads, end: { kind: 'compute.discard' } },
      connections: { wire: { from: 'note.out', to: 'end.in' } },
    });
    await put('note.txt', 'here');
    await mkdir(join(folder, 'sub'));
    await put('sub/note.txt', 'there');
    expect((await run(design)).state).toBe('completed');
    expect((await run(design, { filesFolder: join(folder, 'sub') })).state).toBe('completed');
    await mkdir(join(folder, 'empty'));
    const failed = await run(design, { filesFolder: join(folder, 'empty') });
    expect(failed).toMatchObject({ state: 'failed', fault: { node: 'note', code: 'KIT_FILE_MISSING' } });
  });

  test('that is stuck ends, and says who waits', async () => {
    const design = await put('ring.json', {
      nodes: { a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } },
      connections: { ab: { from: 'a.out', to: 'b.in' }, ba: { from: 'b.out', to: 'a.in' } },
    });
    expect(await run(design)).toMatchObject({ state: 'stopped', stuck: { nodes: ['a', 'b'], connections: ['ba', 'ab'] } });
  });

  const endless: Drawing = { nodes: { beat: { kind: 'io.manual', settings: { repeat: 0 } } } };

  test('without an end is stopped by its time, and by the signal; what was written stays', async () => {
    const design = await put('endless.json', endless);
    const into = join(folder, 'beats.ndjson');
    const running = run(design, { seconds: 3, outputs: [end('beat', 'out', into)] });
    await vi.waitUntil(() => existsSync(into), { interval: 1 });
    const ticking = setInterval(() => clock.advanceToNext(), 1);
    expect((await running).state).toBe('stopped');
    clearInterval(ticking);
    expect(clock.now()).toBe(3_000);
    expect((await readFile(into, 'utf8')).startsWith('"Hello"\n')).toBe(true);
    const interrupt = new AbortController();
    const stopped = run(design, { signal: interrupt.signal, outputs: [end('beat', 'out', '-')] });
    interrupt.abort();
    expect((await stopped).state).toBe('stopped');
    expect((await run(design, { signal: AbortSignal.abort(), outputs: [end('beat', 'out', '-')] })).state).toBe('stopped');
    expect(clock.pending).toBe(0);
  });

  test('that cannot start leaves a file of results as it was', async () => {
    const into = await put('got.ndjson', 'the last result');
    const open = await put('open.json', evens);
    await expect(run(open, { outputs: [end('even', 'match', into)] })).rejects.toMatchObject({ code: 'HOST_PORT_UNCONNECTED' });
    const given = await put('given.json', '[]');
    const wrong = { inputs: [end('even', 'in', given), end('even', 'nowhere', given)], outputs: [end('even', 'match', into)] };
    await expect(run(open, wrong)).rejects.toMatchObject({ code: 'HOST_PORT_UNKNOWN' });
    const missing = { inputs: [end('even', 'in', join(folder, 'none'))], outputs: [end('even', 'match', into)] };
    await expect(run(open, missing)).rejects.toMatchObject({ code: 'APP_FILE_UNREADABLE' });
    expect(await readFile(into, 'utf8')).toBe('the last result');
  });

  test('whose results cannot be written fails with the file', async () => {
    const design = await put('evens.json', evens);
    const given = await put('given.json', '[2]');
    const into = join(folder, 'no/such/folder.ndjson');
    const options = { inputs: [end('even', 'in', given)], outputs: [end('even', 'match', into)] };
    const { state, fault } = await run(design, options);
    expect([state, fault?.code]).toEqual(['failed', 'APP_OUTPUT_FAILED']);
    expect(fault?.message).toContain(into);
  });

  test.runIf(process.platform === 'linux')('that fills the disk ends with the reason', async () => {
    const design = await put('all.json', { nodes: { all: { kind: 'flow.merge' } } });
    const given = await put('given.json', JSON.stringify(Array.from({ length: 5_000 }, () => 'x'.repeat(100))));
    const options = { inputs: [end('all', 'in', given)], outputs: [end('all', 'out', '/dev/full')] };
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
    await expect(run(design, options)).rejects.toMatchObject({ code: 'APP_OUTPUT_FAILED', message: /\/dev\/full .*ENOSPC/ });
  });

  test('one message that fails ends it, with the node and the reason', async () => {
    const design = await put('evens.json', evens);
    const given = await put('given.json', '[2, "three"]');
    const options = { inputs: [end('even', 'in', given)], outputs: [end('even', 'match', '-')] };
    const { state, fault, processes } = await run(design, options);
    expect([state, fault?.node]).toEqual(['failed', 'even']);
    expect(processes.find(({ node }) => node === 'even')).toMatchObject({ state: 'error', received: 2, sent: 1, failures: 1 });
  });
});

describe('what an input file holds', () => {
  test.each([
    ['a JSON list: each element', '[1, [2], null]', [1, [2], null]],
    ['another JSON value: itself', '{ "a": [1] }', [{ a: [1] }]],
    ['NDJSON: each line, empty ones left out', '{"a":1}\n\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
    ['anything else: the text', 'town,temp\nOslo,7\n', ['town,temp\nOslo,7\n']],
    ['NDJSON with one broken line: the text', '1\n2\nthree', ['1\n2\nthree']],
    ['nothing: nothing', '', []],
  ])('%s', (_what, text, messages) => {
    expect(messagesOf(text)).toEqual(messages);
  });
});

describe('a design with parts', () => {
  const part = (settings: object): Drawing => ({ nodes: { sub: { kind: 'control.subdesign', settings } } });
  const ends = { inputs: ['even.in'], outputs: ['even.match'] };

  test('[D16] are files beside it; their open ends are fed and read as ends of the node', async () => {
    await mkdir(join(folder, 'parts'));
    await put('parts/evens.json', evens);
    await put('parts/middle.json', part({ design: 'evens.json', ...ends }));
    const settings = { design: 'parts/middle.json', inputs: ['sub.in[0]'], outputs: ['sub.out[0]'] };
    const design = await put('outer.json', part(settings));
    const given = await put('given.json', '[1, 2, 3, 4]');
    const ran = await run(design, { inputs: [end('sub', 'in', given)], outputs: [end('sub', 'out', '-')] });
    expect([ran.state, ran.printed]).toEqual(['completed', '2\n4\n']);
    expect(ran.processes.map(({ node }) => node)).toContain('sub/sub/even');
    expect(await commands.export(design, 'cspm')).toContain('outer.json');
  });

  test('[D16] a part that is not there, is none, or names a version is told by the check, and keeps it from running', async () => {
    await put('broken.json', '{');
    for (const [settings, says] of [
      [{ design: 'none.json' }, /there is no such file/],
      [{ design: 'broken.json' }, /not JSON/],
      [{ design: 'outer.json' }, /contains sub itself/],
      [{ design: 'evens.json', version: 1 }, /only a stored design has versions/],
      [{}, /names no design/],
    ] as const) {
      const design = await put('outer.json', part(settings));
      const { verdict, findings } = (await commands.check(design)) as CheckedDesign;
      expect([verdict, findings[0]?.pointer, findings[0]?.message]).toEqual([
        'refuted',
        '/nodes/sub/settings/design',
        expect.stringMatching(says),
      ]);
      const refused = { code: 'APP_DESIGN_NOT_READY', pointer: '/nodes/sub/settings/design' };
      await expect(run(design)).rejects.toMatchObject(refused);
      await expect(commands.export(design, 'cspm')).rejects.toMatchObject(refused);
    }
  });

  test('[S14] [S15] a recording holds the parts: it is replayed without them, and refused when they differ', async () => {
    const farm = { design: 'evens.json', input: 'even.in', output: 'even.match', copies: 3 };
    await put('evens.json', evens);
    const design = await put('farm.json', { nodes: { farm: { kind: 'control.farm', settings: farm } } });
    const given = await put('given.json', JSON.stringify(Array.from({ length: 50 }, (_, n) => n)));
    const recording = join(folder, 'run.rec');
    const options = { inputs: [end('farm', 'in', given)], outputs: [end('farm', 'out', '-')] };
    const recorded = await run(design, { ...options, recording } as Partial<RunOptions>);
    let printed = '';
    const out = (text: string): void => {
      printed += text;
    };
    const replay = () => commands.replay(design, { recording, outputs: options.outputs, out });
    const replayed = await replay();
    expect([replayed.diverged, printed]).toEqual([undefined, recorded.printed]);
    expect(replayed.channels).toEqual(recorded.channels);
    expect(await readFile(recording, 'utf8')).not.toContain(folder);
    await put('evens.json', { nodes: { even: { kind: 'data.filter', settings: { condition: 'message > 2' } } } });
    await expect(replay()).rejects.toMatchObject({ code: 'APP_RECORDING_OTHER_DESIGN' });
  });

  test('[S16] the components follow a trace that leads into a part', async () => {
    const ring = { a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } };
    await put('ring.json', {
      nodes: ring,
      connections: { ab: { from: 'a.out', to: 'b.in' }, ba: { from: 'b.out', to: 'a.in' } },
    });
    const design = await put('outer.json', part({ design: 'ring.json' }));
    const trace = await put('trace.json', JSON.stringify(await commands.check(design)));
    const forced = await commands.force(design, { trace, inputs: [], outputs: [], seed: '1' });
    expect(forced).toMatchObject({ reached: true, waiting: [{ node: 'sub/a' }, { node: 'sub/b' }] });
  });

  test('[S13] a search finds the knot within', async () => {
    const ring = { a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } };
    await put('ring.json', {
      nodes: ring,
      connections: { ab: { from: 'a.out', to: 'b.in' }, ba: { from: 'b.out', to: 'a.in' } },
    });
    const design = await put('outer.json', part({ design: 'ring.json' }));
    const signal = new AbortController().signal;
    const { found } = await commands.explore(design, {
      inputs: [],
      outputs: [],
      schedules: 5,
      preemptions: 1,
      seed: '1',
      signal,
    });
    expect(found?.ending).toMatchObject({ is: 'stuck', nodes: ['sub/a', 'sub/b'] });
  });
});

test('a check, an export and the list of kinds need no more than the file', async () => {
  const design = await put('evens.json', { ...evens, nodes: { b: { kind: 'io.manual' }, a: { kind: 'compute.discard' } } });
  expect(((await commands.check(design)) as CheckedDesign).findings.map(({ rule }) => rule)).toContain('unconnected-port');
  expect(await commands.export(design, 'cspm')).toBe('-- evens.json\n');
  const text = await commands.export(design, 'json');
  expect(text.indexOf('"a"')).toBeLessThan(text.indexOf('"b"'));
  expect(await commands.export(await put('again.json', text), 'json')).toBe(text);
  expect(commands.components().length).toBe(components.length);
});
