import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compose, isReady } from '#contract/compose.ts';
import type { Network } from '#contract/network.ts';
import { allEnded, naiveDeadlock, naiveSearch, naiveSteps } from '#contract/testing/naive.ts';
import { type RandomDesign, randomDesign } from '#contract/testing/random.ts';
import { wire } from '#contract/wiring.ts';
import { check } from './check.ts';
import { usualBudget } from './engine.ts';
import { full } from './full.ts';

const runs = { numRuns: 600, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

function networkOf({ body, lookup }: RandomDesign, rough = false): Network {
  const nodes = wire(body, lookup);
  if (!nodes.every(isReady)) throw new Error(JSON.stringify(nodes.map(({ contract }) => contract)));
  return compose(nodes, rough);
}

test('[K14] the full search finds as many states, the same verdict and as short a trace as the plainest search', () => {
  const seen = { proved: 0, refuted: 0 };
  fc.assert(
    fc.property(randomDesign, (random) => {
      const network = networkOf(random);
      const naive = naiveSearch(network);
      const outcome = full.run(network, usualBudget);
      expect(outcome.verdict).toBe(naive.dead === undefined ? 'proved' : 'refuted');
      if (outcome.verdict === 'unknown') return;
      seen[outcome.verdict]++;
      if (outcome.verdict === 'proved') expect(outcome.states).toBe(naive.states);
      else expect(outcome.trace.length).toBe(naive.dead);
    }),
    runs,
  );
  expect(Math.min(seen.proved, seen.refuted)).toBeGreaterThan(50);
});

test('[K6] [K7] [K8] [K9] [K10] [K11] a verdict is the one that reading the rules as a program gives', () => {
  fc.assert(
    fc.property(randomDesign, ({ body, lookup }) => {
      const found = check(body, lookup).findings.find(({ rule }) => rule === 'deadlock');
      expect(found?.verdict).toBe(naiveDeadlock(body, lookup).deadlock ? 'refuted' : 'proved');
    }),
    runs,
  );
});

test('[K14] [K15] every trace replays to a state in which nothing is possible and somebody has not ended', () => {
  fc.assert(
    fc.property(randomDesign, (random) => {
      const network = networkOf(random);
      const outcome = full.run(network, usualBudget);
      if (outcome.verdict !== 'refuted') return;
      let states = [network.parts.map(() => 0)];
      for (const event of outcome.trace)
        states = states.flatMap((state) => naiveSteps(network, state).flatMap((step) => (step.event === event ? [step.to] : [])));
      expect(states).toContainEqual(outcome.dead);
      expect(naiveSteps(network, outcome.dead)).toEqual([]);
      expect(allEnded(network, outcome.dead)).toBe(false);
    }),
    runs,
  );
});

test('[K9] what rough buffers prove, counted ones keep', () => {
  fc.assert(
    fc.property(randomDesign, (random) => {
      const rough = full.run(networkOf(random, true), usualBudget);
      if (rough.verdict === 'proved') expect(full.run(networkOf(random), usualBudget).verdict).toBe('proved');
    }),
    runs,
  );
});

test('[K15] the knot of a deadlock is closed: its members wait only for each other, or for one that has ended', () => {
  fc.assert(
    fc.property(randomDesign, ({ body, lookup }) => {
      const trace = check(body, lookup).findings.find(({ rule }) => rule === 'deadlock')?.trace;
      if (trace === undefined) return;
      const { nodes } = trace.knot;
      expect(nodes.length).toBeGreaterThan(0);
      const members = trace.waiting.filter(({ node }) => nodes.includes(node));
      const ended = nodes.filter((node) => trace.waiting.every((entry) => entry.node !== node));
      if (ended.length === 0) for (const { on } of members) for (const { peer } of on) expect(nodes).toContain(peer);
    }),
    runs,
  );
});
