import { CodedError, defineError } from '#base/errors.ts';
import type { Files, FileWriter, Reject, Tools } from '#kit/tools.ts';
import { after, never, priAlt } from '#runtime/alt.ts';
import type { Guard, Operation, Receiver, Sender } from '#runtime/port.ts';
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

// A run that is stopped while the file is being opened no longer waits for it; what is opened then is let go of. So is what
// was open already, but came too late to be handed over.
function* opened(files: Files, path: string, mode: WriteRules['onExists']): Operation<FileWriter> {
  let early: FileWriter | undefined;
  try {
    const writer = yield* until(async (signal) => {
      early = await files.write(path, mode);
      if (signal.aborted) await early.abandon();
      return early;
    });
    early = undefined;
    return writer;
  } finally {
    if (early !== undefined) yield* until(early.abandon());
  }
}

/** Bytes on their way to a file: many small messages are one write. */
class Outgoing {
  #writer: FileWriter;
  #pieces: Uint8Array[] = [];
  heldBytes = 0;

  constructor(writer: FileWriter) {
    this.#writer = writer;
  }

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.heldBytes += bytes.length;
  }

  *flush(): Operation<void> {
    if (this.heldBytes === 0) return;
    const bytes = Buffer.concat(this.#pieces);
    [this.#pieces, this.heldBytes] = [[], 0];
    yield* until(this.#writer.write(bytes));
  }
}

const mostHeldBytes = 65_536;
/** FL4: how long an appended message may wait for others to be written with it. */
const longestHeldMs = 100;

/** Everything into one file, which is there, whole, when the input has ended. */
export function* writeOne(tools: Pick<Tools, 'files' | 'clock'>, rules: WriteRules, io: Ends, reject: Reject): Operation<void> {
  const appends = rules.onExists === 'append';
  const writer = yield* opened(tools.files, rules.path, rules.onExists);
  const outgoing = new Outgoing(writer);
  let sizeBytes = 0;
  let due: Guard = never;
  let kept = false;
  try {
    for (;;) {
      const event = yield* priAlt({ due, item: io.in });
      if (event.tag === 'item') {
        if (event.ended) break;
        const bytes = yield* bytesOrReject(event.value, event.value, rules, reject);
        if (bytes === undefined) continue;
        outgoing.add(bytes);
        sizeBytes += bytes.length;
        if (appends && due === never) due = after(tools.clock, longestHeldMs);
        if (outgoing.heldBytes < mostHeldBytes) continue;
      }
      yield* outgoing.flush();
      due = never;
    }
    yield* outgoing.flush();
    yield* until(writer.close());
    kept = true;
  } finally {
    if (!kept && appends) yield* outgoing.flush();
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
