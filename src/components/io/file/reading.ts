import { defineError } from '#base/errors.ts';
import { LineSplitter } from '#kit/lines.ts';
import type { Files } from '#kit/tools.ts';
import type { Operation, Sender } from '#runtime/port.ts';
import { until } from '#runtime/until.ts';
import { Utf8Decoder } from './utf8.ts';

export const lineTooLong = defineError(
  'IO_FILE_LINE_TOO_LONG',
  'input',
  'A line is longer than the setting maxLineBytes allows.',
);
export const fileTooLong = defineError('IO_FILE_TOO_LONG', 'input', 'The file is larger than the setting maxFileBytes allows.');

export interface ReadRules {
  readonly pieces: 'chunks' | 'lines' | 'whole';
  readonly encoding: 'utf-8' | 'base64';
  readonly pieceBytes: number;
  readonly maxLineBytes: number;
  readonly maxFileBytes: number;
}

/** Turns the bytes of one file into messages. */
interface Cutter {
  push(bytes: Uint8Array): Iterable<string>;
  end(): Iterable<string>;
}

function cutterOf(rules: ReadRules, path: string): Cutter {
  if (rules.pieces === 'lines') return lines(rules, path);
  return rules.pieces === 'whole' ? whole(rules, path) : chunks(rules, path);
}

function encoderOf({ encoding }: ReadRules, path: string): { piece(bytes: Uint8Array): string; end(): string } {
  if (encoding === 'base64') return { piece: (bytes) => Buffer.from(bytes).toString('base64'), end: () => '' };
  const decoder = new Utf8Decoder(path);
  return { piece: (bytes) => decoder.decode(bytes), end: () => decoder.end() };
}

// FL3: pieces of one size, however the file was read.
function chunks(rules: ReadRules, path: string): Cutter {
  const encoder = encoderOf(rules, path);
  const held = Buffer.alloc(rules.pieceBytes);
  let used = 0;
  const take = (): string => {
    const text = encoder.piece(held.subarray(0, used));
    used = 0;
    return text;
  };
  return {
    *push(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const count = Math.min(bytes.length - at, held.length - used);
        held.set(bytes.subarray(at, at + count), used);
        [at, used] = [at + count, used + count];
        if (used === held.length) yield* some(take());
      }
    },
    *end() {
      yield* some(take());
      yield* some(encoder.end());
    },
  };
}

// Half a character is not a message.
const some = (text: string): readonly string[] => (text === '' ? [] : [text]);

function whole(rules: ReadRules, path: string): Cutter {
  const encoder = encoderOf(rules, path);
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  return {
    push(bytes) {
      sizeBytes += bytes.length;
      if (sizeBytes > rules.maxFileBytes) {
        const detail = `${path} is larger than ${rules.maxFileBytes} bytes (setting maxFileBytes)`;
        throw fileTooLong({ detail, facts: { path } });
      }
      pieces.push(bytes);
      return [];
    },
    end: () => [encoder.piece(Buffer.concat(pieces)) + encoder.end()],
  };
}

function lines(rules: ReadRules, path: string): Cutter {
  const decoder = new Utf8Decoder(path);
  const splitter = new LineSplitter(rules.maxLineBytes);
  function* texts(found: ReturnType<LineSplitter['push']>): Generator<string> {
    for (const line of found) {
      if (line.is === 'line') yield line.text;
      else {
        const detail = `line ${line.number} of ${path} is longer than ${rules.maxLineBytes} bytes (setting maxLineBytes)`;
        throw lineTooLong({ detail, facts: { path, line: line.number } });
      }
    }
  }
  return {
    push: (bytes) => texts(splitter.push(decoder.decode(bytes))),
    *end() {
      yield* texts(splitter.push(decoder.end()));
      yield* texts(splitter.end());
    },
  };
}

/**
 * Sends one file; false when nobody reads any more. Errors of the file are thrown, after what was read before them.
 *
 * @param job counts what has left; as many are passed over at the beginning.
 */
export function* sendFile(
  { files, signal }: { readonly files: Files; readonly signal: AbortSignal },
  job: { readonly path: string; sent: number },
  rules: ReadRules,
  out: Sender<unknown>,
): Operation<boolean> {
  const cutter = cutterOf(rules, job.path);
  const reading = files.read(job.path, signal)[Symbol.asyncIterator]();
  let left = job.sent;
  try {
    for (;;) {
      const { done, value } = yield* until(reading.next());
      for (const message of done === true ? cutter.end() : cutter.push(value)) {
        if (left-- > 0) continue;
        if (!(yield* out.send(message))) return false;
        job.sent++;
      }
      if (done === true) return true;
    }
  } finally {
    // Closes the file when the reading ends before it does.
    yield* until(Promise.resolve(reading.return?.()));
  }
}
