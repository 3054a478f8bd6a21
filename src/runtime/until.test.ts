import { describe, expect, test } from 'vitest';
import { all } from './all.ts';
import type { Operation } from './port.ts';
import { sleep } from './sleep.ts';
import { Bench, sink, source } from './testing.ts';
import { until } from './until.ts';

describe('until', () => {
  test('[S11] gives what the promise gives, and throws what it rejects with', async () => {
    const log: unknown[] = [];
    const bench = new Bench({
      bodies: {
        *a() {
          log.push(yield* until(Promise.resolve(1)));
          log.push(yield* until(async () => 2));
          try {
            yield* until(Promise.reject(new Error('no')));
          } catch (thrown) {
            log.push((thrown as Error).message);
          }
          try {
            yield* until(() => {
              throw new Error('at once');
            });
          } catch (thrown) {
            log.push((thrown as Error).message);
          }
        },
      },
    }).start();
    expect(bench.get('a')).toMatchObject({ state: 'idle', waitingFor: ['outside'] });
    await bench.settleOutside();
    expect(log).toEqual([1, 2, 'no', 'at once']);
    expect(bench.network.state).toBe('completed');
  });

  test('[S5] [S11] a stop aborts the signal; late answers and late rejections are ignored', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    let signal: AbortSignal | undefined;
    const log: string[] = [];
    const bench = new Bench({
      bodies: {
        *a() {
          try {
            yield* until((given) => {
              signal = given;
              return promise;
            });
            log.push('never');
          } finally {
            log.push('finally');
          }
        },
      },
    }).start();
    expect(signal?.aborted).toBe(false);
    await bench.stop();
    expect(signal?.aborted).toBe(true);
    reject(new Error('late'));
    await bench.settleOutside();
    expect(log).toEqual(['finally']);
    expect(bench.network.state).toBe('stopped');
  });

  test('the signal of work that was done in time is not aborted', async () => {
    let signal: AbortSignal | undefined;
    const bench = new Bench({
      bodies: {
        *a({ clock }) {
          yield* until(async (given) => {
            signal = given;
          });
          yield* sleep(clock, 10);
        },
      },
    }).start();
    await bench.settleOutside();
    await bench.stop();
    expect(signal?.aborted).toBe(false);
  });
});

describe('all', () => {
  test('[S12] runs operations side by side and gives their results in order', () => {
    const left: number[] = [];
    const right: number[] = [];
    const results: unknown[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['a.out2 -> c.in']],
      bodies: {
        *a({ out, out2, clock }) {
          results.push(yield* all([sleep(clock, 10), out.send(1), out2.send(2)]));
          results.push(yield* all([]));
        },
        b: sink(left),
        *c({ in: input, clock }) {
          yield* sleep(clock, 20);
          right.push((yield* input.receive()).value ?? 0);
        },
      },
    }).start();
    expect(left).toEqual([1]);
    expect(bench.get('a')).toMatchObject({ state: 'idle', waitingFor: ['clock', 'out2'] });
    bench.clock.advance(20);
    bench.settle();
    expect(right).toEqual([2]);
    expect(results).toEqual([[undefined, true, true], []]);
    expect(bench.network.state).toBe('completed');
  });

  test('[S12] the first that throws ends the others', () => {
    const log: string[] = [];
    const failing = function* (ms: number, clock: Bench['clock']) {
      yield* sleep(clock, ms);
      throw new Error(`after ${ms}`);
    };
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        *a({ out, clock }) {
          for (const ms of [0, 10]) {
            try {
              yield* all([out.send(1), failing(ms, clock), failing(30, clock)]);
            } catch (thrown) {
              log.push((thrown as Error).message);
            }
          }
        },
        *b({ clock }) {
          yield* sleep(clock, 50);
        },
      },
    }).start();
    bench.clock.advance(10);
    bench.settle();
    expect(log).toEqual(['after 0', 'after 10']);
    expect(bench.get('a').state).toBe('completed');
    expect(bench.clock.pending).toBe(1);
    expect(bench.counts('c0').sent).toBe(0);
  });

  test('[S5] a stop ends what runs side by side, with its finally blocks', async () => {
    const log: string[] = [];
    const waiting = function* (name: string, operation: Operation<unknown>) {
      try {
        yield* operation;
      } finally {
        log.push(name);
      }
    };
    const bench = new Bench({
      wires: [['b.out -> a.in']],
      bodies: {
        *a({ clock }) {
          yield* all([waiting('inner', sleep(clock, 10)), all([waiting('innermost', sleep(clock, 20))])]);
        },
        b: source(1),
      },
    }).start();
    expect(bench.clock.pending).toBe(2);
    await bench.stop();
    expect(log.sort()).toEqual(['inner', 'innermost']);
    expect(bench.clock.pending).toBe(0);
  });
});
