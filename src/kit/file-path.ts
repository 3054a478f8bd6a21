import { defineError } from '#base/errors.ts';

/** What every implementation of `Files` refuses, and how it says so. */

export const fileOutside = defineError(
  'KIT_FILE_OUTSIDE',
  'input',
  'The path leads out of the folder of files. Use a path below it, with / between names.',
);
export const fileMissing = defineError('KIT_FILE_MISSING', 'input', 'There is no such file.');
export const fileUnusable = defineError('KIT_FILE_UNUSABLE', 'world', 'The file cannot be used.');

/**
 * The names of a path below the root, `.` and doubled slashes taken out; empty for the root itself.
 *
 * @throws KIT_FILE_OUTSIDE for `..`, an absolute path, a drive, a backslash or a NUL, whether or not it would really lead out.
 */
export function pathNames(path: string): readonly string[] {
  const names = path.split('/');
  const strange = path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.includes('\\') || path.includes('\0');
  if (strange || names.includes('..')) {
    throw fileOutside({ detail: `The path ${JSON.stringify(path)} leads out of the folder of files.`, facts: { path } });
  }
  return names.filter((name) => name !== '' && name !== '.');
}
