import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CodedError } from '#base/errors.ts';
import type { AnyComponent } from '#kit/define-component.ts';
import { loadComponents } from './plugins.ts';

const kit = new URL('../kit/define-component.ts', import.meta.url).href;
const ports = new URL('../kit/ports.ts', import.meta.url).href;
const typebox = import.meta.resolve('typebox');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The text of a component file; `contract` and `more` show what is wrong with it. */
function source(kind: string, { contract = 'A = in -> A [] in.end -> SKIP', name = 'component', more = '' } = {}): string {
  return `
    import { Type } from '${typebox}';
    import { defineComponent } from '${kit}';
    import { input } from '${ports}';
    const limit: number = 3;
    export const ${name} = defineComponent({
      kind: '${kind}', version: 1, title: 'T', icon: 'circle', summary: 'S.', settings: Type.Object({}),
      ports: { in: input(Type.Unknown()) }, contract: \`${contract}\`, examples: [],
      *run({ io }) { for (let n = 0; n < limit; n++) yield* io.in.receive(); },
    });
    export const other = limit;
    ${more}
  `;
}

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

async function kinds(known?: readonly AnyComponent[]): Promise<string[]> {
  return (await loadComponents(folder, known)).map(({ spec }) => spec.kind);
}

async function refusal(known?: readonly AnyComponent[]): Promise<CodedError> {
  return (await loadComponents(folder, known).then(
    () => new Error('it was loaded'),
    (thrown) => thrown as unknown,
  )) as CodedError;
}

describe('a good folder', () => {
  test('gives what its sources export, in order of their names; tests, types and other files are left alone', async () => {
    await put({
      'b.ts': source('my.second'),
      'a.ts': source('my.first'),
      'a.test.ts': 'throw new Error("a test was loaded")',
      'a.d.ts': 'throw new Error("types were loaded")',
      'README.md': '# not code',
      'data.json': '{',
    });
    expect(await kinds()).toEqual(['my.first', 'my.second']);
  });

  test('plain JavaScript works too', async () => {
    await put({ 'a.mjs': source('my.plain').replace(': number', '') });
    expect(await kinds()).toEqual(['my.plain']);
  });

  test('one file may hold several; a component under two names is one', async () => {
    await put({
      'a.ts': source('my.first', { more: 'export default component; export { component as again };' }),
      'b.ts': `export { component } from './a.ts';\n${source('my.second', { name: 'own' })}`,
    });
    expect(await kinds()).toEqual(['my.first', 'my.second']);
  });

  test('an empty folder gives nothing, and so does what only looks like a component', async () => {
    expect(await kinds()).toEqual([]);
    await put({ 'a.ts': `export const half = { spec: { kind: 'my.half' }, run() {} }; export const nothing = null;` });
    expect(await kinds()).toEqual([]);
  });

  test('loaded a second time it is no conflict with itself', async () => {
    await put({ 'a.ts': source('my.first') });
    const first = await loadComponents(folder);
    expect(await loadComponents(folder, first)).toEqual(first);
  });
});

describe('a bad folder', () => {
  test('that is not there is named', async () => {
    await rm(folder, { recursive: true });
    const error = await refusal();
    expect(error).toMatchObject({ code: 'HOST_PLUGIN_UNREADABLE', blame: 'input' });
    expect(error.message).toContain(folder);
    await put({}).then(() => writeFile(folder, ''));
  });

  test.each([
    ['does not parse', 'export const = ;'],
    ['throws', 'throw new Error("not today")'],
    ['needs what is not there', `import './missing.ts';`],
  ])('whose file %s is refused with file and reason', async (_why, text) => {
    await put({ 'good.ts': source('my.good'), 'odd.ts': text });
    const error = await refusal();
    expect(error).toMatchObject({ code: 'HOST_PLUGIN_FAILED', blame: 'input', facts: { file: join(folder, 'odd.ts') } });
    expect(error.message).toMatch(/^The component file \/.*odd\.ts could not be loaded: .+\.$/s);
    expect(error.message).not.toMatch(/^\s+at /m);
  });

  test.each([
    ['does not parse', 'A = in ->'],
    ['speaks of a port there is not', 'A = in -> nowhere -> A'],
    ['names a process there is not', 'A = in -> B'],
  ])('whose contract %s is refused with kind and reason', async (_why, contract) => {
    await put({ 'odd.ts': source('my.odd', { contract }) });
    const error = await refusal();
    expect(error).toMatchObject({ code: 'HOST_PLUGIN_CONTRACT', facts: { file: join(folder, 'odd.ts'), kind: 'my.odd' } });
    expect(error.message).toContain('my.odd');
  });

  test.each([
    ['settings', 'settings: Type.Object({})', 'settings: Type.String()', 'settings must be a Type.Object'],
    ['a title', `title: 'T'`, 'title: 7', 'title must be string'],
    ['a kind with a group', `kind: 'my.odd'`, `kind: 'Odd'`, 'kind must match pattern'],
  ])('whose component is declared without %s is refused with what it must be', async (_what, right, wrong, message) => {
    await put({ 'odd.ts': source('my.odd').replace(right, wrong) });
    const error = await refusal();
    expect(error).toMatchObject({ code: 'HOST_PLUGIN_INVALID', facts: { file: join(folder, 'odd.ts') } });
    expect(error.message).toContain(message);
  });

  test('that declares a kind twice, or one that is taken, is refused with the file', async () => {
    await put({ 'a.ts': source('my.first') });
    const known = await loadComponents(folder);
    await put({ 'b.ts': source('my.first') });
    const error = await refusal();
    expect(error).toMatchObject({ code: 'HOST_KIND_TAKEN', facts: { file: join(folder, 'b.ts'), kind: 'my.first' } });
    expect(error.message).toContain('b.ts declares my.first');
    await rm(join(folder, 'a.ts'));
    expect((await refusal(known)).code).toBe('HOST_KIND_TAKEN');
  });
});
