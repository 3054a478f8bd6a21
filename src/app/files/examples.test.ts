import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { owner } from '#app/parts.ts';
import { type RealApp, realApp } from '#app/testing/real-app.ts';
import { type ExampleFolder, findExamples, seedExamples, startExample } from './examples.ts';

const caller = owner('test');
let folder: string;
let real: RealApp;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'examples-'));
  real = await realApp();
});
afterEach(async () => {
  await real.close();
  await rm(folder, { recursive: true });
});

async function put(path: string, content: string | object): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** Two nodes that run for ever, and a file. */
async function drawn(name: string): Promise<void> {
  const nodes = { from: { kind: 'test.count', settings: { count: 0, everyMs: 60_000 } }, to: { kind: 'compute.discard' } };
  const connections = { wire: { from: 'from.out', to: 'to.in' } };
  await put(`${name}/design.json`, { format: 'csp-design/1', name: `The ${name}`, nodes, connections });
  await put(`${name}/given/${name}.txt`, `given by ${name}`);
}

async function found(): Promise<readonly [ExampleFolder, ...ExampleFolder[]]> {
  return (await findExamples(folder)) as [ExampleFolder, ...ExampleFolder[]];
}

const names = async (): Promise<string[]> =>
  (await real.app.listDesigns(caller, { limit: 10 })).items.map(({ name }) => name).sort();
const states = async (): Promise<string[]> =>
  (await real.app.listSessions(caller, { limit: 10 })).items.map(({ state }) => state);

describe('finding', () => {
  test('a folder with a design is an example; the rest of it is told when it is there', async () => {
    await drawn('b');
    await put('a/design.json', '{}');
    await put('a/components/kind.ts', '');
    await put('no-design/README.md', '');
    await put('README.md', '');
    const at = (path: string): string => join(folder, path);
    expect(await findExamples(folder)).toEqual([
      { name: 'a', design: at('a/design.json'), components: at('a/components') },
      { name: 'b', design: at('b/design.json'), given: at('b/given') },
    ]);
    expect(await findExamples(at('nowhere'))).toEqual([]);
  });
});

describe('bringing in', () => {
  test('an empty store gets every design and its files; a second time nothing is added', async () => {
    await Promise.all([drawn('one'), drawn('two')]);
    await seedExamples(real.app, await found(), real.filesFolder);
    expect(await names()).toEqual(['The one', 'The two']);
    expect(await readFile(join(real.filesFolder, 'given/two.txt'), 'utf8')).toBe('given by two');
    await seedExamples(real.app, await found(), real.filesFolder);
    expect(await names()).toEqual(['The one', 'The two']);
  });

  test('files that are there already stay as they are', async () => {
    await drawn('one');
    await mkdir(join(real.filesFolder, 'given'), { recursive: true });
    await writeFile(join(real.filesFolder, 'given/one.txt'), 'mine');
    await seedExamples(real.app, await found(), real.filesFolder);
    expect(await readFile(join(real.filesFolder, 'given/one.txt'), 'utf8')).toBe('mine');
  });

  test('a store in which something is drawn is left alone', async () => {
    await drawn('one');
    await real.app.createDesign(caller, { name: 'Mine', description: '', nodes: {}, connections: {}, canvas: { positions: {} } });
    await seedExamples(real.app, await found(), real.filesFolder);
    expect(await names()).toEqual(['Mine']);
  });
});

describe('starting', () => {
  test('runs the design once, however often it is asked', async () => {
    await drawn('one');
    const [example] = await found();
    await seedExamples(real.app, [example], real.filesFolder);
    await startExample(real.app, example);
    await startExample(real.app, example);
    expect(await states()).toHaveLength(1);
  });

  test('does nothing once the design is gone, or can no longer run', async () => {
    await drawn('one');
    const [example] = await found();
    await startExample(real.app, example);
    await seedExamples(real.app, [example], real.filesFolder);
    const [design] = (await real.app.listDesigns(caller, { limit: 1 })).items;
    const edits = [{ do: 'disconnect' as const, id: 'wire' }];
    expect(await real.app.commitTx(caller, design?.id ?? '', { edits })).toMatchObject({ is: 'committed' });
    await startExample(real.app, example);
    expect(await states()).toEqual([]);
  });
});
