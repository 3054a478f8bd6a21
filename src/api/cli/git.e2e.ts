import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launched } from './testing/launched.ts';

const dining = fileURLToPath(new URL('../../../examples/philosophers/design.json', import.meta.url));

interface DesignFile {
  nodes: Record<string, { kind: string; label?: string; settings?: Record<string, unknown> }>;
  connections: Record<string, { from: string; to: string; capacity?: number }>;
  canvas: { positions: Record<string, [number, number]> };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csp-git-'));
  await git('init', '--quiet', '--initial-branch=main');
  await writeFile(join(folder, 'design.json'), await readFile(dining));
  const { code, out } = await launched(['git-setup', folder]);
  expect([code, out]).toEqual([0, expect.stringContaining('.gitattributes  design.json diff=csp merge=csp')]);
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'Five philosophers');
});
afterAll(() => rm(folder, { recursive: true }));

/** A git of its own: no settings of whoever runs the tests. */
async function git(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const person = { NAME: 'Ada', EMAIL: 'ada@example.org' };
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(
      Object.entries(person).flatMap(([name, value]) => [
        [`GIT_AUTHOR_${name}`, value],
        [`GIT_COMMITTER_${name}`, value],
      ]),
    ),
  };
  return await new Promise((resolve) => {
    execFile('git', words, { cwd: folder, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: out + err }),
    );
  });
}

const read = async (): Promise<DesignFile> => JSON.parse(await readFile(join(folder, 'design.json'), 'utf8')) as DesignFile;

/** A branch off `main` on which the design was changed; then back to `main`. */
async function onBranch(name: string, change: (file: DesignFile) => void): Promise<void> {
  await git('checkout', '--quiet', '-b', name, 'main');
  const file = await read();
  change(file);
  await writeFile(join(folder, 'design.json'), `${JSON.stringify(file, null, 2)}\n`);
  await git('commit', '--quiet', '--all', '-m', name);
  await git('checkout', '--quiet', 'main');
}

// The kinds of the philosophers are not loaded here: git merges what this machine knows nothing of.
describe('[E24] a design under git', () => {
  test('[E24] one branch moves, the other connects: git merge puts both together', async () => {
    await onBranch('move', (file) => {
      file.canvas.positions['kant'] = [1, 2];
      file.nodes['kant'] = { ...(file.nodes['kant'] as DesignFile['nodes'][string]), label: 'Immanuel' };
    });
    await onBranch('connect', (file) => {
      file.nodes['sink'] = { kind: 'compute.discard' };
      file.connections['failures'] = { from: 'kant.err', to: 'sink.in' };
      file.canvas.positions['sink'] = [400, 0];
    });
    expect((await git('merge', '--quiet', 'move')).code).toBe(0);
    const { code, out } = await git('merge', '--quiet', 'connect', '-m', 'both');
    expect([code, out]).toEqual([0, expect.not.stringContaining('CONFLICT')]);
    const merged = await read();
    expect(merged.nodes).toMatchObject({ kant: { label: 'Immanuel' }, sink: { kind: 'compute.discard' } });
    expect(merged.connections['failures']).toEqual({ from: 'kant.err', to: 'sink.in' });
    expect(merged.canvas.positions).toMatchObject({ kant: [1, 2], sink: [400, 0] });
    expect((await git('status', '--porcelain')).out).toBe('');
  });

  test('[E24] git diff and git show say what differs, by id', async () => {
    const diff = await git('diff', 'main~2', 'main');
    expect(diff.out).toContain('csp diff design.json\n+ node sink: compute.discard\n');
    expect(diff.out).toContain('+ connection failures: kant.err → sink.in\n');
    expect(diff.out).toMatch(/node kant moved \(.*\) → \(1, 2\)\n/);
    const shown = await git('show', 'move');
    expect(shown.out).toContain('+node kant: label "Immanuel"');
  });

  test('[E24] what is really at odds is listed by id; the file stays a design, with ours in it', async () => {
    const waiter = (seats: number) => (file: DesignFile) => {
      const node = file.nodes['waiter'] as DesignFile['nodes'][string];
      file.nodes['waiter'] = { ...node, settings: { ...node.settings, seats } };
      if (seats === 3) delete file.nodes['sink'];
      if (seats === 3) delete file.connections['failures'];
    };
    await onBranch('three', waiter(3));
    await onBranch('two', (file) => {
      waiter(2)(file);
      file.nodes['sink'] = { kind: 'compute.discard', label: 'Lost' };
    });
    expect((await git('merge', '--quiet', 'three')).code).toBe(0);
    const { code, out } = await git('merge', 'two');
    expect(code).toBe(1);
    expect(out).toContain('node/waiter/settings/seats: the setting seats of the node waiter is 3 in ours and 2 in theirs');
    expect(out).toContain('node/sink: the node sink was changed by theirs and deleted by ours');
    const text = await readFile(join(folder, 'design.json'), 'utf8');
    expect(text).not.toMatch(/^[<=>]{7}/m);
    expect((await launched(['diff', join(folder, 'design.json')])).code).toBe(0);
    expect((await read()).nodes['waiter']?.settings).toMatchObject({ seats: 3 });
    const report = JSON.parse(await readFile(join(folder, 'design.json.conflicts.json'), 'utf8')) as {
      conflicts: { key: string }[];
    };
    expect(report.conflicts.map(({ key }) => key)).toEqual(['node/sink', 'node/waiter/settings/seats']);
    expect((await git('status', '--porcelain')).out).toBe('UU design.json\n');
    await git('merge', '--abort');
  });

  test('[E24] two branches that add one file merge from nothing', async () => {
    for (const [branch, x] of [
      ['add-a', 1],
      ['add-b', 2],
    ] as const) {
      await git('checkout', '--quiet', '-b', branch, 'main');
      const file = { format: 'csp-design/1', name: 'New', nodes: { [branch]: { kind: 'acme.gadget' } }, connections: {} };
      const canvas = { positions: { [branch]: [x, 0] } };
      await writeFile(join(folder, 'new.design.json'), JSON.stringify({ ...file, canvas }));
      await git('add', '.');
      await git('commit', '--quiet', '-m', branch);
    }
    expect((await git('merge', '--quiet', 'add-a', '-m', 'both')).code).toBe(0);
    const merged = JSON.parse(await readFile(join(folder, 'new.design.json'), 'utf8')) as DesignFile;
    expect(Object.keys(merged.nodes)).toEqual(['add-a', 'add-b']);
  });
});
