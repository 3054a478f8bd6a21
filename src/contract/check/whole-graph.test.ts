import { expect, test } from 'vitest';
import { usualBudget } from './engine.ts';
import { graphBudget } from './whole-graph.ts';

const mebibyte = 1_048_576;

test('[V4] the graph of all states takes at most 200,000 states, 128 MiB and a second, and never more than the budget', () => {
  expect(graphBudget(usualBudget)).toMatchObject({ maxStates: 200_000, maxMs: 1_000, maxBytes: 128 * mebibyte });
  const small = { maxStates: 500, maxMs: 20, maxBytes: mebibyte };
  expect(graphBudget(small)).toEqual(small);
});

test('[V141] of a long check it takes a fiftieth of the states, as much longer, and half of the bytes', () => {
  const long = { maxStates: 100_000_000, maxMs: 7_500, maxBytes: 512 * mebibyte };
  expect(graphBudget(long)).toEqual({ maxStates: 2_000_000, maxMs: 7_500, maxBytes: 256 * mebibyte });
  expect(graphBudget({ ...long, maxMs: 60_000 }).maxMs).toBe(10_000);
});
