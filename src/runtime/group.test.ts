import { describe, expect, test } from 'vitest';
import { all } from './all.ts';
import { never, priAlt } from './alt.ts';
import type { Group } from './group.ts';
import type { Guard, Operation, Received } from './port.ts';
import { Stepping } from './processes/stepping.ts';
import { sleep } from './sleep.ts';
import { Bed, nothing, plan } from './testing/bed.ts';
import { until } from './until.ts';

type Got = Received<number>;

describe('[S22] a group rests', () => {
  /** A group of one process with this body, fed with 1, 2, …; what the one who waits saw after each message. */
  function rests(body: (bed: Bed) => Operation<void>) {
    const seen: string[] = [];
    let group: Group | undefined;
    let ended = false;
    const out = (): Guard<Got> => (ended ? never : bed.receiver('out'));
    const bed: Bed = new Bed(
      {
        *boss() {
          for (const number of [1, 2]) {
            yield* bed.sender('in').send(number);
            for (;;) {
              const event = yield* priAlt({ out: out(), rest: (group as Group).rested(number) });
              if (event.tag === 'out' && event.ended) ended = true;
              else seen.push(event.tag === 'out' ? `out ${event.value}` : `rest at ${bed.clock.now()}`);
              if (event.tag === 'rest') break;
            }
          }
        },
        work: () => body(bed),
      },
      [plan('in', 'boss', 'work'), plan('out', 'work', 'boss')],
    );
    group = bed.network.group({ processes: ['work'], channels: ['in', 'out'], inlets: ['in'] });
    bed.start();
    return { bed, seen };
  }

  function* each(bed: Bed, react: (value: number) => Operation<void>): Operation<void> {
    for (;;) {
      const got = yield* bed.receiver('in').receive();
      if (got.ended) return;
      yield* react(got.value);
    }
  }

  test('[S22] when every message it caused has been taken, however many they are', () => {
    const { seen } = rests((bed) =>
      each(bed, function* (value) {
        for (let i = 0; i < value; i++) yield* bed.sender('out').send(value * 10 + i);
      }),
    );
    expect(seen).toEqual(['out 10', 'rest at 0', 'out 20', 'out 21', 'rest at 0']);
  });

  test('[S22] also when a message came to nothing', () => {
    expect(rests((bed) => each(bed, nothing)).seen).toEqual(['rest at 0', 'rest at 0']);
  });

  test('[S22] not while it waits for the clock, alone or side by side', () => {
    const { bed, seen } = rests((bed) =>
      each(bed, function* () {
        yield* all([sleep(bed.clock, 5), sleep(bed.clock, 9)]);
      }),
    );
    expect(seen).toEqual([]);
    bed.clock.advanceToNext();
    bed.settle();
    expect(seen).toEqual([]);
    bed.clock.advanceToNext();
    bed.settle();
    expect(seen).toEqual(['rest at 9']);
  });

  test('[S22] not while it waits for the outside', async () => {
    const answers: (() => void)[] = [];
    const { bed, seen } = rests((bed) =>
      each(bed, function* () {
        yield* until(new Promise<void>((resolve) => void answers.push(resolve)));
      }),
    );
    expect(seen).toEqual([]);
    answers[0]?.();
    await Promise.resolve();
    await Promise.resolve();
    bed.settle();
    expect(seen).toEqual(['rest at 0']);
  });

  test('[S22] one that has ended rests', () => {
    const { bed, seen } = rests(function* (bed) {
      yield* bed.receiver('in').receive();
    });
    expect([seen, bed.network.state]).toEqual([['rest at 0', 'rest at 0'], 'completed']);
  });

  test('[S22] [S71] also when its work is done on the spot, in the turn of whoever sent it', () => {
    const seen: string[] = [];
    let group: Group | undefined;
    const bed: Bed = new Bed(
      {
        *waits() {
          yield* priAlt([(group as Group).rested(1)]);
          seen.push(`rest at ${bed.clock.now()}`);
        },
        work: () => new Stepping(bed.receiver('in'), [], () => ({ step() {} })) as unknown as Operation<void>,
        *sends() {
          yield* sleep(bed.clock, 5);
          yield* bed.sender('in').send(1);
          yield* sleep(bed.clock, 100);
        },
      },
      [plan('in', 'sends', 'work')],
    );
    group = bed.network.group({ processes: ['work'], channels: ['in'], inlets: ['in'] });
    bed.start();
    bed.clock.advanceToNext();
    bed.settle();
    expect(seen).toEqual(['rest at 5']);
  });
});
