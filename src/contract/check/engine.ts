import type { Network } from '#contract/network.ts';

/** How far a search may go. */
export interface Budget {
  readonly maxStates: number;
  readonly maxMs: number;
  /** Milliseconds from any start; without it `maxMs` says nothing. */
  readonly now?: () => number;
  /** Memory for states, in bytes; half a gigabyte when left out. */
  readonly maxBytes?: number;
}

export const usualBudget: Budget = { maxStates: 1_000_000, maxMs: 10_000 };

/** The answer of an engine about deadlock. A trace is the numbers of events; `dead` is the state of each part after it. */
export type Outcome = { readonly states: number; readonly transitions: number } & (
  | { readonly verdict: 'proved' }
  | { readonly verdict: 'refuted'; readonly trace: readonly number[]; readonly dead: readonly number[] }
  | { readonly verdict: 'unknown'; readonly why: string }
);

/** A way to find out whether a network can deadlock: pure, stops within the budget, never guesses. */
export interface Engine {
  readonly name: string;
  run(network: Network, budget: Budget): Outcome;
}
