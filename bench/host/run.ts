/** Sessions in threads beside sessions on the server's own loop. See README.md for what is measured and what is not. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import { createCatalog } from '#host/catalog.ts';
import { localFiles } from '#host/local-files.ts';
import { createSessionHost, type SessionHost } from '#host/session-host.ts';
import { createSessionThreads } from '#host/session-threads.ts';
import { toolsOf } from '#host/tools.ts';
import type { DesignBody } from '#model/design.ts';
import { designFormat, readDesignFile } from '#model/design-text.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { components } from './kinds.ts';

const rounds = 5;
const sessionsARound = 50;
const catalog = createCatalog(components);
const shared = { clock: systemClock, http: fetch, files: localFiles('.'), secret: async () => undefined, log: () => {} };
const sides: Readonly<Record<string, () => SessionHost>> = {
  threads: () =>
    createSessionThreads({
      setup: {
        componentsUrl: new URL('./kinds.ts', import.meta.url).href,
        folders: [],
        filesFolder: '.',
        httpLimits: { maxMs: 1_000, maxBytes: 1_000, privateAddresses: 'admit' },
        logLevel: 'warn',
      },
      clock: systemClock,
      mostSessions: 100,
      threads: 2,
      limits: { heapMib: 512, unyieldingMs: 60_000 },
      secret: async () => undefined,
      write: () => {},
    }),
  'in process': () =>
    createSessionHost({ catalog, clock: systemClock, mostSessions: 100, tools: (...where) => toolsOf(shared, ...where) }),
};

function design(nodes: Record<string, unknown>, connections: Record<string, unknown>): DesignBody {
  const read = readDesignFile({ format: designFormat, name: 'Bench', nodes, connections }, catalog);
  if (!read.ok) throw new Error(read.fault.message);
  return read.design;
}
const small = design(
  { from: { kind: 'io.manual', settings: { payload: 1, repeat: 3, intervalMs: 0 } }, to: { kind: 'compute.discard' } },
  { wire: { from: 'from.out', to: 'to.in' } },
);
const heavy = design({ heavy: { kind: 'bench.heavy' } }, {});
let ids = 0;
const order = (body: DesignBody) => ({ sessionId: `s${++ids}`, designId: 'd', rev: 1, body });

/** Small sessions one after the other, each to its end, a second. */
async function perSecond(host: SessionHost): Promise<number> {
  const startMs = performance.now();
  for (let n = 0; n < sessionsARound; n++) await (await host.start(order(small))).ended;
  return (sessionsARound * 1_000) / (performance.now() - startMs);
}

/** p99 of how late this thread's loop is, in ms, while a session computes. */
async function lagMs(host: SessionHost): Promise<number> {
  const session = await host.start(order(heavy));
  await setTimeout(500);
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  await setTimeout(2_000);
  lag.disable();
  await session.stop();
  return lag.percentile(99) / 1e6;
}

const text = ({ median, least, most }: Figure): string => `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
const rows: string[][] = [['', 'small sessions/s', 'lag of the server, p99 ms']];
for (const [name, hostOf] of Object.entries(sides)) {
  const host = hostOf();
  const [rates, lags]: [number[], number[]] = [[], []];
  await perSecond(host);
  for (let round = 0; round < rounds; round++) {
    rates.push(await perSecond(host));
    lags.push(await lagMs(host));
  }
  await host.close();
  rows.push([name, text(figureOf(rates)), text(figureOf(lags))]);
}
printTable(rows);
