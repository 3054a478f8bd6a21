import { type CodedError, defineError } from '#base/errors.ts';

/** What all formats of `data.convert` have in common. */

export const textMalformed = defineError('DATA_CONVERT_MALFORMED', 'input', 'The text is not of the format to convert from.');
export const recordTooLong = defineError(
  'DATA_CONVERT_TOO_LONG',
  'input',
  'A record is longer than the setting maxRecordBytes allows.',
);
export const valueUnfit = defineError(
  'DATA_CONVERT_UNFIT',
  'input',
  'The message cannot be written in the format to convert to.',
);

/** A value read, or what is wrong at that place; after a fatal fault nothing more can be read. */
export type Found =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'fault'; readonly error: CodedError; readonly original: unknown; readonly fatal: boolean };

/** Reads values from text that comes in pieces cut anywhere, in bounded memory. */
export interface Reader {
  push(piece: string): readonly Found[];
  end(): readonly Found[] | Promise<readonly Found[]>;
  /** What `restore` of a new one takes, between two pieces: plain data. */
  save(): unknown;
  restore(saved: unknown): void;
}

/** Writes values as pieces of text. */
export interface Writer {
  /** @throws DATA_CONVERT_UNFIT when the value has no form in this format. */
  write(value: unknown): unknown;
  /** What follows the last value; undefined when nothing does. */
  end(): unknown;
  /** What `restore` of a new one takes: plain data. */
  save(): unknown;
  restore(saved: unknown): void;
}

export const found = (value: unknown): Found => ({ is: 'value', value });
export const fault = (error: CodedError, original: unknown, fatal = false): Found => ({ is: 'fault', error, original, fatal });
