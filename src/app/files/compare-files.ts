import { type DesignBody, emptyDesign } from '#model/design.ts';
import { compare } from '#model/merging/compare.ts';
import type { Comparison } from '#model/merging/history.ts';
import { noKinds, usesInText, withStandIns } from '#model/merging/stand-ins.ts';
import { readDesign, readText } from './design-file.ts';

/** What git names in the place of a file that is not there. */
const noFile = '/dev/null';

/**
 * What differs between two design files. No catalogue is asked: what a file says of a kind is enough, so that files with components
 * of others compare as well, and alike on every machine. `/dev/null` and an empty file are an empty design.
 *
 * @throws what `readDesign` throws.
 */
export async function compareFiles(from: string, to: string): Promise<Comparison> {
  return compare(await readUnvouched(from), await readUnvouched(to));
}

/** A design file of which only what it says itself is held against it: its form, and that its connections lead somewhere. */
export async function readUnvouched(file: string): Promise<DesignBody> {
  const text = file === noFile ? '' : await readText(file);
  if (text.trim() === '') return { ...emptyDesign(''), name: '' };
  return await readDesign(file, withStandIns(noKinds, [usesInText(text)]), text);
}
