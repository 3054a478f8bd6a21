import type { Budget } from './engine.ts';
import { type Reachable, reachable } from './full/graph.ts';
import type { Question } from './question.ts';

/** A graph is for designs of modest size: what is larger is left to engines that need not hold it. */
const most = { states: 200_000, bytes: 128 * 1024 * 1024, ms: 1_000 };

const graphs = new WeakMap<Question, Reachable>();

/**
 * V4  The graph of all states of the counted network, made once for all questions about the same design; or why there is none. A graph
 *     that is cut (a buffer may hold more than is counted) proves nothing.
 */
export function wholeGraph(question: Question, budget: Budget): Reachable {
  const known = graphs.get(question);
  if (known !== undefined) return known;
  const { maxStates, maxBytes = most.bytes } = budget;
  const made = reachable(question.counted, {
    ...budget,
    maxMs: Math.min(budget.maxMs, most.ms),
    maxStates: Math.min(maxStates, most.states),
    maxBytes: Math.min(maxBytes, most.bytes),
  });
  graphs.set(question, made);
  return made;
}
