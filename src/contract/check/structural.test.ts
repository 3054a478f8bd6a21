import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { compose, isReady } from '#contract/compose.ts';
import type { System } from '#contract/network.ts';
import { philosophers } from '#contract/testing/models.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { randomAutomata } from '#contract/testing/random-system.ts';
import { wire } from '#contract/wiring.ts';
import { usualBudget } from './engine.ts';
import { Structural } from './structural.ts';
import { Known } from './structure/known.ts';
import type { Neighbours } from './structure/structure.ts';

const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 120), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };
const patienceMs = 60_000 + 100 * runs.numRuns;

/** A system after some of its automata were taken out, exchanged, put in another order, or joined by others. */
const edited: fc.Arbitrary<readonly System[]> = fc
  .record({
    first: randomAutomata,
    others: fc.array(randomAutomata, { minLength: 1, maxLength: 3 }),
    picks: fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
  })
  .map(({ first, others, picks }) => {
    const versions: (readonly Automaton[])[] = [first];
    for (const [step, other] of others.entries()) {
      const now = versions.at(-1) as readonly Automaton[];
      const at = (picks[step] ?? 0) % now.length;
      const next = other[0] as Automaton;
      const kind = (picks[step] ?? 0) % 4;
      if (kind === 0) versions.push(now.with(at, { ...next, name: now[at]?.name ?? '' }));
      else if (kind === 1) versions.push([...now.slice(0, at), { ...next, name: `q${step}` }, ...now.slice(at)]);
      else if (kind === 2 && now.length > 1) versions.push(now.toSpliced(at, 1));
      else versions.push(now.toReversed());
    }
    return versions.map((automata) => systemOf(automata).system);
  });

const designs: fc.Arbitrary<readonly System[]> = fc
  .record({ random: randomDesign, drop: fc.nat(5), capacity: fc.nat(2) })
  .map(({ random: { body, lookup }, drop, capacity }) => {
    const ids = Object.keys(body.connections);
    const id = ids[drop % ids.length] ?? '';
    const { [id]: gone, ...rest } = body.connections;
    const wider = gone === undefined ? rest : { ...rest, [id]: { ...gone, capacity } };
    return [body.connections, rest, body.connections, wider].map((connections) =>
      compose(wire({ ...body, connections }, lookup).filter(isReady), false),
    );
  });

const plain = ({ others, first, isRight, relations, many, cut }: Neighbours): unknown => {
  const sorted = [...first.keys()].slice(1).map((part) =>
    [...others.keys()]
      .slice(first[part - 1], first[part])
      .map((at) => [others[at], isRight[at], [...(relations[at]?.fromLeft ?? [])]])
      .sort(([a], [b]) => Number(a) - Number(b)),
  );
  return { sorted, many, cut };
};

test(
  '[V20] after any edits the answers and all that is known of neighbours are those from scratch',
  () => {
    fc.assert(
      fc.property(fc.oneof(edited, designs), (systems) => {
        const [structural, known] = [new Structural(), new Known()];
        let before: ReturnType<Known['structureOf']> | undefined;
        for (const system of systems) {
          expect(structural.analyse(system).outcome.verdict).toBe(new Structural().analyse(system).outcome.verdict);
          before = known.structureOf(system, before);
          expect(plain(before.neighbours)).toEqual(plain(new Known().structureOf(system).neighbours));
        }
      }),
      runs,
    );
  },
  patienceMs,
);

test('[V20] a proof follows an edit: one philosopher turned round makes a table free, and turned back not', () => {
  const structural = new Structural();
  const verdictOf = (orderly: boolean): string =>
    structural.analyse(philosophers(50, orderly).system, usualBudget).outcome.verdict;
  expect([verdictOf(true), verdictOf(false), verdictOf(true)]).toEqual(['proved', 'refuted', 'proved']);
});
