import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compose, isReady } from '#contract/compose.ts';
import type { Network } from '#contract/network.ts';
import { allEnded, naiveDeadlock, naiveReplay, naiveSearch, naiveSteps } from '#contract/testing/naive.ts';
import { type RandomDesign, randomDesign } from '#contract/testing/random.ts';
import { wire } from '#contract/wiring.ts';
import { prepareCheck, searchDeadlock } from './check.ts';
import { usualBudget } from './engine.ts';
import { full } from './full/full.ts';

const budget = { ...usualBudget, maxStates: 20_000 };

// The seed is printed with a failure; CHECK_SEED repeats it.
const runs = { numRuns: 400, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

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
      if (naive === undefined) return;
      const outcome = full.run(network, usualBudget);
      expect(outcome.verdict).toBe(naive.dead === undefined ? 'proved' : 'refuted');
      if (outcome.verdict === 'unknown') return;
      seen[outcome.verdict]++;
      if (outcome.verdict === 'proved') expect(outcome.states).toBe(naive.states);
      else expect(outcome.trace.length).toBe(naive.dead);
    }),
    runs,
  );
  expect(seen.proved).toBeGreaterThan(10);
  expect(seen.refuted).toBeGreaterThan(10);
}, 60_000);

test('[K6] [K7] [K8] [K9] [K10] [K11] a verdict is the one that reading the rules as a program gives', () => {
  const seen = { proved: 0, refuted: 0 };
  fc.assert(
    fc.property(randomDesign, ({ body, lookup }) => {
      const deadlock = naiveDeadlock(body, lookup);
      if (deadlock === undefined) return;
      seen[deadlock ? 'refuted' : 'proved']++;
      const found = searchDeadlock(prepareCheck(body, lookup));
      if (found.message.includes('with itself')) return;
      expect(found.verdict).toBe(deadlock ? 'refuted' : 'proved');
    }),
    runs,
  );
  expect(seen.proved).toBeGreaterThan(10);
  expect(seen.refuted).toBeGreaterThan(10);
}, 60_000);

test('[K14] [K15] every trace replays to a state in which nothing is possible and somebody has not ended', () => {
  fc.assert(
    fc.property(randomDesign, (random) => {
      const network = networkOf(random);
      const outcome = full.run(network, budget);
      if (outcome.verdict !== 'refuted') return;
      expect(naiveReplay(network, outcome.trace)).toContainEqual(outcome.dead);
      expect(naiveSteps(network, outcome.dead)).toEqual([]);
      expect(allEnded(network, outcome.dead)).toBe(false);
    }),
    runs,
  );
}, 60_000);

test('[K9] what rough buffers prove, counted ones keep', () => {
  fc.assert(
    fc.property(randomDesign, (random) => {
      const rough = full.run(networkOf(random, true), budget);
      if (rough.verdict === 'proved') expect(full.run(networkOf(random), budget).verdict).not.toBe('refuted');
    }),
    runs,
  );
}, 60_000);

test('[K15] the knot of a deadlock is closed: its members wait only for each other, or also for such as have ended', () => {
  fc.assert(
    fc.property(randomDesign, ({ body, lookup }) => {
      const { trace } = searchDeadlock(prepareCheck(body, lookup), budget);
      if (trace === undefined) return;
      const { nodes } = trace.knot;
      expect(nodes.length).toBeGreaterThan(0);
      const hasEnded = (node: string): boolean => trace.waiting.every((entry) => entry.node !== node);
      if (nodes.some(hasEnded)) return;
      // Peers that have ended are outside, where a member also waits for one that has not.
      for (const { on } of trace.waiting.filter(({ node }) => nodes.includes(node))) {
        for (const { peer } of on) if (!hasEnded(peer)) expect(nodes).toContain(peer);
        expect(on.length === 0 || on.some(({ peer }) => nodes.includes(peer))).toBe(true);
      }
    }),
    runs,
  );
}, 60_000);
