import type { Received } from '#runtime/port.ts';
import type { Account } from '#runtime/processes/account.ts';
import type { Strand } from '#runtime/processes/strand.ts';

/** No message. */
export const none = Symbol('none');
export const noMore: Received<never> = Object.freeze({ ended: true });

/** What the ends need of their channel. */
export interface Passage<T> {
  readonly plan: { readonly id: string; readonly from: { readonly port: string }; readonly to: { readonly port: string } };
  /** Of the process that reads. */
  readonly account: Account;
  /** Who is parked on the reading end, and on the writing end with `offered`; directly or through an alternation. */
  reader: Strand | undefined;
  writer: Strand | undefined;
  offered: T | undefined;
  /** A message can be taken, or the end is there. */
  readonly gives: boolean;
  readonly accepts: boolean;
  offer(value: T): boolean | undefined;
  /** The next message; `none` when there is none, held or offered. */
  take(): T | typeof none;
  end(): void;
  /** Why it was given up. */
  readonly poisoned: Error | undefined;
  poison(reason: Error): void;
}
