import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { readDesign, readText } from './design-file.ts';

const kinds = createCatalog(components);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'design-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

const good = {
  format: 'csp-design/1',
  name: 'Good',
  nodes: { from: { kind: 'io.manual' }, to: { kind: 'compute.discard' } },
  connections: { wire: { from: 'from.out', to: 'to.in' } },
};

async function written(content: string | Uint8Array): Promise<string> {
  const file = join(folder, `${Math.random()}.json`);
  await writeFile(file, content);
  return file;
}

async function reason(file: string): Promise<{ code: string; message: string; pointer: string | undefined }> {
  const thrown = await readDesign(file, kinds).then(
    () => new Error('it was read'),
    (error) => error as Error,
  );
  const { code, message, pointer } = thrown as unknown as { code: string; message: string; pointer: string | undefined };
  expect(message).not.toMatch(/^\s+at /m);
  return { code, message, pointer };
}

describe('a design file', () => {
  test('is read whole, with or without a byte order mark', async () => {
    for (const mark of ['', '\uFEFF']) {
      const { name, nodes } = await readDesign(await written(mark + JSON.stringify(good)), kinds);
      expect([name, Object.keys(nodes)]).toEqual(['Good', ['from', 'to']]);
    }
  });

  test.each([
    ['is no JSON', '{ "format": "csp-design/1", }', '', /not JSON: .+position 28/],
    ['is empty', '', '', /not JSON/],
    ['is of a newer format', JSON.stringify({ ...good, format: 'csp-design/2' }), '/format', /its format is csp-design\/2/],
    ['is another kind of file', '[1, 2, 3]', '/format', /not a csp-design\/1 file/],
    [
      'has a kind nobody knows',
      JSON.stringify({ ...good, nodes: { ...good.nodes, odd: { kind: 'io.nowhere' } } }),
      '/nodes/odd/kind',
      /io\.nowhere/,
    ],
    [
      'has a wrong setting',
      JSON.stringify({ ...good, nodes: { ...good.nodes, from: { kind: 'io.manual', settings: { repeat: -1 } } } }),
      '/nodes/from/settings/repeat',
      />= 0/,
    ],
    [
      'has a setting there is not',
      JSON.stringify({ ...good, nodes: { ...good.nodes, from: { kind: 'io.manual', settings: { reapeat: 1 } } } }),
      '/nodes/from/settings/reapeat',
      /reapeat/,
    ],
    [
      'joins a port there is not',
      JSON.stringify({ ...good, connections: { wire: { from: 'from.nowhere', to: 'to.in' } } }),
      '/connections/wire/from',
      /nowhere/,
    ],
    [
      'joins a node there is not',
      JSON.stringify({ ...good, connections: { wire: { from: 'ghost.out', to: 'to.in' } } }),
      '/connections/wire/from',
      /ghost/,
    ],
    [
      'uses a port twice',
      JSON.stringify({ ...good, connections: { ...good.connections, again: { from: 'from.out', to: 'to.in' } } }),
      '/connections/again',
      /from\.out/,
    ],
  ])('that %s is refused with file and place', async (_what, text, pointer, words) => {
    const file = await written(text);
    const refused = await reason(file);
    expect(refused.code).toBe('APP_DESIGN_INVALID');
    expect(refused.pointer?.startsWith(pointer), `${refused.pointer}`).toBe(true);
    expect(refused.message).toContain(file);
    expect(refused.message).toMatch(words);
  });

  test('that is not there, a folder, or below a file, says so', async () => {
    const file = await written('{}');
    await mkdir(join(folder, 'sub'));
    expect(await reason(join(folder, 'none.json'))).toMatchObject({
      code: 'APP_FILE_UNREADABLE',
      message: `${join(folder, 'none.json')} cannot be read: there is no such file.`,
    });
    expect((await reason(join(folder, 'sub'))).message).toMatch(/cannot be read: it is a folder\.$/);
    expect((await reason(join(file, 'x'))).message).toMatch(/cannot be read: a part of its path is not a folder\.$/);
  });

  test('that is no UTF-8 is refused', async () => {
    const bytes = Buffer.concat([Buffer.from('{ "name": "'), Buffer.from([0xc3, 0x28]), Buffer.from('" }')]);
    expect(await reason(await written(bytes))).toMatchObject({ code: 'APP_FILE_NOT_TEXT', message: /is not UTF-8 text/ });
  });

  test('that is far too long, or a device without an end, is not read to the end', async () => {
    const file = await written('');
    await truncate(file, 10 * 1024 ** 3);
    expect(await reason(file)).toMatchObject({ code: 'APP_FILE_TOO_LARGE', message: /more than 67108864 bytes/ });
    if (process.platform === 'linux') expect((await reason('/dev/zero')).code).toBe('APP_FILE_TOO_LARGE');
  });
});

test('a text is given as it is', async () => {
  expect(await readText(await written('å\r\nb\n'))).toBe('å\r\nb\n');
});
