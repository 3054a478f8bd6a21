import { systemClock } from '#base/clock.ts';
import type { ChannelPlan } from '#runtime/channel.ts';
import { Network } from '#runtime/network.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import { PromiseChannel } from './promise-channel.ts';

/** The same work, done by the runtime and by the peer; each resolves when the last message has arrived. */
export interface Case {
  readonly name: string;
  /** Communications in one round. */
  readonly messages: number;
  runtime(): Promise<void>;
  promises(): Promise<void>;
}

const stages = 4;

export const cases: readonly Case[] = [
  pingPong(200_000),
  pipeline('rendezvous pipeline', 0, 200_000),
  pipeline('pipeline, buffer 64', 64, 200_000),
];

/** Two processes and two rendezvous channels: each message is an answer to the one before. */
function pingPong(rounds: number): Case {
  return {
    name: 'ping-pong',
    messages: rounds * 2,
    async runtime() {
      const network = connect(2, 0, true, (io, i) => (i === 0 ? serve(io, rounds) : echo(io)));
      network.start();
      await network.outcome;
    },
    async promises() {
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

/** source → forward → forward → sink. */
function pipeline(name: string, capacity: number, count: number): Case {
  return {
    name,
    messages: count * (stages - 1),
    async runtime() {
      const network = connect(stages, capacity, false, (io, i) =>
        i === 0 ? produce(io, count) : i < stages - 1 ? echo(io) : consume(io),
      );
      network.start();
      await network.outcome;
    },
    async promises() {
      const channels = Array.from({ length: stages - 1 }, () => new PromiseChannel<number>(capacity));
      const running = channels.map(async (input, i) => {
        const out = channels[i + 1];
        for (let got = await input.receive(); got !== undefined; got = await input.receive()) await out?.send(got);
        out?.end();
      });
      for (let i = 0; i < count; i++) await channels[0]?.send(i);
      channels[0]?.end();
      await Promise.all(running);
    },
  };
}

interface Ends {
  readonly in: Receiver<number>;
  readonly out: Sender<number>;
}

/** Processes in a row, or in a ring. */
function connect(count: number, capacity: number, ring: boolean, body: (io: Ends, i: number) => Operation<void>): Network {
  const channels = Array.from(
    { length: ring ? count : count - 1 },
    (_, i): ChannelPlan => ({
      id: `c${i}`,
      capacity,
      policy: 'block',
      from: { process: `p${i}`, port: 'out' },
      to: { process: `p${(i + 1) % count}`, port: 'in' },
    }),
  );
  const io = (i: number): Ends => ({
    get in() {
      return network.channel(`c${(i + count - 1) % count}`).receiver as Receiver<number>;
    },
    get out() {
      return network.channel(`c${i}`).sender;
    },
  });
  const processes = Array.from({ length: count }, (_, i) => ({
    id: `p${i}`,
    onFailure: 'stop' as const,
    body: () => body(io(i), i),
  }));
  const network: Network = new Network({ processes, channels, clock: systemClock, defer: setImmediate });
  return network;
}

function* produce({ out }: Ends, count: number): Operation<void> {
  for (let i = 0; i < count; i++) yield* out.send(i);
}

function* serve(io: Ends, rounds: number): Operation<void> {
  const { in: back, out } = io;
  for (let i = 0; i < rounds; i++) {
    yield* out.send(i);
    yield* back.receive();
  }
}

function* echo(io: Ends): Operation<void> {
  const { in: input, out } = io;
  for (;;) {
    const got = yield* input.receive();
    if (got.ended) return;
    yield* out.send(got.value);
  }
}

function* consume(io: Ends): Operation<void> {
  const input = io.in;
  while (!(yield* input.receive()).ended);
}
