/** Messages at full speed for a long time: is the memory flat? See README.md for what is measured and what is not. */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningSession } from '#host/sessions/session-host.ts';
import { hostOf } from '../designs.ts';
import { printTable } from '../figures.ts';
import { collect } from '../memory.ts';
import { soakCatalog, soakDesign } from './design.ts';
import { lineThrough } from './line.ts';

const usualMinutes = 30;
const sampleMs = 3_000;
/** The speed is measured first. */
const warmMs = 15_000;
/** This part of the samples, the first, is left out of the line: V8 still learns. */
const unsettled = 0.2;
/** Growth over the whole run below this part of the heap is none. */
const nothing = 0.01;

interface Sample {
  readonly messages: number;
  readonly heapBytes: number;
  readonly atMs: number;
  readonly cpuMs: number;
}

/** With every process parked, so that what is under way does not count. */
async function sample(running: RunningSession): Promise<Sample> {
  await running.pause();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  const { channels } = await running.snapshot();
  const messages = channels.reduce((sum, { received, dropped }) => sum + received + dropped, 0);
  const { user, system } = process.cpuUsage();
  running.resume();
  return { messages, heapBytes: heapUsed + external, atMs: performance.now(), cpuMs: (user + system) / 1_000 };
}

async function soak(running: RunningSession, wanted: { minutes: number } | { messages: number }): Promise<Sample[]> {
  const first = await sample(running);
  await sleep(warmMs);
  const start = await sample(running);
  const perMs = (start.messages - first.messages) / (start.atMs - first.atMs);
  const more = 'messages' in wanted ? wanted.messages : perMs * wanted.minutes * 60_000;
  process.stdout.write(`${millions(perMs * 1_000)} million messages/s; ${millions(more)} million to come\n`);
  const samples = [start];
  for (let at = start; at.messages - start.messages < more; samples.push(at)) {
    await sleep(sampleMs);
    if (running.state !== 'running') throw new Error(`the session is ${running.state}: ${(await running.ended).fault?.message}`);
    at = await sample(running);
  }
  return samples;
}

const millions = (count: number): string => (count / 1e6).toFixed(2);
const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(2);

/** True when the memory is flat. */
function report(samples: readonly Sample[]): boolean {
  const [start, end] = [samples[0] as Sample, samples.at(-1) as Sample];
  const [messages, tookMs, cpuMs] = [end.messages - start.messages, end.atMs - start.atMs, end.cpuMs - start.cpuMs];
  const settled = samples.slice(Math.floor(samples.length * unsettled));
  const { slope, error } = lineThrough(settled.map(({ messages: x, heapBytes: y }) => [x, y]));
  const growth = slope * messages;
  const flat = Math.abs(growth) < nothing * start.heapBytes || growth < 2 * error * messages;
  const perHundredMillion = (bytesEach: number): string => ((bytesEach * 1e8) / 1_024).toFixed(1);
  printTable([
    ['', ''],
    ['messages', `${millions(messages)} million`],
    ['minutes', (tookMs / 60_000).toFixed(1)],
    [
      'messages/s',
      `${millions((messages / tookMs) * 1_000)} million (of processor time ${millions((messages / cpuMs) * 1_000)})`,
    ],
    ['heap after collection, start', `${mib(start.heapBytes)} MiB`],
    ['heap after collection, end', `${mib(end.heapBytes)} MiB`],
    [
      'slope',
      `${perHundredMillion(slope)} ± ${perHundredMillion(2 * error)} KiB a hundred million messages (${settled.length} samples)`,
    ],
    ['memory', flat ? 'flat' : 'NOT flat'],
  ]);
  return flat;
}

const [first = String(usualMinutes), second] = process.argv.slice(2);
const wanted = first === '--messages' ? { messages: Number(second) } : { minutes: Number(first) };
if (!Object.values(wanted).every((amount) => amount > 0)) {
  process.stderr.write('soak [MINUTES] or soak --messages N, both greater than 0\n');
  process.exitCode = 1;
} else {
  const running = await hostOf(soakCatalog).start({ sessionId: 'soak', designId: 'soak', rev: 1, body: soakDesign });
  try {
    if (!report(await soak(running, wanted))) process.exitCode = 1;
  } finally {
    await running.stop();
  }
}
