import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDesignText } from '#model/design-text.ts';
import { startRealPostgres } from '#store/testing/real-postgres.ts';
import { type Asked, asked } from '../child.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { prepare, productAt, type Served, served } from '../served.ts';
import { chainOf } from './drawings.ts';
import type { SocketsTook, SocketsWanted } from './sockets.ts';

const rounds = 5;
const sockets = 100;
const perSecond = 100;
const seconds = 5;

interface Side {
  readonly name: string;
  readonly server: Served;
  readonly people: Asked<SocketsWanted, SocketsTook>;
  readonly wanted: SocketsWanted;
  readonly p50: number[];
  readonly p95: number[];
  readonly cpuMs: number[];
}

const ofSockets = (): Asked<SocketsWanted, SocketsTook> => asked(new URL('./sockets.ts', import.meta.url));

/** Processor time a process has taken, in ms, from /proc; in ticks of 10 ms. */
async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function productSide(name: string, data: string, environment: Record<string, string>): Promise<Side> {
  const server = await served(productAt(data), { LOG_LEVEL: 'error', ...environment });
  const designId = await prepare(`${server.address}/api/v1`, JSON.parse(writeDesignText(chainOf(50))) as object);
  return side(name, server, { url: `${server.address.replace('http', 'ws')}/api/v1/live`, designIds: [designId] });
}

function side(name: string, server: Served, where: Pick<SocketsWanted, 'url' | 'designIds'>): Side {
  const wanted = { ...where, sockets, perSecond, seconds };
  return { name, server, people: ofSockets(), wanted, p50: [], p95: [], cpuMs: [] };
}

/** 100 sockets on one design, 100 edits a second: how long until all have one that is in the database, beside a bare relay of frames. */
export async function fanOut(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
  const postgres = await startRealPostgres();
  const relay = await served([fileURLToPath(new URL('./relay.ts', import.meta.url))]);
  const sides = [
    await productSide('embedded database', join(folder, 'a'), {}),
    await productSide('PostgreSQL 18', join(folder, 'b'), { DATABASE_URL: await postgres.freshUrl() }),
    side('bare relay (ws)', relay, { url: relay.address.replace('http', 'ws') }),
  ];
  try {
    for (const { people, wanted } of sides) await people.ask({ ...wanted, perSecond: 0 });
    for (let round = -1; round < rounds; round++) {
      for (const one of sides) {
        const before = await cpuMs(one.server.pid);
        const { frames, p50Ms, p95Ms } = await one.people.ask(one.wanted);
        if (round < 0) continue;
        one.p50.push(p50Ms);
        one.p95.push(p95Ms);
        one.cpuMs.push(((await cpuMs(one.server.pid)) - before) / frames);
      }
    }
    print(sides);
  } finally {
    for (const { people, server } of sides) {
      await people.end();
      await server.end();
    }
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function print(sides: readonly Side[]): void {
  const shown = ({ median, least, most }: Figure): string => `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
  const bare = figureOf(sides.at(-1)?.p95 ?? []).median;
  printTable([
    [`${sockets} sockets, ${perSecond} edits/s`, 'p50 ms', 'p95 ms', 'p95 beside the relay', 'server CPU ms an edit'],
    ...sides.map(({ name, p50, p95, cpuMs: cpu }) => {
      const latest = figureOf(p95);
      return [name, shown(figureOf(p50)), shown(latest), (latest.median / bare).toFixed(1), shown(figureOf(cpu))];
    }),
  ]);
}
