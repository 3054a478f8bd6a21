/** Sessions a second through the API: a design of three nodes that is started, runs to its end, and is written down. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { designFormat } from '#model/design-text.ts';
import type { Load, Took } from '../api/load.ts';
import { type Asked, asked } from '../child.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { prepare, productAt, type Served, served, sessionsOf } from '../served.ts';

const rounds = 5;
const clients = 10;
const seconds = 3;

const design = {
  format: designFormat,
  name: 'Small',
  nodes: {
    source: { kind: 'io.manual', settings: { payload: { temp: 7.5 }, repeat: 10, intervalMs: 0 } },
    filter: { kind: 'data.filter', settings: { condition: 'message.temp > 0.0' } },
    sink: { kind: 'compute.discard' },
  },
  connections: { all: { from: 'source.out', to: 'filter.in' }, fit: { from: 'filter.match', to: 'sink.in' } },
};

/** Until every session has ended and is written down, so that no round pays for another. */
async function allEnded(api: string): Promise<void> {
  for (;;) {
    const items = await sessionsOf(api);
    const bad = items.find(({ state }) => state === 'failed');
    if (bad !== undefined) throw new Error(`session ${bad.id} failed`);
    if (items.every(({ state }) => state === 'completed' || state === 'stopped')) return;
    await sleep(50);
  }
}

async function round(loader: Asked<Load, Took>, url: string, path: string): Promise<Took> {
  const one = [{ method: 'POST', path, body: '{}' }];
  const took = await loader.ask({ url, seconds, clients: Array.from({ length: clients }, () => one) });
  if (took.bad > 0) throw new Error(`${took.bad} of the answers were no success`);
  return took;
}

const shown = ({ median, least, most }: Figure, digits: number): string =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;

function row(name: string, took: readonly Took[], peer: readonly Took[]): string[] {
  const rate = (of: readonly Took[]): Figure => figureOf(of.map(({ perSecond }) => perSecond));
  const p95 = figureOf(took.map(({ p95Ms }) => p95Ms));
  return [name, shown(rate(took), 0), shown(p95, 0), (rate(peer).median / rate(took).median).toFixed(1)];
}

async function measure(product: Served, bare: Served, loader: Asked<Load, Took>): Promise<void> {
  const api = `${product.address}/api/v1`;
  const path = `/api/v1/designs/${await prepare(api, design)}/execute`;
  const [ours, theirs]: [Took[], Took[]] = [[], []];
  for (let n = -1; n < rounds; n++) {
    const one = await round(loader, product.address, path);
    await allEnded(api);
    const other = await round(loader, bare.address, '/execute');
    if (n >= 0) ours.push(one);
    if (n >= 0) theirs.push(other);
  }
  process.stdout.write(`\nsessions a second through the API, ${clients} clients, ${rounds} rounds of ${seconds} s\n`);
  const rows = [row('session', ours, theirs), row('bare Fastify, one row', theirs, theirs)];
  printTable([['', 'a second', 'p95 ms', 'times the peer is faster'], ...rows]);
}

export async function measureApi(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-session-'));
  const bareModule = fileURLToPath(new URL('./bare.ts', import.meta.url));
  const loader = asked<Load, Took>(new URL('../api/load.ts', import.meta.url));
  const servers: Served[] = [];
  try {
    const product = await served(productAt(join(folder, 'product')), { LOG_LEVEL: 'error' });
    servers.push(product);
    const bare = await served([bareModule, join(folder, 'bare')]);
    servers.push(bare);
    await measure(product, bare, loader);
  } finally {
    await Promise.all([...servers.map(({ end }) => end()), loader.end()]);
    await rm(folder, { recursive: true });
  }
}
