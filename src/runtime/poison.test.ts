import { describe, expect, test } from 'vitest';
import { messageOf } from '#base/errors.ts';
import { fairAlt, offering, priAlt } from './alt.ts';
import { poison } from './poison.ts';
import { Bench, type Body, parked, source } from './testing.ts';

/** Receives two messages, then gives the channel up. */
const choosy: Body = function* (ends) {
  yield* ends.in.receive();
  yield* ends.in.receive();
  yield* poison(ends.in, 'two were enough');
};

describe('poison', () => {
  test('[C14] what waits and what comes later is thrown the reason, and what is held is dropped', () => {
    const log: string[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', 1]],
      bodies: {
        *a({ out }) {
          try {
            for (let i = 0; ; i++) yield* out.send(i);
          } catch (thrown) {
            log.push(messageOf(thrown));
          }
          try {
            yield* out.send(9);
          } catch (thrown) {
            log.push(`again: ${messageOf(thrown)}`);
          }
        },
        b: choosy,
      },
    }).start();
    expect(log).toEqual(['two were enough', 'again: two were enough']);
    const { sent, received, dropped, depth } = bench.counts('c0');
    expect([received, depth]).toEqual([2, 0]);
    expect(sent).toBe(received + dropped);
    expect(bench.network.state).toBe('completed');
  });

  test('[C14] uncaught it spreads over all that depends on it, and is no failure', () => {
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> c.in', 5], ['c.out -> d.in'], ['e.out -> f.in']],
      bodies: {
        a: source(1, 2, 3),
        *b({ in: input, out }) {
          for (;;) {
            const got = yield* input.receive();
            if (got.ended) return;
            yield* out.send(got.value);
          }
        },
        *c(ends) {
          yield* ends.in.receive();
          yield* poison(ends.in, 'no more');
          yield* ends.out.send(1);
        },
        *d(ends) {
          while (!(yield* ends.in.receive()).ended);
        },
        *e({ out, clock }) {
          yield* priAlt([offering(out, 1)]);
          void clock;
        },
        *f(ends) {
          while (!(yield* ends.in.receive()).ended);
        },
      },
    }).start();
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => bench.get(id).state)).toEqual([
      'stopped',
      'stopped',
      'completed',
      'completed',
      'completed',
      'completed',
    ]);
    expect(bench.get('b')).toMatchObject({ failures: 0, lastFault: { code: 'RUNTIME_POISONED', message: 'no more' } });
    expect(bench.events.some(({ is }) => is === 'fault')).toBe(false);
    expect(bench.network.state).toBe('completed');
  });

  test('[C14] [A8] an alternation that waits on it is thrown the reason, and its other guards are withdrawn', () => {
    const log: string[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['c.out -> b.in2']],
      bodies: {
        *a({ out }) {
          yield* out.send(1);
          yield* poison(out, 'a gives up');
        },
        *b({ in: input, in2, out: _out }) {
          try {
            for (;;) yield* fairAlt([input, in2]);
          } catch (thrown) {
            log.push(messageOf(thrown));
          }
          log.push(JSON.stringify(yield* in2.receive()));
        },
        *c({ out, clock }) {
          yield* priAlt([offering(out, 7)]);
          void clock;
        },
      },
    });
    bench.start();
    expect(log[0]).toBe('a gives up');
    expect(bench.network.state).toBe('completed');
  });

  test('[C14] after the end has been told it changes nothing', () => {
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        a: source(),
        *b(ends) {
          yield* ends.in.receive();
          yield* poison(ends.in, 'too late');
          yield* ends.in.receive();
        },
      },
    }).start();
    expect(bench.get('b').state).toBe('completed');
  });

  test('[C14] a stop still ends what waits', async () => {
    const bench = new Bench({ wires: [['a.out -> b.in']], bodies: { a: parked, b: parked } });
    await bench.stop();
    expect(bench.network.state).toBe('stopped');
  });
});
