import process from 'node:process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { full } from '#contract/check/full/full.ts';
import { Known } from '#contract/check/structure/known.ts';
import { viewOf } from '#contract/check/structure/view.ts';
import type { System } from '#contract/network.ts';
import { bentSystem } from '#contract/testing/bent-system.ts';
import { expectDead } from '#contract/testing/held-against.ts';
import { knotOf } from './knot-of.ts';
import { leadTo } from './lead.ts';
import { runPairs } from './pairs.ts';

const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 120), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

/** A state in which nothing is possible, if there is one. */
function deadOf(system: System): readonly number[] | undefined {
  const outcome = full.run(system, usualBudget);
  return outcome.verdict === 'refuted' ? outcome.dead : undefined;
}

/** What a part offers in a state, read off its shape. */
function offered({ parts, shapes, events }: System, part: number, state: number): number[] {
  const { shape: number, events: own } = parts[part] as System['parts'][number];
  const { first, labels } = shapes[number] as System['shapes'][number];
  const all = [...labels.subarray(first[state], first[state + 1])].map((label) => own[label] ?? -1);
  return all.filter((event) => !events[event]?.parts.includes(-1));
}

test('[V143] in a dead state a knot is found, and none of it can move whatever the others do', () => {
  let found = 0;
  fc.assert(
    fc.property(bentSystem, (system) => {
      const dead = deadOf(system);
      if (dead === undefined) return;
      const view = viewOf(system);
      const knot = knotOf(view, Int32Array.from(dead)) ?? [];
      expect(knot.length).toBeGreaterThan(0);
      for (const part of knot)
        for (const event of offered(system, part, dead[part] ?? 0)) {
          const makers = system.events[event]?.parts ?? [];
          // What somebody never offers needs nobody in the knot.
          if (view.live[event] === 0) continue;
          expect(makers.some((one) => knot.includes(one) && !offered(system, one, dead[one] ?? 0).includes(event))).toBe(true);
        }
      found++;
    }),
    runs,
  );
  expect(found).toBeGreaterThan(runs.numRuns / 10);
});

test('[V143] wherever one is led, it is by steps that can be made, and to a deadlock or nowhere', () => {
  let [led, dead] = [0, 0];
  fc.assert(
    fc.property(bentSystem, fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }), fc.boolean(), (system, dice, right) => {
      const known = deadOf(system);
      const guess = system.parts.map(({ shape }, part) => (dice[part] ?? 0) % (system.shapes[shape]?.final.length ?? 1));
      const reached = leadTo(viewOf(system), Int32Array.from(right ? (known ?? guess) : guess), 1_000);
      if (reached !== undefined) expectDead(system, reached.trace, reached.dead);
      if (right && known !== undefined) dead++;
      if (right && known !== undefined && reached !== undefined) led++;
    }),
    runs,
  );
  // Not always: a plan that forgets what is lost on the way may lead astray.
  expect(led).toBeGreaterThan(dead / 2);
});

/** A line of relays that may end, as long as is wanted, and two at its end that hand on to each other. */
function lineToKnot(length: number): readonly Automaton[] {
  const relay = (name: string, into: string, out: string): Automaton => ({
    name,
    initial: 0,
    states: 4,
    final: [3],
    transitions: [
      [0, into, 1],
      [1, out, 0],
      [0, `${into}.end`, 2],
      [2, `${out}.end`, 3],
    ],
  });
  const source: Automaton = {
    name: 'source',
    initial: 0,
    states: 2,
    final: [1],
    transitions: [
      [0, 'c0', 0],
      [0, 'c0.end', 1],
    ],
  };
  const both = (name: string, ins: readonly string[], out: string): Automaton => ({
    name,
    initial: 0,
    states: 2,
    transitions: [...ins.map((into) => [0, into, 1] as const), [0, `c${length}.end`, 0], [1, out, 0]],
  });
  const relays = Array.from({ length }, (_, at) => relay(`r${at}`, `c${at}`, `c${at + 1}`));
  return [source, ...relays, both('one', [`c${length}`, 'back'], 'there'), both('two', ['there'], 'back')];
}

test('[V143] a knot behind a long line is come to by two messages, not by filling the line', () => {
  const { system } = systemOf(lineToKnot(120));
  const outcome = runPairs(new Known().structureOf(system), usualBudget);
  expect(outcome.verdict).toBe('refuted');
  if (outcome.verdict !== 'refuted') return;
  expectDead(system, outcome.trace, outcome.dead);
  // Filling it would take more than seven thousand.
  expect(outcome.trace.length).toBeLessThan(700);
});
