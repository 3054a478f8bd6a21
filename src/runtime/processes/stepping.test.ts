import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageOf } from '#base/errors.ts';
import { poison } from '#runtime/poison.ts';
import type { Operation } from '#runtime/port.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body, type Ends, sink, source } from '#runtime/testing.ts';
import { type Stepper, Stepping } from './stepping.ts';

type Step = (message: number, emit: (message: number) => void) => void;

/** A process with `in` and `out` that steps. */
function steps(step: Step, end?: (emit: (message: number) => void) => void): Body {
  return (ends) =>
    new Stepping(ends.in, [ends.out as never], (afterwards): Stepper => {
      const emit = (message: number): void => afterwards.send(ends.out as never, message);
      return { step: (message) => step(message as number, emit), ...(end !== undefined && { end: () => end(emit) }) };
    }) as unknown as Operation<void>;
}

/** The same, written with `yield*`. */
function written(step: Step): Body {
  return function* (ends: Ends) {
    for (;;) {
      const got = yield* ends.in.receive();
      if (got.ended) return;
      const emitted: number[] = [];
      step(got.value, (message) => emitted.push(message));
      for (const message of emitted) if (!(yield* ends.out.send(message))) return;
    }
  };
}

const kinds: readonly Step[] = [
  (message, emit) => emit(message + 1),
  (message, emit) => {
    if (message % 2 === 0) emit(message);
  },
  (message, emit) => {
    emit(message);
    emit(message * 10);
  },
];

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a process that steps', () => {
  test('[S70] receives, steps and sends in order, and ends with its input', () => {
    const into: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> c.in']],
      bodies: {
        a: source(1, 2, 3),
        b: steps(
          (message, emit) => [message, -message].forEach(emit),
          (emit) => emit(99),
        ),
        c: sink(into),
      },
    }).start();
    expect(into).toEqual([1, -1, 2, -2, 3, -3, 99]);
    expect(bench.network.state).toBe('completed');
    expect(bench.get('b')).toMatchObject({ received: 3, sent: 7, state: 'completed' });
  });

  test('[S70] [C9] ends when all its readers have gone', () => {
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> c.in']],
      bodies: {
        a: source(...numbers(10)),
        b: steps((message, emit) => emit(message)),
        *c(ends) {
          yield* ends.in.receive();
        },
      },
    }).start();
    expect(bench.network.state).toBe('completed');
    expect(bench.get('b').state).toBe('completed');
    expect(bench.counts('c0').dropped).toBeGreaterThan(0);
  });

  test.each(['stop', 'skip', 'restart'] as const)(
    '[S8] [S70] a step that throws is its own failure, handled by %s',
    (onFailure) => {
      const into: number[] = [];
      const bench = new Bench({
        onFailure,
        wires: [['a.out -> b.in'], ['b.out -> c.in'], ['c.out -> d.in']],
        bodies: {
          a: source(...numbers(6)),
          b: steps((message, emit) => emit(message)),
          c: steps((message, emit) => {
            if (message === 3) throw new Error('not three');
            emit(message);
          }),
          d: sink(into),
        },
      }).start();
      expect(bench.get('c')).toMatchObject({ failures: 1, lastFault: { node: 'c', message: 'not three' } });
      if (onFailure === 'stop') {
        expect(bench.network.state).toBe('failed');
      } else {
        if (onFailure === 'restart') bench.clock.advance(100);
        bench.settle();
        expect(into).toEqual([0, 1, 2, 4, 5]);
        expect(bench.network.state).toBe('completed');
      }
    },
  );

  test('[S71] a chain of 20,000 that step does not grow the stack', () => {
    const count = 20_000;
    const names = numbers(count).map((i) => `p${i}`);
    const into: number[] = [];
    const bench = new Bench({
      wires: [...names.slice(1).map((name, i): [string] => [`${names[i]}.out -> ${name}.in`]), [`${names.at(-1)}.out -> z.in`]],
      bodies: {
        p0: source(1, 2),
        ...Object.fromEntries(names.slice(1).map((name) => [name, steps((message, emit) => emit(message))])),
        z: sink(into),
      },
    }).start();
    expect(into).toEqual([1, 2]);
    expect(bench.network.state).toBe('completed');
  });

  test('[S71] a ring of processes that step passes its message round and round, and lets others have their turn', () => {
    let rounds = 0;
    let other = 0;
    const bench = new Bench({
      wires: [['start.out -> a.in'], ['a.out -> b.in'], ['b.out -> c.in2'], ['c.out -> a.in2'], ['x.out -> y.in']],
      bodies: {
        start: source(1),
        *a({ in: first, in2, out }) {
          const got = yield* first.receive();
          if (got.ended) return;
          yield* out.send(got.value);
          while (rounds < 10_000) {
            const next = yield* in2.receive();
            if (next.ended || !(yield* out.send(next.value))) return;
            rounds++;
          }
        },
        b: steps((message, emit) => emit(message)),
        c: (ends) => steps((message, emit) => emit(message))({ ...ends, in: ends.in2 }),
        x: source(...numbers(50)),
        *y(ends) {
          while (!(yield* ends.in.receive()).ended) other++;
        },
      },
    });
    bench.network.start();
    bench.settle();
    expect(rounds).toBe(10_000);
    expect(other).toBe(50);
    expect(bench.network.state).toBe('completed');
  });

  test('[C14] [S70] poison goes through it', () => {
    const log: string[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> c.in']],
      bodies: {
        *a({ out }) {
          try {
            for (let i = 0; ; i++) yield* out.send(i);
          } catch (thrown) {
            log.push(messageOf(thrown));
          }
        },
        b: steps((message, emit) => emit(message)),
        *c(ends) {
          yield* ends.in.receive();
          yield* poison(ends.in, 'enough');
        },
      },
    }).start();
    expect(log).toEqual(['enough']);
    expect(bench.get('b').state).toBe('stopped');
    expect(bench.network.state).toBe('completed');
  });

  test('[S5] [S70] a stop ends it wherever it stands', async () => {
    for (let turns = 0; turns < 6; turns++) {
      const bench = new Bench({
        wires: [['a.out -> b.in', 2], ['b.out -> c.in', 1], ['c.out -> d.in']],
        bodies: {
          *a({ out }) {
            for (let i = 0; ; i++) yield* out.send(i);
          },
          b: steps((message, emit) => emit(message)),
          c: steps((message, emit) => emit(message)),
          *d({ in: input, clock }) {
            yield* input.receive();
            yield* sleep(clock, 1_000);
          },
        },
      });
      bench.network.start();
      for (let i = 0; i < turns; i++) bench.turn();
      await bench.stop();
      expect(bench.network.state).toBe('stopped');
      expect(bench.clock.pending).toBe(0);
    }
  });

  test('[S70] [S71] [S4] in any row, with any buffers and pauses, it gives what the same does that is written with yield*', () => {
    const stage = fc.record({ kind: fc.nat(2), steps: fc.boolean(), capacity: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(stage, { minLength: 1, maxLength: 8 }),
        fc.nat(200),
        fc.array(fc.nat(400), { maxLength: 3 }),
        (row, count, pauses) => {
          const run = (allWritten: boolean): { into: number[]; counts: unknown; state: string } => {
            const into: number[] = [];
            const names = ['a', ...row.map((_, i) => `s${i}`), 'z'];
            const bench: Bench = new Bench({
              wires: names.slice(1).map((name, i): [string, number] => [`${names[i]}.out -> ${name}.in`, row[i]?.capacity ?? 0]),
              bodies: {
                a: source(...numbers(count)),
                ...Object.fromEntries(
                  row.map(({ kind, steps: stepping }, i) => {
                    const step = kinds[kind] as Step;
                    return [`s${i}`, stepping && !allWritten ? steps(step) : written(step)];
                  }),
                ),
                z: sink(into),
              },
            });
            bench.network.start();
            for (const at of pauses) {
              bench.network.channel('c0').onSample(({ number }) => {
                if (number === at) void bench.network.pause();
              });
              bench.settle();
              bench.network.resume();
            }
            bench.settle();
            const counts = bench.network
              .channels()
              .map(({ sent, received, dropped, depth, ended }) => [sent, received, dropped, depth, ended]);
            return { into, counts, state: bench.network.state };
          };
          expect(run(false)).toEqual(run(true));
        },
      ),
      { numRuns: 300 },
    );
  });
});
