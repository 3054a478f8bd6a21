/** Messages a second through five nodes, beside Node-RED. See README.md for what is measured and what is not. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { asked } from '../child.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { type Took, type Work, works } from './work.ts';

const rounds = 5;
const version = '5.0.7';

/** Installs Node-RED into a folder of its own: it is no dependency of the project, and half as large as all of them. */
async function install(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const args = ['install', `node-red@${version}`, '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', args, { cwd: folder });
}

const side = (file: string, ...args: string[]) => asked<Work, Took>(new URL(file, import.meta.url), args);

async function measure(folder: string): Promise<void> {
  const sides = [
    { name: 'session', process: side('./session.ts') },
    { name: `Node-RED ${version}`, process: side('./flow.ts', folder) },
    { name: `Node-RED ${version}, runtimeSyncDelivery`, process: side('./flow.ts', folder, 'sync') },
  ];
  const rows: string[][] = [];
  for (const work of works) {
    const took = sides.map((): Took[] => []);
    for (let round = -2; round < rounds; round++) {
      for (const [i, { process: one }] of sides.entries()) {
        const answer = await one.ask(work);
        if (round >= 0) took[i]?.push(answer);
      }
    }
    const figures = took.map((of) => figureOf(of.map(({ cpuMs }) => cpuMs)));
    for (const [i, { name }] of sides.entries()) rows.push(row(`${name}, ${work.name}`, work, figures[i], figures[0]));
  }
  await Promise.all(sides.map(({ process: one }) => one.end()));
  printTable([['', 'messages/s', 'µs a message', 'time against session'], ...rows]);
}

function row(name: string, { messages }: Work, figure: Figure | undefined, ours: Figure | undefined): string[] {
  if (figure === undefined || ours === undefined) return [name];
  const [rate, micros] = [
    (ms: number): string => ((messages / ms) * 1_000).toFixed(0),
    (ms: number): string => ((ms / messages) * 1_000).toFixed(1),
  ];
  const { median, least, most } = figure;
  return [
    name,
    `${rate(median)} (${rate(most)}–${rate(least)})`,
    `${micros(median)} (${micros(least)}–${micros(most)})`,
    (median / ours.median).toFixed(1),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'csp-node-red-'));
// Also when it is interrupted: the folder is large.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));
process.stdout.write(`installing node-red@${version} into a folder of its own …\n`);
await install(folder);
await measure(folder);
