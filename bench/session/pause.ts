/** How long a pause takes to take effect in a thread that works as fast as it can. */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { systemClock } from '#base/clock.ts';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import { Services } from '#host/outside/services.ts';
import { createSessionThreads } from '#host/threads/session-threads.ts';
import { designOf } from '../designs.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';

const rounds = 5;
const asks = 200;

/** Eight times source → filter → sink, none of which ever waits for the outside. */
function load() {
  const nodes: Record<string, object> = {};
  const connections: Record<string, object> = {};
  for (let n = 0; n < 8; n++) {
    nodes[`source${n}`] = { kind: 'io.manual', settings: { repeat: 0, intervalMs: 0, payload: { temp: 7.5 } } };
    nodes[`filter${n}`] = { kind: 'data.filter', settings: { condition: 'message.temp > 0.0' } };
    nodes[`sink${n}`] = { kind: 'compute.discard' };
    connections[`all${n}`] = { from: `source${n}.out`, to: `filter${n}.in` };
    connections[`fit${n}`] = { from: `filter${n}.match`, to: `sink${n}.in` };
  }
  return designOf(createCatalog(components), 'Load', nodes, connections);
}

function threads() {
  const componentsUrl = new URL('../../src/components/catalog.ts', import.meta.url).href;
  const httpLimits = { maxMs: 1_000, maxBytes: 1_000, privateAddresses: 'admit' } as const;
  return createSessionThreads({
    setup: { componentsUrl, folders: [], filesFolder: '.', httpLimits, logLevel: 'error' },
    clock: systemClock,
    mostSessions: 1,
    threads: 1,
    limits: { heapMib: 512, unyieldingMs: 5_000 },
    secret: async () => undefined,
    permits: new Services(systemClock, { atOnce: 1, own: {}, waiting: 0, waitMs: 1 }),
    write: () => {},
  });
}

/** A bare thread that computes in slices as long as a turn may be, and answers between two of them. */
const bareThread = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', () => parentPort.postMessage(''));
  (function slice() {
    const endMs = performance.now() + 4;
    while (performance.now() < endMs);
    setImmediate(slice);
  })();
`;

/** Milliseconds from the question to the answer, many times at moments that have nothing to do with the turns. */
async function latencies(ask: () => Promise<void>, goOn: () => void): Promise<number[]> {
  const tookMs: number[] = [];
  for (let n = 0; n < asks; n++) {
    await sleep(1 + 4 * Math.random());
    const startMs = performance.now();
    await ask();
    tookMs.push(performance.now() - startMs);
    goOn();
  }
  return tookMs.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
const shown = ({ median, least, most }: Figure): string => `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;

/** The same of a bare thread, made for it alone. */
async function bareLatencies(): Promise<number[]> {
  const bare = new Worker(bareThread, { eval: true });
  const echo = (): Promise<void> =>
    new Promise((resolve) => {
      bare.once('message', () => resolve());
      bare.postMessage('');
    });
  await echo();
  const took = await latencies(echo, () => {});
  await bare.terminate();
  return took;
}

export async function measurePause(): Promise<void> {
  const host = threads();
  const running = await host.start({ sessionId: 'bench', designId: 'bench', rev: 1, body: load() });
  const [ours, bare]: [number[][], number[][]] = [[], []];
  await sleep(1_000);
  for (let round = 0; round < rounds; round++) {
    ours.push(
      await latencies(
        () => running.pause(),
        () => running.resume(),
      ),
    );
    await running.pause();
    bare.push(await bareLatencies());
    running.resume();
  }
  await running.stop();
  await host.close();
  process.stdout.write(`\npause under full load, ${rounds} rounds of ${asks}\n`);
  const row = (name: string, sorted: readonly (readonly number[])[]): string[] => [
    name,
    shown(figureOf(sorted.map((of) => at(of, 0.5)))),
    shown(figureOf(sorted.map((of) => at(of, 0.99)))),
  ];
  printTable([['', 'p50 ms', 'p99 ms'], row('pause of a session', ours), row('answer of a bare thread', bare)]);
}
