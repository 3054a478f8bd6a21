import { PassThrough, Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Shape, Side } from '../cases.ts';

function numbers(count: number, highWaterMark: number): Readable {
  let next = 0;
  return new Readable({
    objectMode: true,
    highWaterMark,
    read() {
      while (next < count) if (!this.push(next++)) return;
      this.push(null);
    },
  });
}

function plusOne(highWaterMark: number): Transform {
  return new Transform({
    objectMode: true,
    highWaterMark,
    transform: (value: number, _encoding, done) => done(null, value + 1),
  });
}

function sink(highWaterMark: number): Writable {
  return new Writable({ objectMode: true, highWaterMark, write: (_message, _encoding, done) => done() });
}

function row(stages: number, highWaterMark: number, count: number): () => Promise<void> {
  const first = numbers(count, highWaterMark);
  const middle = Array.from({ length: stages - 2 }, () => plusOne(highWaterMark));
  const last = sink(highWaterMark);
  return () => pipeline([first, ...middle, last]);
}

function pingPong(rounds: number): () => Promise<void> {
  const there = new PassThrough({ objectMode: true, highWaterMark: 1 });
  const back = new PassThrough({ objectMode: true, highWaterMark: 1 });
  void (async () => {
    for await (const value of there) back.write(value + 1);
    back.end();
  })();
  return async () => {
    const answers = back[Symbol.asyncIterator]();
    for (let i = 0; i < rounds; i++) {
      there.write(i);
      await answers.next();
    }
    there.end();
  };
}

function idle(count: number): () => Promise<void> {
  const made = Array.from({ length: count }, () => new Readable({ objectMode: true, highWaterMark: 1, read() {} }));
  for (const stream of made) stream.pipe(sink(1));
  return async () => {
    for (const stream of made) stream.destroy();
  };
}

/**
 * Node's streams in object mode. The least they hold is one message on either side of a pipe. They call from stage to stage,
 * so a long chain is too deep for the stack; they know no alternation, and a loop of them waits for itself.
 */
export const side: Side = (shape: Shape) => {
  if (shape.is === 'ping-pong') return pingPong(shape.rounds);
  if (shape.is === 'idle') return idle(shape.count);
  if (shape.is !== 'pipeline' || shape.stages > 100) return undefined;
  return row(shape.stages, Math.max(1, shape.capacity), shape.count);
};
