import { type Budget, type Engine, type Outcome, usualBudget } from '#contract/check/engine.ts';
import { sharedKnown } from '#contract/check/structure/known.ts';
import type { Neighbours, Structure } from '#contract/check/structure/structure.ts';
import type { View } from '#contract/check/structure/view.ts';
import { Domains } from './domains.ts';
import { eliminationOf } from './elimination.ts';
import { groupsOf } from './groups.ts';
import { leadTo } from './lead.ts';
import { type Means, orderFrom, Search, type Searched } from './search.ts';
import { addsUp, sumsOf } from './sums.ts';
import { walkStraightTo, walkTo } from './walk.ts';

/**
 * V21  Looks at the parts two by two. In a deadlock each part is in a state in which it is stuck with each of its neighbours; where there are
 * no such states for all of them there is no deadlock. Where there are, it tries to get there.
 */
export const pairs: Engine = { name: 'pairs', run: (system, budget) => runPairs(sharedKnown().structureOf(system), budget) };

export function runPairs(structure: Structure, budget: Budget): Outcome {
  const { view, neighbours } = structure;
  if (view.system.processes === 0) return { ...nothing, verdict: 'unknown', why: 'there are no processes' };
  // No rule knew it.
  structure.hints.rulesFirst = false;
  return neighbours.cut ? whereCut(view, neighbours, budget) : new Pairs(structure, budget).run();
}

/** Only what follows from each pair and its neighbours, without an assumption: linear, and mostly enough; undefined when it is not. */
export function settledByPairs({ view, neighbours }: Structure): Outcome | undefined {
  if (view.system.processes === 0 || neighbours.cut) return undefined;
  const domains = new Domains(view, neighbours);
  domains.propagate();
  const found = new Search(domains, meansOf(usualBudget)).settled();
  if (found?.is !== 'free') return undefined;
  return { ...nothing, verdict: 'proved', certificate: eliminationOf(domains, found.empty) };
}

/** V140  The same before all else, unless a rule was needed before the last edit. */
export function settledAtOnce(structure: Structure): Outcome | undefined {
  if (structure.hints.rulesFirst) return undefined;
  const outcome = settledByPairs(structure);
  structure.hints.rulesFirst = outcome === undefined;
  return outcome;
}

const nothing = { states: 0, transitions: 0 };

class Pairs {
  readonly #structure: Structure;
  readonly #view: View;
  readonly #domains: Domains;
  readonly #means: Means;
  readonly #search: Search;

  constructor(structure: Structure, budget: Budget) {
    const { view, neighbours } = structure;
    this.#structure = structure;
    this.#view = view;
    this.#domains = new Domains(view, neighbours);
    this.#means = meansOf(budget);
    this.#search = new Search(this.#domains, this.#means);
  }

  run(): Outcome {
    this.#domains.propagate();
    const first = this.#search.settled() ?? this.#search.glance();
    return this.#outcome(first) ?? this.#outcome(this.#search.probe()) ?? this.#outcome(this.#join()) ?? this.#exhaust();
  }

  // Sums are looked for where all else has left something. What contradicts none of them stays.
  #exhaust(): Outcome {
    const found = this.#search.exhaust();
    const first = this.#outcome(found);
    if (first !== undefined) return first;
    const again = this.#addUp(found);
    return this.#outcome(again) ?? this.#open(again ?? found);
  }

  #addUp(found: Searched): Searched | undefined {
    if (!this.#means.goOn()) return undefined;
    const sums = sumsOf(this.#structure, orderFrom(this.#structure, this.#search.openProcess(0)));
    if (found.is === 'candidate' && sums.every((sum) => addsUp(sum, found.states))) return undefined;
    if (sums.length === 0) return undefined;
    this.#domains.keepTo(sums);
    this.#domains.propagate();
    return this.#search.settled() ?? this.#search.probe() ?? this.#search.exhaust();
  }

  #join(): Searched | undefined {
    const groups = groupsOf(this.#structure);
    if (groups.length === 0) return undefined;
    for (const group of groups) this.#domains.join(group);
    this.#domains.propagate();
    return this.#search.settled() ?? this.#search.probe();
  }

  #outcome(found: Searched | undefined): Outcome | undefined {
    if (found?.is === 'free') return { ...nothing, verdict: 'proved', certificate: eliminationOf(this.#domains, found.empty) };
    if (found?.is !== 'candidate') return undefined;
    const maxSteps = 20 * this.#view.types.length + 1_000;
    const reached =
      walkStraightTo(this.#view, found.states, maxSteps) ??
      leadTo(this.#view, found.states, maxSteps) ??
      walkTo(this.#view, found.states, maxSteps);
    if (reached === undefined) return undefined;
    return { states: reached.trace.length + 1, transitions: reached.trace.length, verdict: 'refuted', ...reached };
  }

  #open(found: Searched): Outcome {
    if (found.is === 'open') return { ...nothing, verdict: 'unknown', why: 'too many states of neighbours fit together' };
    return { ...nothing, verdict: 'unknown', why: `${this.#candidate()} could be stuck; no way there was found` };
  }

  #candidate(): string {
    const part = this.#search.openProcess(0);
    return this.#view.system.parts[part]?.name ?? 'a process';
  }
}

function meansOf({ now, maxMs, goOn }: Budget): Means {
  const started = now?.() ?? 0;
  return {
    probes: 1_500_000,
    search: 1_500_000,
    goOn: () => (now === undefined || now() - started <= maxMs) && (goOn === undefined || goOn(0)),
  };
}

// A proof must not rest on a shape that says less than the truth; a deadlock that is reached is one all the same.
function whereCut(view: View, neighbours: Neighbours, budget: Budget): Outcome {
  const domains = new Domains(view, neighbours);
  domains.propagate();
  const found = domains.empty < 0 ? new Search(domains, meansOf(budget)).glance() : undefined;
  const reached = found?.is === 'candidate' ? walkTo(view, found.states, 20 * view.types.length + 1_000) : undefined;
  if (reached === undefined) return { ...nothing, verdict: 'unknown', why: 'a buffer can hold more messages than are counted' };
  return { states: reached.trace.length + 1, transitions: reached.trace.length, verdict: 'refuted', ...reached };
}
