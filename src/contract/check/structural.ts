import type { System } from '#contract/network.ts';
import { type Budget, type Outcome, usualBudget } from './engine.ts';
import { runPairs, settledByPairs } from './pairs/pairs.ts';
import { runRules } from './rules/rules.ts';
import { Known } from './structure/known.ts';
import type { Structure } from './structure/structure.ts';

/** The answer of the first of the two structural engines that had one, or of the second. */
export interface Analysed {
  readonly engine: 'rules' | 'pairs';
  readonly outcome: Outcome;
}

/**
 * V20  The structural engines on one system after another, each little different from the one before, as while drawing. What stands unchanged
 * among unchanged neighbours is not looked at again, and what proved the last system is tried first, after what takes least. The verdict is the one that `rules` and then `pairs`
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
    const before = this.#last;
    const structure = this.#known.structureOf(system, before);
    this.#last = structure;
    const quick = before === undefined ? undefined : settledByPairs(structure);
    if (quick !== undefined) return { engine: 'pairs', outcome: quick };
    const byRule = runRules(structure, this.#by);
    if (byRule.verdict === 'unknown') return { engine: 'pairs', outcome: runPairs(structure, budget) };
    this.#by = byRule.verdict === 'proved' ? byRule.certificate?.by : this.#by;
    return { engine: 'rules', outcome: byRule };
  }
}
