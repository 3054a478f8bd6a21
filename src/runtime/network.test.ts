import { describe, expect, test } from 'vitest';
import { after as dueIn, never, priAlt } from './alt.ts';
import { Network } from './network.ts';
import { sleep } from './sleep.ts';
import { Bench, type Body, parked, sink, source } from './testing.ts';
import { until } from './until.ts';

describe('life of a session', () => {
  test('[S1] [S2] runs from starting to completed and says so', async () => {
    const got: number[] = [];
    const bench = new Bench({ wires: [['a.out -> b.in']], bodies: { a: source(1, 2), b: sink(got) } });
    expect(bench.network.state).toBe('starting');
    expect(bench.get('a').state).toBe('idle');
    bench.start();
    expect(await bench.network.outcome).toEqual({ state: 'completed' });
    expect(bench.events).toEqual([
      { is: 'state', state: 'running' },
      { is: 'process', process: 'a', state: 'completed' },
      { is: 'process', process: 'b', state: 'completed' },
      { is: 'state', state: 'completed' },
    ]);
    expect(bench.get('a')).toEqual({
      node: 'a',
      state: 'completed',
      received: 0,
      sent: 2,
      failures: 0,
      restarts: 0,
      waitingFor: [],
      cpuMs: expect.any(Number),
    });
  });

  test('[S1] a network of nothing completes, and what is over stays over', async () => {
    const bench = new Bench({ bodies: {} }).start();
    expect(bench.network.state).toBe('completed');
    await bench.network.pause();
    bench.network.resume();
    bench.network.start();
    await bench.stop();
    expect(bench.network.state).toBe('completed');
  });

  test('[S1] may be stopped before it starts', async () => {
    const bench = new Bench({ wires: [['a.out -> b.in']], bodies: { a: source(1), b: parked } });
    await bench.stop('not wanted');
    expect(await bench.network.outcome).toEqual({ state: 'stopped', reason: 'not wanted' });
    expect(bench.get('a').state).toBe('stopped');
  });

  test('a plan that contradicts itself is refused', () => {
    const process = { id: 'a', onFailure: 'stop' as const, body: function* () {} };
    const channel = {
      id: 'c',
      capacity: 0,
      policy: 'block' as const,
      from: { process: 'a', port: 'out' },
      to: { process: 'a', port: 'in' },
    };
    const rest = { clock: new Bench({ bodies: {} }).clock, defer: () => {} };
    const broken = expect.objectContaining({ code: 'RUNTIME_PLAN_BROKEN' });
    expect(() => new Network({ processes: [process, process], channels: [], ...rest })).toThrow(broken);
    expect(() => new Network({ processes: [process], channels: [channel, channel], ...rest })).toThrow(broken);
    expect(() => new Network({ processes: [], channels: [channel], ...rest })).toThrow(broken);
    expect(() => new Network({ processes: [], channels: [], ...rest }).channel('x')).toThrow(broken);
  });
});

describe('pause', () => {
  test('[S3] [S4] nothing passes, nothing is lost, and what fell due is delivered after', async () => {
    const got: number[] = [];
    const log: string[] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    const bench = new Bench({
      wires: [['a.out -> b.in', 1]],
      bodies: {
        *a({ out, clock }) {
          for (let i = 0; i < 3; i++) {
            yield* sleep(clock, 10);
            yield* out.send(i);
          }
        },
        b: sink(got),
        *c() {
          log.push(yield* until(promise));
        },
      },
    }).start();
    bench.clock.advance(10);
    bench.settle();
    await bench.network.pause();
    expect(bench.network.state).toBe('paused');
    expect(bench.network.processes().map(({ state }) => state)).toEqual(['paused', 'paused', 'paused']);
    resolve('came');
    bench.clock.advance(1_000);
    await bench.settleOutside();
    expect([got, log]).toEqual([[0], []]);
    expect(bench.network.stuck).toBeUndefined();
    bench.network.resume();
    bench.settle();
    expect([got, log]).toEqual([[0, 1], ['came']]);
    bench.clock.advance(10);
    bench.settle();
    expect(got).toEqual([0, 1, 2]);
    expect(bench.events.filter((event) => event.is === 'state').map(({ state }) => state)).toEqual([
      'running',
      'pausing',
      'paused',
      'running',
      'completed',
    ]);
  });

  test('[S3] a process that never waits stops at its next communication', async () => {
    let sent = 0;
    const bench: Bench = new Bench({
      wires: [['a.out -> b.in', 1, 'drop-oldest']],
      bodies: {
        *a({ out }) {
          for (;;) {
            sent++;
            if (sent === 10) void bench.network.pause();
            yield* out.send(sent);
          }
        },
        b: parked,
      },
    });
    bench.start();
    expect(sent).toBe(10);
    expect(bench.network.state).toBe('paused');
    await bench.stop();
    expect(bench.network.state).toBe('stopped');
  });
});

describe('stop', () => {
  test('[S5] runs every finally block, takes timers back and drops what is held', async () => {
    const log: string[] = [];
    const careful = (name: string, body: Body): Body =>
      function* (ends) {
        try {
          yield* body(ends);
        } finally {
          log.push(name);
        }
      };
    const bench = new Bench({
      wires: [['a.out -> b.in', 2], ['b.out -> a.in']],
      bodies: {
        a: careful('a', source(1, 2, 3)),
        b: careful('b', function* ({ clock, out }) {
          yield* priAlt([dueIn(clock, 50), dueIn(clock, 60)]);
          yield* out.end();
        }),
        c: careful('c', () => discardForever()),
      },
    }).start();
    expect(bench.clock.pending).toBe(2);
    await bench.stop('enough');
    expect(log.sort()).toEqual(['a', 'b', 'c']);
    expect(bench.clock.pending).toBe(0);
    expect(await bench.network.outcome).toEqual({ state: 'stopped', reason: 'enough' });
    expect(bench.counts('c0')).toEqual({ sent: 2, received: 0, dropped: 2, depth: 0 });
    expect(bench.network.processes().map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
  });

  test('[S5] a process may stop its own session, and a stop ends a pause', async () => {
    const bench: Bench = new Bench({
      bodies: {
        *a() {
          void bench.network.stop('from within');
          yield* priAlt([never]);
        },
      },
    });
    bench.start();
    expect(await bench.network.outcome).toEqual({ state: 'stopped', reason: 'from within' });
    const other = new Bench({ wires: [['b.out -> a.in']], bodies: { a: parked, b: ({ clock }) => sleep(clock, 5) } }).start();
    await other.network.pause();
    await other.stop();
    expect(other.network.state).toBe('stopped');
  });

  test('[S6] until in a finally block is waited for', async () => {
    const log: string[] = [];
    const closing = Promise.withResolvers<void>();
    const bench = new Bench({
      bodies: {
        *a({ clock }) {
          try {
            yield* sleep(clock, 1_000);
          } finally {
            yield* until(closing.promise);
            log.push('closed');
          }
        },
      },
    }).start();
    const stopped = bench.network.stop();
    await bench.settleOutside();
    expect(bench.network.state).toBe('stopping');
    closing.resolve();
    await bench.settleOutside();
    await stopped;
    expect(log).toEqual(['closed']);
    expect(bench.clock.pending).toBe(0);
  });

  test('[S6] also of a process that could go on when it was stopped, and an outer block runs too', async () => {
    const log: string[] = [];
    const bench: Bench = new Bench({
      wires: [['a.out -> b.in', 5]],
      bodies: {
        *a({ out }) {
          try {
            try {
              yield* out.send(1);
              void bench.network.pause();
              yield* out.send(2);
            } finally {
              log.push('inner');
              yield* out.send(3);
            }
          } finally {
            log.push(yield* until(Promise.resolve('outer')));
          }
        },
        b: parked,
      },
    });
    bench.start();
    expect(bench.network.state).toBe('paused');
    expect(bench.counts('c0').sent).toBe(1);
    await bench.stop();
    expect(log).toEqual(['inner', 'outer']);
    expect(bench.counts('c0').sent).toBe(1);
  });

  test('[S6] clean-up of a process that had just been woken waits for its own work', async () => {
    const log: string[] = [];
    const closing = Promise.withResolvers<string>();
    const bench: Bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        *b({ in: input }) {
          try {
            yield* input.receive();
            log.push('never');
          } finally {
            log.push(yield* until(closing.promise));
          }
        },
        *a({ out }) {
          yield* out.send(1);
          void bench.network.pause();
        },
      },
    });
    bench.start();
    const stopped = bench.network.stop();
    await bench.settleOutside();
    expect(log).toEqual([]);
    closing.resolve('closed');
    await bench.settleOutside();
    await stopped;
    expect(log).toEqual(['closed']);
  });

  test('[S6] clean-up that takes too long is abandoned, its signal aborted', async () => {
    let signal: AbortSignal | undefined;
    const bench = new Bench({
      bodies: {
        *a() {
          try {
            yield* priAlt([never]);
          } finally {
            yield* until((given) => {
              signal = given;
              return new Promise(() => {});
            });
          }
        },
      },
    }).start();
    void bench.network.stop();
    await bench.settleOutside();
    expect([bench.network.state, signal?.aborted]).toEqual(['stopping', false]);
    bench.clock.advance(500);
    await bench.network.outcome;
    expect([bench.network.state, signal?.aborted, bench.clock.pending]).toEqual(['stopped', true, 0]);
  });

  const stubborn: Record<string, Body> = {
    *'communicates for ever'({ out }) {
      try {
        yield* out.send(1);
      } finally {
        for (;;) yield* out.send(2);
      }
    },
    *'swallows the end of every wait'({ clock }) {
      for (;;) {
        try {
          yield* sleep(clock, 10);
        } finally {
        }
      }
    },
    *throws({ out }) {
      try {
        yield* out.send(1);
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: the very misuse under test.
        throw new Error('in finally');
      }
    },
  };
  test.each(Object.keys(stubborn))('[S6] a finally block that %s does not hold up the stop', async (name) => {
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: { a: stubborn[name]!, b: ({ clock }) => sleep(clock, 10) },
    }).start();
    await bench.stop();
    expect(bench.network.state).toBe('stopped');
    expect(bench.get('a').state).toBe('stopped');
    expect(bench.clock.pending).toBe(0);
  });
});

describe('stuck', () => {
  const philosopher: Body = function* ({ in: first, in2: second }) {
    yield* first.receive();
    yield* second.receive();
  };

  test('[S10] processes that wait for each other are reported once, with what they wait on', async () => {
    const give: Body = function* ({ out, in: back }) {
      yield* back.receive();
      yield* out.send(1);
    };
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> a.in'], ['c.out -> d.in']],
      bodies: { a: give, b: give, c: source(1), d: sink([]) },
    }).start();
    expect(bench.network.stuck).toEqual({ is: 'stuck', nodes: ['a', 'b'], connections: ['c1', 'c0'] });
    expect(bench.network.state).toBe('running');
    await bench.network.pause();
    bench.network.resume();
    bench.settle();
    expect(bench.events.filter(({ is }) => is === 'stuck')).toHaveLength(1);
    await bench.stop();
    expect(bench.events.filter(({ is }) => is === 'unstuck')).toHaveLength(1);
  });

  test('[S10] a session that awaits the clock or the outside is not stuck', async () => {
    const answer = Promise.withResolvers<void>();
    const bench = new Bench({
      wires: [['b.out -> a.in'], ['b.out2 -> a.in2']],
      bodies: {
        a: philosopher,
        *b({ clock }) {
          yield* sleep(clock, 10);
          yield* until(answer.promise);
          yield* priAlt([never]);
        },
      },
    }).start();
    expect(bench.network.stuck).toBeUndefined();
    bench.clock.advance(10);
    bench.settle();
    expect(bench.network.stuck).toBeUndefined();
    answer.resolve();
    await bench.settleOutside();
    expect(bench.network.stuck?.nodes).toEqual(['a', 'b']);
  });
});

function* discardForever() {
  for (;;) yield* priAlt([never]);
}
