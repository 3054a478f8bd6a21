/** For working on the product: the server restarts and the page reloads when their sources change. Ends with either of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { root } from './files.ts';

const vite = join(dirname(createRequire(join(root, 'web/package.json')).resolve('vite/package.json')), 'bin/vite.js');

const server = spawn(process.execPath, ['--watch', 'launch.js', 'serve'], { cwd: root, stdio: 'inherit' });
const page = spawn(process.execPath, [vite], { cwd: join(root, 'web'), stdio: 'inherit' });
const children: readonly ChildProcess[] = [server, page];

const endAll = (): void => {
  for (const child of children) child.kill('SIGTERM');
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, endAll);
for (const child of children) child.on('exit', endAll);
