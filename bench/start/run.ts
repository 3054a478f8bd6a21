/** How long until the first answer, and how much memory. See README.md for what is measured and what is not. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { productAt, served } from '../served.ts';

const rounds = 5;
const bare = fileURLToPath(new URL('./bare.ts', import.meta.url));

interface Start {
  readonly untilAnswerMs: number;
  readonly residentMiB: number;
}

/** Starts a server in a process of its own, asks it once, and ends it. */
async function start(args: readonly string[], cacheFolder: string): Promise<Start> {
  const before = performance.now();
  const server = await served(args, { NODE_COMPILE_CACHE: cacheFolder });
  try {
    const answer = await fetch(`${server.address}/api/v1/health`);
    await answer.text();
    const untilAnswerMs = performance.now() - before;
    if (answer.status !== 200) throw new Error(`the answer was ${answer.status}`);
    return { untilAnswerMs, residentMiB: await residentMiBOf(server.pid) };
  } finally {
    await server.end();
  }
}

/** What Linux counts as resident, shared pages included; elsewhere not known. */
async function residentMiBOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

const first: Start[] = [];
const second: Start[] = [];
const peer: Start[] = [];
for (let round = 0; round < rounds; round++) {
  const folder = await mkdtemp(join(tmpdir(), 'csp-bench-start-'));
  const cache = join(folder, 'cache');
  const serve = productAt(join(folder, 'data'));
  first.push(await start(serve, cache));
  second.push(await start(serve, cache));
  await start([bare], cache);
  peer.push(await start([bare], cache));
  await rm(folder, { recursive: true });
}

const shown = ({ median, least, most }: Figure, digits: number): string =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
const rows = Object.entries({ 'first start': first, 'second start': second, 'bare Fastify': peer }).map(([name, starts]) => {
  const seconds = figureOf(starts.map(({ untilAnswerMs }) => untilAnswerMs / 1_000));
  const memory = figureOf(starts.map(({ residentMiB }) => residentMiB));
  const ratio = seconds.median / figureOf(peer.map(({ untilAnswerMs }) => untilAnswerMs / 1_000)).median;
  return [name, shown(seconds, 2), ratio.toFixed(1), shown(memory, 0)];
});
printTable([['', 'first 200 answer after, s', 'against bare', 'resident, MiB'], ...rows]);
