/** One side in a process of its own, so that none pays for what another taught V8: runs a round of each shape it is sent. */
import process from 'node:process';
import { collect } from '../memory.ts';
import type { Round, Shape, Side, SideName } from './cases.ts';

const sides: Readonly<Record<SideName, () => Promise<{ readonly side: Side }>>> = {
  runtime: () => import('./sides/runtime.ts'),
  steps: () => import('./sides/steps.ts'),
  promises: () => import('./sides/promises.ts'),
  'async generators': () => import('./sides/generators.ts'),
  '@thi.ng/csp': () => import('./sides/thi-ng.ts'),
  effect: () => import('./sides/effect.ts'),
  streams: () => import('./sides/streams.ts'),
  rxjs: () => import('./sides/rxjs.ts'),
};

async function timed(run: () => Promise<void>): Promise<Round> {
  collect();
  const before = process.cpuUsage();
  const startMs = performance.now();
  await run();
  const ms = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  return { is: 'run', cpuMs: (user + system) / 1_000, ms };
}

/** Heap that a process waiting for its first message costs, with its channel and whatever it was made from. */
async function idleBytes(side: Side, shape: Extract<Shape, { is: 'idle' }>): Promise<Round> {
  collect();
  const before = process.memoryUsage();
  const made = side(shape);
  if (made === undefined) return { is: 'cannot' };
  await new Promise((resolve) => setTimeout(resolve, 500));
  collect();
  const after = process.memoryUsage();
  return { is: 'idle', bytes: (after.heapUsed + after.external - before.heapUsed - before.external) / shape.count };
}

const { side } = await sides[process.argv[2] as SideName]();
let alive: (() => Promise<void>) | undefined;

async function round(shape: Shape): Promise<Round> {
  if (shape.is === 'idle') return idleBytes(side, shape);
  // Made before the collection, so that something is alive at it: with the last channel V8 would throw the optimised code away.
  alive = side(shape);
  return alive === undefined ? { is: 'cannot' } : timed(alive);
}

process.on('message', async (shape: Shape) => process.send?.(await round(shape)));
