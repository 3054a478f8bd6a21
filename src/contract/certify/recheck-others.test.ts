import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usualBudget } from '#contract/check/engine.ts';
import { reachable } from '#contract/check/full/graph.ts';
import { livelock } from '#contract/check/live/livelock.ts';
import { starvation } from '#contract/check/live/starvation.ts';
import { deterministic } from '#contract/check/refine/deterministic.ts';
import { explicit } from '#contract/check/refine/explicit.ts';
import { type Counterexample, type Labelled, type Model, models } from '#contract/check/refine/refinement.ts';
import { refines } from '#contract/check/refine/refines.ts';
import { frozen } from '#contract/check/stubborn/frozen.ts';
import { partialDeadlock, stuckAmong } from '#contract/check/stubborn/partial.ts';
import type { System } from '#contract/network.ts';
import { naiveReplay, naiveSteps } from '#contract/testing/naive.ts';
import {
  naiveDeterministic,
  naiveDiverges,
  naiveRefines,
  naiveRefuses,
  naiveWords,
  type PlainProcess,
  plainSystem,
  statesAfter,
} from '#contract/testing/naive-refine.ts';
import { naiveFrozen, naivePartial, plainGraph } from '#contract/testing/naive-stuck.ts';
import { anyNetwork, anySystem } from '#contract/testing/random-networks.ts';
import { randomSystem } from '#contract/testing/random-system.ts';
import { recheckCounterexample } from './recheck-counterexample.ts';
import { recheckLasso } from './recheck-lasso.ts';
import { recheckRefinement } from './recheck-refinement.ts';
import { recheckStuck } from './recheck-stuck.ts';

// The seed is printed with a failure; CHECK_SEED repeats it, CHECK_RUNS makes it longer.
const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 250), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const budget = { ...usualBudget, maxStates: 20_000 };

const stuckIn = (system: System, state: readonly number[]): number[] => stuckAmong(system, state, frozen(system, state));

test('[V57] who the engine says is stuck while the rest runs, the checker agrees', () => {
  let held = 0;
  fc.assert(
    fc.property(fc.oneof(anySystem, anyNetwork), (system) => {
      const outcome = partialDeadlock(system, budget);
      if (outcome.verdict !== 'refuted') return;
      held++;
      expect(recheckStuck(system, outcome.trace, outcome.state, stuckIn(system, outcome.state))).toEqual({ is: 'holds' });
    }),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  expect(held).toBeGreaterThan(5);
}, 60_000);

test('[V57] a trace that is altered, another state or another process holds only where all states say so too', () => {
  let refused = 0;
  fc.assert(
    fc.property(anySystem, fc.array(fc.nat(6), { maxLength: 5 }), fc.nat(), (system, trace, which) => {
      const graph = plainGraph(system);
      const state = graph?.states[which % graph.states.length];
      if (graph === undefined || state === undefined) return;
      for (let process = 0; process < system.parts.length; process++) {
        const found = recheckStuck(system, trace, state, [process]);
        if (found.is === 'fails') refused++;
        if (found.is !== 'holds') continue;
        expect(ends(system, trace)).toContain(state.join());
        expect(naiveFrozen(system, state)).toContain(process);
        expect(process).toBeLessThan(system.processes);
        expect(system.shapes[system.parts[process]!.shape]!.final[state[process]!]).not.toBe(1);
      }
      expect(recheckStuck(system, trace, state, []).is).not.toBe('holds');
    }),
    runs,
  );
  expect(refused).toBeGreaterThan(runs.numRuns / 4);
}, 60_000);

test('[V57] nothing is confirmed of a system in which nobody is stuck while others run or all stand', () => {
  fc.assert(
    fc.property(anySystem, (system) => {
      const graph = plainGraph(system);
      if (graph === undefined || naivePartial(system, graph)) return;
      for (const state of graph.states) {
        if (graph.next.some((list) => list.length === 0)) return;
        expect(recheckStuck(system, wayTo(system, state), state, stuckIn(system, state)).is).not.toBe('holds');
      }
    }),
    runs,
  );
}, 60_000);

function ends(system: System, trace: readonly number[], from = system.parts.map(() => 0)): string[] {
  return naiveReplay(system, trace, from).map((state) => state.join());
}

function wayTo(system: System, wanted: readonly number[]): number[] {
  const start = system.parts.map(() => 0);
  const met = new Map([[start.join(), { state: start, way: [] as number[] }]]);
  for (const { state, way } of met.values()) {
    if (state.join() === wanted.join()) return way;
    for (const { event, to } of naiveSteps(system, state))
      if (!met.has(to.join())) met.set(to.join(), { state: to, way: [...way, event] });
  }
  throw new Error('not reachable');
}

test('[V58] rounds without progress and rounds that pass somebody over hold; a step more or less, another way or claim does not', () => {
  const seen = { livelock: 0, starvation: 0, refused: 0 };
  const dice = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(randomSystem, dice, fc.nat(6), ({ system }, thrown, other) => {
      const whole = () => reachable(system, budget);
      const progress = Uint8Array.from(system.events, (_, event) => (thrown[event] === 0 ? 1 : 0));
      const live = livelock(system, progress, whole);
      if (live.verdict === 'refuted') {
        seen.livelock++;
        const { way, cycle } = live.lasso;
        expect(recheckLasso(system, live.lasso, { progress })).toEqual({ is: 'holds' });
        expect(recheckLasso(system, { way, cycle: [] }, { progress }).is).toBe('fails');
        const marked = progress.with(cycle[other % cycle.length] ?? 0, 1);
        expect(recheckLasso(system, live.lasso, { progress: marked }).is).toBe('fails');
        for (const altered of [cycle.slice(1), [...cycle, other], cycle.with(0, other)])
          if (recheckLasso(system, { way, cycle: altered }, { progress }).is === 'holds')
            expect(comesBack(system, way, altered)).toBe(true);
          else seen.refused++;
      }
      const starving = starvation(system, () => false, whole, budget);
      if (starving.verdict !== 'refuted') return;
      for (const { process, lasso } of starving.starving) {
        seen.starvation++;
        expect(recheckLasso(system, lasso, { starves: process })).toEqual({ is: 'holds' });
        const served = lasso.cycle.flatMap((event) => system.events[event]?.parts ?? [])[0] ?? 0;
        expect(recheckLasso(system, lasso, { starves: served }).is).toBe('fails');
        expect(recheckLasso(system, lasso, { starves: system.processes }).is).toBe('fails');
      }
    }),
    runs,
  );
  expect(Math.min(seen.livelock, seen.starvation, seen.refused)).toBeGreaterThan(3);
}, 60_000);

function comesBack(system: System, way: readonly number[], cycle: readonly number[]): boolean {
  return ends(system, way).some((text) => ends(system, cycle, text.split(',').map(Number)).includes(text));
}

test('[V58] a round that is not fair to somebody who can go on all the time fails', () => {
  fc.assert(
    fc.property(randomSystem, ({ system }) => {
      for (const [event, { parts }] of system.events.entries()) {
        const start = system.parts.map(() => 0);
        if (!ends(system, [event]).includes(start.join())) continue;
        const idle = system.parts.flatMap((_, part) => (part < system.processes && !parts.includes(part) ? [part] : []));
        const able = naiveSteps(system, start).flatMap((step) => system.events[step.event]?.parts ?? []);
        const unfair = idle.some((part) => able.includes(part) && system.shapes[system.parts[part]?.shape ?? 0]?.final[0] !== 1);
        const { is } = recheckLasso(system, { way: [], cycle: [event] }, { progress: new Uint8Array(system.events.length) });
        expect(is).toBe(unfair ? 'fails' : 'holds');
      }
    }),
    runs,
  );
});

/** A random system of parts with some events hidden and some of one name. */
const labelled: fc.Arbitrary<Labelled> = fc
  .tuple(randomSystem, fc.array(fc.nat(4), { minLength: 7, maxLength: 7 }))
  .map(([{ system }, dice]) => ({
    system,
    labels: system.events.map((_, event) => ['a', 'b', 'c'][(dice[event] ?? 0) % 3] ?? ''),
    hidden: new Set(system.events.keys().filter((event) => (dice[event] ?? 0) > 2)),
  }));

/** The claim altered in one place. */
function altered(claim: Counterexample, which: number, word: string): Counterexample {
  const { events, trace, offers = [], cycle = [] } = claim;
  const kinds = ['trace', 'refusal', 'divergence'] as const;
  const changes: Partial<Counterexample>[] = [
    { events: events.slice(0, -1) },
    { events: [...events, which % 7] },
    { trace: trace.slice(0, -1) },
    { trace: [...trace, word] },
    { trace: [...trace.slice(0, -1), word] },
    { offers: offers.slice(1) },
    { offers: [...offers, word] },
    { cycle: cycle.slice(1) },
    { cycle: [...cycle, which % 7] },
    { what: kinds[which % 3] ?? 'trace' },
  ];
  return { ...claim, ...changes[which % 10] };
}

test('[V59] counterexamples of refinement hold; altered ones never hold where the specification allows all', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(
      labelled,
      labelled,
      fc.boolean(),
      fc.constantFrom(...models),
      fc.nat(),
      fc.constantFrom('a', 'b', 'c', '✓'),
      (impl, spec, asStates, model, which, word) => {
        const whole = explicit(spec, budget);
        const [left, right] = [plainSystem(spec), plainSystem(impl)];
        if (!whole.ok || left === undefined || right === undefined) return;
        const outcome = refines(whole.lts, impl, { model }, budget);
        if (outcome.verdict !== 'refuted') return;
        const against = asStates ? whole.lts : spec;
        seen[outcome.what] = (seen[outcome.what] ?? 0) + 1;
        expect(recheckCounterexample(against, impl, model, outcome)).toEqual({ is: 'holds' });
        const other = altered(outcome, which, word);
        const again = recheckCounterexample(against, impl, model, other);
        if (again.is === 'holds') expect([other, isOne(left, right, other, model)]).toEqual([other, true]);
        else seen['not'] = (seen['not'] ?? 0) + 1;
        // What it holds against itself is never wrong.
        const itself = explicit(impl, budget);
        if (itself.ok) expect(recheckCounterexample(itself.lts, impl, model, outcome).is).not.toBe('holds');
        if (naiveRefines(right, left, model)) expect(recheckCounterexample(impl, spec, model, outcome).is).not.toBe('holds');
      },
    ),
    { ...runs, numRuns: 3 * runs.numRuns },
  );
  for (const kind of ['trace', 'refusal', 'divergence', 'not']) expect(seen[kind] ?? 0, kind).toBeGreaterThan(1);
}, 60_000);

// By the definitions, after the words of the claim; what goes on for ever is left to the engine's own test.
function isOne(spec: PlainProcess, impl: PlainProcess, { what, trace, offers = [] }: Counterexample, model: Model): boolean {
  const before = what === 'trace' ? trace.slice(0, -1) : trace;
  const [allowed, here] = [statesAfter(spec, before), statesAfter(impl, before)];
  const along = before.keys().map((count) => statesAfter(spec, before.slice(0, count)));
  if (model === 'FD' && [...along, allowed].some((states) => naiveDiverges(spec, states))) return false;
  if (what === 'divergence') return model === 'FD' && here.length > 0;
  if (what === 'trace') {
    const last = trace.at(-1) ?? '';
    return naiveWords(impl, here).has(last) && !naiveWords(spec, allowed).has(last);
  }
  const refused = ['a', 'b', 'c', '✓'].filter((word) => !offers.includes(word));
  return naiveRefuses(impl, here, refused) && !naiveRefuses(spec, allowed, refused);
}

test('[V59] counterexamples of determinism hold, and none of what is deterministic', () => {
  const seen = { held: 0, not: 0 };
  let last: Counterexample | undefined;
  fc.assert(
    fc.property(labelled, fc.constantFrom('F' as const, 'FD' as const), (impl, model) => {
      const plain = plainSystem(impl);
      if (plain === undefined) return;
      const outcome = deterministic(impl, { model }, budget);
      if (outcome.verdict === 'refuted') {
        last = outcome;
        seen.held++;
        expect(recheckCounterexample('itself', impl, model, outcome)).toEqual({ is: 'holds' });
        const bare = { ...outcome, what: 'refusal' as const, offers: ['a', 'b', 'c', '✓'] };
        expect(recheckCounterexample('itself', impl, model, bare).is).toBe('fails');
      } else if (last !== undefined && naiveDeterministic(plain, model)) {
        seen.not++;
        expect(recheckCounterexample('itself', impl, model, last).is).not.toBe('holds');
      }
    }),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  expect(Math.min(seen.held, seen.not)).toBeGreaterThan(3);
}, 60_000);

test('[V57] [V58] [V59] what would take too long is left open', () => {
  fc.assert(
    fc.property(labelled, (impl) => {
      const { system } = impl;
      const zero = system.parts.map(() => 0);
      const round = { way: [], cycle: [0] };
      const claim = { what: 'divergence', trace: [], events: [], cycle: [...impl.hidden].slice(0, 1) } as const;
      expect(recheckStuck(system, [], zero, [0], 0).is).not.toBe('holds');
      expect(recheckLasso(system, round, { progress: [] }, 0).is).not.toBe('holds');
      expect(recheckCounterexample('itself', impl, 'FD', claim, 0).is).not.toBe('holds');
    }),
    runs,
  );
});

test('[V59] a proof of refinement or determinism holds exactly where the definitions say so', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(labelled, labelled, fc.boolean(), fc.nat(5), fc.constantFrom(...models), (impl, other, asStates, dice, model) => {
      const spec = dice < 3 ? impl : other;
      const whole = explicit(spec, budget);
      const [left, right] = [plainSystem(spec), plainSystem(impl)];
      if (!whole.ok || left === undefined || right === undefined) return;
      const { is } = recheckRefinement(asStates ? whole.lts : spec, impl, model);
      expect(is).toBe(naiveRefines(left, right, model) ? 'holds' : 'fails');
      seen[`${model} ${is}`] = (seen[`${model} ${is}`] ?? 0) + 1;
      if (model === 'T') return;
      const alone = recheckRefinement('itself', impl, model).is;
      expect(alone).toBe(naiveDeterministic(right, model) ? 'holds' : 'fails');
      seen[`itself ${alone}`] = (seen[`itself ${alone}`] ?? 0) + 1;
    }),
    { ...runs, numRuns: 2 * runs.numRuns },
  );
  for (const kind of ['T holds', 'T fails', 'F fails', 'FD holds', 'itself holds', 'itself fails'])
    expect(seen[kind] ?? 0, kind).toBeGreaterThan(2);
}, 60_000);
