import { type Budget, usualBytes } from './engine.ts';
import { type Reachable, reachable } from './full/graph.ts';
import type { Question } from './question.ts';

/** A graph is for designs of modest size: what is larger is left to engines that need not hold it, or to who asks for a longer look. */
const usual = { states: 200_000, bytes: 128 * 1024 * 1024, ms: 1_000 };

/** V4, V141  How far questions go that look at the states themselves: a fiftieth of a large budget of states, and as much longer. */
export function graphBudget(budget: Budget): Budget & { readonly maxBytes: number } {
  const { maxStates, maxMs, maxBytes = usualBytes } = budget;
  const times = Math.max(1, maxStates / 50 / usual.states);
  return {
    ...budget,
    maxStates: Math.min(maxStates, Math.floor(times * usual.states)),
    maxMs: Math.min(maxMs, times * usual.ms),
    maxBytes: times === 1 ? Math.min(maxBytes, usual.bytes) : Math.min(maxBytes / 2, times * usual.bytes),
  };
}

const graphs = new WeakMap<Question, Reachable>();

/**
 * V4  The graph of all states of the counted network, made once for all questions about the same design; or why there is none. A graph
 *     that is cut (a buffer may hold more than is counted) proves nothing.
 */
export function wholeGraph(question: Question, budget: Budget): Reachable {
  const known = graphs.get(question);
  if (known !== undefined) return known;
  const made = reachable(question.counted, graphBudget(budget));
  graphs.set(question, made);
  return made;
}
