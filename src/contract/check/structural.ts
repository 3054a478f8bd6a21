import type { System } from '#contract/network.ts';
import { type Budget, type Outcome, usualBudget } from './engine.ts';
import { runPairs } from './pairs/pairs.ts';
import { runRules } from './rules/rules.ts';
import { Known, type Structure } from './structure/known.ts';

/** The answer of the first of the two structural engines that had one, or of the second. */
export interface Analysed {
  readonly engine: 'rules' | 'pairs';
  readonly outcome: Outcome;
}

/**
 * V20  The structural engines on one system after another, each little different from the one before, as while drawing. What stands unchanged
 * among unchanged neighbours is not looked at again, and what proved the last system is tried first. The verdict is the one that `rules` and then `pairs`
 * give from scratch; a proof may be another.
 */
export class Structural {
  #known = new Known();
  #last: Structure | undefined;
  #by: string | undefined;

  analyse(system: System, budget: Budget = usualBudget): Analysed {
    if (this.#known.isLarge()) {
      this.#known = new Known();
      this.#last = undefined;
    }
    const structure = this.#known.structureOf(system, this.#last);
    this.#last = structure;
    const found = this.#by === 'elimination' ? this.#pairsFirst(structure, budget) : this.#rulesFirst(structure, budget);
    this.#by = found.outcome.verdict === 'proved' ? found.outcome.certificate?.by : this.#by;
    return found;
  }

  #rulesFirst(structure: Structure, budget: Budget): Analysed {
    const outcome = runRules(structure, this.#by);
    if (outcome.verdict !== 'unknown') return { engine: 'rules', outcome };
    return { engine: 'pairs', outcome: runPairs(structure, budget) };
  }

  #pairsFirst(structure: Structure, budget: Budget): Analysed {
    const outcome = runPairs(structure, budget);
    if (outcome.verdict !== 'unknown') return { engine: 'pairs', outcome };
    const byRule = runRules(structure);
    return byRule.verdict === 'unknown' ? { engine: 'pairs', outcome } : { engine: 'rules', outcome: byRule };
  }
}
