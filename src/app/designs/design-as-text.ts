import { designTextInvalid } from '#app/app-errors.ts';
import { designText, systemFormats } from '#app/checks/system-text.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { Design } from '#model/design.ts';
import { readDesignFile, readDesignText, writeDesignText } from '#model/design-text.ts';
import { storeDesign } from './create-design.ts';
import { getDesign } from './get-design.ts';
import { readStored, storedKey } from './stored-parts.ts';
import { expanded } from './whole-design.ts';

/** json: the canonical design file (D8); cspm: for CSP tools; the others are what the engines search. */
export const textFormats = ['json', 'cspm', ...systemFormats] as const;
export type TextFormat = (typeof textFormats)[number];

/**
 * A design as a text; for other tools with its parts in it.
 *
 * @param only with dot: the contract of this node.
 * @throws APP_DESIGN_UNKNOWN; all but json: APP_DESIGN_NOT_READY when a part is not there, and what `designText` throws.
 */
export async function exportDesign(work: Work, caller: Caller, id: string, format: TextFormat, only?: string): Promise<string> {
  const design = await getDesign(work, caller, id);
  if (format === 'json') return writeDesignText(design);
  const { whole } = await readStored(work, design, storedKey(id, design.rev));
  const { flat } = expanded(whole, work.catalog);
  return format === 'cspm' ? work.cspm(flat) : designText(flat, work.catalog.component, format, only);
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
