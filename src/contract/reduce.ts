import { type Lts, type Move, onlyDecides, tau } from './lts.ts';

/**
 * K4  A smaller system with the same failures: the same traces, and after each the same sets of events it may refuse.
 *     So in any network it deadlocks exactly where the whole one does. Nothing here keeps the number of steps.
 *
 * First a state that only decides is left out: who would go there goes where it may decide to (`a -> (P |~| Q)` and
 * `(a -> P) |~| (a -> Q)` fail alike). Then states that cannot be told apart (strong bisimulation) become one.
 * The given system has no cycle of decisions.
 */
export function reduce(lts: Lts): Lts {
  return reachable(mergeEqual(reachable(skipDecisions(lts))));
}

function skipDecisions({ labels, moves, final }: Lts): Lts {
  const landings = new Map<number, readonly number[]>();
  const landingsOf = (state: number): readonly number[] => {
    const known = landings.get(state);
    if (known !== undefined) return known;
    const here = moves[state] ?? [];
    const found = onlyDecides(here) ? [...new Set(here.flatMap(({ to }) => landingsOf(to)))] : [state];
    landings.set(state, found);
    return found;
  };
  const spread = moves.map((list) =>
    distinct(list.flatMap(({ label, to }) => landingsOf(to).map((landing) => ({ label, to: landing })))),
  );
  return startWhereItLands({ labels, moves: spread, final }, landingsOf(0));
}

// A start that can only decide for one state is that state.
function startWhereItLands(lts: Lts, landings: readonly number[]): Lts {
  const [only, ...more] = landings;
  if (only === undefined || only === 0 || more.length > 0) return lts;
  const swap = (state: number): number => (state === 0 ? only : state === only ? 0 : state);
  return {
    labels: lts.labels,
    moves: lts.moves.map((_, state) => (lts.moves[swap(state)] ?? []).map(({ label, to }) => ({ label, to: swap(to) }))),
    final: lts.final.map((_, state) => lts.final[swap(state)] === true),
  };
}

function distinct(moves: readonly Move[]): Move[] {
  const seen = new Set<string>();
  return moves.filter(({ label, to }) => {
    const key = `${label} ${to}`;
    return !seen.has(key) && seen.add(key);
  });
}

function mergeEqual({ labels, moves, final }: Lts): Lts {
  let classes: number[] = final.map((ends) => (ends ? 1 : 0));
  for (let count = new Set(classes).size; ; ) {
    const numbers = new Map<string, number>();
    const next = moves.map((list, state) => {
      const sees = [...new Set(list.map(({ label, to }) => `${label}:${classes[to]}`))].sort();
      const key = `${classes[state]}|${sees.join(' ')}`;
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
    classes = next;
    if (numbers.size === count) break;
    count = numbers.size;
  }
  // State 0 was looked at first, so its class is 0.
  const first = new Map<number, number>();
  for (const [state, number] of classes.entries()) if (!first.has(number)) first.set(number, state);
  const kept = [...first.entries()].sort(([a], [b]) => a - b).map(([, state]) => state);
  return {
    labels,
    moves: kept.map((state) => distinct((moves[state] ?? []).map(({ label, to }) => ({ label, to: classes[to] ?? 0 })))),
    final: kept.map((state) => final[state] === true),
  };
}

/** Leaves out what cannot be reached; states and labels are numbered anew in the order in which they are met. */
function reachable({ labels, moves, final }: Lts): Lts {
  const numbers = new Map([[0, 0]]);
  const queue = [0];
  const names = new Map<number, number>();
  const kept: Move[][] = [];
  for (let at = 0; at < queue.length; at++) {
    kept.push(
      (moves[queue[at] ?? 0] ?? []).map(({ label, to }) => {
        const number = numbers.get(to) ?? queue.push(to) - 1;
        numbers.set(to, number);
        if (label !== tau && !names.has(label)) names.set(label, names.size);
        return { label: label === tau ? tau : (names.get(label) ?? tau), to: number };
      }),
    );
  }
  return {
    labels: [...names.keys()].map((label) => labels[label] ?? ''),
    moves: kept,
    final: queue.map((state) => final[state] === true),
  };
}
