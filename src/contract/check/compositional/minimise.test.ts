import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, ended, type Graph, inside, statesOf } from './graph.ts';
import { minimise } from './minimise.ts';

const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 300), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

type Move = readonly [from: number, label: number, to: number];

function graphOf(states: number, moves: readonly Move[], marks: readonly number[] = []): Graph {
  const rows = Array.from({ length: states }, (_, state) => moves.filter(([from]) => from === state));
  return {
    first: Int32Array.from([0, ...rows.map((_, state) => rows.slice(0, state + 1).flat().length)]),
    labels: Int32Array.from(rows.flat(), ([, label]) => label),
    targets: Int32Array.from(rows.flat(), ([, , to]) => to),
    marks: Uint8Array.from({ length: states }, (_, state) => marks[state] ?? 0),
    labelCount: 4,
  };
}

/** Up to five states, all of which can be reached. */
const randomGraph: fc.Arbitrary<Graph> = fc
  .record({
    states: fc.integer({ min: 1, max: 5 }),
    moves: fc.array(fc.tuple(fc.nat(4), fc.constantFrom(0, 0, 0, 1, 2), fc.nat(4)), { maxLength: 10 }),
    marks: fc.array(fc.constantFrom(0, 0, 0, ended, ended, cut), { minLength: 5, maxLength: 5 }),
  })
  .map(({ states, moves, marks }) => {
    const kept = moves.filter(([from, , to]) => from < states && to < states);
    const met = new Set([0]);
    for (const state of met) for (const [from, , to] of kept) if (from === state) met.add(to);
    const order = [...met];
    const renamed = kept
      .filter(([from]) => met.has(from))
      .map(([from, label, to]): Move => [order.indexOf(from), label, order.indexOf(to)]);
    return graphOf(
      order.length,
      renamed,
      order.map((state) => marks[state] ?? 0),
    );
  });

// The definition read as a program, for a partition given as the class of each state.
function isBisimulation(graph: Graph, classes: readonly number[]): boolean {
  const states = [...classes.keys()];
  return states.every((s) => states.every((t) => classes[s] !== classes[t] || canFollow(graph, classes, s, t)));
}

// Marks are moves to oneself; `ended` only where nothing happens inside.
function movesOf(graph: Graph, state: number): readonly (readonly [label: string, to: number])[] {
  const range = Array.from({ length: graph.first[state + 1]! - graph.first[state]! }, (_, at) => graph.first[state]! + at);
  const moves = range.map((move): [string, number] => [String(graph.labels[move]), graph.targets[move]!]);
  const waits = range.every((move) => graph.labels[move] !== inside);
  if ((graph.marks[state]! & ended) !== 0 && waits) moves.push(['ended', state]);
  if ((graph.marks[state]! & cut) !== 0) moves.push(['cut', state]);
  return moves;
}

function after(graph: Graph, state: number, within: (state: number) => boolean): Set<number> {
  const met = new Set([state]);
  for (const at of met) for (const [label, to] of movesOf(graph, at)) if (label === '0' && within(to)) met.add(to);
  return met;
}

function canFollow(graph: Graph, classes: readonly number[], s: number, t: number): boolean {
  const follows = movesOf(graph, s).every(
    ([label, to]) =>
      (label === '0' && classes[to] === classes[t]) ||
      [...after(graph, t, () => true)].some(
        (between) =>
          classes[between] === classes[s] &&
          movesOf(graph, between).some(([other, end]) => other === label && classes[end] === classes[to]),
      ),
  );
  return follows && goesOnForEver(graph, classes, s) === goesOnForEver(graph, classes, t);
}

function goesOnForEver(graph: Graph, classes: readonly number[], state: number): boolean {
  const own = (at: number): boolean => classes[at] === classes[state];
  return [...after(graph, state, own)].some((at) =>
    movesOf(graph, at).some(([label, to]) => label === '0' && own(to) && after(graph, to, own).has(at)),
  );
}

function* partitions(size: number, classes: readonly number[] = []): Generator<readonly number[]> {
  if (classes.length === size) yield classes;
  else for (let next = 0; next <= Math.max(-1, ...classes) + 1; next++) yield* partitions(size, [...classes, next]);
}

test('[V41] of all partitions that keep branching and what goes on for ever it finds the coarsest', () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const found = [...minimise(graph).classes];
      expect(isBisimulation(graph, found)).toBe(true);
      for (const classes of partitions(statesOf(graph)))
        if (isBisimulation(graph, classes))
          for (const [s, one] of classes.entries())
            for (const [t, other] of classes.entries()) if (one === other) expect(found[s]).toBe(found[t]);
    }),
    runs,
  );
}, 600_000);

test('[V41] the smallest graph cannot be told from the given one, and does not become smaller', () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const { graph: small, classes } = minimise(graph);
      const size = statesOf(graph);
      const moves = (of: Graph, by: number): Move[] =>
        [...Array(statesOf(of)).keys()].flatMap((state) =>
          [...of.labels.subarray(of.first[state]!, of.first[state + 1]!)].map(
            (label, at): Move => [state + by, label, of.targets[of.first[state]! + at]! + by],
          ),
        );
      const both = graphOf(size + statesOf(small), [...moves(graph, 0), ...moves(small, size)], [...graph.marks, ...small.marks]);
      expect(isBisimulation(both, [...classes, ...Array(statesOf(small)).keys()])).toBe(true);
      const again = minimise(small).graph;
      expect([statesOf(again), again.labels.length]).toEqual([statesOf(small), small.labels.length]);
    }),
    runs,
  );
}, 600_000);

test('[V41] a decision that changes nothing is left out; one that changes something stays', () => {
  const inert = graphOf(3, [
    [0, inside, 1],
    [1, 1, 2],
  ]);
  expect(statesOf(minimise(inert).graph)).toBe(2);
  const decides = graphOf(4, [
    [0, 1, 1],
    [0, inside, 2],
    [2, 2, 3],
  ]);
  expect(statesOf(minimise(decides).graph)).toBe(3);
});

test('[V41] a state that is stuck is never taken for one that goes on for ever, or for one that has ended', () => {
  const graph = graphOf(
    4,
    [
      [0, 1, 1],
      [0, 2, 2],
      [0, 3, 3],
      [2, inside, 2],
    ],
    [0, 0, 0, ended],
  );
  expect(new Set(minimise(graph).classes).size).toBe(4);
});

test('[V41] where something can still happen inside, that all have ended says nothing', () => {
  const graph = graphOf(2, [[0, inside, 1]], [ended, 0]);
  expect([...minimise(graph).graph.marks]).toEqual([0]);
});

test('[V41] many events of one state and long lines keep their classes', () => {
  const wide = graphOf(
    2,
    Array.from({ length: 60 }, (_, at): Move => [0, 1 + (at % 3), at % 2]),
  );
  expect(statesOf(minimise(wide).graph)).toBe(2);
  const line = graphOf(
    700,
    Array.from({ length: 699 }, (_, at): Move => [at, 1, at + 1]),
  );
  expect(statesOf(minimise(line).graph)).toBe(700);
});
