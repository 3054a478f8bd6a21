import fc from 'fast-check';
import { expect, test } from 'vitest';
import { all } from '#runtime/all.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body } from '#runtime/testing.ts';

/** Arrives so many times, with these waits before each, and writes down when it went on. */
function walker(waits: readonly number[], went: (phase: number) => void): (bench: () => Bench) => Body {
  return (bench) =>
    function* ({ clock }) {
      for (const ms of waits) {
        if (ms > 0) yield* sleep(clock, ms);
        went(yield* bench().network.barrier('b').arrive());
      }
    };
}

function benchOf(bodies: Readonly<Record<string, (bench: () => Bench) => Body>>, parties = Object.keys(bodies)): Bench {
  const bench: Bench = new Bench({
    bodies: Object.fromEntries(Object.entries(bodies).map(([id, make]) => [id, make(() => bench)])),
    barriers: [{ id: 'b', parties }],
  });
  return bench;
}

test('[B1] nobody goes on before all have arrived, and then all do', () => {
  const log: string[] = [];
  const bench = benchOf({
    a: walker([0], () => log.push('a')),
    b: walker([10], () => log.push('b')),
    c: walker([30], () => log.push('c')),
  }).start();
  bench.clock.advance(29);
  bench.settle();
  expect([log, bench.get('a').waitingFor, bench.get('b').waitingFor]).toEqual([[], ['barrier b'], ['barrier b']]);
  bench.clock.advance(1);
  bench.settle();
  expect([log, bench.network.state]).toEqual([['c', 'a', 'b'], 'completed']);
});

test('[B2] [B3] over many phases nobody is ever a phase ahead of another, whoever leaves when', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(3), { maxLength: 5 }), { minLength: 1, maxLength: 5 }), (plans) => {
      const passed = plans.map(() => 0);
      const numbers: number[] = [];
      const bench = benchOf(
        Object.fromEntries(
          plans.map((waits, i) => [
            `p${i}`,
            walker(waits, (phase) => {
              numbers.push(phase);
              passed[i] = (passed[i] ?? 0) + 1;
              expect(passed[i]).toBe(phase);
            }),
          ]),
        ),
      ).start();
      while (bench.clock.pending > 0) {
        bench.clock.advanceToNext();
        bench.settle();
        const going = passed.filter((count, i) => count < (plans[i]?.length ?? 0));
        if (going.length > 0) expect(Math.max(...going) - Math.min(...going)).toBeLessThanOrEqual(1);
      }
      expect(bench.network.state).toBe('completed');
      expect(passed).toEqual(plans.map(({ length }) => length));
      expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    }),
  );
});

test('[B4] a process stopped in the middle has not arrived, and the session ends', async () => {
  const bench = benchOf({ a: walker([0], () => undefined), b: walker([10], () => undefined) }).start();
  await bench.stop();
  expect([bench.get('a').state, bench.get('b').state, bench.clock.pending]).toEqual(['stopped', 'stopped', 0]);
});

test('[B4] an arrival that all gives up is taken back', () => {
  const log: string[] = [];
  const givesUp = (bench: () => Bench): Body =>
    function* ({ clock }) {
      const fail = function* () {
        yield* sleep(clock, 5);
        throw new Error('enough');
      };
      try {
        yield* all([bench().network.barrier('b').arrive(), fail()]);
      } catch {
        log.push('gave up');
      }
      yield* sleep(clock, 100);
    };
  const bench = benchOf({ a: givesUp, b: walker([10], () => log.push('b')) }).start();
  bench.clock.advance(5);
  bench.settle();
  bench.clock.advance(50);
  bench.settle();
  expect(log).toEqual(['gave up']);
  bench.clock.advance(100);
  bench.settle();
  expect(log).toEqual(['gave up', 'b']);
});

test('[B4] [S36] a party that is held while it waits has not arrived, and arrives when it is released', () => {
  const log: string[] = [];
  const bench = benchOf({ a: walker([0], () => log.push('a')), b: walker([10], () => log.push('b')) }).start();
  bench.network.interventions.holdNode('a');
  bench.clock.advance(10);
  bench.settle();
  expect([log, bench.get('b').waitingFor]).toEqual([[], ['barrier b']]);
  bench.network.interventions.releaseNode('a');
  bench.settle();
  expect([log.sort(), bench.network.state]).toEqual([['a', 'b'], 'completed']);
});

test('[B5] parties that wait for one that waits for them are reported as stuck, with what they wait for', () => {
  const bench = new Bench({
    bodies: {
      a: function* ({ out }) {
        yield* bench.network.barrier('b').arrive();
        yield* out.send(1);
      },
      b: function* (ends) {
        yield* ends.in.receive();
        yield* bench.network.barrier('b').arrive();
      },
    },
    wires: [['a.out -> b.in']],
    barriers: [{ id: 'b', parties: ['a', 'b'] }],
  });
  bench.start();
  expect(bench.network.stuck).toMatchObject({ nodes: ['a', 'b'], connections: ['c0'] });
  expect(bench.get('a').waitingFor).toEqual(['barrier b']);
});

test('[B6] who is no party is refused, and so is one who has arrived already', () => {
  const stranger = benchOf({ a: (bench) => walker([0], () => undefined)(bench) }, ['z']).start();
  expect(stranger.get('a').lastFault).toMatchObject({ code: 'RUNTIME_BARRIER_NOT_PARTY' });
  const twice = benchOf({
    a: (bench) =>
      function* () {
        const barrier = bench().network.barrier('b');
        yield* all([barrier.arrive(), barrier.arrive()]);
      },
    b: walker([10], () => undefined),
  });
  twice.start();
  expect(twice.get('a').lastFault).toMatchObject({ code: 'RUNTIME_BARRIER_ARRIVED_TWICE' });
});
