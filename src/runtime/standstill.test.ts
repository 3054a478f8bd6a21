import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { all } from './all.ts';
import { after, fairAlt, priAlt } from './alt.ts';
import { sleep } from './sleep.ts';
import { Bench, type Body, sink } from './testing.ts';
import { until } from './until.ts';

const leastMs = 300;

/** Sends now and then, for ever. */
const ticking = (bench: () => Bench): Body =>
  function* ({ out }) {
    for (;;) {
      yield* sleep(bench().clock, 100);
      yield* out.send(1);
    }
  };
const passOn: Body = function* ({ in: from, out }) {
  for (;;) {
    const { value, ended } = yield* from.receive();
    if (ended) return;
    yield* out.send(value);
  }
};

/** Looks, lets time pass, and looks again. */
function lookLong(bench: Bench): void {
  for (let round = 0; round < 4; round++) {
    bench.network.lookForStuck(leastMs);
    bench.clock.advance(100);
    bench.settle();
  }
  bench.network.lookForStuck(leastMs);
}

const stream = [['tick.out -> got.in']] as const;

function withStream(bodies: Record<string, Body>, wires: readonly (readonly [string])[]): Bench {
  const bench: Bench = new Bench({
    wires: [...stream, ...wires],
    bodies: { tick: ticking(() => bench), got: sink([]), ...bodies },
  });
  return bench;
}

describe('some are stuck while others run', () => {
  test('[S80] two that wait for each other in a ring beside a stream are told, with the connections and since when; so is who waits for them', () => {
    const bench = withStream({ a: passOn, b: passOn, c: sink([]), d: passOn }, [
      ['a.out -> b.in'],
      ['b.out -> a.in'],
      ['d.out -> c.in'],
      ['b.out2 -> d.in'],
    ]);
    const startMs = bench.clock.now();
    lookLong(bench.start());
    const told = {
      is: 'stuck',
      nodes: ['a', 'b', 'c', 'd'],
      connections: ['c2', 'c1', 'c3', 'c4'],
      partly: { sinceMs: startMs },
    };
    expect(bench.network.stuck).toEqual(told);
    lookLong(bench);
    expect(bench.events.filter(({ is }) => is === 'stuck')).toEqual([told]);
    expect(bench.get('got').received).toBeGreaterThan(5);
  });

  test('[S80] nothing is told before they have waited long enough', () => {
    const bench = withStream({ a: passOn, b: passOn }, [['a.out -> b.in'], ['b.out -> a.in']]);
    bench.start().network.lookForStuck(leastMs);
    bench.clock.advance(leastMs - 1);
    bench.settle();
    bench.network.lookForStuck(leastMs);
    expect(bench.network.stuck).toBeUndefined();
  });

  test('[S80] an alternation with one way that may still come is not stuck, nor who waits for it', () => {
    const select: Body = function* ({ in: dead, in2: live, out }) {
      for (;;) {
        const got = yield* fairAlt({ dead, live });
        if (got.ended) return;
        if (got.tag === 'dead') yield* out.send(got.value);
      }
    };
    const bench: Bench = new Bench({
      wires: [['tick.out -> a.in2'], ['a.out -> b.in'], ['b.out -> a.in']],
      bodies: { tick: ticking(() => bench), a: select, b: passOn },
    });
    lookLong(bench.start());
    expect(bench.network.stuck).toBeUndefined();
  });

  test('[S80] a timer and an answer from outside may wake; a partner that has ended does', () => {
    const timed: Body = function* ({ in: from, out }) {
      yield* priAlt({ item: from, due: after(bench.clock, 60_000) });
      yield* out.send(1);
    };
    const answered: Body = function* ({ out }) {
      yield* until(new Promise(() => {}));
      yield* out.send(1);
    };
    const ended: Body = function* () {};
    const bench: Bench = withStream({ a: timed, b: passOn, c: answered, d: sink([]), e: ended, f: sink([]) }, [
      ['a.out -> b.in'],
      ['b.out -> a.in'],
      ['c.out -> d.in'],
      ['e.out -> f.in'],
    ]);
    lookLong(bench.start());
    expect(bench.network.state).toBe('running');
    expect(bench.network.stuck).toBeUndefined();
    expect(bench.get('f').state).toBe('completed');
  });

  test('[S80] of operations side by side one that may go on is enough', () => {
    const both: Body = function* ({ in: dead, in2: live }) {
      for (;;) yield* all([dead.receive(), live.receive()]);
    };
    const bench: Bench = new Bench({
      wires: [['tick.out -> a.in2'], ['b.out -> a.in'], ['a.out -> b.in']],
      bodies: { tick: ticking(() => bench), a: both, b: passOn },
    });
    bench.start();
    bench.network.lookForStuck(leastMs);
    bench.clock.advance(50);
    bench.settle();
    bench.network.lookForStuck(40);
    expect(bench.network.stuck).toBeUndefined();
  });

  test('[S80] [S10] when the others come to a stop too, all are told', () => {
    const few: Body = function* ({ out }) {
      yield* sleep(bench.clock, 1_000);
      yield* out.send(1);
    };
    const bench: Bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> a.in'], ['few.out -> got.in'], ['got.out -> got2.in']],
      bodies: { a: passOn, b: passOn, few, got: passOn, got2: sink([]) },
    });
    lookLong(bench.start());
    expect(bench.network.stuck).toMatchObject({ nodes: ['a', 'b'], partly: {} });
    bench.clock.advance(1_000);
    bench.settle();
    expect(bench.network.stuck).toEqual({ is: 'stuck', nodes: ['a', 'b'], connections: ['c1', 'c0'] });
  });

  test('[S80] [S41] nothing is told while a part is held, and it is gone when the session ends', async () => {
    const bench = withStream({ a: passOn, b: passOn }, [['a.out -> b.in'], ['b.out -> a.in']]);
    bench.start().network.interventions.holdNode('tick');
    lookLong(bench);
    expect(bench.network.stuck).toBeUndefined();
    bench.network.interventions.releaseNode('tick');
    lookLong(bench);
    expect(bench.network.stuck).toMatchObject({ nodes: ['a', 'b'] });
    await bench.stop();
    expect(bench.network.stuck).toBeUndefined();
    expect(bench.events.filter(({ is }) => is === 'unstuck')).toHaveLength(1);
  });
});

// The seed is printed with a failure; CHECK_SEED repeats it.
const runs = { numRuns: 300, seed: Number(process.env['CHECK_SEED'] ?? Date.now() % 2 ** 31) };

type Act = { readonly does: 'receive' | 'send' | 'either' | 'sleep' | 'both'; readonly port: number };

const act: fc.Arbitrary<Act> = fc.record({
  does: fc.constantFrom<Act['does']>('receive', 'send', 'receive', 'send', 'either', 'sleep', 'both'),
  port: fc.nat(1),
});

test('[S80] in random networks nobody who was told ever passes a message again', () => {
  let told = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 6, maxLength: 6 }),
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], { minLength: 12 }),
      fc.array(fc.constantFrom(0, 0, 1), { minLength: 12, maxLength: 12 }),
      (programs, readers, capacities) => {
        // Each process has two outputs and two inputs.
        const suffix = ['', '2'];
        const wires = readers.flatMap((reader, writer): [string, number, 'block'][] => {
          const [from, to] = [writer >> 1, reader >> 1];
          if (from === to) return [];
          return [[`p${from}.out${suffix[writer & 1]} -> p${to}.in${suffix[reader & 1]}`, capacities[writer] ?? 0, 'block']];
        });
        const bench: Bench = new Bench({
          wires,
          bodies: Object.fromEntries(programs.map((acts, number) => [`p${number}`, acting(acts, () => bench)])),
        });
        bench.start();
        const before = new Map<string, number>();
        for (let round = 0; round < 20; round++) {
          bench.clock.advance(100);
          bench.settle();
          bench.network.lookForStuck(leastMs);
          const { stuck } = bench.network;
          for (const node of stuck?.nodes ?? []) {
            const { received, sent } = bench.get(node);
            if (!before.has(node)) before.set(node, received + sent);
            expect(received + sent).toBe(before.get(node));
          }
        }
        if (before.size > 0 && bench.events.some((event) => event.is === 'stuck' && event.partly !== undefined)) told++;
      },
    ),
    runs,
  );
  expect(told).toBeGreaterThan(10);
});

function acting(acts: readonly Act[], bench: () => Bench): Body {
  return function* ({ in: in1, in2, out, out2 }) {
    for (;;) {
      yield* sleep(bench().clock, 100);
      for (const { does, port } of acts) {
        const [from, to] = port === 0 ? [in1, out] : [in2, out2];
        if (does === 'sleep') yield* sleep(bench().clock, 250);
        else if (does === 'receive' && from !== undefined) yield* from.receive();
        else if (does === 'send' && to !== undefined) yield* to.send(1);
        else if (does === 'either' && in1 !== undefined && in2 !== undefined) yield* fairAlt([in1, in2]);
        else if (does === 'both' && from !== undefined && to !== undefined) yield* all([from.receive(), to.send(2)]);
      }
    }
  };
}
