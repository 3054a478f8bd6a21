/** What every benchmark needs: sides measured in turns, a median with its spread, a table. */
import process from 'node:process';

export interface Figure {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The middle and the extremes of some measurements. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? Number.NaN, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/**
 * Processor milliseconds of each side, taken in turns so that all see the same machine; a round before them warms up.
 * Where sides do nothing but compute on one thread this is the time on the wall of an idle machine (with the collector's
 * helpers added), and on a busy one it does not count the neighbours.
 */
export async function processorMs(rounds: number, sides: readonly (() => Promise<void>)[]): Promise<Figure[]> {
  const timesMs: number[][] = sides.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      const before = process.cpuUsage();
      await side();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) timesMs[i]?.push((user + system) / 1_000);
    }
  }
  return timesMs.map(figureOf);
}

/** Prints rows as a table of Markdown, the first row as the heading: what a README shows is what was printed. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |\n`;
  const [head = [], ...body] = rows;
  process.stdout.write([head, widths.map(() => '---'), ...body].map(line).join(''));
}
