import type { Design } from '#model/design.ts';
import { readDesignFile, readDesignText, writeDesignText } from '#model/design-text.ts';
import { designTextInvalid } from './app-errors.ts';
import { storeDesign } from './create-design.ts';
import { getDesign } from './get-design.ts';
import type { Caller, Work } from './parts.ts';
import { readStored, storedKey } from './stored-parts.ts';
import { expanded } from './whole-design.ts';

/** json: the canonical design file (D8); cspm: for CSP tools. */
export type TextFormat = 'json' | 'cspm';

/**
 * A design as a text; for CSP tools with its parts in it.
 *
 * @throws APP_DESIGN_UNKNOWN; cspm: APP_DESIGN_NOT_READY when a part is not there.
 */
export async function exportDesign(work: Work, caller: Caller, id: string, format: TextFormat): Promise<string> {
  const design = await getDesign(work, caller, id);
  if (format === 'json') return writeDesignText(design);
  const { whole } = await readStored(work, design, storedKey(id, design.rev));
  return work.cspm(expanded(whole, work.catalog).flat);
}

/**
 * Makes a design from a design file: its text, or what JSON made of it.
 *
 * @throws APP_DESIGN_TEXT_INVALID with the pointer into the file.
 */
export async function importDesign(work: Work, caller: Caller, file: unknown): Promise<Design> {
  const read = typeof file === 'string' ? readDesignText(file, work.catalog) : readDesignFile(file, work.catalog);
  if (read.ok) return await storeDesign(work, caller, read.design);
  throw designTextInvalid({ detail: `The file is not a valid design: ${read.fault.message}.`, pointer: read.fault.pointer });
}
