import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemOf } from '#contract/automata.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { climb, engines } from '#contract/check/ladder.ts';
import { compose, isReady } from '#contract/compose.ts';
import type { System } from '#contract/network.ts';
import { naiveSearch } from '#contract/testing/naive.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { randomAutomata } from '#contract/testing/random-system.ts';
import { wire } from '#contract/wiring.ts';
import { promelaOf } from './promela.ts';
import { spinAnswer, spinAnswers } from './testing/spin.ts';

/** SPIN_NETWORKS sets how many networks are compared, CHECK_SEED repeats a run; the seed is printed with a difference. */
const networks = Number(process.env['SPIN_NETWORKS'] ?? 500);
const seed = Number(process.env['CHECK_SEED'] ?? Date.now() % 2 ** 31);
const atOnce = 100;

const ofDesigns = randomDesign.map(({ body, lookup }): System => compose(wire(body, lookup).filter(isReady), false));
// Two copies side by side that share some of their events: more parts, more states, events of up to ten parts.
const ofCopies = fc.record({ automata: randomAutomata, shared: fc.nat(7) }).map(({ automata, shared }): System => {
  const copy = (event: string): string => (Number(event.slice(1)) < shared ? event : `${event}'`);
  const copies = automata.map((one) => ({
    ...one,
    name: `${one.name}'`,
    transitions: one.transitions.map(([from, event, to]) => [from, copy(event), to] as const),
    alphabet: one.alphabet?.map(copy) ?? [],
  }));
  return systemOf([...automata, ...copies]).system;
});
const randomNetwork = fc.oneof(
  ofDesigns,
  ofDesigns,
  ofCopies,
  randomAutomata.map((automata) => systemOf(automata).system),
);

interface Sample {
  readonly system: System;
  readonly naive: { readonly states: number; readonly dead: number | undefined };
}

function samples(count: number, from: number): Sample[] {
  return fc.sample(randomNetwork, { numRuns: count, seed: from }).flatMap((system) => {
    const naive = naiveSearch(system);
    return naive === undefined ? [] : [{ system, naive }];
  });
}

test(`[V89] SPIN, the plainest search and every engine agree on ${networks} random networks`, async () => {
  const seen = { proved: 0, refuted: 0, most: 0 };
  for (let start = 0; start < networks; start += atOnce) {
    const from = seed + start;
    const batch = samples(Math.min(atOnce, networks - start), from);
    const answers = await spinAnswers(batch.map(({ system }) => system));
    for (const [at, { system, naive }] of batch.entries()) {
      const where = `CHECK_SEED=${from}, number ${at}`;
      const verdict = naive.dead === undefined ? 'proved' : 'refuted';
      seen[verdict]++;
      seen.most = Math.max(seen.most, naive.states);
      expect(answers[at], where).toEqual({ states: naive.states, deadlock: verdict === 'refuted' });
      for (const { name } of engines) {
        const { outcome } = climb(system, usualBudget, name);
        if (outcome.verdict !== 'unknown') expect(outcome.verdict, `${name}, ${where}`).toBe(verdict);
        // V11  It may be too wide for a full search, which then says so.
        const tooWide = outcome.verdict === 'unknown' && outcome.why.startsWith('too wide');
        if (name === 'full' && !tooWide) expect(outcome.verdict, where).toBe(verdict);
      }
    }
  }
  expect(Math.min(seen.proved, seen.refuted, seen.most)).toBeGreaterThan(networks / 50);
}, 3_600_000);

test('[V87] the exported model, run as people run it, has as many states, and an invalid end state for a deadlock', async () => {
  for (const { system, naive } of samples(12, seed)) {
    const labels = system.events.map((_, event) => `e${event} */ "`);
    const answer = await spinAnswer(promelaOf({ system, labels }, 'a */ title'));
    expect(answer, `CHECK_SEED=${seed}`).toEqual({ states: naive.states, deadlock: naive.dead !== undefined });
  }
});
