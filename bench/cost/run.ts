/** What monitoring and recording cost. See README.md for what is measured and what is not. */
import { asked } from '../child.ts';
import { type Figure, figureOf, printTable } from '../figures.ts';
import { works } from '../flow/work.ts';
import { type Question, settings } from './switches.ts';

const rounds = 5;
const roundsToWarm = 2;
const sides = Object.entries(settings).map(([name, switches]) => ({
  name,
  switches,
  process: asked<Question, number>(new URL('./side.ts', import.meta.url)),
}));

const rows: string[][] = [];
for (const [number, { name, messages }] of works.entries()) {
  const took = sides.map((): number[] => []);
  for (let round = -roundsToWarm; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      const cpuMs = await side.process.ask({ work: number, switches: side.switches });
      if (round >= 0) took[i]?.push(cpuMs);
    }
  }
  const figures = took.map(figureOf);
  const thousands = (ms: number): string => (messages / ms).toFixed(0);
  for (const [i, side] of sides.entries()) {
    const { median, least, most } = figures[i] as Figure;
    const lost = 100 * (1 - (figures[0] as Figure).median / median);
    rows.push([
      name,
      side.name,
      `${thousands(median)} (${thousands(most)}–${thousands(least)})`,
      i === 0 ? '' : `${lost.toFixed(0)} %`,
    ]);
  }
}
await Promise.all(sides.map((side) => side.process.end()));
printTable([['work', 'switched on', '1,000 messages/s', 'throughput lost'], ...rows]);
