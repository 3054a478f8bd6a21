import type { ReadyNode } from '#contract/compose.ts';
import type { Network } from '#contract/network.ts';
import type { DesignBody } from '#model/design.ts';
import type { Finding } from '#model/finding.ts';
import type { Budget } from './engine.ts';

/** What is asked about a design whose every contract is known: plain data that can be posted to a thread. */
export interface Question {
  readonly design: DesignBody;
  readonly nodes: readonly ReadyNode[];
  readonly counted: Network;
  /** With large buffers, the same design with less to remember; only a proof of it says something (K9). */
  readonly rough?: Network;
  /** Why an answer would not be exact. */
  readonly doubt?: string;
  /** Mandatory ports that nothing is connected to: taken as always ready. */
  readonly open: number;
}

/** V3  Answers one question besides deadlock, within its budget; no finding when there is nothing to be said. */
export type Asker = (question: Question, budget: Budget) => readonly Finding[];
