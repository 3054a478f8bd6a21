import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDesignText } from '#model/design-text.ts';
import { asked } from '../child.ts';
import { figureOf, printTable } from '../figures.ts';
import { prepare, productAt, sent, served } from '../served.ts';
import { chainOf } from './drawings.ts';
import type { SocketsTook, SocketsWanted } from './sockets.ts';
import type { Weight } from './weigh.ts';

const rounds = 5;
const sockets = 2_000;
/** Everybody on a design is told who comes: all on one would be a measurement of that. */
const designs = 20;

const weighed = ['--expose-gc', '--import', fileURLToPath(new URL('./weigh.ts', import.meta.url))];

/** What a server grows by for each of 2,000 sockets that say nothing, in KiB. */
interface Grown {
  readonly held: number;
  readonly resident: number;
}

async function grown(args: readonly string[], design: object | undefined): Promise<Grown> {
  const server = await served([...weighed, ...args], { LOG_LEVEL: 'error', SOCKETS_PER_ADDRESS: '5000' }, true);
  const people = asked<SocketsWanted, SocketsTook>(new URL('./sockets.ts', import.meta.url));
  try {
    const live = design === undefined ? '' : '/api/v1/live';
    const designIds = design === undefined ? [] : await imported(`${server.address}/api/v1`, design);
    const wanted = { url: `${server.address.replace('http', 'ws')}${live}`, designIds, sockets, perSecond: 0, seconds: 0 };
    // What the first sockets need that the others share is not counted, as the code they run.
    await people.ask({ ...wanted, sockets: 2 * designs });
    const before = await server.ask<Weight>();
    await people.ask(wanted);
    const after = await server.ask<Weight>();
    const each = (weight: keyof Weight): number => (after[weight] - before[weight]) / sockets / 1024;
    return { held: each('heldBytes'), resident: each('residentBytes') };
  } finally {
    await people.end();
    await server.end();
  }
}

async function imported(api: string, design: object): Promise<string[]> {
  const ids = [await prepare(api, design)];
  while (ids.length < designs) ids.push((await sent('POST', `${api}/designs/import`, design)).id);
  return ids;
}

/** Memory of a socket that has a design open and is idle, beside one of the bare relay. */
export async function idle(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
  const design = JSON.parse(writeDesignText(chainOf(50))) as object;
  const relay = fileURLToPath(new URL('./relay.ts', import.meta.url));
  const ours: Grown[] = [];
  const bare: Grown[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      ours.push(await grown(productAt(join(folder, `${round}`)), design));
      bare.push(await grown([relay], undefined));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const shown = (values: readonly number[]): string => {
    const { median, least, most } = figureOf(values);
    return `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
  };
  printTable([
    [`KiB for each of ${sockets} idle sockets`, 'held by JavaScript', 'resident'],
    ...[['on a design', ours] as const, ['bare relay (ws)', bare] as const].map(([name, sides]) => [
      name,
      shown(sides.map(({ held }) => held)),
      shown(sides.map(({ resident }) => resident)),
    ]),
  ]);
}
