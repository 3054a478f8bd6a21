#!/usr/bin/env node
/**
 * Starts src/main.ts under a Node that runs TypeScript as it is.
 *
 * The machine's own Node may be older than that, so this file is plain JavaScript and uses nothing newer than Node 20.
 * A suitable Node comes with `npm install` as an optional package; no install script, no download from elsewhere.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const needed = [24, 18];

if (runsTypeScript(process.versions.node)) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  await import('./src/main.ts');
} else {
  const node = nodeOfPackage();
  if (node) {
    startUnder(node);
  } else {
    process.stderr.write(
      `csp needs Node ${needed.join('.')} or newer; this is Node ${process.versions.node}, and no newer one is installed beside it.\n` +
        'Run `npm ci` without --omit=optional (it brings one along on Linux and Windows), or install a newer Node.\n',
    );
    process.exitCode = 1;
  }
}

function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}

/** The Node that the optional package of this platform brings along, or undefined when it is not installed. */
function nodeOfPackage() {
  const isWindows = process.platform === 'win32';
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/${isWindows ? 'node.exe' : 'node'}`);
  } catch {
    return undefined;
  }
}

function startUnder(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches the child by itself; forwarded as well it would count as a second, impatient one.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`Node at ${node} does not start: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1);
  });
}
