/** What it takes to put a system together part by part: exact verdicts on designs of a thousand nodes. */
import { randomFrom } from '#base/random.ts';
import type { Named } from '#contract/automata.ts';
import { compositional as engine } from '#contract/check/compositional/compositional.ts';
import { dataflow, milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { type Figure, printTable, processorMs } from '../figures.ts';
import type { Section } from './section.ts';

const rounds = 5;
const budget = { maxStates: 10_000_000, maxMs: Number.POSITIVE_INFINITY };

const models: readonly (readonly [string, () => Named])[] = [
  ['1,000 philosophers, deadlocking', () => philosophers(1_000)],
  ['1,000 philosophers, free', () => philosophers(1_000, true)],
  ["Milner's scheduler of 1,000", () => milner(1_000)],
  ['pipeline of 1,000', () => pipeline(1_000)],
  ['random dataflow, 1,000 nodes', () => dataflow(1_000, randomFrom(7))],
];

export const compositional: Section = {
  name: 'put together part by part',
  async run() {
    const rows: string[][] = [];
    for (const [name, model] of models) {
      const { system } = model();
      const { verdict, states, peakBytes = 0 } = engine.run(system, budget);
      const [ours] = (await processorMs(rounds, [async () => void engine.run(system, budget)])) as [Figure];
      const [median, least, most] = [ours.median, ours.least, ours.most].map((ms) => (ms / 1000).toFixed(3));
      rows.push([name, verdict, count(states), `${median} (${least}–${most})`, count(peakBytes)]);
    }
    printTable([['model', 'verdict', 'states put together', 'CPU s', 'bytes'], ...rows]);
  },
};

const count = (number: number): string => number.toLocaleString('en');
