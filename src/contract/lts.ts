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
