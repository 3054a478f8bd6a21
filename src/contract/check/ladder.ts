import type { System } from '#contract/network.ts';
import { compositional } from './compositional/compositional.ts';
import { type Budget, type Engine, type EngineName, type Outcome, usualBudget } from './engine.ts';
import { full } from './full/full.ts';
import { pairs, settledAtOnce } from './pairs/pairs.ts';
import { rules } from './rules/rules.ts';
import { sharedKnown } from './structure/known.ts';
import { shortened } from './stubborn/shortest.ts';
import { stubborn } from './stubborn/stubborn.ts';

/** V1  The engines in the order in which they are asked: the cheapest first, the one that always answers, given time, last. */
export const engines: readonly Engine[] = [rules, pairs, stubborn, compositional, full];

/** V140  Of more parts than this, what follows from each two neighbours alone is asked before all else. */
const wide = 5_000;
const atOnce: Engine = {
  name: 'pairs',
  run: (system) =>
    settledAtOnce(sharedKnown().structureOf(system)) ?? {
      states: 0,
      transitions: 0,
      verdict: 'unknown',
      why: 'more than two neighbours must be looked at together',
    },
};

/** What a ladder came to: the answer of the engine that had one, or of the last; and what the others said. */
export interface Climbed {
  readonly engine: EngineName;
  readonly outcome: Outcome;
  /** One a rung that could not decide: `pairs: …`. */
  readonly tried: readonly string[];
}

/**
 * V2  Asks one engine after the other until one decides. The states and time of the budget are for all together.
 *
 * @param only asks this engine alone.
 */
export function climb(system: System, budget: Budget = usualBudget, only?: EngineName): Climbed {
  const all = system.parts.length > wide ? [atOnce, ...engines] : engines;
  const rungs = only === undefined ? all : engines.filter(({ name }) => name === only);
  const started = budget.now?.() ?? 0;
  const tried: string[] = [];
  let total = { states: 0, transitions: 0, peakBytes: 0 };
  let last: Climbed | undefined;
  for (const engine of rungs) {
    const usedMs = (budget.now?.() ?? 0) - started;
    const leftMs = Math.max(0, budget.maxMs - usedMs);
    // So that one that does not come to an end leaves time for the next.
    const outcome = engine.run(system, { ...budget, maxMs: engine === rungs.at(-1) ? leftMs : leftMs / 2 });
    total = {
      states: total.states + outcome.states,
      transitions: total.transitions + outcome.transitions,
      peakBytes: Math.max(total.peakBytes, outcome.peakBytes ?? 0),
    };
    last = { engine: engine.name, outcome: { ...outcome, ...total }, tried };
    if (outcome.verdict === 'refuted' && !shortestAlready.has(engine.name))
      return withShorter(system, last, { ...budget, maxMs: leftMs });
    if (outcome.verdict !== 'unknown') return last;
    tried.push(`${engine.name}: ${outcome.why}`);
  }
  if (last === undefined) throw new Error(`There is no engine ${only}.`);
  return last;
}

const shortestAlready: ReadonlySet<EngineName> = new Set(['stubborn', 'full']);
/** What may be spent on a shorter trace, when there is one already. */
const more = { states: 20_000, partStates: 1_000_000, ms: 300 };
const moreAtOnce = { states: 500, partStates: 20_000, ms: 5 };

/** V5  The same refutation by as short a trace as a little more looking gives. */
function withShorter(system: System, climbed: Climbed, budget: Budget): Climbed {
  const { outcome } = climbed;
  if (outcome.verdict !== 'refuted') return climbed;
  const { states, partStates, ms } = budget.atOnce ? moreAtOnce : more;
  const maxStates = Math.min(budget.maxStates, states, Math.ceil(partStates / system.parts.length));
  const way = shortened(system, outcome, { ...budget, maxStates, maxMs: Math.min(budget.maxMs, ms) });
  return { ...climbed, outcome: { ...outcome, ...way } };
}
