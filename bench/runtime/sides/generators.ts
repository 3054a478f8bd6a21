import type { Side } from '../cases.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

async function* plusOne(from: AsyncGenerator<number>): AsyncGenerator<number> {
  for await (const value of from) yield value + 1;
}

/**
 * Async generators that pull: the reader runs the writer, so it is a rendezvous without a channel. Each stage of nested
 * generators stands on the stack, so there are no long chains.
 */
export const side: Side = (shape) => {
  if (shape.is !== 'pipeline' || shape.capacity > 0 || shape.stages > 100) return undefined;
  let last = numbers(shape.count);
  for (let i = 2; i < shape.stages; i++) last = plusOne(last);
  return async () => {
    for await (const _ of last);
  };
};
