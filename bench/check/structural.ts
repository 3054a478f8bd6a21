import process from 'node:process';
import { randomFrom } from '#base/random.ts';
import { systemOf } from '#contract/automata.ts';
import { type Outcome, usualBudget } from '#contract/check/engine.ts';
import { runPairs, settledAtOnce } from '#contract/check/pairs/pairs.ts';
import { runRules } from '#contract/check/rules/rules.ts';
import { Known } from '#contract/check/structure/known.ts';
import type { System } from '#contract/network.ts';
import { dataflow, milner, philosophers, pipeline } from '#contract/testing/models.ts';
import { permits, ring } from '#contract/testing/token-system.ts';
import { printTable } from '../figures.ts';
import type { Section } from './section.ts';

/** The median and the range of what one answer took, in milliseconds of the processor. */
interface StructuralFigure {
  readonly model: string;
  readonly parts: number;
  readonly how: 'cold' | 'after one edit' | 'after one in the middle' | 'after one edit, all made anew';
  readonly engine: string;
  readonly verdict: string;
  readonly ms: number;
  readonly fromMs: number;
  readonly toMs: number;
}

const rounds = 15;
/** Rounds before the first that counts: the compiler of the engine has then seen the code, nothing is known of the system. */
const warmUps = 10;

/** What the rules and the pairs take for large systems, from scratch and after one edit. */
function structuralFigures(): readonly StructuralFigure[] {
  const cold: readonly (readonly [string, System])[] = [
    ['1,000 philosophers, one turned round', philosophers(1_000, true).system],
    ['1,000 philosophers, deadlocking', philosophers(1_000).system],
    ['5,000 philosophers, one turned round', philosophers(5_000, true).system],
    ['Milner’s scheduler, 1,000', milner(1_000).system],
    ['pipeline of 10,000', pipeline(10_000).system],
    ['dataflow of 1,000, no circle', dataflow(1_000, randomFrom(1)).system],
    ['dataflow of 1,000, some circles', dataflow(1_000, randomFrom(1), { back: 0.05 }).system],
    ['dataflow of 10,000, no circle', dataflow(10_000, randomFrom(1)).system],
    // One of them may work first: then no rule knows them.
    ['ring of 10,000, one token', systemOf(ring('station', 10_000, 1, 1)).system],
    ['100 users of 3 permits', systemOf(permits(3, 100)).system],
  ];
  return [...cold.map(([model, system]) => figure(model, system, 'cold', () => new Known())), ...edits()];
}

function edits(): StructuralFigure[] {
  const models: readonly (readonly [string, System])[] = [
    ['5,000 philosophers, one turned round', philosophers(5_000, true).system],
    ['pipeline of 10,000', pipeline(10_000).system],
    ['dataflow of 10,000, no circle', dataflow(10_000, randomFrom(1)).system],
  ];
  return models.flatMap(([model, system]) => {
    const after = (how: StructuralFigure['how'], edited: (turn: number) => System): StructuralFigure => {
      const known = new Known();
      analyse(known, system);
      let turn = 0;
      return figure(
        model,
        () => edited(turn++),
        how,
        () => known,
      );
    };
    return [
      after('after one edit', (turn) => withOneMore(system, turn)),
      after('after one in the middle', (turn) => withOneCut(system, turn)),
      after('after one edit, all made anew', (turn) => structuredClone(withOneMore(system, turn))),
    ];
  });
}

// One part more or one less, of a kind that is there already; everything else is the same object.
function withOneMore(system: System, turn: number): System {
  const { parts, events } = system;
  const like = parts.at(-1) as System['parts'][number];
  if (turn % 2 === 1) return { ...system };
  const own = like.events.map((_, label) => events.length + label);
  return {
    ...system,
    parts: [...parts, { name: 'more', shape: like.shape, events: own }],
    processes: system.processes + 1,
    events: [...events, ...[...own].map(() => ({ parts: [parts.length] }))],
  };
}

// A part in the middle makes its first event alone, as if what it was connected to were gone, or with the others again.
function withOneCut(system: System, turn: number): System {
  const { parts, events } = system;
  const at = (parts.length >> 1) + turn;
  const part = parts[at] as System['parts'][number];
  if (turn % 2 === 1) return { ...system };
  const [number = 0] = part.events;
  const own = part.events.map((event) => (event === number ? events.length : event));
  const left = { ...events[number], parts: (events[number]?.parts ?? []).filter((one) => one !== at) };
  return { ...system, parts: parts.with(at, { ...part, events: own }), events: [...events.with(number, left), { parts: [at] }] };
}

function figure(
  model: string,
  system: System | (() => System),
  how: StructuralFigure['how'],
  knowing: () => Known,
): StructuralFigure {
  const times: number[] = [];
  let last: ReturnType<typeof analyse> | undefined;
  let parts = 0;
  for (let round = 0; round < warmUps + rounds; round++) {
    const next = typeof system === 'function' ? system() : system;
    const known = knowing();
    const before = process.cpuUsage();
    last = analyse(known, next);
    const { user, system: kernel } = process.cpuUsage(before);
    if (round >= warmUps) times.push((user + kernel) / 1_000);
    parts = next.parts.length;
  }
  times.sort((a, b) => a - b);
  const [fromMs = 0, ms = 0, toMs = 0] = [times[0], times[rounds >> 1], times.at(-1)];
  return { model, parts, how, engine: last?.engine ?? '', verdict: last?.outcome.verdict ?? '', ms, fromMs, toMs };
}

/** As the ladder asks them (V140). */
function analyse(known: Known, system: System): { readonly engine: string; readonly outcome: Outcome } {
  const structure = known.structureOf(system);
  const atOnce = system.parts.length > 5_000 ? settledAtOnce(structure) : undefined;
  if (atOnce !== undefined) return { engine: 'pairs', outcome: atOnce };
  const byRule = runRules(structure);
  if (byRule.verdict !== 'unknown') return { engine: 'rules', outcome: byRule };
  return { engine: 'pairs', outcome: runPairs(structure, usualBudget) };
}

export const structural: Section = {
  name: 'rules and pairs',
  async run() {
    const rows = structuralFigures().map(({ model, parts, how, engine, verdict, ms, fromMs, toMs }) => [
      model,
      parts.toLocaleString('en'),
      how,
      engine,
      verdict,
      `${ms.toFixed(1)} (${fromMs.toFixed(1)}–${toMs.toFixed(1)})`,
    ]);
    printTable([['model', 'parts', 'how', 'engine', 'verdict', 'CPU ms'], ...rows]);
  },
};
