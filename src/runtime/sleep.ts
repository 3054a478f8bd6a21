import type { Clock } from '#base/clock.ts';
import { after, priAlt } from './alt.ts';
import type { Operation } from './port.ts';

/** Waits `ms` milliseconds of the given clock; zero or less goes on at once. */
export function* sleep(clock: Clock, ms: number): Operation<void> {
  yield* priAlt([after(clock, ms)]);
}
