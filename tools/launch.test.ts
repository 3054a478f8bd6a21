import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Makes the Node that runs this test say that it is an old one; what it starts does not inherit that. */
const asOldNode = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.19.0'}})`;

const main = `
const says = (text: string): boolean => process.stdout.write(text + '\\n');
const [what, ...rest] = process.argv.slice(2);
if (what === 'say') says(rest.join('|'));
if (what === 'exit') process.exitCode = Number(rest[0]);
if (what === 'wait') {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { says(signal); process.exit(7); });
  setInterval(() => {}, 1000);
  says('ready');
}
if (what === 'die') {
  setInterval(() => {}, 1000);
  says('ready');
}
`;

let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'launch-'));
  await mkdir(join(project, 'src'));
  await writeFile(join(project, 'src/main.ts'), main);
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await copyFile(fileURLToPath(new URL('../launch.js', import.meta.url)), join(project, 'launch.js'));
  await chmod(join(project, 'launch.js'), 0o755);
  const node = join(project, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  await mkdir(dirname(node), { recursive: true });
  await symlink(process.execPath, node);
});

afterAll(() => rm(project, { recursive: true }));

function launch(nodeFlags: string[], args: string[], file = 'launch.js'): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...nodeFlags, join(project, file), ...args]);
}

async function outcome(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; out: string; err: string }> {
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

const nodes = [
  { node: 'an old Node', flags: ['--import', asOldNode] },
  { node: 'a suitable Node', flags: [] },
];

test.each(nodes)('[L1] $node: arguments arrive, output leaves', async ({ flags }) => {
  expect(await outcome(launch(flags, ['say', 'one', 'two words']))).toEqual({ code: 0, out: 'one|two words\n', err: '' });
});

test.each(nodes)('[L2] $node: the exit code is that of main', async ({ flags }) => {
  expect((await outcome(launch(flags, ['exit', '3']))).code).toBe(3);
});

test.each(nodes)('[L3] $node: the launcher works through a symbolic link, as npx starts it', async ({ flags }) => {
  await mkdir(join(project, 'bin'), { recursive: true });
  const link = `bin/csp-${flags.length}`;
  await symlink('../launch.js', join(project, link));
  expect((await outcome(launch(flags, ['say', 'linked'], link))).out).toBe('linked\n');
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('[L4] %s reaches main, and main decides how it ends', async (signal) => {
  const child = launch(['--import', asOldNode], ['wait']);
  child.stdout.once('data', () => child.kill(signal));
  expect(await outcome(child)).toEqual({ code: 7, out: `ready\n${signal}\n`, err: '' });
});

test('[L5] a main that a signal ended is reported as 128 + the signal', async () => {
  const child = launch(['--import', asOldNode], ['die']);
  child.stdout.once('data', () => child.kill('SIGTERM'));
  expect((await outcome(child)).code).toBe(128 + 15);
});

test('[L6] without a suitable Node one sentence says what to do', async () => {
  const bare = await mkdtemp(join(tmpdir(), 'launch-bare-'));
  await copyFile(join(project, 'launch.js'), join(bare, 'launch.js'));
  await copyFile(join(project, 'package.json'), join(bare, 'package.json'));
  const { code, out, err } = await outcome(spawn(process.execPath, ['--import', asOldNode, join(bare, 'launch.js')]));
  await rm(bare, { recursive: true });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^csp needs Node 24\.18 or newer; this is Node 20\.19\.0, .*\n.*npm ci.*\n$/);
});
