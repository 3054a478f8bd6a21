import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { defineError, messageOf } from '#base/errors.ts';

const gitRefused = defineError('APP_GIT_REFUSED', 'input', 'Git could not be asked, or this is no git repository.');

const run = promisify(execFile);

export interface GitSetup {
  /** Lines that were added to `.gitattributes`. */
  readonly attributes: readonly string[];
  /** What was set in the configuration of this clone. */
  readonly config: readonly (readonly [string, string])[];
}

/**
 * Tells a git repository that `csp` compares and merges its design files: `.gitattributes`, which is shared, names the drivers; the
 * configuration of this clone says how they are started, which every clone has to say for itself. Done twice, it changes nothing.
 *
 * @param self the command that starts this program, for a shell.
 * @param patterns which files are designs.
 * @throws APP_GIT_REFUSED.
 */
export async function setUpGit(folder: string, self: string, patterns: readonly string[]): Promise<GitSetup> {
  const top = await git(folder, 'rev-parse', '--show-toplevel');
  const config = [
    ['diff.csp.command', `${self} diff`],
    ['diff.csp.textconv', `${self} diff`],
    ['merge.csp.name', 'CSP designs, by id'],
    ['merge.csp.driver', `${self} merge %O %A %B %L %P -o %A`],
  ] as const;
  for (const [name, value] of config) await git(top, 'config', name, value);
  const lines = patterns.map((pattern) => `${pattern} diff=csp merge=csp`);
  const attributes = await addLines(join(top, '.gitattributes'), lines);
  const exclude = await git(top, 'rev-parse', '--git-path', 'info/exclude');
  await addLines(isAbsolute(exclude) ? exclude : join(top, exclude), ['*.conflicts.json']);
  return { attributes, config };
}

async function git(folder: string, ...words: readonly string[]): Promise<string> {
  try {
    return (await run('git', words, { cwd: folder })).stdout.trim();
  } catch (cause) {
    const said = (cause as { readonly stderr?: string }).stderr?.trim();
    const detail = `git ${words.join(' ')} in ${folder}: ${said || messageOf(cause)}`;
    throw gitRefused({ detail, facts: { folder }, cause });
  }
}

async function addLines(file: string, lines: readonly string[]): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const there = new Set(text.split(/\r?\n/));
  const missing = lines.filter((line) => !there.has(line));
  if (missing.length > 0) await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`);
  return missing;
}
