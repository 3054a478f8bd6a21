import { basename } from 'node:path';
import { automataIn, kindOfFile } from '#app/checks/check-file.ts';
import { designText, isSystemFormat, systemFormats, systemText } from '#app/checks/system-text.ts';
import type { TextFormat } from '#app/designs/design-as-text.ts';
import { expanded } from '#app/designs/whole-design.ts';
import { defineError } from '#base/errors.ts';
import { systemOf } from '#contract/automata.ts';
import type { Catalog } from '#host/catalog.ts';
import type { DesignBody } from '#model/design.ts';
import { writeDesignText } from '#model/design-text.ts';
import { readDesign, readText } from './design-file.ts';
import { readWithParts } from './file-parts.ts';

const exportNoDesign = defineError('APP_EXPORT_NO_DESIGN', 'input', 'The file is no design.');

interface ExportParts {
  readonly catalog: Catalog;
  readonly cspm: (body: DesignBody) => string;
}

/**
 * A design file or a file of automata in another form.
 *
 * @param only with dot: the contract of this node, or this component.
 * @throws what `readDesign`, `automataIn` and `designText` throw; APP_EXPORT_NO_DESIGN for a form that only designs have.
 */
export async function exportFile(
  { catalog, cspm }: ExportParts,
  file: string,
  format: TextFormat,
  only?: string,
): Promise<string> {
  const text = await readText(file);
  if (kindOfFile(text) === 'automata') {
    if (isSystemFormat(format)) return systemText(systemOf(automataIn(file, text)), basename(file), format, only);
    throw exportNoDesign({ detail: `${file} is a file of automata; it goes out as ${systemFormats.join(', ')}.` });
  }
  if (format === 'json') return writeDesignText(await readDesign(file, catalog, text));
  const { flat } = expanded(await readWithParts(file, catalog, text), catalog);
  return format === 'cspm' ? cspm(flat) : designText(flat, catalog.component, format, only);
}
