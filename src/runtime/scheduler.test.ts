import { describe, expect, test } from 'vitest';
import { always, fairAlt } from './alt.ts';
import { Bench, type Body, parked, sink, source } from './testing.ts';

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
      },
    });
    bench.network.start();
    expect(bench.turn()).toBe(true);
    expect(other).toBe(100);
    expect(spins).toBeGreaterThan(100);
    await bench.stop();
    expect(bench.network.state).toBe('stopped');
  });

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
  });
});
