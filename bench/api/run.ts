/** Reading and writing a design with many clients at once, beside bare routes. See README.md for what is measured and what is not. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import fastify from 'fastify';
import { createServer } from '#api/http/server.ts';
import { type RealApp, realApp } from '#app/testing/real-app.ts';
import { newUuid } from '#base/ids.ts';
import { type Design, type DesignBody, emptyDesign } from '#model/design.ts';
import type { Wish } from '#store/designs/designs.ts';
import type { Load, Took } from './load.ts';

const rounds = 5;
const clients = 50;
const nodes = 50;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4);
const caller = { actor: 'owner', via: 'bench' };

/** A chain: each node sends to the next. */
function chain(name: string): DesignBody {
  const design = emptyDesign(name);
  for (let n = 0; n < nodes; n++) {
    const id = `node-${n}`;
    const node = { id, kind: 'flow.buffer', version: 1, label: `Step ${n}`, settings: {}, onFailure: 'stop' as const };
    design.nodes[id] = node;
    design.canvas.positions[id] = { x: n * 200, y: 0 };
    if (n === 0) continue;
    const from = { node: `node-${n - 1}`, port: 'out', index: 0 };
    design.connections[`wire-${n}`] = {
      id: `wire-${n}`,
      from,
      to: { node: id, port: 'in', index: 0 },
      capacity: 0,
      policy: 'block',
    };
  }
  return design;
}

/** The same statements with nothing around them: no check of the body, no edits, no conditions, no description. */
async function bareServer({ designs }: RealApp): Promise<{ port: number; close(): Promise<void> }> {
  const bare = fastify();
  bare.get<{ Params: { id: string } }>('/designs/:id', (request) => designs.get(request.params.id));
  bare.put<{ Params: { id: string }; Body: DesignBody }>('/designs/:id', async (request) => {
    const { id } = request.params;
    const { positions } = request.body.canvas;
    const at = positions['node-0'] ?? { x: 0, y: 0 };
    const move = { do: 'node.move' as const, id: 'node-0', at };
    const decide: Wish['decide'] = ({ design }) => ({
      ok: true,
      design: { ...design, canvas: { positions } },
      edits: [move],
      inverse: [move],
    });
    const [done] = (await designs.commit(id, [{ ...caller, txId: newUuid(), decide }])) ?? [];
    return done?.is === 'committed' ? done.design : {};
  });
  await bare.listen({ port: 0, host: '127.0.0.1' });
  return { port: (bare.server.address() as AddressInfo).port, close: () => bare.close() };
}

function reads(prefix: string, designs: readonly Design[]): Load['clients'] {
  return designs.map(({ id }) => [{ method: 'GET', path: `${prefix}/designs/${id}` }]);
}

// Each time somewhere else, so that there is something to write.
function writes(prefix: string, designs: readonly Design[]): Load['clients'] {
  return designs.map((design) =>
    [1, 2].map((y) => {
      const positions = { ...design.canvas.positions, 'node-0': { x: 0, y } };
      const { name, description, connections } = design;
      const body = JSON.stringify({ name, description, nodes: design.nodes, connections, canvas: { positions } });
      return { method: 'PUT', path: `${prefix}/designs/${design.id}`, body };
    }),
  );
}

async function ask(loader: ChildProcess, load: Load): Promise<Took> {
  loader.send(load);
  const [took] = (await once(loader, 'message')) as [Took];
  if (took.bad > 0) throw new Error(`${took.bad} of the answers were no success`);
  if (Number.isNaN(took.p95Ms)) throw new Error(`nothing was answered within ${load.seconds} s: give BENCH_SECONDS more`);
  // What the clients no longer waited for is still being done: the next round must not pay for it.
  await (await fetch(`${load.url}${load.clients[0]?.[0]?.path}`)).text();
  return took;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function row(name: string, took: readonly Took[]): string {
  const p95 = took.map(({ p95Ms }) => p95Ms);
  const spread = `${Math.min(...p95).toFixed(1)}–${Math.max(...p95).toFixed(1)}`;
  const [p50, rate] = [median(took.map(({ p50Ms }) => p50Ms)), median(took.map(({ perSecond }) => perSecond))];
  return `${name.padEnd(16)} ${median(p95).toFixed(1).padStart(8)} ${spread.padStart(14)} ${p50.toFixed(1).padStart(8)} ${rate.toFixed(0).padStart(8)}\n`;
}

async function measure(real: RealApp, loader: ChildProcess): Promise<void> {
  const made: Design[] = [];
  for (let n = 0; n < clients; n++) {
    const created = await real.app.createDesign(caller, chain(`Bench ${n}`));
    if (created.is === 'created') made.push(created.design);
  }
  const server = await createServer(real.app, { logLevel: 'silent' });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const bare = await bareServer(real);
  const at = (p: number): string => `http://127.0.0.1:${p}`;
  const sides = [
    { name: 'GET', url: at(port), asked: reads('/api/v1', made) },
    { name: 'GET, bare', url: at(bare.port), asked: reads('', made) },
    { name: 'PUT', url: at(port), asked: writes('/api/v1', made) },
    { name: 'PUT, bare', url: at(bare.port), asked: writes('', made) },
  ].map((side) => ({ ...side, took: [] as Took[] }));
  for (let round = -1; round < rounds; round++) {
    for (const { url, asked, took } of sides) {
      const taken = await ask(loader, { url, seconds: round < 0 ? 1 : seconds, clients: asked });
      // The first round warms up.
      if (round >= 0) took.push(taken);
    }
  }
  process.stdout.write(`${clients} clients, ${nodes} nodes, ${rounds} rounds of ${seconds} s\n`);
  process.stdout.write(
    `${''.padEnd(16)} ${'p95 ms'.padStart(8)} ${'(spread)'.padStart(14)} ${'p50 ms'.padStart(8)} ${'1/s'.padStart(8)}\n`,
  );
  for (const { name, took } of sides) process.stdout.write(row(name, took));
  for (const [ours, peer] of [
    [sides[0], sides[1]],
    [sides[2], sides[3]],
  ]) {
    const of = (side: typeof ours): number => median(side?.took.map(({ p95Ms }) => p95Ms) ?? []);
    process.stdout.write(`p95 of ${ours?.name} against bare: ${(of(ours) / of(peer)).toFixed(2)}\n`);
  }
  await server.close();
  await bare.close();
}

const folder = await mkdtemp(join(tmpdir(), 'csp-bench-'));
const url = process.env['DATABASE_URL'];
const real = await realApp(url === undefined ? { folder } : { url });
const loader = fork(new URL('./load.ts', import.meta.url));
try {
  await measure(real, loader);
} finally {
  loader.disconnect();
  await real.close();
  await rm(folder, { recursive: true, force: true });
}
