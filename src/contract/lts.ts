/** A transition system: what a process may do, state by state. State 0 is where it starts. */
export interface Lts {
  /** The events, in the order of their numbers. */
  readonly labels: readonly string[];
  /** For each state its moves, without doubles. */
  readonly moves: readonly (readonly Move[])[];
  /** The states in which the process has ended by SKIP. */
  readonly final: readonly boolean[];
}

/** By an event, or by itself. */
export interface Move {
  /** Index into `labels`, or `tau`. */
  readonly label: number;
  readonly to: number;
}

/** K3  The label of a move that a process makes by itself: a decision that depends on data. */
export const tau = -1;

/** Whether a state can only be left by an own decision; it then never waits. */
export function onlyDecides(moves: readonly Move[]): boolean {
  return moves.length > 0 && moves.every(({ label }) => label === tau);
}

/** Shortest way to the first state that fits, as labels; undefined when none can be reached. */
export function wayTo({ moves }: Lts, fits: (state: number) => boolean): { state: number; labels: number[] } | undefined {
  const from = new Map<number, { state: number; label: number }>();
  const seen = new Set([0]);
  const queue = [0];
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] ?? 0;
    if (fits(state)) return { state, labels: wayBack(from, state) };
    for (const { label, to } of moves[state] ?? []) {
      if (seen.has(to)) continue;
      seen.add(to);
      from.set(to, { state, label });
      queue.push(to);
    }
  }
  return undefined;
}

function wayBack(from: ReadonlyMap<number, { state: number; label: number }>, last: number): number[] {
  const labels: number[] = [];
  for (let step = from.get(last); step !== undefined; step = from.get(step.state)) labels.push(step.label);
  return labels.reverse();
}

/**
 * A state on a cycle of own decisions, undefined when there is none. Takes away, again and again, the states that no
 * decision leads to (Kahn); what stays is such a cycle or lies behind one.
 */
export function decidesForEver({ moves }: Lts): number | undefined {
  const decisions = moves.map((list) => list.filter(({ label }) => label === tau).map(({ to }) => to));
  const into = new Int32Array(moves.length);
  for (const list of decisions) for (const to of list) into[to] = (into[to] ?? 0) + 1;
  const free = [...into.keys()].filter((state) => into[state] === 0);
  for (let at = 0; at < free.length; at++) {
    for (const to of decisions[free[at] ?? 0] ?? []) {
      const left = (into[to] ?? 0) - 1;
      into[to] = left;
      if (left === 0) free.push(to);
    }
  }
  const rest = new Set(into.keys()).difference(new Set(free));
  return cycleIn(decisions, rest);
}

// Every state of the rest has a predecessor in it; walking back long enough ends on a cycle. Walking forward may not.
function cycleIn(decisions: readonly (readonly number[])[], rest: ReadonlySet<number>): number | undefined {
  const before = new Map<number, number>();
  for (const state of rest) for (const to of decisions[state] ?? []) if (rest.has(to)) before.set(to, state);
  let [at] = rest;
  for (let steps = rest.size; steps > 0 && at !== undefined; steps--) at = before.get(at);
  return at;
}

/** Two copies of the system, the states of the second numbered on; the event `end` leads from the first to the second. */
export function copyAfter({ labels, moves, final }: Lts, end: number): Lts {
  const size = moves.length;
  const first = moves.map((list) => list.map(({ label, to }) => ({ label, to: label === end ? to + size : to })));
  const second = moves.map((list) => list.map(({ label, to }) => ({ label, to: to + size })));
  return { labels, moves: [...first, ...second], final: [...final, ...final] };
}
