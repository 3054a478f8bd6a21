import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDesignText } from '#model/design-text.ts';
import { asked } from '../child.ts';
import { figureOf, printTable } from '../figures.ts';
import { prepare, productAt, served } from '../served.ts';
import { chainOf } from './drawings.ts';
import type { SocketsTook, SocketsWanted } from './sockets.ts';

const rounds = 5;
const sockets = 2_000;

async function residentKib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN);
}

/** What a server's memory grows by with 2,000 sockets that say nothing, for each of them. */
async function grown(args: readonly string[], design: object | undefined): Promise<number> {
  const server = await served(args, { LOG_LEVEL: 'error', SOCKETS_PER_ADDRESS: '5000' });
  const people = asked<SocketsWanted, SocketsTook>(new URL('./sockets.ts', import.meta.url));
  try {
    const live = design === undefined ? '' : '/api/v1/live';
    const designId = design === undefined ? undefined : await prepare(`${server.address}/api/v1`, design);
    const url = `${server.address.replace('http', 'ws')}${live}`;
    const wanted = { url, sockets, perSecond: 0, seconds: 0, ...(designId !== undefined && { designId }) };
    const before = await residentKib(server.pid);
    await people.ask(wanted);
    return ((await residentKib(server.pid)) - before) / sockets;
  } finally {
    await people.end();
    await server.end();
  }
}

/** Memory of a socket that has a design open and is idle, beside one of the bare relay. */
export async function idle(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
  const design = JSON.parse(writeDesignText(chainOf(50))) as object;
  const relay = fileURLToPath(new URL('./relay.ts', import.meta.url));
  const ours: number[] = [];
  const bare: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      ours.push(await grown(productAt(join(folder, `${round}`)), design));
      bare.push(await grown([relay], undefined));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  printTable([
    [`${sockets} idle sockets`, 'KiB a socket', 'spread'],
    ...[['on a design', ours] as const, ['bare relay (ws)', bare] as const].map(([name, values]) => {
      const { median, least, most } = figureOf(values);
      return [name, median.toFixed(1), `${least.toFixed(1)}–${most.toFixed(1)}`];
    }),
  ]);
}
