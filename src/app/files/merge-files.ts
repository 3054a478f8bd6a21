import { rm, writeFile } from 'node:fs/promises';
import { mergedWith } from '#app/history/chosen-merge.ts';
import { defineError, messageOf } from '#base/errors.ts';
import type { Kinds } from '#model/component.ts';
import { type DesignBody, emptyDesign } from '#model/design.ts';
import { writeDesignText } from '#model/design-text.ts';
import type { MergeConflict } from '#model/merging/history.ts';
import type { Choices } from '#model/merging/merge.ts';
import { usesInText, withStandIns } from '#model/merging/stand-ins.ts';
import { readDesign, readText } from './design-file.ts';

const fileUnwritten = defineError('APP_FILE_UNWRITTEN', 'world', 'The file cannot be written.');

export interface MergeFiles {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly choose: Choices;
  /** Where the merged text goes; without it, it is only answered. */
  readonly output?: string | undefined;
  /** What the design is called where people see it, and where the conflicts are written beside it. */
  readonly path?: string | undefined;
}

/** What came of merging files. `held` is true when something is left for a person to settle. */
export interface MergedFiles {
  readonly text: string;
  readonly conflicts: readonly MergeConflict[];
  readonly held: boolean;
  /** Where the conflicts were written, when there are any. */
  readonly report?: string | undefined;
}

const sides = ['base', 'ours', 'theirs'] as const;

/**
 * Merges three design files (E21). The merged file is always a design; conflicts are written beside it, never into it, and
 * what an earlier merge wrote there goes. An empty BASE is that of a file which both sides added.
 *
 * @throws what `readDesign` throws; APP_CHOICE_IDLE, APP_FILE_UNWRITTEN.
 */
export async function mergeFiles(kinds: Kinds, given: MergeFiles): Promise<MergedFiles> {
  const { choose, output } = given;
  const texts = await Promise.all(sides.map((side) => readText(given[side])));
  const known = withStandIns(kinds, texts.map(usesInText));
  const [was, mine, other] = await Promise.all(
    sides.map(async (side, at): Promise<DesignBody> => {
      const text = texts[at] ?? '';
      // E57  An empty side is a file that was cut off: taken as a design, all that was in it would be gone.
      if (side === 'base' && text.trim() === '') return emptyDesign('');
      const { path } = given;
      return await readDesign(path === undefined ? given[side] : `${path} (${side})`, known, text);
    }),
  );
  if (was === undefined || mine === undefined || other === undefined) throw new Error('three files, three designs');
  const { body, conflicts, held } = mergedWith(was, mine, other, kinds, choose);
  const text = writeDesignText(body);
  if (output !== undefined) await written(output, text);
  const path = given.path ?? output;
  const report = path === undefined ? undefined : await writeReport(`${path}.conflicts.json`, path, conflicts, held);
  return { text, conflicts, held, report };
}

async function written(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw fileUnwritten({ detail: `${file} cannot be written: ${messageOf(cause)}.`, facts: { file }, cause });
  }
}

// Beside the design where there is a folder to write in; git may merge where no file is checked out.
async function writeReport(
  report: string,
  path: string,
  conflicts: readonly MergeConflict[],
  held: boolean,
): Promise<string | undefined> {
  try {
    await rm(report, { force: true });
    if (!held) return undefined;
    await writeFile(report, `${JSON.stringify({ path, conflicts }, null, 2)}\n`);
    return report;
  } catch {
    return undefined;
  }
}
