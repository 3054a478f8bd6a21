import type { PartType } from '#contract/check/structure/part-type.ts';
import { Dependencies, type Sparse } from './dependencies.ts';

/** A way to count in the states of a type: 0 at the start, and with an event always so much more, in whatever state. */
export interface Weight {
  /** Per own event of the type, what it adds; what is not there is 0. */
  readonly adds: Sparse;
  /** Per state; 0 where it is not reachable. */
  readonly at: Int32Array;
}

/** Moves times events; a type with more is counted nowhere. */
const mostCounts = 1 << 17;

const known = new WeakMap<PartType, readonly Weight[]>();

/** V128  All ways to count in the states of a type: each is a sum of these. */
export function weightsOf(type: PartType): readonly Weight[] {
  const found = known.get(type) ?? ((type.targets.length + 1) * type.events > mostCounts ? [] : countedIn(type));
  known.set(type, found);
  return found;
}

function countedIn(type: PartType): Weight[] {
  const paths = pathsOf(type);
  const columns = differencesOf(type, paths);
  const dependencies = new Dependencies();
  const found: Weight[] = [];
  const offered = [...type.offered.keys()].filter((event) => type.offered[event] === 1);
  for (const event of offered) {
    const row = new Map<number, number>();
    for (const [column, difference] of columns.entries()) if (difference[event] !== 0) row.set(column, difference[event] ?? 0);
    const made = dependencies.add(row);
    if (made === undefined) continue;
    const adds = new Map([...made].map(([place, times]) => [offered[place] ?? 0, times]));
    const at = new Int32Array(type.states);
    for (let state = 0; state < type.states; state++)
      for (const [one, times] of adds) at[state] = (at[state] ?? 0) + times * (paths[state * type.events + one] ?? 0);
    found.push({ adds, at });
  }
  return found;
}

// How often each event is made on one way from the start to each state.
function pathsOf({ states, events, first, labels, targets }: PartType): Int32Array {
  const paths = new Int32Array(states * events);
  const met = new Set([0]);
  for (const state of met)
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const to = targets[move] ?? 0;
      if (met.has(to)) continue;
      met.add(to);
      paths.copyWithin(to * events, state * events, (state + 1) * events);
      const at = to * events + (labels[move] ?? 0);
      paths[at] = (paths[at] ?? 0) + 1;
    }
  return paths;
}

// By how much the ways to a state differ, each difference once: whoever counts must count none of these.
function differencesOf({ states, events, first, labels, targets }: PartType, paths: Int32Array): Int32Array[] {
  const found = new Map<string, Int32Array>();
  for (let state = 0; state < states; state++)
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const to = (targets[move] ?? 0) * events;
      const difference = paths.slice(state * events, (state + 1) * events);
      const label = labels[move] ?? 0;
      difference[label] = (difference[label] ?? 0) + 1;
      for (let event = 0; event < events; event++) difference[event] = (difference[event] ?? 0) - (paths[to + event] ?? 0);
      if (difference.some((count) => count !== 0)) found.set(difference.join(), difference);
    }
  return [...found.values()];
}
