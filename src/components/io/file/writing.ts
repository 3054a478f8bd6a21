import { CodedError, defineError } from '#base/errors.ts';
import type { Files, FileWriter, Reject, Tools } from '#kit/tools.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import { until } from '#runtime/until.ts';
import { pathOf } from './naming.ts';

export const contentUnfit = defineError('IO_FILE_CONTENT', 'input', 'The message cannot be written to a file.');

export interface WriteRules {
  readonly path: string;
  readonly encoding: 'utf-8' | 'base64';
  readonly onExists: 'replace' | 'append';
}

interface Ends {
  readonly in: Receiver<unknown>;
  readonly out: Sender<unknown>;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a message: a text as it is (or what it encodes), anything else as a line of JSON. */
function bytesOf(message: unknown, encoding: WriteRules['encoding']): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
  if (typeof message === 'string' && base64.test(message)) return Buffer.from(message, 'base64');
  throw contentUnfit({ detail: 'the message is not base64 text, which the setting encoding asks for' });
}

// A run that is stopped while the file is being opened no longer waits for it; what is opened then is let go of.
function opened(files: Files, path: string, mode: WriteRules['onExists']): Operation<FileWriter> {
  return until(async (signal) => {
    const writer = await files.write(path, mode);
    if (signal.aborted) await writer.abandon();
    return writer;
  });
}

/** Everything into one file, which is there, whole, when the input has ended. */
export function* writeOne({ files }: Pick<Tools, 'files'>, rules: WriteRules, io: Ends, reject: Reject): Operation<void> {
  const writer = yield* opened(files, rules.path, rules.onExists);
  let sizeBytes = 0;
  let kept = false;
  try {
    for (;;) {
      const { ended, value } = yield* io.in.receive();
      if (ended) break;
      const bytes = yield* bytesOrReject(value, value, rules, reject);
      if (bytes === undefined) continue;
      yield* until(writer.write(bytes));
      sizeBytes += bytes.length;
    }
    yield* until(writer.close());
    kept = true;
  } finally {
    if (!kept) yield* until(writer.abandon());
  }
  yield* io.out.send({ path: rules.path, sizeBytes });
}

/** A file a message, which names it. */
export function* writeEach({ files }: Pick<Tools, 'files'>, rules: WriteRules, io: Ends, reject: Reject): Operation<void> {
  for (;;) {
    const { ended, value } = yield* io.in.receive();
    if (ended) return;
    const path = pathOf(value);
    const hasContent = value !== null && typeof value === 'object' && Object.hasOwn(value, 'content');
    if (path === undefined || !hasContent) {
      const detail = 'without the setting path, each message names its file: { "path": …, "content": … }';
      yield* reject(value, contentUnfit({ detail }));
      continue;
    }
    const bytes = yield* bytesOrReject((value as { content: unknown }).content, value, rules, reject);
    if (bytes === undefined) continue;
    try {
      yield* writeWhole(yield* opened(files, path, rules.onExists), bytes);
    } catch (thrown) {
      if (!(thrown instanceof CodedError)) throw thrown;
      yield* reject(value, thrown);
      continue;
    }
    yield* io.out.send({ path, sizeBytes: bytes.length });
  }
}

function* writeWhole(writer: FileWriter, bytes: Uint8Array): Operation<void> {
  let kept = false;
  try {
    yield* until(writer.write(bytes));
    yield* until(writer.close());
    kept = true;
  } finally {
    if (!kept) yield* until(writer.abandon());
  }
}

function* bytesOrReject(
  content: unknown,
  message: unknown,
  { encoding }: WriteRules,
  reject: Reject,
): Operation<Uint8Array | undefined> {
  try {
    return bytesOf(content, encoding);
  } catch (thrown) {
    yield* reject(message, thrown);
    return undefined;
  }
}
