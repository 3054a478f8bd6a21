import { defineError, isCoded } from '#base/errors.ts';
import type { Operation, Receiver, Sender } from './port.ts';
import { breath, cpu } from './processes/strand.ts';

const poisoned = defineError('RUNTIME_POISONED', 'world', 'A channel was poisoned: what depended on it is given up.');

/** True for what an operation on a poisoned channel throws. */
export function isPoison(thrown: unknown): boolean {
  return isCoded(thrown) && thrown.code === 'RUNTIME_POISONED';
}

/** An end that can be poisoned. */
export interface Poisonable {
  poison(reason: Error): void;
}

/**
 * Gives a channel up from either end, unlike `end`, which lets everything arrive: what it holds is dropped, and every operation on it,
 * also one that waits, throws RUNTIME_POISONED. A process that lets this through ends and poisons its other channels, so everything
 * that depends on this one ends; one that catches it stops the spread. C14.
 *
 * @param why one sentence for a person, kept in the error.
 */
export function* poison(end: Sender<never> | Receiver<unknown>, why: string): Operation<void> {
  if (--cpu.fuel < 0) yield breath;
  (end as unknown as Partial<Poisonable>).poison?.(poisoned({ detail: why }));
}
