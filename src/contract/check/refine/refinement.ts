import type { Counted } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';

/** What is compared: traces; stable failures; failures and divergences. */
export const models = ['T', 'F', 'FD'] as const;
export type Model = (typeof models)[number];

/** A system whose events have names. Events of one label are the same visible event; hidden ones are own moves. */
export interface Labelled {
  readonly system: System;
  /** Per event of the system. The label of a hidden one says nothing. */
  readonly labels: readonly string[];
  /** By event: a number in the set, or 1 in the list. */
  readonly hidden: Uint8Array | ReadonlySet<number>;
}

/** V50  How the end (SKIP) is called in a trace, an offer or a demand. It is visible, and cannot be refused once it is possible. */
export const tickLabel = '✓';

/** The answer about a refinement. A counterexample is a nearest one: no state fewer events away, hidden ones included, is wrong. A divergence is looked for when nothing else is wrong. */
export type Refinement = Counted &
  ({ readonly verdict: 'proved' } | Counterexample | { readonly verdict: 'unknown'; readonly why: string });

export interface Counterexample {
  readonly verdict: 'refuted';
  /** trace: the last label cannot follow; refusal: after the trace less is offered than must be; divergence: it may then go on by itself for ever. */
  readonly what: 'trace' | 'refusal' | 'divergence';
  /** Visible labels, the end as `tickLabel`. */
  readonly trace: readonly string[];
  /** Events of the system that lead there, hidden ones included; the end is none. */
  readonly events: readonly number[];
  /** With divergence: the hidden events that can be done again and again. */
  readonly cycle?: readonly number[];
  /** With refusal: what the implementation offers in the state that is reached. */
  readonly offers?: readonly string[];
  /** With refusal: at least one of these sets should be among the offers. */
  readonly demands?: readonly (readonly string[])[];
}
