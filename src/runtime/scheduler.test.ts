import { createHook } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { all } from './all.ts';
import { always, after as dueIn, fairAlt, never, priAlt } from './alt.ts';
import { Network } from './network.ts';
import type { Operation } from './port.ts';
import { sleep } from './sleep.ts';
import { Bench, type Body, parked, sink, source } from './testing.ts';
import { until } from './until.ts';

describe('turns', () => {
  test('[S7] a process that never waits does not starve the others, nor the event loop', async () => {
    let spins = 0;
    let other = 0;
    const bench = new Bench({
      wires: [['a.out -> b.in', 1, 'drop-newest'], ['c.out -> d.in']],
      bodies: {
        *a({ out }) {
          for (;;) {
            spins++;
            yield* out.send(spins);
          }
        },
        b: parked,
        c: source(...Array.from({ length: 100 }, (_, i) => i)),
        *d({ in: input }) {
          while (!(yield* input.receive()).ended) other++;
        },
        *e() {
          for (;;) yield* fairAlt([always]);
        },
        *f() {
          for (;;) yield* all([]);
        },
      },
    });
    bench.network.start();
    expect(bench.turn()).toBe(true);
    expect(other).toBe(100);
    expect(spins).toBeGreaterThan(100);
    await bench.stop();
    expect(bench.network.state).toBe('stopped');
  });

  test('[S7] on a real event loop, timers and a stop come through while a network spins', async () => {
    const network: Network = new Network({
      clock: systemClock,
      defer: setImmediate,
      channels: [
        { id: 'c', capacity: 0, policy: 'block', from: { process: 'a', port: 'out' }, to: { process: 'b', port: 'in' } },
      ],
      processes: [
        {
          id: 'a',
          onFailure: 'stop',
          *body() {
            for (let i = 0; ; i++) yield* network.channel('c').sender.send(i);
          },
        },
        {
          id: 'b',
          onFailure: 'stop',
          *body() {
            for (;;) yield* network.channel('c').receiver.receive();
          },
        },
      ],
    });
    network.start();
    await new Promise((fired) => systemClock.after(1, () => fired(undefined)));
    await network.pause();
    const [{ received = 0 } = {}] = network.channels();
    expect(received).toBeGreaterThan(0);
    network.resume();
    await network.stop();
    expect(await network.outcome).toEqual({ state: 'stopped' });
  });

  test('[S7] a million messages make no promise', () => {
    let promises = 0;
    const hook = createHook({ init: (_id, type) => void (type === 'PROMISE' && promises++) });
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> c.in', 8]],
      bodies: {
        *a({ out }) {
          for (let i = 0; i < 500_000; i++) yield* out.send(i);
        },
        *b({ in: input, out }) {
          for (let got = yield* input.receive(); !got.ended; got = yield* input.receive()) yield* out.send(got.value);
        },
        *c({ in: input }) {
          while (!(yield* input.receive()).ended);
        },
      },
    });
    hook.enable();
    bench.start();
    hook.disable();
    expect(bench.network.channels().map(({ received }) => received)).toEqual([500_000, 500_000]);
    expect(promises).toBe(0);
  }, 60_000);

  test('[S7] a chain of 100,000 processes does not grow the stack', () => {
    const length = 100_000;
    const got: number[] = [];
    const forward: Body = function* ({ in: input, out }) {
      for (;;) {
        const message = yield* input.receive();
        if (message.ended) return;
        yield* out.send(message.value);
      }
    };
    const bodies: Record<string, Body> = { p0: source(1, 2) };
    for (let i = 1; i < length; i++) bodies[`p${i}`] = forward;
    bodies[`p${length}`] = sink(got);
    const wires = Array.from({ length }, (_, i) => [`p${i}.out -> p${i + 1}.in`] as const);
    const bench = new Bench({ bodies, wires }).start();
    expect(got).toEqual([1, 2]);
    expect(bench.network.state).toBe('completed');
  }, 60_000);
});

describe('order', () => {
  /** Who did what when, with a pause from within at the n-th communication. */
  async function order(pauseAt: number): Promise<string[]> {
    const log: string[] = [];
    const busy = (name: string): Body =>
      function* ({ out }) {
        for (let i = 0; i < 70; i++) {
          log.push(`${name}${i}`);
          if (log.length === pauseAt) void bench.network.pause();
          yield* name === 'c' ? all([out.send(i), out.send(-i)]) : out.send(i);
        }
      };
    const bench: Bench = new Bench({
      wires: ['a', 'b', 'c'].map((name) => [`${name}.out -> ${name}2.in`, 1, 'drop-newest']),
      bodies: { a: busy('a'), b: busy('b'), c: busy('c'), a2: parked, b2: parked, c2: parked },
    });
    bench.start();
    await bench.network.pause();
    bench.network.resume();
    bench.settle();
    expect(bench.network.state).toBe('completed');
    return log;
  }

  test('[S4] a pause at any communication does not change whose turn it is', async () => {
    const plain = await order(-1);
    for (let at = 1; at <= plain.length; at++) expect(await order(at)).toEqual(plain);
  });
});

describe('what is awaited', () => {
  test('[S10] [A8] a timer that was withdrawn is not awaited', () => {
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> a.in']],
      bodies: {
        *b({ in: input, clock }) {
          yield* priAlt({ late: dueIn(clock, 10), input });
          yield* input.receive();
        },
        *a({ out, in: input }) {
          yield* out.send(1);
          yield* input.receive();
        },
      },
    });
    bench.start();
    expect(bench.network.stuck?.nodes).toEqual(['b', 'a']);
  });

  test('[S10] [S11] work that was abandoned counts once, when it is abandoned', async () => {
    const work = Promise.withResolvers<void>();
    const bench = new Bench({
      bodies: {
        *a({ clock }) {
          try {
            yield* all([until(work.promise), failing()]);
          } catch {
            yield* sleep(clock, 10);
            yield* priAlt([never]);
          }
        },
      },
    }).start();
    work.resolve();
    await bench.network.pause();
    await bench.settleOutside();
    bench.network.resume();
    bench.settle();
    expect(bench.network.stuck).toBeUndefined();
    bench.clock.advance(10);
    bench.settle();
    expect(bench.network.stuck?.nodes).toEqual(['a']);
  });
});

// biome-ignore lint/correctness/useYield: it fails before it communicates.
function* failing(): Operation<void> {
  throw new Error('down');
}
