import { PromiseChannel } from './promise-channel.ts';

/** What else can do the work of a case; `run` resolves when the last message has arrived. */
export interface Peer {
  readonly name: 'promises' | 'async generators';
  run(): Promise<void>;
}

/** A channel of promises: forty lines, and no counts, samples, stop, pause or fairness. */
function promisesPingPong(rounds: number): Peer {
  return {
    name: 'promises',
    async run() {
      const there = new PromiseChannel<number>(0);
      const back = new PromiseChannel<number>(0);
      const answering = (async () => {
        for (let got = await there.receive(); got !== undefined; got = await there.receive()) await back.send(got);
      })();
      for (let i = 0; i < rounds; i++) {
        await there.send(i);
        await back.receive();
      }
      there.end();
      await answering;
    },
  };
}

function promisesPipeline(stages: number, capacity: number, count: number): Peer {
  return {
    name: 'promises',
    async run() {
      const channels = Array.from({ length: stages - 1 }, () => new PromiseChannel<number>(capacity));
      const running = channels.map(async (input, i) => {
        const out = channels[i + 1];
        for (let got = await input.receive(); got !== undefined; got = await input.receive()) await out?.send(got + 1);
        out?.end();
      });
      for (let i = 0; i < count; i++) await channels[0]?.send(i);
      channels[0]?.end();
      await Promise.all(running);
    },
  };
}

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

async function* plusOne(from: AsyncGenerator<number>): AsyncGenerator<number> {
  for await (const value of from) yield value + 1;
}

/** Generators that pull: the reader runs the writer, so it is a rendezvous without a channel. */
function asyncGenerators(stages: number, count: number): Peer {
  return {
    name: 'async generators',
    async run() {
      let last = numbers(count);
      for (let i = 2; i < stages; i++) last = plusOne(last);
      for await (const _ of last);
    },
  };
}

export const peers = {
  pingPong: (rounds: number): readonly Peer[] => [promisesPingPong(rounds)],
  pipeline(stages: number, capacity: number, count: number): readonly Peer[] {
    // Every stage of nested generators would stand on the stack of a chain of thousands.
    if (stages > 100) return [promisesPipeline(stages, capacity, count)];
    return capacity > 0
      ? [promisesPipeline(stages, capacity, count)]
      : [promisesPipeline(stages, capacity, count), asyncGenerators(stages, count)];
  },
};
