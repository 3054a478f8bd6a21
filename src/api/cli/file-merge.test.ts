import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Comparison, MergeConflict } from '#model/merging/history.ts';
import { comparisonText } from './comparison-text.ts';
import { csp } from './testing/file-cli.ts';

interface DesignFile {
  name: string;
  nodes: Record<string, { kind: string; version?: number; label?: string; settings?: Record<string, unknown> }>;
  connections: Record<string, { from: string; to: string; capacity?: number }>;
  canvas: { positions: Record<string, [number, number]> };
}

const base: DesignFile = {
  name: 'Doubling',
  nodes: {
    source: { kind: 'io.manual' },
    double: { kind: 'data.transform', settings: { mapping: 'n * 2' } },
    odd: { kind: 'acme.gadget', version: 7, settings: { any: ['thing'] } },
  },
  connections: {
    numbers: { from: 'source.out', to: 'double.in', capacity: 8 },
    doubled: { from: 'double.out', to: 'odd.left' },
  },
  canvas: { positions: { double: [240, 0], source: [0, 0] } },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csp-merge-'));
  await write('base.json', () => {});
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, change: (file: DesignFile) => void): Promise<string> {
  const file = structuredClone(base);
  change(file);
  await writeFile(join(folder, name), JSON.stringify({ format: 'csp-design/1', ...file }));
  return join(folder, name);
}

const at = (name: string): string => join(folder, name);
const read = async (name: string): Promise<DesignFile> => JSON.parse(await readFile(at(name), 'utf8')) as DesignFile;

describe('[E20] csp diff', () => {
  test('[E20] says by id what differs, also of kinds that are not known, and exits 1', async () => {
    const changed = await write('changed.json', (file) => {
      file.nodes['odd'] = { kind: 'acme.gadget', version: 7, settings: { any: ['thing', 'more'] } };
      file.nodes['extra'] = { kind: 'acme.other' };
      file.connections['numbers'] = { from: 'source.out', to: 'extra.in', capacity: 9 };
      delete file.connections['doubled'];
      file.canvas.positions['double'] = [240, 50];
      file.name = 'Doubled';
    });
    expect(await csp(`diff ${at('base.json')} ${changed}`)).toEqual({
      code: 1,
      err: '',
      out: [
        '~ design: name "Doubling" → "Doubled"',
        '+ node extra: acme.other',
        '~ node odd: settings/any ["thing"] → ["thing","more"]',
        '- connection doubled: double.out → odd.left',
        '~ connection numbers: source.out → double.in  becomes  source.out → extra.in',
        '~ connection numbers: capacity 8 → 9',
        '  node double moved (240, 0) → (240, 50)',
        '',
      ].join('\n'),
    });
    const json = await csp(`diff ${at('base.json')} ${changed} --json`);
    expect((JSON.parse(json.out) as Comparison).nodes.added).toMatchObject([{ id: 'extra', kind: 'acme.other' }]);
  });

  test('[E20] exits 0 when nothing differs, however it is written', async () => {
    const other = at('other.json');
    await writeFile(other, JSON.stringify(JSON.parse(await readFile(at('base.json'), 'utf8')), null, 7));
    expect(await csp(`diff ${at('base.json')} ${other}`)).toEqual({ code: 0, out: '', err: '' });
  });

  test('[E20] exits 2 for what is no design, and says where', async () => {
    const broken = await write('broken.json', (file) => {
      file.connections['numbers'] = { from: 'source.out', to: 'nobody.in' };
    });
    expect(await csp(`diff ${at('base.json')} ${broken}`)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('/connections/numbers/to: there is no node nobody'),
    });
    expect(await csp(`diff ${at('base.json')} ${at('nothing.json')}`)).toMatchObject({ code: 2 });
    expect(await csp('diff')).toMatchObject({ code: 2, err: expect.stringContaining('which two files?') });
    expect(await csp('diff a b c')).toMatchObject({ code: 2 });
  });

  test('[E20] called as git calls a diff driver, it always lets git go on', async () => {
    const added = await csp(`diff design.json /dev/null . . ${at('base.json')} abc 100644`);
    expect(added).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^csp diff design\.json\n~ design: name[\s\S]*\+ node double/),
    });
    const broken = await csp(`diff design.json ${at('base.json')} abc 100644 ${at('broken.json')} def 100644`);
    expect(broken).toMatchObject({ code: 0, out: expect.stringContaining('there is no node nobody') });
    const renamed = await csp(`diff old.json ${at('base.json')} abc 100644 ${at('base.json')} abc 100644 new.json xfrm`);
    expect(renamed).toEqual({ code: 0, out: 'csp diff old.json → new.json\n', err: '' });
  });

  test('[E20] of one file it writes lines that each say what they are about', async () => {
    const { code, out } = await csp(`diff ${at('base.json')}`);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        'connection numbers: to double.in',
        'node double: settings/mapping "n * 2"',
        'design: name "Doubling"',
      ]),
    );
  });

  test('[E20] nothing in a file reaches the terminal but as text', async () => {
    const evil = await write('evil.json', (file) => {
      file.nodes['odd'] = { kind: 'acme.gadget', version: 7, settings: { any: ['thing'], '\x1b[2J': '\x1b]0;x\x07' } };
    });
    for (const words of [`diff ${at('base.json')} ${evil}`, `diff ${evil}`]) {
      const { out } = await csp(words);
      expect(out).toContain('\\u001b[2J');
      expect(out).not.toContain('\x1b');
    }
  });

  test('[E20] a terminal sees it in colours', async () => {
    const { out } = await csp(`diff ${at('base.json')} ${at('changed.json')} --json`);
    expect(comparisonText(JSON.parse(out) as Comparison, true)).toContain('\x1b[32m+ node extra: acme.other\x1b[0m\n');
  });
});

describe('[E24] csp merge', () => {
  test('[E24] puts both sides together, with kinds that are not known, and exits 0', async () => {
    const ours = await write('ours.json', (file) => {
      file.canvas.positions['double'] = [240, 90];
      file.nodes['odd'] = { kind: 'acme.gadget', version: 7, label: 'Odd', settings: { any: ['thing'] } };
    });
    const theirs = await write('theirs.json', (file) => {
      file.nodes['odd'] = { kind: 'acme.gadget', version: 7, settings: { any: ['thing', 'more'] } };
      file.connections['back'] = { from: 'odd.right', to: 'source.left' };
      delete file.connections['back'];
      file.nodes['gauge'] = { kind: 'acme.gauge' };
      file.connections['back'] = { from: 'odd.right', to: 'gauge.in' };
    });
    const { code, out, err } = await csp(`merge ${at('base.json')} ${ours} ${theirs}`);
    expect([code, err]).toEqual([0, '']);
    const merged = JSON.parse(out) as DesignFile;
    expect(merged.nodes['odd']).toMatchObject({ label: 'Odd', settings: { any: ['thing', 'more'] } });
    expect(merged.connections['back']).toEqual({ from: 'odd.right', to: 'gauge.in' });
    expect(merged.canvas.positions['double']).toEqual([240, 90]);
  });

  test('[E24] lists by id what is at odds, beside the design and never in it; a later clean merge takes the list away', async () => {
    const ours = await write('ours.json', (file) => {
      file.nodes['double'] = { kind: 'data.transform', settings: { mapping: 'n * 3' } };
    });
    const theirs = await write('theirs.json', (file) => {
      file.nodes['double'] = { kind: 'data.transform', settings: { mapping: 'n * 4' } };
    });
    const files = `${at('base.json')} ${ours} ${theirs} -o ${at('merged.json')}`;
    const { code, out, err } = await csp(`merge ${files}`);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(
      'node/double/settings/mapping: the setting mapping of the node double is "n * 3" in ours and "n * 4" in theirs',
    );
    expect((await read('merged.json')).nodes['double']?.settings).toEqual({ mapping: 'n * 3' });
    const listed = JSON.parse(await readFile(at('merged.json.conflicts.json'), 'utf8')) as { conflicts: MergeConflict[] };
    expect(listed.conflicts).toMatchObject([{ key: 'node/double/settings/mapping', ours: 'n * 3', theirs: 'n * 4' }]);
    expect(await csp(`merge ${files} --json`)).toMatchObject({ code: 1, out: expect.stringContaining('"conflicts"') });
    const chosen = await csp(`merge ${files} --choose node/double/settings/mapping=theirs`);
    expect(chosen).toEqual({ code: 0, out: '', err: '' });
    expect((await read('merged.json')).nodes['double']?.settings).toEqual({ mapping: 'n * 4' });
    await expect(readFile(at('merged.json.conflicts.json'))).rejects.toThrow('ENOENT');
  });

  test('[E24] what only concerns where something is drawn is told and holds nothing up', async () => {
    const [ours, theirs] = await Promise.all(
      [60, 70].map((y) =>
        write(`moved-${y}.json`, (file) => {
          file.canvas.positions['double'] = [240, y];
        }),
      ),
    );
    const { code, err } = await csp(`merge ${at('base.json')} ${ours} ${theirs}`);
    expect([code, err]).toEqual([0, expect.stringContaining('only about where it is drawn; ours holds')]);
  });

  test('[E57] an empty side is no design: it is refused by its name, and nothing is written', async () => {
    const [empty, blank, out] = [at('empty.json'), at('blank.json'), at('not-written.json')];
    await writeFile(empty, '');
    await writeFile(blank, ' \n');
    for (const cut of [empty, blank]) {
      const theirs = await csp(`merge ${at('base.json')} ${at('base.json')} ${cut} 7 flows/a.design.json -o ${out}`);
      expect(theirs).toEqual({ code: 2, out: '', err: expect.stringContaining('flows/a.design.json (theirs): not JSON') });
      expect(await csp(`merge ${at('base.json')} ${cut} ${at('base.json')} -o ${out}`)).toMatchObject({
        code: 2,
        err: expect.stringContaining(`${cut}: not JSON`),
      });
    }
    await expect(readFile(out)).rejects.toThrow('ENOENT');
    expect(await csp(`merge ${empty} ${at('base.json')} ${at('base.json')}`)).toMatchObject({ code: 0, err: '' });
  });

  test('[E24] known kinds still hold: what a file may not say is refused with exit 2, and nothing is written', async () => {
    const wrong = await write('wrong.json', (file) => {
      file.connections['numbers'] = { from: 'source.nowhere', to: 'double.in' };
    });
    const out = at('untouched.json');
    expect(await csp(`merge ${at('base.json')} ${at('base.json')} ${wrong} -o ${out}`)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no port nowhere'),
    });
    await expect(readFile(out)).rejects.toThrow('ENOENT');
    expect(await csp('merge a b')).toMatchObject({ code: 2, err: expect.stringContaining('which files?') });
    const base3 = Array.from({ length: 3 }, () => at('base.json')).join(' ');
    expect(await csp(`merge ${base3} --choose x`)).toMatchObject({ code: 2, err: expect.stringContaining('KEY=ours') });
    expect(await csp(`merge ${base3} --choose node/x=ours`)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no conflict node/x'),
    });
    expect(await csp(`merge ${base3} -o ${folder}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be written'),
    });
  });

  test('[E24] a folder that is no git repository is told so', async () => {
    expect(await csp(`git-setup ${folder}`)).toMatchObject({ code: 2, err: expect.stringContaining('not a git repository') });
    expect(await csp('git-setup a b')).toMatchObject({ code: 2 });
  });
});
