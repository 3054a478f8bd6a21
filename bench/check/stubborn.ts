/** Stubborn sets: deadlock of systems that are too large to look at whole, and partial deadlock of the same. */

import { randomFrom } from '#base/random.ts';
import { type Budget, usualBudget } from '#contract/check/engine.ts';
import { partialDeadlock } from '#contract/check/stubborn/partial.ts';
import { stubborn } from '#contract/check/stubborn/stubborn.ts';
import type { System } from '#contract/network.ts';
import { dataflow, milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { printTable, processorMs } from '../figures.ts';
import type { Section } from './section.ts';

const budget: Budget = { ...usualBudget, maxMs: 60_000, now: () => performance.now() };

const models: readonly (readonly [string, System])[] = [
  ['14 philosophers', philosophers(14).system],
  ['14 philosophers, one left-handed', philosophers(14, true).system],
  ['Milner, 16 cells', milner(16).system],
  ['pipeline of 13', pipeline(13).system],
  ['dataflow, 16 nodes', dataflow(16, randomFrom(1)).system],
  ['dataflow, 1,000 nodes', dataflow(1_000, randomFrom(1)).system],
  ['dataflow, 1,000 nodes, some connections back', dataflow(1_000, randomFrom(2), { back: 0.05 }).system],
];

const rounds = 5;

// A row a model: the verdict, states looked at, and processor milliseconds (median of the rounds, least and most), for deadlock and for partial deadlock. */
async function run(): Promise<void> {
  const rows = [['model', 'deadlock', 'states', 'ms', 'partial deadlock', 'states', 'ms']];
  for (const [name, system] of models) {
    const [whole, partly] = [stubborn.run(system, budget), partialDeadlock(system, budget)];
    const [wholeMs, partlyMs] = await processorMs(rounds, [
      async () => void stubborn.run(system, budget),
      async () => void partialDeadlock(system, budget),
    ]);
    const text = (figure: typeof wholeMs): string =>
      figure === undefined ? '' : `${figure.median.toFixed(1)} (${figure.least.toFixed(1)}–${figure.most.toFixed(1)})`;
    const states = (count: number): string => count.toLocaleString('en');
    rows.push([name, whole.verdict, states(whole.states), text(wholeMs), partly.verdict, states(partly.states), text(partlyMs)]);
  }
  printTable(rows);
}

export const stubbornSets: Section = { name: 'stubborn sets', run };
