import { type CodedError, defineError, messageOf } from '#base/errors.ts';
import type { Stray } from './session-host.ts';

/** What components do past the operations they are given: rule H22. */

const thrownOutside = defineError(
  'HOST_SESSION_STRAY_ERROR',
  'input',
  'A component let something be thrown outside of its process. Await what it starts: yield* until(promise).',
);
const leftRunning = defineError(
  'HOST_TIMERS_LEFT',
  'input',
  'A component left timers of its own running when its session ended; they were ended. Take the clock it is handed, or end them in a finally block.',
);

/** The error of a session in which something was thrown outside of any process. */
export function strayError(thrown: unknown, node: string | undefined): CodedError {
  const detail = `${node ?? 'A component'} let something be thrown outside of its process: ${messageOf(thrown)}. Await what it starts: yield* until(promise).`;
  return thrownOutside({ detail, cause: thrown });
}

/** What is told of the timers a session left, one for each node. */
export function timersLeft(byNode: ReadonlyMap<string | undefined, number>): readonly Stray[] {
  return [...byNode].map(([node, count]) => {
    const detail = `${node ?? 'A component'} left ${count} timer${count === 1 ? '' : 's'} of its own running when its session ended. Take the clock it is handed, or end them in a finally block.`;
    return { node, error: leftRunning({ detail, facts: { node, count } }) };
  });
}
