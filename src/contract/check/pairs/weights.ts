import type { PartType } from '#contract/check/structure/part-type.ts';
import { Dependencies, type Sparse } from './dependencies.ts';

/** A way to count in the states of a type: 0 at the start, and with an event always so much more, in whatever state. */
export interface Weight {
  /** Per own event of the type, what it adds; what is not there is 0. */
  readonly adds: Sparse;
  /** Per state; 0 where it is not reachable. */
  readonly at: Int32Array;
}

/** Numbers looked at; a type that takes more is counted nowhere. */
const mostWork = 200_000;

const known = new WeakMap<PartType, readonly Weight[]>();

/** V128  All ways to count in the states of a type: each is a sum of these. */
export function weightsOf(type: PartType): readonly Weight[] {
  const found = known.get(type) ?? countedIn(type);
  known.set(type, found);
  return found;
}

function countedIn(type: PartType): Weight[] {
  const paths = pathsOf(type);
  const rows = paths && rowsOf(type, paths);
  if (paths === undefined || rows === undefined) return [];
  const dependencies = new Dependencies();
  const found: Weight[] = [];
  const offered: number[] = [];
  for (let event = 0; event < type.events; event++) {
    if (type.offered[event] !== 1) continue;
    offered.push(event);
    const made = dependencies.add(rows.get(event) ?? new Map(), mostWork);
    if (made === undefined) continue;
    const adds = new Map([...made].map(([place, times]) => [offered[place] ?? 0, times]));
    found.push({ adds, at: Int32Array.from({ length: type.states }, (_, state) => product(paths.get(state), adds)) });
  }
  return found;
}

function product(path: Sparse = new Map(), adds: Sparse): number {
  let sum = 0;
  for (const [event, times] of path) sum += times * (adds.get(event) ?? 0);
  return sum;
}

// How often each event is made on one way from the start to each state.
function pathsOf({ first, labels, targets }: PartType): ReadonlyMap<number, Sparse> | undefined {
  const paths = new Map<number, Sparse>([[0, new Map()]]);
  let work = 0;
  for (const [state, path] of paths)
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const to = targets[move] ?? 0;
      if (paths.has(to)) continue;
      paths.set(to, withOneMore(path, labels[move] ?? 0));
      work += path.size + 1;
      if (work > mostWork) return undefined;
    }
  return paths;
}

function withOneMore(path: Sparse, event: number): Map<number, number> {
  return new Map(path).set(event, (path.get(event) ?? 0) + 1);
}

// By how much the ways to a state differ: nobody may count anything for that. Per event how often it is in each such difference.
function rowsOf(
  { states, first, labels, targets }: PartType,
  paths: ReadonlyMap<number, Sparse>,
): Map<number, Map<number, number>> | undefined {
  const rows = new Map<number, Map<number, number>>();
  const met = new Set<string>();
  let work = 0;
  for (let state = 0; state < states; state++)
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const difference = withOneMore(paths.get(state) ?? new Map(), labels[move] ?? 0);
      const other = paths.get(targets[move] ?? 0) ?? new Map();
      work += difference.size + other.size;
      if (work > mostWork) return undefined;
      for (const [event, times] of other) difference.set(event, (difference.get(event) ?? 0) - times);
      const entries = [...difference].filter(([, times]) => times !== 0).sort(([a], [b]) => a - b);
      const key = entries.join(' ');
      if (entries.length === 0 || met.has(key)) continue;
      for (const [event, times] of entries) rows.set(event, (rows.get(event) ?? new Map<number, number>()).set(met.size, times));
      met.add(key);
    }
  return rows;
}
