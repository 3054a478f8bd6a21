import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Blame, definedErrors, type ErrorKind } from '#base/errors.ts';
import { filesBelow } from '../files.ts';
import type { Artefact } from './artefact.ts';

const path = 'docs/errors.md';

const meanings: Readonly<Record<Blame, string>> = {
  input: 'The caller has to change something; trying again as it is does not help.',
  world: 'A peer or the machine failed; trying again may help.',
  bug: 'We are wrong. Please report it.',
};

/** The page of all error codes, by who has to act. */
export function errorsText(kinds: readonly ErrorKind[]): string {
  const sections = (['input', 'world', 'bug'] as const).map((blame) => {
    const rows = kinds.filter((kind) => kind.blame === blame).map(({ code, sentence }) => `| \`${code}\` | ${sentence} |`);
    return [
      `## ${blame}`,
      '',
      meanings[blame],
      '',
      ...(rows.length === 0 ? ['None.'] : ['| code | sentence |', '| --- | --- |', ...rows]),
    ];
  });
  return [
    '# Errors',
    '',
    'Every code is stable: programs match on it. Made by `npm run gen`.',
    '',
    ...sections.flatMap((lines) => [...lines, '']),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

/** docs/errors.md: every code that some file of src declares. */
export const errorPage: Artefact = {
  name: 'error page',
  owns: [path],
  async make(root) {
    // Only files that declare errors are imported: others may be entries of worker threads, which do something when loaded.
    const files = (await filesBelow('src', root)).filter(
      (file) => file.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing/.test(file),
    );
    for (const file of files) {
      if (/\bdefineError\(\s*'/.test(await readFile(join(root, file), 'utf8')))
        await import(pathToFileURL(join(root, file)).href);
    }
    return new Map([[path, errorsText(definedErrors())]]);
  },
};
