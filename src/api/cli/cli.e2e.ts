import { createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Validation } from '#model/checks/finding.ts';
import { type Ended, Launched, type LaunchOptions, launched } from './testing/launched.ts';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
const dining = join(examples, 'philosophers/design.json');
const diningKinds = join(examples, 'philosophers/components');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-e2e-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a command; whatever it says, no person ever sees a stack trace. */
async function csp(args: readonly string[], options?: LaunchOptions): Promise<Ended> {
  const ended = await launched(args, options);
  for (const said of [ended.out, ended.err]) expect(said).not.toMatch(/^\s+at .+(:\d+|\))$/m);
  return ended;
}

async function put(name: string, content: string | Uint8Array | object): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content));
  return file;
}

interface DesignFile {
  nodes: Record<string, { kind: string; settings?: Record<string, unknown> }>;
  connections: Record<string, { from: string; to: string }>;
}

async function withoutWaiter(): Promise<string> {
  const design = JSON.parse(await readFile(dining, 'utf8')) as DesignFile;
  delete design.nodes['waiter'];
  for (const [id, { to }] of Object.entries(design.connections)) if (to.startsWith('waiter.')) delete design.connections[id];
  return await put('no-waiter.json', design);
}

describe('dining philosophers', () => {
  test('with the waiter it is proved, and the kinds beside the design are loaded', async () => {
    const { code, out, err } = await csp(['check', dining]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/design\.json: PROVED\n[\s\S]*deadlock-free: /);
    const json = await csp(['check', dining, '--json']);
    expect([json.code, (JSON.parse(json.out) as Validation).verdict]).toEqual([0, 'proved']);
  });

  test('without the waiter it exits 1, with every step to the deadlock and who waits for whom', async () => {
    const file = await withoutWaiter();
    const { code, out, err } = await csp(['check', file, '--components', diningKinds]);
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('REFUTED');
    expect(out.match(/^ {2,4}\d+\. /gm)?.length).toBe(5);
    for (const who of ['arendt', 'avicenna', 'hypatia', 'kant', 'plato'])
      expect(out).toMatch(new RegExp(`^ {2}${who} waits to send to fork-\\d`, 'm'));
    const json = await csp(['check', file, '--components', diningKinds, '--json']);
    const { verdict, findings } = JSON.parse(json.out) as Validation;
    expect([json.code, verdict]).toEqual([1, 'refuted']);
    expect(findings.find(({ rule }) => rule === 'deadlock')?.trace?.steps).toHaveLength(5);
  });

  test('the same kinds named twice are loaded once', async () => {
    const { code } = await csp(['check', dining, '--components', diningKinds, '--components', `${diningKinds}/`]);
    expect(code).toBe(0);
  });

  test('without their kinds they are refused with what to do', async () => {
    const { code, out, err } = await csp(['check', await withoutWaiter()]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/no-waiter\.json at \/nodes\/arendt\/kind: .*dining\.philosopher/);
  });

  test('they run for as long as they are asked to', async () => {
    const { code, out, err } = await csp(['run', dining, '--seconds', '1']);
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/^the run is stopped\n/);
    expect(err).toMatch(/^kant +stopped +0 +[1-9]\d* +0$/m);
  });
});

describe('the weather of two cities', () => {
  let here: string;
  beforeAll(async () => {
    here = join(folder, 'weather');
    await cp(join(examples, 'weather'), here, { recursive: true });
    await rm(join(here, 'out'), { recursive: true, force: true });
  });
  const table = (text: string): string[] => text.trimEnd().split('\n').sort();

  test('runs to its end: the file it writes is the expected one, and every row is counted', async () => {
    const { code, out, err } = await csp(['run', join(here, 'design.json')]);
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/^the run is completed\n/);
    expect(err).toMatch(/^rows +2922 +0 +0$/m);
    const wrote = await readFile(join(here, 'out/wet-days.csv'), 'utf8');
    expect(table(wrote)).toEqual(table(await readFile(join(here, 'gives/wet-days.csv'), 'utf8')));
    const rows = (await readFile(join(here, 'given/weather.csv'), 'utf8')).trimEnd().split('\n').slice(1);
    const rained = rows.map((row) => Math.round(Number(row.split(',')[2]) * 10)).filter((tenths) => tenths > 0);
    const cells = wrote
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','));
    expect(cells.reduce((sum, [, , days]) => sum + Number(days), 0)).toBe(rained.length);
    expect(cells.reduce((sum, [, , , rain]) => sum + Math.round(Number(rain) * 10), 0)).toBe(rained.reduce((a, b) => a + b));
  });

  test('a ragged row ends the run with its number, and leaves the last result as it was', async () => {
    const given = join(here, 'given/weather.csv');
    const [text, last] = await Promise.all([readFile(given, 'utf8'), readFile(join(here, 'out/wet-days.csv'), 'utf8')]);
    const lines = text.split('\n');
    lines[100] = lines[100]?.split(',').slice(0, 4).join(',') ?? '';
    await writeFile(given, lines.join('\n'));
    const { code, err } = await csp(['run', join(here, 'design.json')]);
    await writeFile(given, text);
    expect(code).toBe(1);
    expect(err).toMatch(/^the run is failed\nparse: .*(row 100|line 101).* \(\w+\)\n/);
    expect(await readFile(join(here, 'out/wet-days.csv'), 'utf8')).toBe(last);
    expect(await readdir(join(here, 'out'))).toEqual(['wet-days.csv']);
  });

  test('bytes that are no UTF-8 end the run with their place', async () => {
    const other = join(folder, 'bytes');
    await cp(here, other, { recursive: true });
    const bytes = await readFile(join(other, 'given/weather.csv'));
    bytes[5_000] = 0xff;
    await writeFile(join(other, 'given/weather.csv'), bytes);
    const { code, err } = await csp(['run', join(other, 'design.json')]);
    expect(code).toBe(1);
    expect(err).toMatch(/^the run is failed\nread: .*5,?000.* \(\w+\)\n/);
  });

  test('a line of 100 MB is refused with its place, in little memory', async () => {
    const other = join(folder, 'long');
    await cp(here, other, { recursive: true });
    const megabyte = Buffer.alloc(1_000_000, 'x');
    const pieces = function* (): Generator<Buffer> {
      yield Buffer.from('location,date,precipitation,temp_max,temp_min,wind,weather\n');
      for (let n = 0; n < 100; n++) yield megabyte;
    };
    await pipeline(Readable.from(pieces()), createWriteStream(join(other, 'given/weather.csv')));
    // The heap could not hold the line; what lies outside of it is told by the peak of the whole process.
    const peak = `data:text/javascript,process.on('exit',()=>console.error('peak '+process.resourceUsage().maxRSS))`;
    const { code, err } = await csp(['run', join(other, 'design.json')], {
      nodeFlags: ['--max-old-space-size=80', '--import', peak],
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^the run is failed\nparse: .+ \(\w+\)\n/);
    expect(Number(/^peak (\d+)$/m.exec(err)?.[1])).toBeLessThan(350_000);
    await rm(other, { recursive: true });
  });
});

describe('bad input', () => {
  const good = { format: 'csp-design/1', name: 'Good', nodes: { from: { kind: 'io.manual' } }, connections: {} };

  test.each<[string, string | Uint8Array | object, RegExp]>([
    ['no JSON', '{ "format": ', /not JSON/],
    ['nothing', '', /not JSON/],
    ['a newer format', { ...good, format: 'csp-design/2' }, /csp-design\/2, of a newer version/],
    ['an unknown kind', { ...good, nodes: { from: { kind: 'io.manul' } } }, /at \/nodes\/from\/kind: .*io\.manul/],
    [
      'a wrong setting',
      { ...good, nodes: { from: { kind: 'io.manual', settings: { repeat: 'often' } } } },
      /at \/nodes\/from\/settings\/repeat: /,
    ],
    [
      'an expression that does not parse',
      { ...good, nodes: { odd: { kind: 'data.filter', settings: { condition: '1 +' } } } },
      /at \/nodes\/odd\/settings\/condition: /,
    ],
    [
      'a port there is not',
      { ...good, connections: { wire: { from: 'from.nowhere', to: 'from.out' } } },
      /at \/connections\/wire.*: .*nowhere/,
    ],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), /is not UTF-8 text/],
  ])('a design with %s is one sentence and exit code 2', async (what, content, sentence) => {
    const file = await put(`${what.replaceAll(' ', '-')}.json`, content);
    const { code, out, err } = await csp(['check', file]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(sentence);
    expect(err).toMatch(/^csp: [^\n]+\n$/);
    expect(err).toContain(file);
  });

  test('the sentence is the same whatever was to be done with it', async () => {
    const file = await put('newer.json', { ...good, format: 'csp-design/2' });
    const all = [
      ['check', file],
      ['run', file],
      ['export', file, '--to', 'cspm'],
    ];
    const said = await Promise.all(all.map((args) => csp(args)));
    expect(new Set(said.map(({ code, out, err }) => `${code} ${out} ${err}`)).size).toBe(1);
  });

  test('a file that is not there, a folder, and one of 10 GB', async () => {
    expect(await csp(['check', join(folder, 'none.json')])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/none\.json cannot be read: there is no such file\.\n$/),
    });
    expect((await csp(['check', folder])).err).toMatch(/cannot be read: it is a folder\.\n$/);
    const file = await put('huge.json', '');
    await truncate(file, 10 * 1024 ** 3);
    expect(await csp(['check', file], { nodeFlags: ['--max-old-space-size=80'] })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/more than 67108864 bytes/),
    });
    await rm(file);
  });

  test('a mandatory port that is not connected: check finds it, run refuses it', async () => {
    const file = await put('open.json', good);
    const checked = await csp(['check', file]);
    expect(checked.code).toBe(1);
    expect(checked.out).toMatch(/unconnected-port: .*from\.out/);
    expect(await csp(['run', file])).toMatchObject({
      code: 2,
      err: 'csp: from.out must be connected before the design can run.\n',
    });
  });

  test('a plugin folder with a file that throws is refused by name', async () => {
    const plugins = join(folder, 'plugins');
    await mkdir(plugins);
    await writeFile(join(plugins, 'bad.ts'), 'throw new Error("not today");');
    const { code, out, err } = await csp(['components', '--components', plugins]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(`csp: The component file ${join(plugins, 'bad.ts')} could not be loaded: not today.\n`);
  });

  test('a wrong environment is said by variable', async () => {
    const { code, err } = await csp(['run', dining], { env: { LOG_LEVEL: 'loud' } });
    expect(code).toBe(2);
    expect(err).toMatch(/^csp: LOG_LEVEL is "loud", but .*\n$/);
  });
});

test('export gives CSPm for other tools, and the canonical text', async () => {
  const cspm = await csp(['export', dining, '--to', 'cspm']);
  expect([cspm.code, cspm.err]).toEqual([0, '']);
  for (const node of ['arendt', 'waiter', 'fork']) expect(cspm.out).toContain(node);
  const json = await csp(['export', dining, '--to', 'json']);
  expect(json.out).toBe(await readFile(dining, 'utf8'));
});

test('components lists every kind, also those of a folder', async () => {
  const { out } = await csp(['components', '--components', diningKinds]);
  for (const kind of ['data.filter', 'io.file', 'dining.philosopher', 'dining.permits'])
    expect(out).toMatch(new RegExp(`^${kind.replace('.', '\\.')} `, 'm'));
});

describe('a file of synchronised automata', () => {
  const checks = join(examples, 'checks');

  test('[V80] [V84] is checked by the same command: the events to the deadlock, and who waits for which', async () => {
    const { code, out, err } = await csp(['check', join(checks, 'philosophers.json'), '--count']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/^.*philosophers\.json: REFUTED\n\ncan deadlock \(/);
    expect(out).toMatch(/^ {2}1\. take\.\d\.\d$/m);
    expect(out).toContain('  philosopher.0 in state 1 waits for take.0.1 (fork.1)\n');
    expect(out).toMatch(/\nexactly 242 states can be reached, by 805 transitions\n$/);
    const json = await csp(['check', join(checks, 'milner-scheduler.json'), '--json', '--count', '--engine', 'full']);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({
      verdict: 'proved',
      engine: 'full',
      states: 3_072,
      transitions: 13_824,
      cpuSeconds: expect.any(Number),
      trace: null,
    });
  });

  test('[V81] is refused with the place of what is wrong; a bound gives unknown; an engine there is not is said', async () => {
    const far = { components: [{ name: 'a', initial: 0, states: 2, transitions: [[0, 'x', 2]] }] };
    const refused = await csp(['check', await put('far.json', far)]);
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toMatch(
      /^csp: .*far\.json at \/components\/0\/transitions\/0\/2: there is no state 2: they are 0 to 1\.\n$/,
    );
    const bounded = await csp(['check', join(checks, 'milner-scheduler.json'), '--engine', 'full', '--max-states', '10']);
    expect([bounded.code, bounded.out]).toEqual([1, expect.stringMatching(/UNKNOWN\n\nnot known whether it can deadlock/)]);
    const other = await csp(['check', join(checks, 'barrier.json'), '--engine', 'oracle']);
    expect(other).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^csp: There is no engine oracle; there are auto, .*full\.\n$/),
    });
  });

  test('[V85] [V87] goes out in other forms, and what goes out as automata is checked again with the same answer', async () => {
    const file = join(checks, 'philosophers.json');
    const again = await put('again.json', (await csp(['export', file, '--to', 'automata'])).out);
    expect((await csp(['check', again, '--count'])).out).toContain('exactly 242 states');
    for (const [format, says] of [
      ['promela', /^active proctype p0\(\)/m],
      ['cspm-raw', /^assert SYSTEM :\[deadlock free/m],
      ['dot', /^digraph /],
    ] as const)
      expect((await csp(['export', file, '--to', format])).out).toMatch(says);
    expect((await csp(['export', file, '--to', 'dot', '--node', 'fork.0'])).out).toContain('[label="take.0.0"]');
    expect(await csp(['export', file, '--to', 'json'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/is a file of automata/),
    });
    const design = await put('dining.json', (await csp(['export', dining, '--to', 'automata'])).out);
    expect(await csp(['check', design])).toMatchObject({ code: 0, out: expect.stringMatching(/PROVED/) });
  });
});

describe('a run without an end', () => {
  let file: string;
  beforeAll(async () => {
    const beat = { kind: 'io.manual', settings: { repeat: 0, intervalMs: 10 } };
    file = await put('endless.json', { format: 'csp-design/1', name: 'Endless', nodes: { beat }, connections: {} });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends it with its account, and 130', async (signal) => {
    const running = new Launched(['run', file, '--output', 'beat.out=-']);
    await running.says(/"Hello"/);
    running.child.kill(signal);
    const { code, err } = await running.ended;
    expect(code).toBe(130);
    expect(err).toMatch(/^the run is stopped\n[\s\S]*^beat +stopped +0 +[1-9]/m);
  });

  test('a reader that leaves early ends it without a word more', async () => {
    const running = new Launched(['run', file, '--output', 'beat.out=-']);
    await running.says(/"Hello"/);
    running.child.stdout.destroy();
    const { code, err } = await running.ended;
    expect(code).toBe(130);
    expect(err).toMatch(/^the run is stopped\n/);
  });
});
