/** Runs bench/<name>/run.ts for every name given, or for all there are, one after the other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { filesBelow, root } from './files.ts';

const known = (await filesBelow('bench')).flatMap((path) => /^bench\/([^/]+)\/run\.ts$/.exec(path)?.[1] ?? []);
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = wanted.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  process.stderr.write(`No benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.\n`);
  process.exitCode = 1;
} else {
  for (const name of wanted) {
    process.stdout.write(`\n${name}\n`);
    const [code] = await once(spawn(process.execPath, [join(root, 'bench', name, 'run.ts')], { stdio: 'inherit' }), 'exit');
    if (code !== 0) process.exitCode = 1;
  }
}
