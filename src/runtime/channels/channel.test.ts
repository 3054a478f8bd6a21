import { describe, expect, test } from 'vitest';
import { all } from '#runtime/all.ts';
import { after, offering, priAlt } from '#runtime/alt.ts';
import type { Operation } from '#runtime/port.ts';
import { Bench, type Body, parked, sink, source } from '#runtime/testing.ts';
import { discardSender, endedReceiver } from './unconnected.ts';

/** A sink that takes one message each time the clock strikes. */
function slowSink(into: number[]): Body {
  return function* ({ in: input, clock }) {
    for (;;) {
      yield* priAlt([after(clock, 10)]);
      const got = yield* input.receive();
      if (got.ended) return;
      into.push(got.value);
    }
  };
}

describe('rendezvous', () => {
  test('[C1] a send goes on only when the message has been received', () => {
    const log: string[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        *a({ out }) {
          yield* out.send(1);
          log.push('sent');
        },
        *b({ in: input, clock }) {
          yield* priAlt([after(clock, 10)]);
          log.push('asks');
          yield* input.receive();
          log.push('received');
        },
      },
    }).start();
    expect(log).toEqual([]);
    expect(bench.network.channel('c0').status()).toMatchObject({ blocked: 'sender', sent: 0, depth: 0 });
    bench.clock.advance(10);
    bench.settle();
    expect(log[0]).toBe('asks');
    expect(log.slice(1).sort()).toEqual(['received', 'sent']);
    expect(bench.network.state).toBe('completed');
  });

  test('[C1] the receiver may come first', () => {
    const got: number[] = [];
    const bench = new Bench({ wires: [['a.out -> b.in']], bodies: { b: sink(got), a: source(1, 2) } }).start();
    expect(got).toEqual([1, 2]);
    expect(bench.network.state).toBe('completed');
  });

  test('[C2] the very value arrives, also undefined and null', () => {
    const values = [undefined, null, 0, { deep: [1] }] as unknown as number[];
    for (const capacity of [0, 2]) {
      const got: unknown[] = [];
      new Bench({ wires: [['a.out -> b.in', capacity]], bodies: { a: source(...values), b: sink(got) } }).start();
      expect(got).toHaveLength(4);
      for (let i = 0; i < 4; i++) expect(got[i]).toBe(values[i]);
    }
  });
});

describe('buffer', () => {
  test('[C3] a full buffer makes the sender wait, and its offer is the next to be held', () => {
    const got: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', 2]],
      bodies: { a: source(1, 2, 3, 4), b: slowSink(got) },
    }).start();
    expect(bench.counts('c0')).toEqual({ sent: 2, received: 0, dropped: 0, depth: 2 });
    expect(bench.network.channel('c0').status().blocked).toBe('sender');
    bench.clock.advance(10);
    bench.settle();
    expect(bench.counts('c0')).toEqual({ sent: 3, received: 1, dropped: 0, depth: 2 });
    for (let i = 0; i < 4; i++) {
      bench.clock.advance(10);
      bench.settle();
    }
    expect(got).toEqual([1, 2, 3, 4]);
    expect(bench.network.channel('c0').status()).toMatchObject({ highWater: 2, depth: 0, ended: true, blocked: 'none' });
  });

  const dropping = [
    { policy: 'drop-oldest', capacity: 2, left: [4, 5] },
    { policy: 'drop-newest', capacity: 2, left: [1, 2] },
    { policy: 'drop-oldest', capacity: 0, left: [] },
    { policy: 'drop-newest', capacity: 0, left: [] },
  ] as const;
  test.each(dropping)('[C4] [C6] $policy with capacity $capacity keeps $left of five', ({ policy, capacity, left }) => {
    const got: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', capacity, policy]],
      bodies: { a: source(1, 2, 3, 4, 5), b: slowSink(got) },
    }).start();
    expect(bench.counts('c0')).toEqual({ sent: 5, received: 0, dropped: 5 - left.length, depth: left.length });
    for (let i = 0; i < 3; i++) {
      bench.clock.advance(10);
      bench.settle();
    }
    expect(got).toEqual(left);
    expect(bench.network.state).toBe('completed');
  });
});

describe('end', () => {
  test('[C7] a parked offer is delivered before the end', () => {
    const got: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', 1]],
      bodies: {
        a: ({ out }) => discard(all([out.send(1), out.send(2), out.end()])),
        b: slowSink(got),
      },
    }).start();
    expect(bench.network.channel('c0').status()).toMatchObject({ ended: true, depth: 1, blocked: 'sender' });
    for (let i = 0; i < 3; i++) {
      bench.clock.advance(10);
      bench.settle();
    }
    expect(got).toEqual([1, 2]);
    expect(bench.network.state).toBe('completed');
  });

  test('[C7] end never waits, ends once, and is received again and again', () => {
    const ends: boolean[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', 1]],
      bodies: {
        *a({ out }) {
          yield* out.send(1);
          yield* out.end();
          yield* out.end();
        },
        *b({ in: input }) {
          for (let i = 0; i < 4; i++) ends.push((yield* input.receive()).ended);
        },
      },
    }).start();
    expect(ends).toEqual([false, true, true, true]);
    expect(bench.network.state).toBe('completed');
  });

  test('[C8] a send after the end throws, and the channel is unchanged', () => {
    const got: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', 3]],
      bodies: {
        *a({ out }) {
          yield* out.send(1);
          yield* out.end();
          yield* out.send(2);
        },
        b: parked,
      },
    }).start();
    expect(bench.events).toContainEqual(
      expect.objectContaining({ is: 'fault', fault: expect.objectContaining({ code: 'RUNTIME_SEND_AFTER_END', node: 'a' }) }),
    );
    expect(got).toEqual([]);
    expect(bench.counts('c0').sent).toBe(1);
  });
});

describe('reader gone', () => {
  test('[C9] what is held is dropped, a waiting send and every later one give false', () => {
    const answers: boolean[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', 2]],
      bodies: {
        *a({ out }) {
          for (let i = 0; i < 5; i++) answers.push(yield* out.send(i));
        },
        *b({ clock }) {
          yield* priAlt([after(clock, 10)]);
        },
      },
    }).start();
    expect(answers).toEqual([true, true]);
    bench.clock.advance(10);
    bench.settle();
    expect(answers).toEqual([true, true, false, false, false]);
    expect(bench.counts('c0')).toEqual({ sent: 5, received: 0, dropped: 5, depth: 0 });
    expect(bench.network.state).toBe('completed');
  });

  test('[C10] a process that returns ends its outputs, one that is started again does not', () => {
    const got: number[] = [];
    let lives = 0;
    const bench = new Bench({
      onFailure: 'restart',
      wires: [['a.out -> b.in']],
      bodies: {
        *a({ out }) {
          lives++;
          yield* out.send(lives);
          if (lives === 1) throw new Error('once');
        },
        b: sink(got),
      },
    }).start();
    expect(bench.network.channel('c0').status().ended).toBe(false);
    bench.clock.advance(100);
    bench.settle();
    expect(got).toEqual([1, 2]);
    expect(bench.network.state).toBe('completed');
  });
});

describe('ends', () => {
  test('[C11] a second operation that would wait on one end throws, by whatever way it comes', () => {
    const second: Body[] = [
      ({ in: input }) => discard(all([input.receive(), input.receive()])),
      ({ in: input }) => discard(priAlt([input, input])),
      ({ in: input }) => discard(all([priAlt([input]), input.receive()])),
    ];
    for (const b of second) {
      const bench = new Bench({
        wires: [['a.out -> b.in']],
        bodies: { a: ({ clock }) => discard(priAlt([after(clock, 10)])), b },
      }).start();
      expect(bench.events).toContainEqual(
        expect.objectContaining({ is: 'fault', fault: expect.objectContaining({ code: 'RUNTIME_END_BUSY', node: 'b' }) }),
      );
      expect(bench.network.state).toBe('failed');
      expect(bench.clock.pending).toBe(0);
    }
  });

  test('[C12] an unconnected output takes everything, an unconnected input is at its end', () => {
    const out = discardSender();
    const seen: unknown[] = [];
    const bench = new Bench({
      bodies: {
        *a() {
          for (let i = 0; i < 1_000; i++) seen[0] = yield* out.send(i);
          yield* out.end();
          seen.push((yield* endedReceiver().receive()).ended);
          seen.push(yield* priAlt({ end: endedReceiver() }));
        },
      },
    }).start();
    expect(seen).toEqual([true, true, { tag: 'end', ended: true }]);
    expect(bench.network.state).toBe('completed');
  });

  test('[C13] the last twenty messages are kept with number and time, and a listener hears each', () => {
    const heard: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', 3]],
      bodies: { a: source(...Array.from({ length: 45 }, (_, i) => i * 10)), b: sink([]) },
    });
    bench.clock.advance(1_234);
    bench.network.channel('c0').onSample(({ number }) => heard.push(number));
    expect(bench.network.samples('c0')).toEqual([]);
    bench.start();
    const samples = bench.network.samples('c0');
    expect(samples.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 26));
    expect(samples[19]).toEqual({ number: 45, atMs: 1_234, value: 440 });
    expect(heard).toHaveLength(45);
  });

  test('[C2] operations made before they are done are done each by itself, in the order of doing', () => {
    const got: unknown[] = [];
    new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        *a({ out }) {
          const [first, second] = [out.send(1), out.send(2)];
          yield* second;
          yield* first;
          out.send(3);
          yield* out.send(4);
        },
        *b(ends) {
          const [first, second] = [ends.in.receive(), ends.in.receive()];
          got.push(yield* second, yield* first);
          ends.in.receive();
          got.push(yield* ends.in.receive());
        },
      },
    }).start();
    expect(got.map((each) => (each as { value: unknown }).value)).toEqual([2, 1, 4]);
  });

  test('[C2] a message waiting to be sent is not the one an alternation offers meanwhile', () => {
    const got: unknown[] = [];
    new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        *a({ out }) {
          const later = out.send(1);
          yield* priAlt([offering(out, 2)]);
          yield* later;
        },
        b: sink(got),
      },
    }).start();
    expect(got).toEqual([2, 1]);
  });

  test('an operation outside a process is refused', () => {
    const bench = new Bench({ wires: [['a.out -> b.in']], bodies: { a: source(), b: sink([]) } });
    const operation = bench.network.channel('c0').receiver.receive()[Symbol.iterator]();
    expect(() => [operation.next(), operation.next()]).toThrow(expect.objectContaining({ code: 'RUNTIME_OUTSIDE_PROCESS' }));
  });
});

function* discard(operation: Operation<unknown>): Operation<void> {
  yield* operation;
}
