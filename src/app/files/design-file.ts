import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { defineError, messageOf } from '#base/errors.ts';
import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText } from '#model/design-text.ts';

const fileUnreadable = defineError('APP_FILE_UNREADABLE', 'input', 'The file cannot be read.');
const fileTooLarge = defineError('APP_FILE_TOO_LARGE', 'input', 'The file is too large to be a design.');
const fileNotText = defineError('APP_FILE_NOT_TEXT', 'input', 'The file is not UTF-8 text.');
const designInvalid = defineError('APP_DESIGN_INVALID', 'input', 'The file is not a valid design.');

const largestDesignBytes = 64 * 1024 * 1024;

/**
 * Reads a design file whole.
 *
 * @param text of the file, where it was read already.
 * @throws APP_FILE_UNREADABLE, APP_FILE_TOO_LARGE (64 MiB), APP_FILE_NOT_TEXT, APP_DESIGN_INVALID with the pointer into the file.
 */
export async function readDesign(file: string, kinds: Kinds, text?: string): Promise<DesignBody> {
  const read = readDesignText(text ?? (await readText(file)), kinds);
  if (read.ok) return read.design;
  const { message, pointer } = read.fault;
  throw designInvalid({ detail: `${file}${pointer && ` at ${pointer}`}: ${message}.`, pointer, facts: { file } });
}

/** The text of a file, whole; the same errors but the last. */
export async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fileNotText({ detail: `${file} is not UTF-8 text.`, facts: { file } });
  }
}

// No look at the size before: a pipe and a device have none, and must be bounded too.
async function readBytes(file: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await buffer(createReadStream(file, { end: largestDesignBytes }));
  } catch (cause) {
    throw fileUnreadable({ detail: `${file} cannot be read: ${reasonOf(cause)}.`, facts: { file }, cause });
  }
  if (bytes.length <= largestDesignBytes) return bytes;
  throw fileTooLarge({ detail: `${file} has more than ${largestDesignBytes} bytes, the most that is read.`, facts: { file } });
}

function reasonOf(cause: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission is missing',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is not a folder',
  };
  return reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? messageOf(cause);
}
