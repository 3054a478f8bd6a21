import { isUtf8 } from 'node:buffer';
import { defineError } from '#base/errors.ts';

export const badUtf8 = defineError('IO_FILE_BAD_UTF8', 'input', 'The file is not UTF-8 text.');

/** Decodes UTF-8 that comes in pieces cut anywhere. A byte order mark at the start is left out. */
export class Utf8Decoder {
  readonly #path: string;
  #before = 0;
  #tail: Uint8Array = new Uint8Array(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws IO_FILE_BAD_UTF8 with the position of the first byte at fault, counted from 0. */
  decode(piece: Uint8Array): string {
    const bytes = this.#tail.length === 0 ? piece : Buffer.concat([this.#tail, piece]);
    const cut = bytes.length - incomplete(bytes);
    const text = this.#text(bytes.subarray(0, cut));
    // A copy: the piece may be a buffer that is filled again.
    this.#tail = new Uint8Array(bytes.subarray(cut));
    return text;
  }

  /** What is left at the end of the file: nothing, unless a character is cut off. */
  end(): string {
    return this.#text(this.#tail);
  }

  #text(bytes: Uint8Array): string {
    if (!isUtf8(bytes)) {
      const position = this.#before + firstBad(bytes);
      const detail = `${this.#path} is not UTF-8: the byte at position ${position} begins no character`;
      throw badUtf8({ detail, facts: { path: this.#path, position } });
    }
    const isStart = this.#before === 0;
    this.#before += bytes.length;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    return isStart && text.startsWith('\uFEFF') ? text.slice(1) : text;
  }
}

function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/** Bytes at the end that may be the beginning of a character. */
function incomplete(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

// Character by character, each judged by the platform; only called for bytes that are known to be bad somewhere.
function firstBad(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = lengthOf(bytes[at] ?? 0);
    if (length === 0 || at + length > bytes.length || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}
