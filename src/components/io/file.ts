import { type Static, Type } from 'typebox';
import { CodedError, defineError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { pathNames } from '#kit/file-path.ts';
import { input, optional, output } from '#kit/ports.ts';
import type { State } from '#kit/state.ts';
import type { FileFact, Reject, Tools } from '#kit/tools.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import { until } from '#runtime/until.ts';
import { pathOf } from './file/naming.ts';
import { sendFile } from './file/reading.ts';
import { writeEach, writeOne } from './file/writing.ts';

export const noPath = defineError('IO_FILE_NO_PATH', 'input', 'The message names no file, and neither does the setting path.');

const Settings = Type.Object(
  {
    mode: Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('list'), Type.Literal('watch')], {
      default: 'read',
      description: 'Read a file, write one, list the files of a folder, or tell their changes as they happen.',
    }),
    path: Type.String({
      default: '',
      maxLength: 1_000,
      description:
        'File or folder below the folder of files, with / between names. Empty: each message names one; for folders, all.',
    }),
    onStart: Type.Boolean({
      default: true,
      description: 'Read or list the path when the run starts, not only for each message.',
    }),
    pieces: Type.Union([Type.Literal('chunks'), Type.Literal('lines'), Type.Literal('whole')], {
      default: 'chunks',
      description: 'What a message is when reading: a piece of the file, a line, or all of it.',
    }),
    encoding: Type.Union([Type.Literal('utf-8'), Type.Literal('base64')], {
      default: 'utf-8',
      description: 'utf-8: messages are text. base64: the file is binary, messages are its bytes in base64.',
    }),
    onExists: Type.Union([Type.Literal('replace'), Type.Literal('append')], {
      default: 'replace',
      description: 'replace: the new content shows at the end, whole. append: it is added as it comes.',
    }),
    pieceBytes: Type.Integer({
      minimum: 4,
      maximum: 16_777_216,
      default: 65_536,
      unit: 'bytes',
      description: 'Size of a chunk.',
    }),
    maxLineBytes: Type.Integer({
      minimum: 1,
      maximum: 268_435_456,
      default: 1_048_576,
      unit: 'bytes',
      description: 'Longest line.',
    }),
    maxFileBytes: Type.Integer({
      minimum: 1,
      maximum: 268_435_456,
      default: 16_777_216,
      unit: 'bytes',
      description: 'Largest file that is one message.',
    }),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof Settings>;

interface Context extends Pick<Tools, 'files' | 'signal' | 'clock'> {
  readonly settings: Settings;
  readonly io: { readonly in: Receiver<unknown>; readonly out: Sender<unknown> };
  readonly reject: Reject;
  readonly state: State<Position>;
}

/** A file or folder being told, and how many messages of it have left: begun anew, it is read again, and so many are passed over. */
interface Job {
  readonly path: string;
  readonly original: unknown;
  sent: number;
}

interface Position {
  started: boolean;
  job: Job | null;
}

function contractOf({ mode, path, onStart }: Settings): string {
  if (mode === 'write') {
    return path === ''
      ? 'WRITE = in -> (out -> WRITE |~| err -> WRITE) [] in.end -> out.end -> SKIP'
      : 'WRITE = in -> (WRITE |~| err -> WRITE) [] in.end -> out -> out.end -> SKIP';
  }
  if (mode === 'watch') {
    return `
      WATCH = TELL |~| err -> out.end -> SKIP
      TELL  = out -> TELL
    `;
  }
  const wait = 'WAIT = in -> GIVE [] in.end -> out.end -> SKIP';
  const give = 'GIVE = out -> GIVE |~| err -> WAIT |~| WAIT';
  return onStart && (path !== '' || mode === 'list') ? `${give}\n${wait}` : `${wait}\n${give}`;
}

/** Runs once for the setting and once for each message; what fails is rejected. */
function* eachPath(context: Context, once: (job: Job) => Operation<boolean>): Operation<void> {
  const { settings, io, reject, state } = context;
  const { value: at } = state;
  const isNamed = settings.path !== '' || settings.mode === 'list';
  if (!at.started && settings.onStart && isNamed) at.job = { path: settings.path, original: settings.path, sent: 0 };
  at.started = true;
  for (;;) {
    if (at.job !== null && !(yield* attempt(at.job.original, once(at.job), reject))) return;
    at.job = null;
    const { ended, value } = yield* io.in.receive();
    if (ended) return;
    const path = pathOf(value) ?? (isNamed ? settings.path : undefined);
    if (path === undefined) yield* reject(value, noPath());
    else at.job = { path, original: value, sent: 0 };
  }
}

function* attempt(original: unknown, once: Operation<boolean>, reject: Reject): Operation<boolean> {
  try {
    return yield* once;
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    yield* reject(original, thrown);
    return true;
  }
}

function* sendList({ files, io }: Context, job: Job): Operation<boolean> {
  const facts = yield* until(files.list(job.path));
  for (; job.sent < facts.length; job.sent++) if (!(yield* io.out.send(plain(facts[job.sent] as FileFact)))) return false;
  return true;
}

function* sendChanges({ files, signal, io }: Context, path: string): Operation<boolean> {
  const gone = new AbortController();
  const changes = files.watch(path, AbortSignal.any([signal, gone.signal]))[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = yield* until(changes.next());
      if (done === true || !(yield* io.out.send(plain(value)))) return false;
    }
  } finally {
    gone.abort();
  }
}

const plain = ({ path, sizeBytes, changedAtMs }: FileFact): FileFact => ({ path, sizeBytes, changedAtMs });

/**
 *           ┌──────┐
 *  in ──▶───┤ file ├──▶── out
 *           └──────┘
 * FL1  Reading and listing: the path of the settings at the start, then the path each message names (a text, or its field `path`).
 * FL2  A file that is missing, outside, not UTF-8 (with the position) or over a limit (with the line) is rejected; the next is read.
 * FL3  What a piece is does not depend on how the file was read; text is never cut within a character.
 * FL4  Writing with a path: all messages go into that file. It shows, whole, when the input has ended, and then out tells its
 *      size. A run that is stopped or fails leaves the old content. What is appended shows within 100 ms, and stays.
 * FL5  Writing without a path: each message `{ path, content }` is a file, and out tells of each.
 * FL6  A text is written as it is, anything else as a line of JSON.
 * FL7  A watch tells each change of a folder's files until the run is stopped; a file that is gone has the size -1.
 */
export const file = defineComponent({
  kind: 'io.file',
  version: 1,
  title: 'File',
  icon: 'file',
  summary: 'Reads, writes, lists and watches files below the folder of files.',
  settings: Settings,
  ports: {
    in: optional(input(Type.Unknown(), 'Which file to read or list; or what to write.')),
    out: optional(output(Type.Unknown(), 'What was read; or facts of files: path and size.')),
  },
  contract: contractOf,
  check: ({ path, pieces, encoding, mode }) => {
    try {
      pathNames(path);
    } catch (thrown) {
      return { pointer: '/path', message: (thrown as Error).message };
    }
    if (mode === 'read' && pieces === 'lines' && encoding === 'base64')
      return { pointer: '/pieces', message: 'a binary file has no lines' };
    return undefined;
  },
  examples: [
    {
      says: 'The lines of a file.',
      settings: { path: 'given/towns.txt', pieces: 'lines' },
      files: { given: { 'given/towns.txt': 'Oslo\nBergen\n' } },
      given: {},
      gives: { out: ['Oslo', 'Bergen'] },
    },
    {
      says: 'Files named by messages; one is not there.',
      settings: { pieces: 'whole' },
      files: { given: { 'a.txt': 'A', 'b.txt': 'é' } },
      given: { in: ['a.txt', 'none.txt', { path: 'b.txt' }] },
      gives: {
        out: ['A', 'é'],
        err: [{ error: { code: 'KIT_FILE_MISSING', message: 'There is no file none.txt.' }, original: 'none.txt' }],
      },
    },
    {
      says: 'Texts and values into one file.',
      settings: { mode: 'write', path: 'out/all.txt' },
      given: { in: ['first\n', { second: 2 }] },
      gives: { out: [{ path: 'out/all.txt', sizeBytes: 19 }] },
      files: { gives: { 'out/all.txt': 'first\n{"second":2}\n' } },
    },
    {
      says: 'Nothing to write makes an empty file.',
      settings: { mode: 'write', path: 'empty.txt' },
      given: { in: [] },
      gives: { out: [{ path: 'empty.txt', sizeBytes: 0 }] },
      files: { gives: { 'empty.txt': '' } },
    },
    {
      says: 'The files of a folder.',
      settings: { mode: 'list', path: 'given' },
      files: { given: { 'given/a.txt': 'abc' } },
      given: {},
      gives: { out: [{ path: 'given/a.txt', sizeBytes: 3, changedAtMs: 0 }] },
    },
  ],
  state: { version: 1, initial: (): Position => ({ started: false, job: null }) },
  // A file being written is whole only when the input has ended; and what changes while nobody watches is not told.
  rests: ({ mode, path }) =>
    mode === 'watch' || (mode === 'write' && path !== '') ? [] : mode === 'write' ? ['in'] : ['in', 'out'],
  *run(context) {
    const { settings, io, reject } = context;
    switch (settings.mode) {
      case 'read':
        return yield* eachPath(context, (job) => sendFile(context, job, settings, io.out));
      case 'list':
        return yield* eachPath(context, (job) => sendList(context, job));
      case 'watch':
        return void (yield* attempt(settings.path, sendChanges(context, settings.path), reject));
      case 'write':
        return yield* settings.path === '' ? writeEach(context, settings, io, reject) : writeOne(context, settings, io, reject);
    }
  },
});
