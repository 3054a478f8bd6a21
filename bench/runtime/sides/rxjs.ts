import { lastValueFrom, map, observeOn, queueScheduler, range, Subject } from 'rxjs';
import type { Shape, Side } from '../cases.ts';

function pingPong(rounds: number): () => Promise<void> {
  const there = new Subject<number>();
  const back = new Subject<number>();
  // Without a scheduler each would call the other, and the stack would grow with the rounds.
  there.pipe(observeOn(queueScheduler)).subscribe((value) => back.next(value + 1));
  return () =>
    new Promise((resolve) => {
      let left = rounds;
      back.pipe(observeOn(queueScheduler)).subscribe(() => (--left > 0 ? there.next(left) : resolve()));
      there.next(left);
    });
}

/**
 * Observables push: a message is a call from the source to the sink, and nobody can make the source wait. So there are no
 * buffers that fill, no processes that wait, and each stage stands on the stack.
 */
export const side: Side = (shape: Shape) => {
  if (shape.is === 'ping-pong') return pingPong(shape.rounds);
  if (shape.is !== 'pipeline' || shape.capacity > 0 || shape.stages > 100) return undefined;
  let last = range(0, shape.count);
  for (let i = 2; i < shape.stages; i++) last = last.pipe(map((value) => value + 1));
  return async () => void (await lastValueFrom(last));
};
