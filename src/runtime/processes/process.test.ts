import { describe, expect, test } from 'vitest';
import type { NetworkEvent } from '#runtime/network.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body, parked, sink, source } from '#runtime/testing.ts';

function faults(bench: Bench): (NetworkEvent & { is: 'fault' })[] {
  return bench.events.filter((event) => event.is === 'fault');
}

describe('failure', () => {
  test('[D7] [S8] stop: the session fails with a fault that names the node', async () => {
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        a: source(1, 2, 3),
        *b({ in: input }) {
          yield* input.receive();
          throw new TypeError('bad message');
        },
      },
    });
    bench.clock.advance(5);
    bench.start();
    const fault = {
      code: 'RUNTIME_PROCESS_FAILED',
      message: 'bad message',
      node: 'b',
      at: '1970-01-01T00:00:00.005Z',
    };
    expect(await bench.network.outcome).toEqual({ state: 'failed', fault });
    expect(bench.get('b')).toMatchObject({ state: 'error', failures: 1, lastFault: fault });
    expect(bench.get('a').state).toBe('stopped');
  });

  test('[D7] [S8] skip: the message at hand is gone, the process goes on afresh, channels stay', () => {
    const got: number[] = [];
    const bench = new Bench({
      onFailure: 'skip',
      wires: [
        ['a.out -> b.in', 3],
        ['b.out -> c.in', 1],
      ],
      bodies: {
        a: source(1, 2, 3, 4, 5),
        *b({ in: input, out }) {
          for (;;) {
            const message = yield* input.receive();
            if (message.ended) return;
            if (message.value % 2 === 0) throw new Error('even');
            yield* out.send(message.value);
          }
        },
        c: sink(got),
      },
    }).start();
    expect(got).toEqual([1, 3, 5]);
    expect(bench.get('b')).toMatchObject({ state: 'completed', failures: 2, restarts: 0 });
    expect(faults(bench).map(({ handling }) => handling.is)).toEqual(['skip', 'skip']);
    expect(bench.network.state).toBe('completed');
  });

  test('[S8] skip needs a message to skip', () => {
    const bench = new Bench({
      onFailure: 'skip',
      bodies: {
        a: () => {
          throw new Error('at once');
        },
      },
    }).start();
    expect(faults(bench)).toHaveLength(1);
    expect(bench.network.state).toBe('failed');
  });

  test('[S8] a failure the body has dealt with is counted and told', () => {
    const bench = new Bench({ wires: [['b.out -> a.in']], bodies: { a: parked, b: ({ clock }) => sleep(clock, 5) } }).start();
    bench.network.noteFailure('a', new Error('one row'));
    expect(faults(bench)).toEqual([expect.objectContaining({ handling: { is: 'skip' } })]);
    expect(bench.get('a')).toMatchObject({ state: 'idle', failures: 1 });
  });

  test('[D7] [S9] restart: waits twice as long each time, ten times in a row', () => {
    const startsMs: number[] = [];
    const bench = new Bench({
      onFailure: 'restart',
      bodies: {
        // biome-ignore lint/correctness/useYield: it fails before it communicates.
        *a({ clock }) {
          startsMs.push(clock.now());
          throw new Error('down');
        },
      },
    }).start();
    expect(bench.get('a')).toMatchObject({ state: 'error', waitingFor: ['clock'] });
    while (bench.clock.advanceToNext()) bench.settle();
    const waitsMs = startsMs.slice(1).map((ms, i) => ms - startsMs[i]!);
    expect(waitsMs).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
    expect(bench.network.state).toBe('failed');
    expect(bench.get('a')).toMatchObject({ state: 'error', failures: 11, restarts: 10 });
  });

  test('[S9] a process that lived for ten seconds begins the row anew', () => {
    let lives = 0;
    const bench = new Bench({
      onFailure: 'restart',
      bodies: {
        *a({ clock }) {
          lives++;
          yield* sleep(clock, 10_000);
          if (lives < 15) throw new Error('down');
        },
      },
    }).start();
    while (bench.clock.advanceToNext()) bench.settle();
    expect(faults(bench).map(({ handling }) => handling)).toEqual(Array(14).fill({ is: 'restart', inMs: 100 }));
    expect(bench.network.state).toBe('completed');
  });

  test('[S9] a stop takes back the wait for a restart', async () => {
    const bench = new Bench({ onFailure: 'restart', bodies: { a: () => failing() } }).start();
    expect(bench.clock.pending).toBe(1);
    expect(bench.network.stuck).toBeUndefined();
    await bench.stop();
    expect(bench.clock.pending).toBe(0);
    expect(bench.get('a').state).toBe('stopped');
  });

  const rubbish: Record<string, [body: unknown, code: string]> = {
    'yields rubbish': [
      function* () {
        yield 5;
      },
      'RUNTIME_STRANGE_YIELD',
    ],
    'is not a generator': [async () => {}, 'RUNTIME_NOT_A_GENERATOR'],
    'is nothing': [() => undefined, 'RUNTIME_NOT_A_GENERATOR'],
  };
  test.each(Object.entries(rubbish))('[S8] a body that %s is a fault like any other', (_name, [body, code]) => {
    const bench = new Bench({ bodies: { a: body as Body } }).start();
    expect(faults(bench)).toEqual([expect.objectContaining({ fault: expect.objectContaining({ code, node: 'a' }) })]);
  });
});

// biome-ignore lint/correctness/useYield: it fails before it communicates.
function* failing() {
  throw new Error('down');
}
