/** What one communication costs, beside Go and what else can do the same. See README.md for what is measured and what is not. */

import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { cases, idleRing } from './cases.ts';
import { buildGo, type GoTimes, runGo } from './go.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const rounds = 5;

interface Times {
  readonly cpuMs: number;
  readonly ms: number;
}

async function timed(run: () => Promise<void>): Promise<Times> {
  collect();
  const before = process.cpuUsage();
  const startMs = performance.now();
  await run();
  const ms = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, ms };
}

/** Heap that a process waiting for its first message costs, with its channel and the plan of both. */
async function idleBytes(count: number): Promise<number> {
  collect();
  const before = process.memoryUsage();
  const chain = idleRing(count);
  chain.start();
  await new Promise((resolve) => setTimeout(resolve, 500));
  collect();
  const after = process.memoryUsage();
  const bytes = (after.heapUsed + after.external - before.heapUsed - before.external) / count;
  await chain.stop();
  return bytes;
}

const figure = (values: readonly number[]): Figure => figureOf(values);
const inBrackets = ({ least, most }: Figure, messages: number): string =>
  `(${((least * 1e6) / messages).toFixed(0)}–${((most * 1e6) / messages).toFixed(0)})`;

const go = await buildGo();
const table = [
  ['', 'ns a message', '(spread)', 'Go, 1 processor', '(spread)', 'of Go', 'of Go with 2', 'of promises', 'of async generators'],
];
for (const { name, messages, runtime, peers } of cases) {
  const ours: Times[] = [];
  const one: GoTimes[] = [];
  const two: GoTimes[] = [];
  const others = peers.map((): Times[] => []);
  for (let round = -1; round < rounds; round++) {
    // Made first, so that a network is alive at every collection: with the last one V8 would throw the optimised code away.
    const run = runtime();
    for (const [i, { run: runPeer }] of peers.entries()) {
      const peer = await timed(runPeer);
      if (round >= 0) others[i]?.push(peer);
    }
    const times = await timed(run);
    if (round >= 0) ours.push(times);
    if (go !== undefined && round >= 0) one.push(await runGo(go, name, 1));
    if (go !== undefined && round >= 0) two.push(await runGo(go, name, 2));
  }
  const mine = figure(ours.map(({ cpuMs }) => cpuMs));
  const first = figure(one.map(({ cpuMs }) => cpuMs));
  const ratio = (theirs: readonly number[], of = mine.median): string =>
    theirs.length === 0 ? '–' : (of / figure(theirs).median).toFixed(2);
  const peer = (wanted: string): string =>
    ratio((others[peers.findIndex((one) => one.name === wanted)] ?? []).map(({ cpuMs }) => cpuMs));
  table.push([
    name,
    ((mine.median * 1e6) / messages).toFixed(0),
    inBrackets(mine, messages),
    go === undefined ? '–' : ((first.median * 1e6) / messages).toFixed(0),
    go === undefined ? '' : inBrackets(first, messages),
    ratio(one.map(({ cpuMs }) => cpuMs)),
    ratio(
      two.map(({ ms }) => ms),
      figure(ours.map(({ ms }) => ms)).median,
    ),
    peer('promises'),
    peer('async generators'),
  ]);
}
printTable(table);
const bytes = await idleBytes(20_000);
process.stdout.write(`\nbytes of an idle process with its channel: ${bytes.toFixed(0)}`);
process.stdout.write(go === undefined ? '\n' : `, Go ${(await runGo(go, 'bytes', 1)).bytes?.toFixed(0)}\n`);
