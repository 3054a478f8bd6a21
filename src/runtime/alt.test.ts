import { describe, expect, expectTypeOf, test } from 'vitest';
import { all } from './all.ts';
import { always, after as dueIn, fairAlt, never, offering, priAlt, when } from './alt.ts';
import type { Guard, Operation, Received, Receiver } from './port.ts';
import { sleep } from './sleep.ts';
import { Bench, type Body, sink, source } from './testing.ts';

describe('priAlt', () => {
  test('[A1] [A2] takes the first ready guard in the order written, and the others not at all', () => {
    const chosen: unknown[] = [];
    const bench = new Bench({
      wires: [
        ['a.out -> c.in', 5],
        ['b.out -> c.in2', 5],
      ],
      bodies: {
        a: source(1),
        b: source(2),
        *c({ in: first, in2: second, clock }) {
          yield* sleep(clock, 10);
          chosen.push(yield* priAlt({ second, first }), yield* priAlt({ second: when(false, second), first }));
        },
      },
    }).start();
    bench.clock.advance(10);
    bench.settle();
    expect(chosen).toEqual([
      { tag: 'second', ended: false, value: 2 },
      { tag: 'first', ended: false, value: 1 },
    ]);
  });

  test('[A3] [A8] waits for the first that comes, and withdraws the others', () => {
    const chosen: unknown[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['a.out2 -> b.in2']],
      bodies: {
        *a({ out2, clock }) {
          yield* sleep(clock, 10);
          yield* out2.send(7);
        },
        *b({ in: first, in2: second, clock }) {
          chosen.push(yield* priAlt({ first, second, late: dueIn(clock, 99) }));
        },
      },
    }).start();
    expect(bench.get('b').waitingFor).toEqual(['in', 'in2', 'clock']);
    bench.clock.advance(10);
    bench.settle();
    expect(chosen).toEqual([{ tag: 'second', ended: false, value: 7 }]);
    expect(bench.clock.pending).toBe(0);
    expect(bench.network.state).toBe('completed');
    expect(bench.network.channels().map(({ blocked }) => blocked)).toEqual(['none', 'none']);
  });

  test('[A3] with no guard but never it waits for as long as the run lasts', async () => {
    const bench = new Bench({ bodies: { a: () => discard(priAlt({ no: never, nor: when(false, always) })) } }).start();
    expect(bench.network.stuck?.nodes).toEqual(['a']);
    await bench.stop();
    expect(bench.network.state).toBe('stopped');
  });

  test('[A4] a list gives the index, and the end of a channel is an answer', () => {
    const chosen: unknown[] = [];
    new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        a: source(),
        *b({ in: input }) {
          chosen.push(yield* priAlt([never, input]));
        },
      },
    }).start();
    expect(chosen).toEqual([{ index: 1, ended: true }]);
  });

  test('always makes it a look that does not wait', () => {
    const chosen: string[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        a: late,
        *b({ in: input }) {
          chosen.push((yield* priAlt({ input, nothing: always })).tag);
        },
      },
    });
    bench.start();
    expect(chosen).toEqual(['nothing']);
  });

  test('something that is not a guard is refused', () => {
    const bench = new Bench({ bodies: { a: () => discard(priAlt({ x: 5 as unknown as Guard })) } }).start();
    expect(bench.events).toContainEqual(
      expect.objectContaining({ is: 'fault', fault: expect.objectContaining({ code: 'RUNTIME_STRANGE_GUARD' }) }),
    );
  });
});

describe('fairAlt', () => {
  test('[A5] no guard that stays ready is passed over more than once by each of the others', () => {
    const order: number[] = [];
    const body: Body = function* ({ in: a, in2: b }) {
      for (let i = 0; i < 12; i++) order.push((yield* fairAlt([a, b, always])).index);
    };
    new Bench({
      wires: [
        ['p.out -> q.in', 20],
        ['p.out2 -> q.in2', 20],
      ],
      bodies: {
        *p({ out, out2 }) {
          for (let i = 0; i < 12; i++) yield* all([out.send(i), out2.send(i)]);
        },
        q: body,
      },
    }).start();
    expect(order).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });

  test('[A5] an end is remembered wherever it stands in the list', () => {
    const order: string[] = [];
    new Bench({
      wires: [
        ['p.out -> q.in', 20],
        ['p.out2 -> q.in2', 20],
      ],
      bodies: {
        *p({ out, out2 }) {
          for (let i = 0; i < 12; i++) yield* all([out.send(i), out2.send(i)]);
        },
        *q({ in: a, in2: b }) {
          for (let i = 0; i < 6; i++) order.push((yield* fairAlt(i % 2 === 0 ? { a, b } : { b, a })).tag);
        },
      },
    }).start();
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });
});

describe('after', () => {
  test('[A6] counts from when it was made, over several alternations', () => {
    const chosen: string[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        *a({ out, clock }) {
          for (let i = 0; i < 9; i++) {
            yield* sleep(clock, 40);
            yield* out.send(i);
          }
        },
        *b({ in: item, clock }) {
          const due = dueIn(clock, 100);
          for (;;) {
            const { tag } = yield* priAlt({ due, item });
            chosen.push(`${tag} at ${clock.now()}`);
            if (tag === 'due') return;
          }
        },
      },
    }).start();
    for (let i = 0; i < 10; i++) {
      bench.clock.advance(20);
      bench.settle();
    }
    expect(chosen).toEqual(['item at 40', 'item at 80', 'due at 100']);
  });

  test('[A6] a moment that has come stays', () => {
    const chosen: string[] = [];
    const bench = new Bench({
      bodies: {
        *a({ clock }) {
          const due = dueIn(clock, 5);
          yield* sleep(clock, 10);
          for (let i = 0; i < 3; i++) chosen.push((yield* priAlt({ due, other: always })).tag);
          yield* sleep(clock, 0);
          yield* sleep(clock, -1);
        },
      },
    }).start();
    bench.clock.advance(10);
    bench.settle();
    expect(chosen).toEqual(['due', 'due', 'due']);
    expect(bench.network.state).toBe('completed');
  });
});

describe('offering', () => {
  test('[A7] sends when somebody receives, and nothing otherwise', () => {
    const chosen: unknown[] = [];
    const got: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['a.out2 -> c.in']],
      bodies: {
        *a({ out, out2 }) {
          for (let i = 0; i < 3; i++) chosen.push(yield* priAlt({ left: offering(out, i), right: offering(out2, 10 + i) }));
        },
        *b({ clock }) {
          yield* sleep(clock, 10);
        },
        c: sink(got),
      },
    }).start();
    expect(chosen).toEqual([0, 1, 2].map(() => ({ tag: 'right', sent: true })));
    expect(got).toEqual([10, 11, 12]);
    expect(bench.counts('c0').sent).toBe(0);
  });

  test('[A7] both ends may alternate at once, whoever comes first', () => {
    for (const receiverFirst of [true, false]) {
      const log: unknown[] = [];
      const sending: Body = function* ({ out, out2 }) {
        log.push(yield* priAlt({ x: offering(out, 1), y: offering(out2, 2) }));
      };
      const receiving: Body = function* ({ in: input }) {
        log.push(yield* priAlt({ no: never, input }));
      };
      const bench = new Bench({
        wires: [['s.out -> r.in'], ['s.out2 -> idle.in']],
        bodies: receiverFirst ? { r: receiving, s: sending, idle: late } : { s: sending, r: receiving, idle: late },
      }).start();
      expect(log).toHaveLength(2);
      expect(log).toContainEqual({ tag: 'x', sent: true });
      expect(log).toContainEqual({ tag: 'input', ended: false, value: 1 });
      expect(bench.counts('c1').sent).toBe(0);
    }
  });

  test('[A7] [C9] gives false when the reader has gone, also while it waits', () => {
    const chosen: unknown[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        *a({ out }) {
          chosen.push(yield* priAlt({ offer: offering(out, 1) }), yield* priAlt({ offer: offering(out, 2) }));
        },
        b: late,
      },
    }).start();
    bench.clock.advance(10);
    bench.settle();
    expect(chosen).toEqual([
      { tag: 'offer', sent: false },
      { tag: 'offer', sent: false },
    ]);
    expect(bench.counts('c0')).toEqual({ sent: 2, received: 0, dropped: 2, depth: 0 });
  });
});

test('what an alternation gives is typed by its guards', () => {
  type Given<O> = O extends Operation<infer T> ? T : never;
  const numbers = undefined as unknown as Receiver<number>;
  const texts = undefined as unknown as Receiver<string>;
  const due: Guard = never;
  const named = () => priAlt({ due, numbers, texts, off: never });
  expectTypeOf<Given<ReturnType<typeof named>>>().toEqualTypeOf<
    { readonly tag: 'due' } | ({ readonly tag: 'numbers' } & Received<number>) | ({ readonly tag: 'texts' } & Received<string>)
  >();
  const listed = (many: readonly Receiver<number>[]) => fairAlt(many);
  expectTypeOf<Given<ReturnType<typeof listed>>>().toEqualTypeOf<{ readonly index: number } & Received<number>>();
  const mixed = () => priAlt([numbers, due]);
  expectTypeOf<Given<ReturnType<typeof mixed>>>().toEqualTypeOf<
    ({ readonly index: 0 } & Received<number>) | { readonly index: 1 }
  >();
});

const late: Body = function* ({ clock }) {
  yield* sleep(clock, 10);
};

function* discard(operation: Operation<unknown>): Operation<void> {
  yield* operation;
}
