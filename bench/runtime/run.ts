/** What one communication costs, beside plain promises. See README.md for what is measured and what is not. */
import { type Figure, printTable, processorMs } from '../figures.ts';
import { cases } from './cases.ts';

const rounds = 9;

function rate(messages: number, ms: number): string {
  return (messages / ms / 1_000).toFixed(2);
}

const rows = [['', 'runtime, M/s', '(spread)', 'promises, M/s', '(spread)', 'time against promises']];
for (const { name, messages, runtime, promises } of cases) {
  const [ours, theirs] = await processorMs(rounds, [runtime, promises]);
  if (ours === undefined || theirs === undefined) continue;
  const spread = ({ least, most }: Figure) => `(${rate(messages, most)}–${rate(messages, least)})`;
  const ratio = (ours.median / theirs.median).toFixed(2);
  rows.push([name, rate(messages, ours.median), spread(ours), rate(messages, theirs.median), spread(theirs), ratio]);
}
printTable(rows);
