/** The lag of the server while hostile sessions run in it. See README.md for what is measured and what is not. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Figure, figureOf, printTable } from '../figures.ts';
import type { Lag } from './probe.ts';

const rounds = 5;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 5);
const perSecond = 50;
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Server {
  readonly process: ChildProcess;
  readonly api: string;
}

/** One round of one side: how late the loop was, and how long answers took. */
interface Took extends Lag {
  readonly p95Ms: number;
  readonly refused: number;
}

async function serve(data: string): Promise<Server> {
  const args = ['serve', '--port', '0', '--data', data, '--components', at('./components')];
  // A session must be hostile for longer than it usually may, and have a thread that no other shares.
  const env = { ...process.env, SESSION_UNYIELDING_MS: '3600000', SESSION_THREADS: '4' };
  const child = fork(at('../../src/main.ts'), args, {
    env,
    silent: true,
    execArgv: ['--import', new URL('./probe.ts', import.meta.url).href],
  });
  // The flood of its log is read and thrown away, as a log collector would read it.
  child.stderr?.resume();
  let said = '';
  for await (const text of child.stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ?? []) {
    said += text as string;
    const [, address] = /open at (http:\S+)\n/.exec(said) ?? [];
    if (address !== undefined) return { process: child, api: `${address}/api/v1` };
  }
  throw new Error(`the server ended before it listened: ${said}`);
}

async function call<T>(address: string, body?: unknown): Promise<T> {
  const sent =
    body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(address, sent);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function designOf(api: string, kind: string): Promise<string> {
  const node = (id: string, of: string) => ({ [id]: { kind: of } });
  const text = {
    format: 'csp-design/1',
    name: kind,
    nodes: { ...node('bad', kind), ...(kind === 'bench.flood' && node('to', 'compute.discard')) },
    connections: kind === 'bench.flood' ? { wire: { from: 'bad.out', to: 'to.in' } } : {},
  };
  return (await call<{ id: string }>(`${api}/designs/import`, text)).id;
}

const lagOf = async (server: Server): Promise<Lag> => {
  server.process.send('lag');
  return ((await once(server.process, 'message')) as [Lag])[0];
};

/** Asks at an even pace, whether or not it is answered: a late server finds more of it waiting. */
async function ask(server: Server, path: string): Promise<Took> {
  await lagOf(server);
  const tookMs: number[] = [];
  let refused = 0;
  const one = async (): Promise<void> => {
    const before = performance.now();
    const answer = await fetch(server.api + path);
    await answer.arrayBuffer();
    tookMs.push(performance.now() - before);
    if (!answer.ok) refused++;
  };
  const asked: Promise<void>[] = [];
  const startMs = performance.now();
  for (let n = 0; n < seconds * perSecond; n++) {
    await sleep(Math.max(0, startMs + (n * 1_000) / perSecond - performance.now()));
    asked.push(one());
  }
  await Promise.all(asked);
  const p95Ms = tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.95)] ?? Number.NaN;
  return { ...(await lagOf(server)), p95Ms, refused };
}

interface Session {
  readonly id: string;
  readonly state: string;
}

// One that has ended meanwhile is what was wanted.
async function stop(api: string, id: string): Promise<void> {
  await (await fetch(`${api}/executions/${id}/stop`, { method: 'POST' })).arrayBuffer();
}

/** Runs the hostile designs while `during` lasts; the one that is ended for its memory is started again at once. */
async function withHostile(api: string, designs: Record<string, string>, during: () => Promise<Took>): Promise<Took> {
  let over = false;
  const execute = (kind: string, limits = {}): Promise<Session> =>
    call<Session>(`${api}/designs/${designs[kind]}/execute`, { limits });
  const running = [await execute('bench.spin'), await execute('bench.flood')];
  const hoarding = (async () => {
    for (let ended = 0; ; ended++) {
      const { id } = await execute('bench.hoard', { heapMib: 128 });
      for (let state = 'running'; !['failed', 'stopped'].includes(state); ) {
        await sleep(100);
        if (over) await stop(api, id);
        ({ state } = await call<Session>(`${api}/executions/${id}`));
      }
      if (over) return ended;
    }
  })();
  try {
    return await during();
  } finally {
    over = true;
    const ended = await hoarding;
    for (const { id } of running) await stop(api, id);
    process.stderr.write(`  the hoard filled its memory ${ended} times\n`);
    await sleep(2_000);
  }
}

const shown = ({ median, least, most }: Figure): string => `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;

function print(idle: readonly Took[], hostile: readonly Took[]): void {
  const figures = (['p50Ms', 'p99Ms', 'mostMs', 'p95Ms'] as const).map((name) => {
    const [quiet, busy] = [figureOf(idle.map((took) => took[name])), figureOf(hostile.map((took) => took[name]))];
    return [shown(quiet), shown(busy), (busy.median / quiet.median).toFixed(1)];
  });
  const names = ['lag of the loop, p50 ms', 'lag of the loop, p99 ms', 'lag of the loop, most ms', 'answer to GET, p95 ms'];
  process.stdout.write(`${rounds} rounds of ${seconds} s, ${perSecond} requests a second\n`);
  printTable([['', 'idle', 'with hostile sessions', 'ratio'], ...figures.map((row, n) => [names[n] ?? '', ...row])]);
  const refused = [...idle, ...hostile].reduce((sum, took) => sum + took.refused, 0);
  process.stdout.write(`requests that were no success: ${refused}\n`);
}

const folder = await mkdtemp(join(tmpdir(), 'csp-bench-host-'));
const server = await serve(folder);
const [idle, hostile]: [Took[], Took[]] = [[], []];
try {
  const { api } = server;
  const designs = {
    'bench.spin': await designOf(api, 'bench.spin'),
    'bench.hoard': await designOf(api, 'bench.hoard'),
    'bench.flood': await designOf(api, 'bench.flood'),
  };
  const path = `/designs/${designs['bench.flood']}`;
  for (let round = -1; round < rounds; round++) {
    const quiet = await ask(server, path);
    const busy = await withHostile(api, designs, () => ask(server, path));
    // The first round warms up.
    if (round >= 0) idle.push(quiet) && hostile.push(busy);
  }
  print(idle, hostile);
} finally {
  server.process.kill('SIGTERM');
  if (server.process.exitCode === null) await once(server.process, 'exit');
  await rm(folder, { recursive: true, force: true });
}
