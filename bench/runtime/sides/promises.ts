import type { Shape, Side } from '../cases.ts';
import { PromiseChannel } from './promise-channel.ts';

type Ends = PromiseChannel<number>;

function channels(count: number, capacity = 0): Ends[] {
  return Array.from({ length: count }, () => new PromiseChannel<number>(capacity));
}

async function produce(out: Ends, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) await out.send(i);
  out.end();
}

async function forward(input: Ends, out: Ends): Promise<void> {
  for (let got = await input.receive(); got !== undefined; got = await input.receive()) await out.send(got + 1);
  out.end();
}

async function indivisible(input: Ends, out: Ends): Promise<void> {
  const first = await input.receive();
  if (first === undefined) return;
  for (let got = await input.receive(); got !== undefined; got = await input.receive()) {
    if (got % first !== 0) await out.send(got);
  }
  out.end();
}

async function drain(input: Ends): Promise<void> {
  while ((await input.receive()) !== undefined);
}

/** The stages are made and wait; what it gives sends the numbers and resolves when the sink has seen the end. */
function row(wires: readonly Ends[], stage: (input: Ends, out: Ends) => Promise<void>, from: number, to: number) {
  for (const [i, out] of wires.entries()) if (i > 0) void stage(wires[i - 1] as Ends, out);
  const drained = drain(wires.at(-1) as Ends);
  return async () => {
    await produce(wires[0] as Ends, from, to);
    await drained;
  };
}

function pingPong(rounds: number): () => Promise<void> {
  const [there, back] = channels(2) as [Ends, Ends];
  void forward(there, back);
  return async () => {
    for (let i = 0; i < rounds; i++) {
      await there.send(i);
      await back.receive();
    }
    there.end();
  };
}

async function delta(input: Ends, seen: Ends, out: Ends): Promise<void> {
  for (let got = await input.receive(); got !== undefined; got = await input.receive()) {
    await seen.send(got);
    await out.send(got);
  }
}

async function prefix(input: Ends, out: Ends): Promise<void> {
  await out.send(0);
  for (let got = await input.receive(); got !== undefined; got = await input.receive()) await out.send(got);
}

function commstime(rounds: number): () => Promise<void> {
  const [a, b, c, d] = channels(4) as [Ends, Ends, Ends, Ends];
  void delta(a, d, b);
  void forward(b, c);
  return async () => {
    void prefix(c, a);
    for (let left = rounds; left > 0; left--) await d.receive();
  };
}

function idle(count: number): () => Promise<void> {
  const made = channels(count);
  for (const channel of made) void drain(channel);
  return async () => {
    for (const channel of made) channel.end();
  };
}

/** Async/await with a channel as one writes it by hand. It has no alternation. */
export const side: Side = (shape: Shape) => {
  switch (shape.is) {
    case 'ping-pong':
      return pingPong(shape.rounds);
    case 'pipeline':
      return row(channels(shape.stages - 1, shape.capacity), forward, 0, shape.count);
    case 'commstime':
      return commstime(shape.rounds);
    case 'sieve':
      return row(channels(shape.primes + 1), indivisible, 2, shape.below);
    case 'idle':
      return idle(shape.count);
    case 'select':
      return undefined;
  }
};
