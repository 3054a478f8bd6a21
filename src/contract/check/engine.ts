import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';

/** How far a search may go. */
export interface Budget {
  readonly maxStates: number;
  readonly maxMs: number;
  /** Milliseconds from any start; without it `maxMs` says nothing. */
  readonly now?: () => number;
  /** Memory for states, in bytes; half a gigabyte when left out. */
  readonly maxBytes?: number;
  /** How far an answer may be checked again; as while drawing when left out. */
  readonly again?: Again;
  /** When checking again must be done, on the clock of `now`; when left out, at the end of `maxMs`. */
  readonly againUntilMs?: number;
  /** V144  Somebody waits for whether, not for how: a shorter trace is looked for only as far as takes next to no time. */
  readonly atOnce?: boolean;
  /** Asked a few times a second with the states looked at so far; false ends the search: unknown, `cancelled`. */
  readonly goOn?: (states: number) => boolean;
}

/** V132  How far an answer is checked again, in looks at a move or a state; and of what size a certificate is made: the states it speaks of, and the numbers in it. */
export interface Again {
  readonly looks: number;
  readonly states: number;
  readonly numbers: number;
}

/** Where every check is waited for: some tenths of a second, and what a page can be handed. */
export const whileDrawing: Again = { looks: 3_000_000, states: 5_000, numbers: 200_000 };
/** Where the answer is sent to somebody who did not ask for a long check. */
export const onRequest: Again = { looks: 100_000_000, states: 100_000, numbers: 200_000 };
/** On the command line and in long checks. */
export const thorough: Again = { looks: 500_000_000, states: 500_000, numbers: 4_000_000 };

export const usualBudget: Budget = { maxStates: 1_000_000, maxMs: 10_000 };
export const usualBytes = 512 * 1024 * 1024;

/**
 * The answer of an engine about deadlock. A trace is the numbers of events; `dead` is the state of each part after it. An
 * engine that cannot decide, or that a system does not suit, says unknown and why; it never guesses.
 */
export type Outcome = Counted &
  (
    | { readonly verdict: 'proved'; readonly certificate?: Certificate }
    | { readonly verdict: 'refuted'; readonly trace: readonly number[]; readonly dead: readonly number[] }
    | { readonly verdict: 'unknown'; readonly why: string }
  );

export interface Counted {
  /** States looked at; 0 for an engine that looks at none. */
  readonly states: number;
  readonly transitions: number;
  /** The most memory that states and tables took at once, where the engine knows. */
  readonly peakBytes?: number;
}

/** A way to find out whether a system can deadlock: pure, stops within the budget, never guesses. */
export interface Engine {
  readonly name: EngineName;
  run(system: System, budget: Budget): Outcome;
}

/** From the cheapest to the one that always answers, given time. */
export const engineNames = ['rules', 'pairs', 'stubborn', 'compositional', 'full'] as const;
export type EngineName = (typeof engineNames)[number];
