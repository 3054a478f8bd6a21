/** Start of a session of a thousand nodes, until every process waits for its first message. */
import process from 'node:process';
import { components } from '#components/catalog.ts';
import { createCatalog } from '#host/catalog.ts';
import type { RunningSession } from '#host/sessions/session-host.ts';
import { designOf, hostOf } from '../designs.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { buildGo, runGo } from '../runtime/go.ts';

const nodes = 1_000;
const rounds = 20;
const roundsToWarm = 5;
const catalog = createCatalog(components);

/** A ring, so that each process waits for another and all are parked. */
function ring() {
  const names = Array.from({ length: nodes }, (_, n) => `n${n}`);
  return designOf(
    catalog,
    'Ring',
    Object.fromEntries(names.map((name) => [name, { kind: 'flow.buffer' }])),
    Object.fromEntries(names.map((name, n) => [`w${n}`, { from: `${name}.out`, to: `n${(n + 1) % nodes}.in` }])),
  );
}

function parked(running: RunningSession): Promise<void> {
  return new Promise((resolve) => running.onEvent(({ is }) => is === 'stuck' && resolve()));
}

interface Took {
  readonly ms: number;
  readonly cpuMs: number;
}

async function ours(): Promise<Took[]> {
  const body = ring();
  const host = hostOf(catalog);
  const took: Took[] = [];
  for (let round = -roundsToWarm; round < rounds; round++) {
    const before = process.cpuUsage();
    const startMs = performance.now();
    const running = await host.start({ sessionId: 'bench', designId: 'bench', rev: 1, body });
    await parked(running);
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) took.push({ ms: performance.now() - startMs, cpuMs: (user + system) / 1_000 });
    await running.stop();
  }
  return took;
}

export async function measureStart(): Promise<void> {
  const took = await ours();
  const go = await buildGo();
  const shown = ({ median, least, most }: Figure): string => `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
  const cpu = figureOf(took.map(({ cpuMs }) => cpuMs));
  const theirs: number[] = [];
  if (go !== undefined) for (let round = 0; round < 5; round++) theirs.push((await runGo(go, 'start', 1)).ms);
  const goMs = figureOf(theirs);
  const times = go === undefined ? '–' : (cpu.median / goMs.median).toFixed(0);
  const rows = [['session', shown(figureOf(took.map(({ ms }) => ms))), shown(cpu), times]];
  if (go !== undefined) rows.push(['Go', shown(goMs), '', '1']);
  process.stdout.write(`start of ${nodes} processes until all are parked\n`);
  printTable([['', 'ms', 'processor ms', 'processor time against Go'], ...rows]);
}
