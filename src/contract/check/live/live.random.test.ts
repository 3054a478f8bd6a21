import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reachable } from '#contract/check/full/graph.ts';
import type { System } from '#contract/network.ts';
import { naiveSteps } from '#contract/testing/naive.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import type { Lasso } from './cycles.ts';
import { livelock } from './livelock.ts';
import { recurring } from './recurring.ts';
import { starvation } from './starvation.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes it longer.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 400), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { maxStates: 10_000, maxMs: 10_000 };
const most = 9;

/** All states with their steps, written out; undefined when there are too many to look at all sets of them. */
interface Plain {
  readonly states: readonly (readonly number[])[];
  readonly steps: readonly (readonly { readonly event: number; readonly to: number }[])[];
}

function plainly(system: System): Plain | undefined {
  const states = [system.parts.map(() => 0)];
  const steps: { event: number; to: number }[][] = [];
  for (const state of states) {
    steps.push(
      naiveSteps(system, state).map(({ event, to }) => {
        const known = states.findIndex((one) => one.join() === to.join());
        return { event, to: known < 0 ? states.push(to) - 1 : known };
      }),
    );
    if (states.length > most) return undefined;
  }
  return { states, steps };
}

const isEnded = ({ parts, shapes }: System, state: readonly number[], process: number): boolean =>
  shapes[parts[process]!.shape]!.final[state[process]!] === 1;

const canMove = (system: System, { states, steps }: Plain, state: number, process: number): boolean =>
  !isEnded(system, states[state]!, process) && steps[state]!.some(({ event }) => system.events[event]!.parts.includes(process));

/** Every set of states one can go round in by allowed events, touching all of it, fair to every process: the definition, set by set. */
function fairRounds(system: System, plain: Plain, allowed: (event: number) => boolean): number[][] {
  const all = [...plain.states.keys()];
  const sets = Array.from({ length: 2 ** all.length - 1 }, (_, bits) => all.filter((state) => (((bits + 1) >> state) & 1) === 1));
  return sets.filter((set) => {
    const inside = set.flatMap((from) =>
      plain.steps[from]!.filter(({ event, to }) => allowed(event) && set.includes(to)).map((step) => ({ from, ...step })),
    );
    const reach = (start: number): Set<number> => {
      const met = new Set<number>();
      const queue = [start];
      for (const at of queue)
        for (const { from, to } of inside) {
          if (from !== at || met.has(to)) continue;
          met.add(to);
          queue.push(to);
        }
      return met;
    };
    if (!set.every((state) => set.every((other) => reach(state).has(other)))) return false;
    return system.parts.every(
      (_, process) =>
        process >= system.processes ||
        inside.some(({ event }) => system.events[event]!.parts.includes(process)) ||
        set.some((state) => !canMove(system, plain, state, process)),
    );
  });
}

/** Whether the way can be gone and then the cycle, back to where it began, fair to all; `also` is asked of the states on it. */
function goesRound(system: System, plain: Plain, { way, cycle }: Lasso, also: (states: readonly number[]) => boolean): boolean {
  const follow = (from: readonly number[], events: readonly number[]): number[][] =>
    events.reduce<number[][]>(
      (paths, event) =>
        paths
          .flatMap((path) => plain.steps[path.at(-1)!]!.flatMap((step) => (step.event === event ? [path.concat(step.to)] : [])))
          .slice(0, 2_000),
      [[...from]],
    );
  const starts = new Set(follow([0], way).map((path) => path.at(-1)!));
  return [...starts].some((start) =>
    follow([start], cycle).some(
      (path) =>
        path.at(-1) === start &&
        also(path) &&
        system.parts.every(
          (_, process) =>
            cycle.some((event) => system.events[event]!.parts.includes(process)) ||
            path.some((state) => !canMove(system, plain, state, process)),
        ),
    ),
  );
}

test('[V55] a livelock is found exactly when some fair round has no progress, and the lasso is one', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(randomSystem, fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 7, maxLength: 7 }), ({ system }, dice) => {
      const plain = plainly(system);
      if (plain === undefined) return;
      const progress = Uint8Array.from(system.events, (_, event) => (dice[event] === 0 ? 1 : 0));
      const rounds = fairRounds(system, plain, (event) => progress[event] !== 1);
      const answer = livelock(system, progress, () => reachable(system, budget));
      const kind = answer.verdict === 'proved' ? `proved ${answer.states === 0 ? 'by rule' : answer.unfair}` : answer.verdict;
      seen[kind] = (seen[kind] ?? 0) + 1;
      expect(answer.verdict).toBe(rounds.length > 0 ? 'refuted' : 'proved');
      if (answer.verdict !== 'refuted') return;
      expect(answer.lasso.cycle.length).toBeGreaterThan(0);
      expect(answer.lasso.cycle.filter((event) => progress[event] === 1)).toEqual([]);
      expect(goesRound(system, plain, answer.lasso, () => true)).toBe(true);
    }),
    runs,
  );
  for (const kind of ['proved by rule', 'proved false', 'proved true', 'refuted'])
    expect(seen[kind] ?? 0, kind).toBeGreaterThan(0);
}, 60_000);

test('[V55] when the rule leaves no event, no cycle of the chosen events can be reached', () => {
  fc.assert(
    fc.property(randomSystem, fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), ({ system }, chosen) => {
      const plain = plainly(system);
      if (plain === undefined) return;
      const left = recurring(system, (event) => chosen[event] === true);
      const onCycles = new Set<number>();
      for (const [from, list] of plain.steps.entries())
        for (const { event, to } of list) {
          const met = new Set([to]);
          for (const state of met) for (const step of plain.steps[state]!) if (chosen[step.event]) met.add(step.to);
          if (chosen[event] && met.has(from)) onCycles.add(event);
        }
      for (const event of onCycles) expect(left[event]).toBe(1);
    }),
    runs,
  );
}, 60_000);

test('[V56] the processes that can starve are those some fair round passes over, and each lasso shows one', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(randomSystem, ({ system }) => {
      const plain = plainly(system);
      if (plain === undefined) return;
      const starves = (process: number): boolean =>
        fairRounds(system, plain, (event) => !system.events[event]!.parts.includes(process)).some((set) => {
          const ready = set.filter((state) => canMove(system, plain, state, process));
          return ready.length > 0 && ready.length < set.length;
        });
      const expected = system.parts.flatMap((_, process) => (starves(process) ? [process] : []));
      const answer = starvation(
        system,
        () => false,
        () => reachable(system, budget),
        budget,
      );
      seen[answer.verdict] = (seen[answer.verdict] ?? 0) + 1;
      expect(answer.verdict === 'refuted' ? answer.starving.map(({ process }) => process) : []).toEqual(expected);
      if (answer.verdict !== 'refuted') return;
      for (const { process, lasso, choosers } of answer.starving) {
        expect(lasso.cycle.filter((event) => system.events[event]!.parts.includes(process))).toEqual([]);
        const passedOver = (path: readonly number[]): boolean =>
          new Set(path.map((state) => canMove(system, plain, state, process))).size === 2;
        expect(goesRound(system, plain, lasso, passedOver)).toBe(true);
        expect(choosers.length).toBeGreaterThan(0);
      }
    }),
    runs,
  );
  for (const kind of ['proved', 'refuted']) expect(seen[kind] ?? 0, kind).toBeGreaterThan(2);
}, 60_000);
