import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { rememberingPlan, type State } from '#kit/state.ts';
import { manualTools, pause, type Ran, rig } from '#kit/testing.ts';
import type { Files } from '#kit/tools.ts';
import { withDefaults } from '#model/settings.ts';
import { discardSender, endedReceiver } from '#runtime/channels/unconnected.ts';
import { Network } from '#runtime/network.ts';
import type { Operation } from '#runtime/port.ts';
import { sleep } from '#runtime/sleep.ts';
import { file } from './file.ts';

interface Options {
  readonly files?: Record<string, string | Uint8Array>;
  readonly given?: readonly unknown[];
}

async function run(settings: Record<string, unknown>, { files = {}, given }: Options = {}): Promise<Ran> {
  const tools = manualTools();
  for (const [path, content] of Object.entries(files)) tools.files.put(path, content);
  const ran = await rig(file, { settings, tools, arity: { err: 1 } }).run(given === undefined ? {} : { in: given });
  expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  expect(tools.files.open).toBe(0);
  return ran;
}

const failures = (ran: Ran): { code: string; message: string }[] =>
  (ran.gives['err'] as { error: { code: string; message: string } }[]).map(({ error }) => error);

describe('reading', () => {
  test('[FL1] at the start, then what messages name; nothing at the start when told so', async () => {
    const files = { 'a.txt': 'A', 'b.txt': 'B' };
    expect((await run({ path: 'a.txt' }, { files, given: ['b.txt', { tick: 1 }] })).gives['out']).toEqual(['A', 'B', 'A']);
    expect((await run({ path: 'a.txt', onStart: false }, { files, given: [{ path: 'b.txt' }] })).gives['out']).toEqual(['B']);
  });

  test('[FL3] pieces are of one size however it is read, and together the file', async () => {
    const content = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀', '\n') });
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 4, max: 9 }), async (text, pieceBytes) => {
        const ran = await run({ path: 'a', pieceBytes }, { files: { a: text } });
        const pieces = ran.gives['out'] as string[];
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
      }),
      { numRuns: 40 },
    );
    expect((await run({ path: 'a', pieceBytes: 4 }, { files: { a: 'abcdefghi' } })).gives['out']).toEqual(['abcd', 'efgh', 'i']);
  });

  test('[FL3] binary pieces are the bytes, in base64', async () => {
    const files = { a: Uint8Array.from([0, 255, 1, 2, 128]) };
    const ran = await run({ path: 'a', encoding: 'base64', pieceBytes: 4 }, { files });
    expect(ran.gives['out']).toEqual([Buffer.from([0, 255, 1, 2]).toString('base64'), Buffer.from([128]).toString('base64')]);
  });

  test('lines, with either end; a byte order mark is not part of the text', async () => {
    const ran = await run({ path: 'a', pieces: 'lines' }, { files: { a: '\uFEFFone\r\ntwo\n\nlast' } });
    expect(ran.gives['out']).toEqual(['one', 'two', '', 'last']);
  });

  test('an empty file has no pieces, no lines, and is one empty text', async () => {
    const files = { a: '' };
    expect((await run({ path: 'a' }, { files })).gives['out']).toEqual([]);
    expect((await run({ path: 'a', pieces: 'lines' }, { files })).gives['out']).toEqual([]);
    expect((await run({ path: 'a', pieces: 'whole' }, { files })).gives['out']).toEqual(['']);
  });

  test.each([
    ['a byte that begins nothing', [0x61, 0x62, 0xff, 0x63], 2],
    ['a character cut by another', [0x61, 0xc3, 0x61], 1],
    ['a character cut by the end', [0x61, 0x62, 0xe6, 0xbc], 2],
    ['half a pair of UTF-16', [0xed, 0xa0, 0x80], 0],
    ['a longer form than needed', [0x61, 0xc0, 0xaf], 1],
    ['deep in the file', [...Buffer.from('é'.repeat(20)), 0x80], 40],
  ])('[FL2] %s is told with its position', async (_, bytes, position) => {
    for (const pieces of ['chunks', 'lines', 'whole']) {
      const ran = await run({ path: 'a', pieces, pieceBytes: 5 }, { files: { a: Uint8Array.from(bytes), b: 'b' }, given: ['b'] });
      expect(failures(ran)).toEqual([
        { code: 'IO_FILE_BAD_UTF8', message: `a is not UTF-8: the byte at position ${position} begins no character` },
      ]);
      expect((ran.gives['out'] as string[]).at(-1)).toBe('b');
    }
  });

  test('[FL2] a line or a file over the limit is told, and what came before it has left', async () => {
    const files = { a: `one\n${'x'.repeat(100)}\nthree\n` };
    const lines = await run({ path: 'a', pieces: 'lines', maxLineBytes: 50 }, { files });
    expect(lines.gives['out']).toEqual(['one']);
    expect(failures(lines)[0]?.message).toBe('line 2 of a is longer than 50 bytes (setting maxLineBytes)');
    const whole = await run({ path: 'a', pieces: 'whole', maxFileBytes: 50 }, { files });
    expect(failures(whole)[0]?.code).toBe('IO_FILE_TOO_LONG');
  });

  test('[FL2] a line without end is given up long before it is read', async () => {
    const piece = Buffer.alloc(65_536, 'x');
    let readBytes = 0;
    const endless: Partial<Files> = {
      async *read() {
        for (;;) {
          readBytes += piece.length;
          yield piece;
        }
      },
    };
    const tools = manualTools();
    Object.assign(tools.files, endless);
    const ran = await rig(file, { settings: { path: 'a', pieces: 'lines' }, tools, arity: { err: 1 } }).run();
    expect(failures(ran)[0]?.code).toBe('IO_FILE_LINE_TOO_LONG');
    expect(readBytes).toBeLessThan(2_000_000);
  });

  test('[FL2] paths that lead out, files that are missing and messages that name none are rejected', async () => {
    const ran = await run({}, { given: ['../x', 'none', 7, { path: 1 }] });
    expect(failures(ran).map(({ code }) => code)).toEqual([
      'KIT_FILE_OUTSIDE',
      'KIT_FILE_MISSING',
      'IO_FILE_NO_PATH',
      'IO_FILE_NO_PATH',
    ]);
  });

  test('a reader that goes away closes the file', async () => {
    const tools = manualTools();
    tools.files.put('a', 'x'.repeat(1_000));
    const ran = await rig(file, { settings: { path: 'a', pieceBytes: 4 }, tools, takes: { out: 2 } }).run();
    expect(ran.ended).toEqual({ state: 'completed' });
    expect(tools.files.open).toBe(0);
  });

  test('with err unconnected a missing file fails the process', async () => {
    const ran = await rig(file, { settings: { path: 'none' } }).run();
    expect(ran.ended).toMatchObject({ state: 'failed', fault: { code: 'KIT_FILE_MISSING' } });
  });
});

describe('writing', () => {
  test('[FL4] [FL6] texts as they are and values as lines, then the size', async () => {
    const ran = await run({ mode: 'write', path: 'a' }, { files: { a: 'old' }, given: ['é\n', { b: 1 }, 2, null] });
    expect(ran.tools.files.texts()).toEqual({ a: 'é\n{"b":1}\n2\nnull\n' });
    expect(ran.gives['out']).toEqual([{ path: 'a', sizeBytes: 18 }]);
  });

  test('[FL4] appended messages show within 100 ms, and what came before a stop stays', async () => {
    const tools = manualTools();
    const settings = { mode: 'write', path: 'a', onExists: 'append' };
    const seen: unknown[] = [];
    for (const ms of [99, 101]) tools.clock.after(ms, () => seen.push(tools.files.texts()['a']));
    const given = ['one ', pause(50), 'two ', pause(100), 'three', pause(10), 'never'];
    const ran = await rig(file, { settings, tools, stopAfterMs: 150 }).run({ in: given });
    expect(ran.ended).toMatchObject({ state: 'stopped' });
    expect(seen).toEqual(['', 'one two ']);
    expect(tools.files.texts()).toEqual({ a: 'one two three' });
    expect(tools.clock.pending).toBe(0);
  });

  test('[FL4] many small messages are few writes', async () => {
    const tools = manualTools();
    let writes = 0;
    const write = tools.files.write.bind(tools.files);
    tools.files.write = async (...where) => {
      const writer = await write(...where);
      const counted = (piece: Uint8Array): Promise<void> => {
        writes++;
        return writer.write(piece);
      };
      return { ...writer, write: counted };
    };
    const line = `${'x'.repeat(99)}\n`;
    await rig(file, { settings: { mode: 'write', path: 'a' }, tools }).run({ in: Array(2_000).fill(line) });
    expect(tools.files.texts()['a']).toBe(line.repeat(2_000));
    expect(writes).toBe(4);
  });

  test('[FL4] appending adds', async () => {
    const ran = await run({ mode: 'write', path: 'a', onExists: 'append' }, { files: { a: 'old ' }, given: ['new'] });
    expect(ran.tools.files.texts()).toEqual({ a: 'old new' });
  });

  test('[FL4] a run that is stopped leaves the old content and nothing open', async () => {
    const tools = manualTools();
    tools.files.put('a', 'old');
    const settings = { mode: 'write', path: 'a' };
    const ran = await rig(file, { settings, tools, stopAfterMs: 5 }).run({ in: ['new', pause(5), 'more', pause(5)] });
    expect(ran.ended).toMatchObject({ state: 'stopped' });
    expect(tools.files.texts()).toEqual({ a: 'old' });
    expect(tools.files.open).toBe(0);
  });

  test('[FL4] a run that is stopped while the file is being opened lets go of it', async () => {
    const tools = manualTools();
    const gate = Promise.withResolvers<void>();
    const write = tools.files.write.bind(tools.files);
    tools.files.write = async (...where) => {
      await gate.promise;
      return write(...where);
    };
    const ran = await rig(file, { settings: { mode: 'write', path: 'a' }, tools, stopAfterMs: 0 }).run({ in: ['x'] });
    expect(ran.ended).toMatchObject({ state: 'stopped' });
    gate.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect([tools.files.open, tools.files.texts()]).toEqual([0, {}]);
  });

  test('[FL4] a run that is stopped just when the file is open lets go of it', async () => {
    const tools = manualTools();
    const turns: (() => void)[] = [];
    const io = { in: endedReceiver(), out: discardSender(), err: discardSender() } as never;
    const settings = withDefaults(file.spec, { mode: 'write', path: 'a' });
    const begin = (state: State<unknown>): Operation<void> =>
      file.run({ ...tools, settings, io, state, reject: () => sleep(tools.clock, 0) });
    const defer = (turn: () => void): void => void turns.push(turn);
    const network = new Network({
      processes: [{ id: 'save', onFailure: 'stop', ...rememberingPlan(file, settings, 'save', begin) }],
      channels: [],
      clock: tools.clock,
      defer,
    });
    network.start();
    turns.shift()?.();
    // The file is opened, and nobody has had a turn since.
    await new Promise((resolve) => setImmediate(resolve));
    expect(tools.files.open).toBe(1);
    const stopped = network.stop();
    for (let quiet = 0; quiet < 5; quiet++) {
      while (turns.length > 0) turns.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stopped;
    expect([tools.files.open, tools.files.texts()]).toEqual([0, {}]);
  });

  test('binary: what is not base64 is rejected, the rest is written', async () => {
    const ran = await run({ mode: 'write', path: 'a', encoding: 'base64' }, { given: ['aGk=', 'not base64!', 5] });
    expect(ran.tools.files.texts()).toEqual({ a: 'hi' });
    expect(failures(ran).map(({ code }) => code)).toEqual(['IO_FILE_CONTENT', 'IO_FILE_CONTENT']);
  });

  test('[FL5] a file a message, and what names none is rejected', async () => {
    const given = [
      { path: 'x/1', content: 'one' },
      { path: 'x/2', content: { n: 2 } },
      { path: '../3', content: '' },
      'four',
      { path: '5' },
    ];
    const ran = await run({ mode: 'write' }, { given });
    expect(ran.tools.files.texts()).toEqual({ 'x/1': 'one', 'x/2': '{"n":2}\n' });
    expect(ran.gives['out']).toEqual([
      { path: 'x/1', sizeBytes: 3 },
      { path: 'x/2', sizeBytes: 8 },
    ]);
    expect(failures(ran).map(({ code }) => code)).toEqual(['KIT_FILE_OUTSIDE', 'IO_FILE_CONTENT', 'IO_FILE_CONTENT']);
  });

  test('a path that leads out fails the process', async () => {
    const ran = await rig(file, { settings: { mode: 'write', path: 'a/../../x' } }).run({ in: ['x'] });
    expect(ran.ended).toMatchObject({ state: 'failed', fault: { code: 'KIT_FILE_OUTSIDE' } });
  });
});

describe('folders', () => {
  test('[FL1] the list at the start and for each message', async () => {
    const files = { 'a/1': 'x', 'b/1': 'xy' };
    const ran = await run({ mode: 'list', path: 'a' }, { files, given: ['b', { tick: 1 }] });
    const fact = (path: string, sizeBytes: number) => ({ path, sizeBytes, changedAtMs: 0 });
    expect(ran.gives['out']).toEqual([fact('a/1', 1), fact('b/1', 2), fact('a/1', 1)]);
  });

  test('[FL7] a watch tells changes until the run is stopped', async () => {
    const tools = manualTools();
    tools.clock.after(5, () => tools.files.put('a/new', 'x'));
    tools.clock.after(6, () => tools.files.put('other', 'x'));
    tools.clock.after(7, () => tools.files.remove('a/new'));
    const options = { settings: { mode: 'watch', path: 'a' }, tools, stopAfterMs: 7, hasty: true, takes: { out: 2 } };
    const ran = await rig(file, options).run();
    expect(ran.gives['out']).toEqual([
      { path: 'a/new', sizeBytes: 1, changedAtMs: 5 },
      { path: 'a/new', sizeBytes: -1, changedAtMs: 7 },
    ]);
    expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  });

  test.each([
    [{ path: '../x' }, '/path'],
    [{ path: '/etc' }, '/path'],
    [{ pieces: 'lines', encoding: 'base64' }, '/pieces'],
    [{ path: 'a/b.txt' }, undefined],
  ])('settings %j are at fault in %s', (settings, pointer) => {
    expect(file.check(settings)?.pointer).toBe(pointer);
  });
});
