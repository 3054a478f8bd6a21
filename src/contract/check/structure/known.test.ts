import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Automaton, systemOf } from '#contract/automata.ts';
import { recheckProof } from '#contract/certify/recheck-proof.ts';
import { recheckTrace } from '#contract/certify/recheck-trace.ts';
import { type Outcome, usualBudget } from '#contract/check/engine.ts';
import { runPairs, settledByPairs } from '#contract/check/pairs/pairs.ts';
import { runRules } from '#contract/check/rules/rules.ts';
import { Composing, compose, isReady } from '#contract/compose.ts';
import type { System } from '#contract/network.ts';
import { bentSystem, naiveVerdict } from '#contract/testing/bent-system.ts';
import { drawnDesigns } from '#contract/testing/drawn-designs.ts';
import { philosophers } from '#contract/testing/models.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { randomAutomata } from '#contract/testing/random-system.ts';
import { wire } from '#contract/wiring.ts';
import { Known } from './known.ts';
import type { Neighbours, Structure } from './structure.ts';

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

/** The system with each part, event and shape that is equal to what stood there before as the same object, as where networks are composed. */
function sharing(system: System, before: System | undefined): System {
  const isSame = (a: object | undefined, b: object | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
  const same = <T extends object>(list: readonly T[], old: readonly T[] | undefined): T[] =>
    list.map((one, at) => (isSame(one, old?.[at]) ? (old?.[at] as T) : one));
  const shapes = system.shapes.map((shape) => before?.shapes.find((old) => isSame(old, shape)) ?? shape);
  return { ...system, shapes, parts: same(system.parts, before?.parts), events: same(system.events, before?.events) };
}

/** The other way round: shared wherever it can be, in sequences that come back to what they were. */
const alike = (systems: readonly System[]): System[] => {
  const found: System[] = [];
  for (const system of [...systems, ...systems.toReversed()]) found.push(sharing(system, found.at(-1)));
  return found;
};

/** Small edits of one bent system: a move led elsewhere, an event closed to all or opened, a part gone from the end or another like one that is there. */
const retouched: fc.Arbitrary<readonly System[]> = fc
  .record({
    bent: bentSystem,
    edits: fc.array(fc.record({ kind: fc.nat(3), at: fc.nat(9), to: fc.nat(9) }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ bent, edits }) => {
    const versions = [bent];
    for (const edit of edits) versions.push(retouch(versions.at(-1) as System, edit));
    return versions;
  });

function retouch(system: System, { kind, at, to }: { readonly kind: number; readonly at: number; readonly to: number }): System {
  const { parts, events, shapes } = system;
  const part = parts[at % parts.length] as System['parts'][number];
  if (kind === 0) {
    const shape = shapes[part.shape] as System['shapes'][number];
    const other = { ...shape, targets: shape.targets.map((target, move) => (move === to ? 0 : target)) };
    const bent = { ...part, shape: shapes.length };
    return { ...system, shapes: [...shapes, other], parts: parts.with(at % parts.length, bent) };
  }
  if (kind === 1) {
    const number = to % events.length;
    const { parts: makers } = events[number] as System['events'][number];
    const turned = makers.includes(-1) ? makers.filter((maker) => maker >= 0) : [...makers, -1];
    return { ...system, events: events.with(number, { parts: turned }) };
  }
  if (kind === 2 && parts.length > 1) {
    const last = parts.length - 1;
    const less = events.map((event) =>
      event.parts.includes(last) ? { parts: event.parts.filter((one) => one !== last) } : event,
    );
    return { ...system, parts: parts.slice(0, -1), processes: Math.min(system.processes, last), events: less };
  }
  const own = part.events.map((event, label) => (label % 2 === to % 2 ? event : events.length + label));
  const joined = events.map((event, number) => (own.includes(number) ? { parts: [...event.parts, parts.length] } : event));
  const more = Array.from({ length: part.events.length }, (_, label) => ({
    parts: own[label] === events.length + label ? [parts.length] : [],
  }));
  return {
    ...system,
    parts: [...parts, { name: `more ${parts.length}`, shape: part.shape, events: own }],
    events: [...joined, ...more],
  };
}

/** The same designs as they are drawn: composed one after the other. */
const drawn: fc.Arbitrary<readonly System[]> = drawnDesigns.map(({ versions }) => {
  const composing = new Composing(false, 'ready');
  return versions.map((nodes) => composing.compose(nodes));
});

/** Types in a form that does not depend on what else was met. */
const typesOf = ({ view, neighbours: { makers } }: ReturnType<Known['structureOf']>): unknown => [
  view.types.map(({ number: _, ...rest }) => rest),
  view.events,
  view.live,
  makers,
];

const plain = ({ others, first, isRight, relations, many, cut }: Neighbours): unknown => {
  const sorted = [...first.keys()].slice(1).map((part) =>
    [...others.keys()]
      .slice(first[part - 1], first[part])
      .map((at) => [others[at], isRight[at], [...(relations[at]?.fromLeft ?? [])]])
      .sort(([a], [b]) => Number(a) - Number(b)),
  );
  return { sorted, many, cut };
};

/** What those say that look at no states. */
function outcomesOf(structure: Structure): readonly (Outcome | undefined)[] {
  return [settledByPairs(structure), runRules(structure), runPairs(structure, usualBudget)];
}

function expectRight(system: System, outcome: Outcome | undefined): void {
  if (outcome?.verdict === 'refuted') expect(recheckTrace(system, outcome.trace, outcome.dead)).toEqual({ is: 'holds' });
  if (outcome?.verdict !== 'proved') return;
  if (outcome.certificate) expect(recheckProof(system, outcome.certificate)).toEqual({ is: 'holds' });
  const naive = naiveVerdict(system);
  if (naive !== undefined) expect(naive).toBe('proved');
}

test(
  '[V20] after any edits the answers and all that is known of neighbours are those from scratch',
  () => {
    fc.assert(
      fc.property(fc.oneof(edited, edited.map(alike), designs, drawn, retouched.map(alike)), (systems) => {
        const known = new Known();
        let before: Structure | undefined;
        for (const system of systems) {
          before = known.structureOf(system, before);
          const fresh = new Known().structureOf(system);
          const outcomes = outcomesOf(before);
          expect(outcomes.map((outcome) => outcome?.verdict)).toEqual(outcomesOf(fresh).map((outcome) => outcome?.verdict));
          for (const outcome of outcomes) expectRight(system, outcome);
          expect(typesOf(before)).toEqual(typesOf(fresh));
          expect(plain(before.neighbours)).toEqual(plain(fresh.neighbours));
        }
      }),
      runs,
    );
  },
  patienceMs,
);

test('[V20] a proof follows an edit: one philosopher turned round makes a table free, and turned back not', () => {
  const known = new Known();
  const verdictOf = (orderly: boolean) => runPairs(known.structureOf(philosophers(50, orderly).system), usualBudget).verdict;
  expect([verdictOf(true), verdictOf(false), verdictOf(true)]).toEqual(['proved', 'refuted', 'proved']);
});
