/** The whole ladder, as `csp check` and the page ask it: exact verdicts on large systems, with the certificate or the trace checked again. */
import { randomFrom } from '#base/random.ts';
import { recheckProof } from '#contract/certify/recheck-proof.ts';
import { recheckTrace } from '#contract/certify/recheck-trace.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { climb } from '#contract/check/ladder.ts';
import type { System } from '#contract/network.ts';
import { dataflow, milner, philosophers } from '#contract/testing/models.ts';
import { type Figure, printTable, processorMs } from '../figures.ts';
import type { Section } from './section.ts';

const rounds = 5;
const budget = { ...usualBudget, maxMs: 60_000, now: () => performance.now() };

const models: readonly (readonly [string, System])[] = [
  ['1,000 philosophers, one left-handed', philosophers(1_000, true).system],
  ['1,000 philosophers', philosophers(1_000).system],
  ['Milner, 1,000 cells', milner(1_000).system],
  ['dataflow, 1,000 nodes', dataflow(1_000, randomFrom(1)).system],
  ['dataflow, 1,000 nodes, some connections back', dataflow(1_000, randomFrom(2), { back: 0.05 }).system],
  ['dataflow, 1,000 nodes, many connections back', dataflow(1_000, randomFrom(3), { back: 0.3 }).system],
];

export const whole: Section = {
  name: 'the whole ladder',
  async run() {
    const rows = [['model', 'engine', 'verdict', 'states', 'CPU ms', 'checked again', 'CPU ms']];
    for (const [name, system] of models) {
      const { engine, outcome } = climb(system, budget);
      const again = () => {
        if (outcome.verdict === 'refuted') return recheckTrace(system, outcome.trace, outcome.dead).is;
        return outcome.verdict === 'proved' && outcome.certificate ? recheckProof(system, outcome.certificate).is : 'open';
      };
      const [found, checked] = (await processorMs(rounds, [
        async () => void climb(system, budget),
        async () => void again(),
      ])) as [Figure, Figure];
      rows.push([name, engine, outcome.verdict, outcome.states.toLocaleString('en'), text(found), again(), text(checked)]);
    }
    printTable(rows);
  },
};

function text({ median, least, most }: Figure): string {
  return `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
}
