import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usualBudget } from '#contract/check/engine.ts';
import { milner, philosophers } from '#contract/testing/models.ts';
import { naiveSearch, naiveSteps } from '#contract/testing/naive.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import { reachable, type StateGraph } from './graph.ts';

// The seed is printed with a failure; CHECK_SEED repeats it.
const runs = { numRuns: 300, seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

function graphOf(...given: Parameters<typeof reachable>): StateGraph {
  const found = reachable(...given);
  if (!found.complete) throw new Error(found.why);
  return found.graph;
}

const sorted = (steps: readonly string[]): string[] => [...steps].sort();

test('[V18] the graph has every state, and from each exactly the steps the plainest reading gives', () => {
  fc.assert(
    fc.property(randomSystem, ({ system }) => {
      const graph = graphOf(system, usualBudget);
      expect(graph.states).toBe(naiveSearch(system)?.states);
      for (let state = 0; state < graph.states; state++) {
        const moves = [...graph.events.subarray(graph.first[state], graph.first[state + 1])].map((event, at) => {
          const target = graph.targets[(graph.first[state] ?? 0) + at] ?? -1;
          return `${event}: ${graph.vectorOf(target)}`;
        });
        const naive = naiveSteps(system, [...graph.vectorOf(state)]).map(({ event, to }) => `${event}: ${to}`);
        expect(sorted(moves)).toEqual(sorted(naive));
      }
    }),
    runs,
  );
}, 60_000);

test('[V18] the way to a state is a shortest one and leads there', () => {
  const { system } = philosophers(4);
  const graph = graphOf(system, usualBudget);
  const depth = new Map([['0,'.repeat(8).slice(0, -1), 0]]);
  for (let state = 0; state < graph.states; state++) {
    const way = graph.wayTo(state);
    let ends = [system.parts.map(() => 0)];
    for (const made of way)
      ends = ends.flatMap((end) => naiveSteps(system, end).flatMap(({ event, to }) => (event === made ? [to] : [])));
    const vector = [...graph.vectorOf(state)];
    expect(ends).toContainEqual(vector);
    expect(way.length).toBe(depth.get(vector.join()));
    for (const { to } of naiveSteps(system, vector)) if (!depth.has(to.join())) depth.set(to.join(), way.length + 1);
  }
});

test('[V18] a graph that does not fit is none: out of states, bytes or time, or cancelled', () => {
  const { system } = milner(6);
  const whyNot = (
    budget: Partial<typeof usualBudget> & { readonly maxBytes?: number; goOn?: () => boolean; now?: () => number },
  ) => {
    const found = reachable(system, { ...usualBudget, ...budget });
    return found.complete ? 'complete' : found.why;
  };
  const { states } = graphOf(system, usualBudget);
  let time = 0;
  expect(whyNot({ maxStates: states })).toBe('complete');
  expect(whyNot({ maxStates: 100 })).toContain('states');
  expect(whyNot({ maxBytes: 5_000 })).toContain('memory');
  expect(whyNot({ maxMs: 5, now: () => (time += 10) })).toContain('5 ms');
  expect(whyNot({ goOn: () => false })).toBe('cancelled');
});

test('[V18] a graph tells when a part reached a state that says less than the truth', () => {
  const { system } = philosophers(3);
  const cutting = (cutAt: number) => ({ ...system, shapes: system.shapes.map((shape) => ({ ...shape, cutAt })) });
  expect(graphOf(cutting(2), usualBudget).cut).toBe(true);
  expect(graphOf(cutting(99), usualBudget).cut).toBe(false);
});
