/** States a second and bytes a state of the full search, beside SPIN's on the same models. */
import process from 'node:process';
import { randomFrom } from '#base/random.ts';
import { promelaOf } from '#codegen/promela.ts';
import type { Named } from '#contract/automata.ts';
import { countStates } from '#contract/check/full/full.ts';
import { dataflow, milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { type Figure, figureOf, printTable, processorMs } from '../figures.ts';
import type { Section } from './section.ts';
import { greatestMs, panOf } from './spin.ts';

const rounds = 5;
const budget = { maxStates: 100_000_000, maxMs: Number.POSITIVE_INFINITY, maxBytes: 2 ** 31 };

const models: readonly (readonly [string, () => Named])[] = [
  ['14 philosophers', () => philosophers(14)],
  ["Milner's scheduler of 16", () => milner(16)],
  ['pipeline of 13', () => pipeline(13)],
  ['random dataflow, 20 nodes', () => dataflow(20, randomFrom(7))],
];

export const full: Section = {
  name: 'full search',
  async run() {
    const rows: string[][] = [];
    for (const [name, model] of models) {
      const named = model();
      const { states, transitions, peakBytes = 0, complete } = countStates(named.system, budget);
      if (!complete) throw new Error(`${name} does not fit.`);
      // Emitting and compiling the module is in it.
      const [ours] = (await processorMs(rounds, [async () => void countStates(named.system, budget)])) as [Figure];
      rows.push([
        name,
        count(states),
        count(transitions),
        seconds(ours),
        millions(states, ours),
        (peakBytes / states).toFixed(1),
        ...(await spinBeside(name, named, states, ours)),
      ]);
    }
    const heads = ['model', 'states', 'transitions', 'CPU s', 'million states a CPU s', 'bytes a state'];
    printTable([[...heads, "SPIN's CPU s", 'SPIN takes … times ours'], ...rows]);
    if (rows.some((row) => row.includes(noSpin)))
      process.stdout.write('\nSPIN is missing: apt-get install spin gcc libc6-dev.\n');
  },
};

const noSpin = '–';

/** What pan takes for as many states. */
async function spinBeside(name: string, named: Named, count: number, ours: Figure): Promise<string[]> {
  const pan = await panOf(promelaOf(named, name));
  if (pan === undefined) return [noSpin, noSpin];
  const timesMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const found = await pan.run();
    if (found === undefined) {
      await pan.remove();
      return [`more than ${greatestMs / 1000}`, `more than ${Math.floor(greatestMs / ours.median)}`];
    }
    const { states, cpuSeconds } = found;
    if (states !== count) throw new Error(`${name}: SPIN stores ${states} states, we ${count}.`);
    timesMs.push(1000 * cpuSeconds);
  }
  await pan.remove();
  const theirs = figureOf(timesMs);
  return [seconds(theirs), (theirs.median / ours.median).toFixed(1)];
}

const count = (number: number): string => number.toLocaleString('en');

function seconds({ median, least, most }: Figure): string {
  const [middle, low, high] = [median, least, most].map((ms) => (ms / 1000).toFixed(2));
  return `${middle} (${low}–${high})`;
}

function millions(states: number, { median, least, most }: Figure): string {
  const [middle, low, high] = [median, most, least].map((ms) => (states / ms / 1000).toFixed(2));
  return `${middle} (${low}–${high})`;
}
