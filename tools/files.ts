import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository, with a slash at its end removed. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/**
 * All files below a folder, as sorted paths from the root with `/`.
 *
 * A folder that does not exist has no files; node_modules and dist are passed over.
 */
export async function filesBelow(folder: string, from = root): Promise<string[]> {
  const entries = await readdir(join(from, folder), { withFileTypes: true }).catch(() => []);
  const nested = entries.map(async (entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : filesBelow(path, from);
    return [path];
  });
  return (await Promise.all(nested)).flat().sort();
}
