import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { CpuShare } from '#host/threads/cpu-share.ts';
import { loadOf, Turns } from './turns.ts';

/** An event loop that goes on when told, on a clock that moves by what turns cost. */
function loop() {
  const clock = { nowMs: 0 };
  const later: (() => void)[] = [];
  const turns = new Turns(
    () => clock.nowMs,
    (take) => void later.push(take),
  );
  return { clock, turns, later, round: () => void later.shift()?.() };
}

/** A session that always has something to do, each turn of it `costMs`. */
function busy(at: ReturnType<typeof loop>, priority: 'low' | 'normal' | 'high', costMs: number, log: string[] = []) {
  const defer = at.turns.seat(priority);
  const had = { turns: 0, ms: 0 };
  const turn = (): void => {
    had.turns++;
    had.ms += costMs;
    at.clock.nowMs += costMs;
    log.push(priority);
    defer(turn);
  };
  defer(turn);
  return had;
}

describe('[H17] turns of the sessions of a thread', () => {
  test('sessions of one priority have the same time, however long their turns are', () => {
    const at = loop();
    const [long, short] = [busy(at, 'normal', 4), busy(at, 'normal', 1)];
    for (let n = 0; n < 1_000; n++) at.round();
    expect(long.ms / short.ms).toBeCloseTo(1, 1);
    expect(short.turns / long.turns).toBeCloseTo(4, 0);
  });

  test('a higher priority has four times the turns of the next, and the lowest still has some', () => {
    const at = loop();
    const [low, normal, high] = [busy(at, 'low', 4), busy(at, 'normal', 4), busy(at, 'high', 4)];
    for (let n = 0; n < 2_100; n++) at.round();
    expect([low.turns, normal.turns, high.turns].map((turns) => Math.round(turns / 100))).toEqual([1, 4, 16]);
  });

  test('one that did nothing for a while has saved nothing up', () => {
    const at = loop();
    const log: string[] = [];
    busy(at, 'normal', 4, log);
    for (let n = 0; n < 100; n++) at.round();
    busy(at, 'low', 4, log);
    log.length = 0;
    for (let n = 0; n < 10; n++) at.round();
    expect(log.filter((who) => who === 'normal').length).toBeGreaterThan(6);
  });

  test('between two turns of a session the event loop has its chance, and after 4 ms of turns of several', () => {
    const at = loop();
    const alone = busy(at, 'normal', 1);
    at.round();
    expect([alone.turns, at.later.length]).toEqual([1, 1]);
    const other = loop();
    const all = [1, 2, 3, 4, 5].map(() => busy(other, 'normal', 1.5));
    other.round();
    expect([all.map(({ turns }) => turns), other.later.length]).toEqual([[1, 1, 1, 0, 0], 1]);
  });

  test('a turn that throws takes no turn from the others, and none is lost', () => {
    const at = loop();
    const log: string[] = [];
    const [first, second] = [at.turns.seat('normal'), at.turns.seat('normal')];
    first(() => JSON.parse('a turn'));
    second(() => log.push('second'));
    expect(() => at.round()).toThrow(SyntaxError);
    at.round();
    expect([log, at.later.length]).toEqual([['second'], 0]);
  });

  test('every turn is taken once', () => {
    const asked = fc.array(fc.record({ seat: fc.integer({ min: 0, max: 3 }), costMs: fc.integer({ min: 0, max: 6 }) }));
    fc.assert(
      fc.property(asked, (turns) => {
        const at = loop();
        const seats = (['low', 'normal', 'normal', 'high'] as const).map((priority) => at.turns.seat(priority));
        const taken: number[] = [];
        for (const [number, { seat, costMs }] of turns.entries()) {
          seats[seat]?.(() => {
            at.clock.nowMs += costMs;
            taken.push(number);
          });
        }
        while (at.later.length > 0) at.round();
        expect(taken.sort((a, b) => a - b)).toEqual(turns.map((_, number) => number));
      }),
    );
  });
});

test('[H12] [H17] a thread is loaded by the weight of its sessions, and by what it computes', () => {
  const loads = (['low', 'normal', 'high'] as const).map((priority) => loadOf([{ priority }], 0));
  expect(loads).toEqual([0.25, 1, 4]);
  expect(loadOf([], 1)).toBe(loadOf([{ priority: 'high' }], 0));
  expect(loadOf([{ priority: 'low' }, { priority: 'low' }], 0.5)).toBe(2.5);
});

describe('[H16] a share of the processor', () => {
  /** A session that would compute all the time, `turnMs` a turn. */
  function computing(percent: number, turnMs: number) {
    const clock = new ManualClock();
    const cpu = { ms: 0 };
    const share = new CpuShare(
      percent,
      clock,
      () => cpu.ms,
      (turn) => void clock.after(0, turn),
    );
    const turn = (): void => {
      cpu.ms += turnMs;
      clock.advance(turnMs);
      share.defer(turn);
    };
    share.defer(turn);
    return { clock, cpu, share };
  }

  test.each([
    [10, 4],
    [50, 4],
    [25, 40],
  ])('of %i %% is kept over every second, with turns of %i ms', (percent, turnMs) => {
    const { clock, cpu, share } = computing(percent, turnMs);
    for (let second = 0; second < 20; second++) {
      const before = { cpu: cpu.ms, at: clock.now() };
      while (clock.now() < before.at + 1_000) clock.advanceToNext();
      const took = ((cpu.ms - before.cpu) / (clock.now() - before.at)) * 100;
      expect(took).toBeLessThanOrEqual(percent * 1.1 + turnMs / 10);
    }
    expect(cpu.ms / clock.now()).toBeCloseTo(percent / 100, 1);
    expect(share.used().usedMs + share.used().deferredMs).toBeGreaterThan(clock.now() * 0.9);
  });

  test('what needs less is never put off', () => {
    const clock = new ManualClock();
    const share = new CpuShare(
      50,
      clock,
      () => 0,
      (turn) => turn(),
    );
    let turns = 0;
    for (let n = 0; n < 100; n++) share.defer(() => turns++);
    expect([turns, share.used()]).toEqual([100, { usedMs: 0, deferredMs: 0 }]);
  });

  test('a session that ends waits for nothing', () => {
    const { clock, cpu, share } = computing(1, 100);
    clock.advanceToNext();
    const usedMs = cpu.ms;
    share.free();
    clock.advanceToNext();
    expect([usedMs, cpu.ms > usedMs]).toEqual([100, true]);
  });
});
