/** What one communication costs, beside plain promises. See README.md for what is measured and what is not. */
import process from 'node:process';
import { cases } from './cases.ts';

const rounds = 9;

interface Figure {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Processor milliseconds of each side, taken in turns so that both see the same machine. Both sides do nothing but compute
 * on one thread, so on an idle machine this is the time on the wall (with the collector's helpers added), and on a busy one
 * it does not count the neighbours.
 */
async function measure(sides: readonly (() => Promise<void>)[]): Promise<Figure[]> {
  const timesMs: number[][] = sides.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      const before = process.cpuUsage();
      await side();
      // The first round warms up.
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) timesMs[i]?.push((user + system) / 1_000);
    }
  }
  return timesMs.map((list) => {
    const sorted = list.toSorted((a, b) => a - b);
    return { median: sorted[rounds >> 1] ?? 0, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
  });
}

function rate(messages: number, ms: number): string {
  return (messages / ms / 1_000).toFixed(2);
}

const rows = [['', 'runtime, M/s', '(spread)', 'promises, M/s', '(spread)', 'time against promises']];
for (const { name, messages, runtime, promises } of cases) {
  const [ours, theirs] = await measure([runtime, promises]);
  if (ours === undefined || theirs === undefined) continue;
  const spread = ({ least, most }: Figure) => `(${rate(messages, most)}–${rate(messages, least)})`;
  const ratio = (ours.median / theirs.median).toFixed(2);
  rows.push([name, rate(messages, ours.median), spread(ours), rate(messages, theirs.median), spread(theirs), ratio]);
}
const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
for (const row of rows) process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);
