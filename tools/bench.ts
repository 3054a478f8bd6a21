/**
 * Runs bench/<name>/run.ts for every name given, or for all there are but the soak, one after the other. What follows the names goes to the last:
 * `npm run bench -- runtime ping-pong`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { filesBelow, root } from './files.ts';

/** Only when asked for by name. */
const slow = ['soak'];
const known = (await filesBelow('bench')).flatMap((path) => /^bench\/([^/]+)\/run\.ts$/.exec(path)?.[1] ?? []);
const given = process.argv.slice(2);
const first = given.findIndex((word) => !known.includes(word));
const named = first < 0 ? given : given.slice(0, first);
const rest = given.slice(named.length);
const wanted = given.length > 0 ? named : known.filter((name) => !slow.includes(name));

if (wanted.length === 0) {
  process.stderr.write(`No benchmark ${rest[0]}. There are: ${known.join(', ')}.\n`);
  process.exitCode = 1;
} else {
  for (const name of wanted) {
    process.stdout.write(`\n${name}\n`);
    const args = [join(root, 'bench', name, 'run.ts'), ...(name === wanted.at(-1) ? rest : [])];
    const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
    if (code !== 0) process.exitCode = 1;
  }
}
