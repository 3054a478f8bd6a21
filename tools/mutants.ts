/**
 * Makes the checker, the edits and what carries them wrong in one place after another and runs its tests: a mutant that they do not catch is a hole in them.
 * `node tools/mutants.ts` runs all (a few minutes), `node tools/mutants.ts stubborn` those of one list. Nothing is written to the sources:
 * the tests load a changed text (see vitest.config.ts).
 *
 * Exits 1 when a mutant lived.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import process from 'node:process';
import type { Mutant } from '#base/testing/mutant.ts';
import { filesBelow, root } from './files.ts';

// A folder of lists, or one list beside what it is about.
const isList = (file: string): boolean => /\/testing\/(mutants\/|mutants-)[a-z-]+\.ts$/.test(file);

/** Every mutant by the name of its list, as `stubborn 3`. */
export async function allMutants(): Promise<ReadonlyMap<string, Mutant>> {
  const files = [...(await filesBelow('src')), ...(await filesBelow('web/src'))].filter(isList);
  const lists = await Promise.all(
    files.map(async (file) => {
      const exported = (await import(join(root, file))) as Readonly<Record<string, readonly Mutant[]>>;
      const name = basename(file, '.ts').replace(/^mutants-/, '');
      return Object.values(exported).flatMap((list) => list.map((mutant, at) => [`${name} ${at + 1}`, mutant] as const));
    }),
  );
  return new Map(lists.flat());
}

/** True when the tests fail with the change, as they must. */
async function isCaught(mutant: Mutant): Promise<boolean> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  // A changed module must neither come from the cache of modules nor stay there.
  const args = [vitest, 'run', '--project', 'unit', '--bail', '1', '--fsModuleCache=false', mutant.tests];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, MUTANT: JSON.stringify(mutant) },
  });
  const [code] = await once(child, 'exit');
  return code !== 0;
}

if (import.meta.main) {
  const wanted = process.argv[2];
  let lived = 0;
  for (const [name, mutant] of await allMutants()) {
    if (wanted !== undefined && !name.startsWith(`${wanted} `) && name !== wanted) continue;
    const caught = await isCaught(mutant);
    if (!caught) lived++;
    process.stdout.write(`${caught ? 'caught' : 'LIVED '}  ${name}: ${mutant.says}\n`);
  }
  process.stdout.write(lived === 0 ? 'All mutants were caught.\n' : `${lived} lived.\n`);
  process.exitCode = lived === 0 ? 0 : 1;
}
