import { type Cause, Effect, Fiber, Queue } from 'effect';
import type { Shape, Side } from '../cases.ts';

type Ends = Queue.Queue<number, Cause.Done>;

/** A queue that holds nothing is a rendezvous. */
function queues(count: number, capacity = 0): Ends[] {
  return Array.from({ length: count }, () => Effect.runSync(Queue.bounded<number, Cause.Done>(capacity)));
}

const forward = (input: Ends, out: Ends) =>
  Effect.gen(function* () {
    for (;;) yield* Queue.offer(out, (yield* Queue.take(input)) + 1);
  }).pipe(Effect.ignore, Effect.andThen(Queue.end(out)));

const indivisible = (input: Ends, out: Ends) =>
  Effect.gen(function* () {
    const first = yield* Queue.take(input);
    for (;;) {
      const got = yield* Queue.take(input);
      if (got % first !== 0) yield* Queue.offer(out, got);
    }
  }).pipe(Effect.ignore, Effect.andThen(Queue.end(out)));

const drain = (input: Ends) =>
  Effect.gen(function* () {
    for (;;) yield* Queue.take(input);
  }).pipe(Effect.ignore);

const produce = (out: Ends, from: number, to: number) =>
  Effect.gen(function* () {
    for (let i = from; i < to; i++) yield* Queue.offer(out, i);
    yield* Queue.end(out);
  });

function row(wires: readonly Ends[], stage: typeof forward, from: number, to: number): () => Promise<void> {
  for (const [i, out] of wires.entries()) if (i > 0) Effect.runFork(stage(wires[i - 1] as Ends, out));
  const drained = Effect.runFork(drain(wires.at(-1) as Ends));
  return () => Effect.runPromise(produce(wires[0] as Ends, from, to).pipe(Effect.andThen(Fiber.join(drained)), Effect.asVoid));
}

function pingPong(rounds: number): () => Promise<void> {
  const [there, back] = queues(2) as [Ends, Ends];
  Effect.runFork(forward(there, back));
  const calling = Effect.gen(function* () {
    for (let i = 0; i < rounds; i++) {
      yield* Queue.offer(there, i);
      yield* Queue.take(back);
    }
    yield* Queue.end(there);
  });
  return () => Effect.runPromise(calling.pipe(Effect.ignore));
}

function commstime(rounds: number): () => Promise<void> {
  const [a, b, c, d] = queues(4) as [Ends, Ends, Ends, Ends];
  const delta = Effect.gen(function* () {
    for (;;) {
      const got = yield* Queue.take(a);
      yield* Queue.offer(d, got);
      yield* Queue.offer(b, got);
    }
  });
  const prefix = Effect.gen(function* () {
    yield* Queue.offer(a, 0);
    for (;;) yield* Queue.offer(a, yield* Queue.take(c));
  });
  const taker = Effect.gen(function* () {
    for (let left = rounds; left > 0; left--) yield* Queue.take(d);
  });
  Effect.runFork(delta);
  Effect.runFork(forward(b, c));
  return () => {
    Effect.runFork(prefix);
    return Effect.runPromise(taker.pipe(Effect.ignore));
  };
}

function idle(count: number): () => Promise<void> {
  const made = queues(count);
  for (const queue of made) Effect.runFork(drain(queue));
  return async () => {
    for (const queue of made) Effect.runSync(Queue.end(queue));
  };
}

/** A queue that holds nothing wakes its reader by a call, and a long chain of them is too deep for the stack: there each holds one. */
const depth = (stages: number, capacity: number): number => (stages > 100 ? Math.max(1, capacity) : capacity);

/** Fibers and queues of effect, as generators. It has no choice between queues but by transactions. */
export const side: Side = (shape: Shape) => {
  switch (shape.is) {
    case 'ping-pong':
      return pingPong(shape.rounds);
    case 'pipeline':
      return row(queues(shape.stages - 1, depth(shape.stages, shape.capacity)), forward, 0, shape.count);
    case 'commstime':
      return commstime(shape.rounds);
    case 'sieve':
      return row(queues(shape.primes + 1, depth(shape.primes, 0)), indivisible, 2, shape.below);
    case 'idle':
      return idle(shape.count);
    case 'select':
      return undefined;
  }
};
