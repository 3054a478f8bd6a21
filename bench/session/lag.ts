/** How late the API answers while a session computes and never yields. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { designFormat } from '#model/design-text.ts';
import type { Load, Took } from '../api/load.ts';
import { type Asked, asked } from '../child.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { prepare, productAt, sent, served } from '../served.ts';

const rounds = 5;
const seconds = 2;
const hostile = fileURLToPath(new URL('./hostile', import.meta.url));
const bare = fileURLToPath(new URL('../start/bare.ts', import.meta.url));

const design = {
  format: designFormat,
  name: 'Hostile',
  nodes: { spin: { kind: 'bench.spin' }, sink: { kind: 'compute.discard' } },
  connections: { never: { from: 'spin.out', to: 'sink.in' } },
};

interface Side {
  readonly name: string;
  /** What it answers without asking anybody else, such as the database. */
  readonly path: string;
  readonly args: (folder: string) => readonly string[];
  readonly spins: boolean;
}

const known = '/api/v1/components/compute.discard';
const sides: readonly Side[] = [
  { name: 'product', path: known, args: (folder) => productAt(join(folder, 'quiet')), spins: false },
  {
    name: 'product, a session spins',
    path: known,
    args: (folder) => productAt(join(folder, 'spins'), '--components', hostile),
    spins: true,
  },
  { name: 'bare Fastify', path: '/api/v1/health', args: () => [bare], spins: false },
  { name: 'bare Fastify, a thread spins', path: '/api/v1/health', args: () => [bare, 'spin'], spins: false },
];

/** One server at a time, since what spins would take the processor from the others. */
async function measure({ path, args, spins }: Side, folder: string, loader: Asked<Load, Took>): Promise<Took[]> {
  const server = await served(args(folder), { LOG_LEVEL: 'fatal', SESSION_UNYIELDING_MS: '3600000' });
  try {
    const api = `${server.address}/api/v1`;
    if (spins) await sent('POST', `${api}/designs/${await prepare(api, design)}/execute`, {});
    const took: Took[] = [];
    for (let round = -1; round < rounds; round++) {
      const load = { url: server.address, seconds, clients: [[{ method: 'GET', path }]] };
      const one = await loader.ask(load);
      if (one.bad > 0) throw new Error(`${one.bad} of the answers were no success`);
      if (round >= 0) took.push(one);
    }
    return took;
  } finally {
    await server.end();
  }
}

const shown = ({ median, least, most }: Figure): string => `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;

export async function measureLag(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-lag-'));
  const loader = asked<Load, Took>(new URL('../api/load.ts', import.meta.url));
  const rows: string[][] = [];
  try {
    for (const side of sides) {
      const took = await measure(side, folder, loader);
      rows.push([side.name, shown(figureOf(took.map(({ p50Ms }) => p50Ms))), shown(figureOf(took.map(({ p99Ms }) => p99Ms)))]);
    }
  } finally {
    await loader.end();
    await rm(folder, { recursive: true });
  }
  process.stdout.write(`\nanswers to one client, ${rounds} rounds of ${seconds} s\n`);
  printTable([['', 'p50 ms', 'p99 ms'], ...rows]);
}
