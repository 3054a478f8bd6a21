import { describe, expect, test } from 'vitest';
import { serviceBoundsMs } from '#model/sessions/service-times.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, sink, source } from '#runtime/testing.ts';
import { Account, bytesOf } from './account.ts';

describe('accounting', () => {
  test('[S62] waits and the time they took are told of both sides', () => {
    const into: unknown[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> c.in', 1]],
      bodies: {
        a: source(1, 2),
        *b({ in: input, out, clock }) {
          for (;;) {
            yield* sleep(clock, 50);
            const got = yield* input.receive();
            if (got.ended) return;
            yield* out.send(got.value);
          }
        },
        c: sink(into),
      },
    }).start();
    for (let i = 0; i < 4; i++) {
      bench.clock.advance(50);
      bench.settle();
    }
    expect(bench.network.state).toBe('completed');
    expect(bench.network.channel('c0').status()).toMatchObject({
      senderWaits: 2,
      receiverWaits: 0,
      senderBlockedMs: 100,
      receiverBlockedMs: 0,
    });
    expect(bench.network.channel('c1').status()).toMatchObject({ senderWaits: 0, receiverWaits: 3, receiverBlockedMs: 150 });
  });

  test('[S63] service times are counted from a message to the next one asked for, the 1st, 2nd, 4th … and every 64th', () => {
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: { a: source(...Array.from({ length: 1_000 }, (_, i) => i)), b: sink([]) },
    }).start();
    const { services = [] } = bench.get('b');
    const timed = services.reduce((sum, count) => sum + count, 0);
    expect(services).toHaveLength(serviceBoundsMs.length + 1);
    expect(timed).toBe(6 + Math.floor(1_000 / 64));
    expect(bench.get('a').services).toBeUndefined();
  });

  test('[S63] a service that is not begun is not counted', () => {
    const account = new Account();
    account.end();
    expect(account.services).toBeUndefined();
    account.begin();
    account.end();
    account.end();
    expect(account.services?.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test('[S64] bytes are told where a message is text or bytes', () => {
    expect([bytesOf('four'), bytesOf(new Uint8Array(3)), bytesOf({ a: 1 }), bytesOf(7)]).toEqual([8, 3, undefined, undefined]);
    const texts = new Bench({
      wires: [['a.out -> b.in'], ['c.out -> d.in']],
      bodies: {
        *a({ out }) {
          for (const text of ['ab', 'cdef']) yield* out.send(text as never);
        },
        b: sink([]),
        c: source(1, 2),
        d: sink([]),
      },
    }).start();
    expect(texts.network.channel('c0').status().bytes).toBe(12);
    expect(texts.network.channel('c1').status()).not.toHaveProperty('bytes');
  });

  test('[S62] processor time is an estimate that never shrinks', () => {
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: { a: source(...Array.from({ length: 20_000 }, (_, i) => i)), b: sink([]) },
    });
    bench.network.start();
    let before = 0;
    while (bench.turn()) {
      const { cpuMs = -1 } = bench.get('b');
      expect(cpuMs).toBeGreaterThanOrEqual(before);
      before = cpuMs;
    }
    expect(before).toBeGreaterThan(0);
  });
});
