/** Builds the page into web/dist when that is missing or older than what it is made from; `--force` builds always. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { filesBelow, root } from './files.ts';

const sources = ['web/src', 'web/public', 'src/base', 'src/model', 'src/contract'];
const single = ['package-lock.json', 'web/index.html', 'web/package.json', 'web/tsconfig.json', 'web/vite.config.ts'];

/** Whether `made` is missing or older than one of `sources`; a source that is missing counts for nothing. */
export async function isStale(made: string, sources: readonly string[]): Promise<boolean> {
  const changedMs = (path: string): Promise<number> =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  const madeMs = await changedMs(made);
  if (madeMs === 0) return true;
  return (await Promise.all(sources.map(changedMs))).some((ms) => ms > madeMs);
}

async function pageIsStale(): Promise<boolean> {
  const below = (await Promise.all(sources.map((folder) => filesBelow(folder)))).flat();
  const product = [...single, ...below].filter((path) => !/\.(test|e2e)\.tsx?$/.test(path));
  return isStale(
    join(root, 'web/dist/index.html'),
    product.map((path) => join(root, path)),
  );
}

/** Runs vite in web/ and answers its exit code. */
async function build(): Promise<number> {
  const vite = join(dirname(createRequire(join(root, 'web/package.json')).resolve('vite/package.json')), 'bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: join(root, 'web'), stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

if (import.meta.main && (process.argv.includes('--force') || (await pageIsStale()))) process.exitCode = await build();
