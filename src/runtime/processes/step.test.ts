import { describe, expect, test } from 'vitest';
import { all } from '#runtime/all.ts';
import { always, fairAlt, priAlt } from '#runtime/alt.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body, parked, sink, source } from '#runtime/testing.ts';
import { until } from '#runtime/until.ts';
import type { StepDone } from './step.ts';

async function step(bench: Bench, node?: string): Promise<StepDone> {
  const stepping = bench.network.interventions.step(node);
  await bench.settleOutside();
  return await stepping;
}

/** What the next so many steps say. */
async function said(bench: Bench, steps: number): Promise<string[]> {
  const words: string[] = [];
  for (let left = steps; left > 0; left--) words.push((await step(bench)).says);
  return words;
}

/** Paused before anything has happened. */
function pausedAtStart(bench: Bench): Bench {
  bench.network.start();
  void bench.network.pause();
  return bench;
}

const forward: Body = function* (ends) {
  for (;;) {
    const { ended, value } = yield* ends.in.receive();
    if (ended) return;
    yield* ends.out.send(value);
  }
};

describe('a breakpoint', () => {
  const counting = () =>
    new Bench({
      wires: [['a.out -> b.in'], ['b.out -> c.in']],
      bodies: { a: source(1, 2, 3, 4, 5, 6), b: forward, c: sink([]) },
    });

  test('[S39] pauses before anything else happens, with the message; resumed, it pauses again', () => {
    const bench = counting();
    const { interventions } = bench.network;
    interventions.setBreakpoint('c0', { afterHits: 1, condition: { text: 'even', holds: (n) => (n as number) % 2 === 0 } });
    bench.start();
    expect(bench.network.state).toBe('paused');
    expect(interventions.hit).toMatchObject({ connection: 'c0', sample: { number: 2, value: 2 } });
    expect([bench.counts('c0').received, bench.counts('c1').received]).toEqual([2, 1]);
    bench.network.resume();
    expect(interventions.hit).toBeUndefined();
    bench.settle();
    expect(interventions.hit).toMatchObject({ sample: { value: 4 } });
    expect(interventions.breakpoint('c0')).toEqual({ condition: 'even', afterHits: 1, hits: 2, failures: 0 });
    interventions.clearBreakpoint('c0');
    bench.network.resume();
    bench.settle();
    expect(bench.network.state).toBe('completed');
    expect(interventions.breakpoint('c0')).toBeUndefined();
  });

  test('[S39] counts hits, and begins anew when it is set again', () => {
    const bench = counting();
    const { interventions } = bench.network;
    interventions.setBreakpoint('c1', { afterHits: 3 });
    bench.start();
    expect(interventions.hit?.sample.value).toBe(3);
    interventions.setBreakpoint('c1', { afterHits: 2 });
    bench.network.resume();
    bench.settle();
    expect(interventions.hit?.sample.value).toBe(5);
    expect(interventions.breakpoint('c1')?.hits).toBe(2);
  });

  test('[S39] a condition without a value does not fit, and that is told', () => {
    const bench = counting();
    const holds = (message: unknown): boolean => {
      if ((message as number) < 3) throw new Error('No such key: price');
      return (message as number) === 5;
    };
    bench.network.interventions.setBreakpoint('c0', { afterHits: 1, condition: { text: 'odd', holds } });
    bench.start();
    expect(bench.network.interventions.hit?.sample.value).toBe(5);
    expect(bench.network.interventions.breakpoint('c0')).toMatchObject({
      hits: 1,
      failures: 2,
      lastFailure: 'No such key: price',
    });
  });
});

describe('a step', () => {
  test('[S40] is one message, one end told or one process ended, told in words', async () => {
    const bench = pausedAtStart(
      new Bench({ wires: [['a.out -> b.in'], ['b.out -> c.in']], bodies: { a: source(1), b: forward, c: sink([]) } }),
    );
    expect(await said(bench, 6)).toEqual([
      '1 passes c0 from a to b',
      '1 passes c1 from b to c',
      'a tells b the end of c0; a has ended',
      'b tells c the end of c1; b has ended',
      'c has ended',
      'nothing happens: the session is not paused',
    ]);
    expect(bench.network.state).toBe('completed');
  });

  test('[S40] is one timer or one answer that is heard, and says when nothing can go on', async () => {
    const answer = Promise.withResolvers<number>();
    const bench = pausedAtStart(
      new Bench({
        wires: [['a.out -> b.in']],
        bodies: {
          *a({ out, clock }) {
            yield* sleep(clock, 10);
            yield* out.send(yield* until(answer.promise));
          },
          b: sink([]),
        },
      }),
    );
    expect(await said(bench, 1)).toEqual(['nothing can go on now: a waits on clock, b waits on in']);
    bench.clock.advance(10);
    expect(await said(bench, 2)).toEqual([
      'a has waited long enough',
      'nothing can go on now: a waits on outside, b waits on in',
    ]);
    answer.resolve(3);
    await bench.settleOutside();
    expect(await said(bench, 2)).toEqual(['a is answered from outside', '3 passes c0 from a to b']);
    expect(bench.network.state).toBe('paused');
  });

  test('[S40] of one node goes on until it communicates', async () => {
    const bench = pausedAtStart(
      new Bench({
        wires: [
          ['a.out -> b.in', 3],
          ['b.out -> c.in', 3],
        ],
        bodies: { a: source(1, 2), b: forward, c: sink([]) },
      }),
    );
    const { says, passed } = await step(bench, 'c');
    expect([says, passed]).toEqual(['1 passes c1 from b to c', [{ connection: 'c1', number: 1 }]]);
    bench.network.interventions.holdNode('c');
    expect((await step(bench, 'c')).says).toBe('2 passes c1 from b to c');
    expect(bench.get('c').held).toBe(true);
    expect((await step(bench, 'c')).says).toBe('c has ended');
    expect(bench.network.state).toBe('completed');
  });

  test('[S40] [S39] a breakpoint that it meets is told', async () => {
    const bench = pausedAtStart(new Bench({ wires: [['a.out -> b.in']], bodies: { a: source(1, 2), b: sink([]) } }));
    bench.network.interventions.setBreakpoint('c0', { afterHits: 2 });
    expect((await step(bench)).hit).toBeUndefined();
    expect((await step(bench)).hit).toMatchObject({ connection: 'c0', sample: { number: 2 } });
    expect(bench.network.interventions.hit).toBeDefined();
  });

  test('[S40] of processes that go on for ever without a message ends too', async () => {
    const bench = pausedAtStart(
      new Bench({
        wires: [['b.out -> c.in']],
        bodies: {
          *a() {
            for (;;) yield* priAlt({ always });
          },
          *b() {
            for (;;) yield* priAlt({ always });
          },
          c: parked,
        },
      }),
    );
    expect((await step(bench)).says).toMatch(/^nothing to tell after/);
    expect((await step(bench, 'c')).says).toMatch(/^nothing to tell of c after/);
    expect(bench.network.state).toBe('paused');
    await bench.stop();
    expect(bench.network.state).toBe('stopped');
  });

  test('[S40] [S8] a failure is one, and what its policy says follows', async () => {
    const bench = pausedAtStart(
      new Bench({
        wires: [['a.out -> b.in']],
        bodies: {
          a: source(1),
          *b({ in: input }) {
            yield* input.receive();
            throw new Error('no');
          },
        },
      }),
    );
    await step(bench);
    await step(bench);
    expect(bench.network.state).toBe('failed');
    expect(await bench.network.outcome).toMatchObject({ fault: { node: 'b', message: 'no' } });
  });

  test('[S40] [S4] several in a row, and a resume or a stop in the midst, wait for each other', async () => {
    const got: number[] = [];
    const bench = pausedAtStart(new Bench({ wires: [['a.out -> b.in']], bodies: { a: source(1, 2, 3), b: sink(got) } }));
    const steps = [bench.network.interventions.step(), bench.network.interventions.step()];
    await bench.settleOutside();
    expect((await Promise.all(steps)).map(({ says }) => says)).toEqual(['1 passes c0 from a to b', '2 passes c0 from a to b']);
    const last = bench.network.interventions.step();
    bench.network.resume();
    await bench.settleOutside();
    expect((await last).says).toBe('nothing happens: the session is not paused');
    expect(got).toEqual([1, 2, 3]);
  });

  test('[S40] [S4] what operations side by side do in a row they do in that row, whoever is stopped between', async () => {
    const order: string[] = [];
    const twice = function* (out: { send: (n: number) => Iterable<never, boolean, unknown> }, name: string) {
      for (const n of [1, 2]) {
        yield* out.send(n);
        order.push(`${name}${n}`);
      }
    };
    const made = () =>
      new Bench({
        wires: [
          ['a.out -> b.in', 4],
          ['a.out2 -> b.in2', 4],
        ],
        bodies: {
          *a({ out, out2 }) {
            yield* all([twice(out as never, 'x'), twice(out2 as never, 'y')]);
            order.push('a');
          },
          *b({ in: input, in2 }) {
            for (let n = 0; n < 4; n++) yield* fairAlt([input, in2]);
          },
        },
      });
    made().start();
    const plain = order.splice(0);
    const bench = pausedAtStart(made());
    for (let left = 12; left > 0 && bench.network.state === 'paused'; left--) {
      await step(bench);
      void bench.network.pause();
    }
    expect(bench.network.state).toBe('completed');
    expect(order).toEqual(plain);
  });
});
