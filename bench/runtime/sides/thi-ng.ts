import { Channel, select as oneOf } from '@thi.ng/csp';
import type { Shape, Side } from '../cases.ts';

type Ends = Channel<number>;

/**
 * `write` resolves when the message has been read: awaited, it is a rendezvous. Into a buffer it is `offer`ed, and only
 * awaited when there is no room.
 */
function send(capacity: number): (out: Ends, value: number) => Promise<boolean> | undefined {
  if (capacity === 0) return (out, value) => out.write(value);
  return (out, value) => (out.offer(value) ? undefined : out.write(value));
}

function channels(count: number, capacity = 0): Ends[] {
  return Array.from({ length: count }, () => new Channel<number>(Math.max(1, capacity)));
}

async function forward(input: Ends, out: Ends, capacity = 0): Promise<void> {
  const sending = send(capacity);
  for (let got = await input.read(); got !== undefined; got = await input.read()) await sending(out, got + 1);
  out.close();
}

async function indivisible(input: Ends, out: Ends): Promise<void> {
  const first = await input.read();
  if (first === undefined) return;
  for (let got = await input.read(); got !== undefined; got = await input.read()) {
    if (got % first !== 0) await out.write(got);
  }
  out.close();
}

async function drain(input: Ends): Promise<void> {
  while ((await input.read()) !== undefined);
}

function row(wires: readonly Ends[], stage: typeof forward, from: number, to: number, capacity = 0): () => Promise<void> {
  for (const [i, out] of wires.entries()) if (i > 0) void stage(wires[i - 1] as Ends, out, capacity);
  const drained = drain(wires.at(-1) as Ends);
  const first = wires[0] as Ends;
  const sending = send(capacity);
  return async () => {
    for (let i = from; i < to; i++) await sending(first, i);
    first.close();
    await drained;
  };
}

function pingPong(rounds: number): () => Promise<void> {
  const [there, back] = channels(2) as [Ends, Ends];
  void forward(there, back);
  return async () => {
    for (let i = 0; i < rounds; i++) {
      await there.write(i);
      await back.read();
    }
    there.close();
  };
}

function commstime(rounds: number): () => Promise<void> {
  const [a, b, c, d] = channels(4) as [Ends, Ends, Ends, Ends];
  void (async () => {
    for (let got = await a.read(); got !== undefined; got = await a.read()) {
      await d.write(got);
      await b.write(got);
    }
  })();
  void forward(b, c);
  return async () => {
    void (async () => {
      await a.write(0);
      for (let got = await c.read(); got !== undefined; got = await c.read()) await a.write(got);
    })();
    for (let left = rounds; left > 0; left--) await d.read();
  };
}

/** `select` takes the first that is ready, in the order they are given: it is not fair. */
function select(each: number): () => Promise<void> {
  const [first, ...rest] = channels(8) as [Ends, ...Ends[]];
  return async () => {
    for (const out of [first, ...rest]) {
      void (async () => {
        for (let i = 0; i < each; i++) await out.write(i);
      })();
    }
    for (let left = 8 * each; left > 0; left--) await oneOf(first, ...rest);
  };
}

function idle(count: number): () => Promise<void> {
  const made = channels(count);
  for (const channel of made) void drain(channel);
  return async () => {
    for (const channel of made) channel.close();
  };
}

/** Async/await with the channels of @thi.ng/csp. */
export const side: Side = (shape: Shape) => {
  switch (shape.is) {
    case 'ping-pong':
      return pingPong(shape.rounds);
    case 'pipeline':
      return row(channels(shape.stages - 1, shape.capacity), forward, 0, shape.count, shape.capacity);
    case 'commstime':
      return commstime(shape.rounds);
    case 'select':
      return select(shape.each);
    case 'sieve':
      return row(channels(shape.primes + 1), indivisible, 2, shape.below);
    case 'idle':
      return idle(shape.count);
  }
};
