import type { Caller, Work } from '#app/parts.ts';

/**
 * A file of the folder that sessions read and write, in pieces.
 *
 * @param path relative, with `/` between names; one that leads outside is refused by the folder itself.
 */
export function readFile({ files }: Work, _caller: Caller, path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  return files.read(path, signal);
}
