import { dirname, resolve } from 'node:path';
import { readWhole } from '#app/designs/whole-design.ts';
import { messageOf } from '#base/errors.ts';
import type { Kinds } from '#model/component.ts';
import type { InnerDesign, Wanted, WholeDesign } from '#model/expand.ts';
import { readDesign } from './design-file.ts';

/**
 * Reads a design file with the files of its parts: a path is meant from the folder of the file that names it.
 *
 * @param text of the file itself, where it was read already.
 * @throws what `readDesign` throws for the file itself; what is wrong with a part is told when the design is expanded.
 */
export async function readWithParts(file: string, kinds: Kinds, text?: string): Promise<WholeDesign> {
  const body = await readDesign(file, kinds, text);
  const { whole } = await readWhole(body, resolve(file), kinds, (wanted) => filePart(wanted, kinds));
  return whole;
}

async function filePart({ within, design, version }: Wanted, kinds: Kinds): Promise<InnerDesign | string> {
  if (version !== undefined) return 'only a stored design has versions';
  const key = resolve(dirname(within), design);
  try {
    return { key, body: await readDesign(key, kinds) };
  } catch (thrown) {
    return messageOf(thrown);
  }
}
