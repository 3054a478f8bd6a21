import type { Design } from '#model/design.ts';
import { readDesignFile, readDesignText, writeDesignText } from '#model/design-text.ts';
import { designTextInvalid } from './app-errors.ts';
import { storeDesign } from './create-design.ts';
import { getDesign } from './get-design.ts';
import type { Caller, Work } from './parts.ts';

/** json: the canonical design file (D8); cspm: for CSP tools. */
export type TextFormat = 'json' | 'cspm';

/**
 * A design as a text.
 *
 * @throws APP_DESIGN_UNKNOWN.
 */
export async function exportDesign(work: Work, caller: Caller, id: string, format: TextFormat): Promise<string> {
  const design = await getDesign(work, caller, id);
  return format === 'json' ? writeDesignText(design) : work.cspm(design);
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
