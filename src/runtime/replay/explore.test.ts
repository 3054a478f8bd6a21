import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { all } from '#runtime/all.ts';
import { fairAlt } from '#runtime/alt.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body, parked, sink, source, type Wire } from '#runtime/testing.ts';
import { until } from '#runtime/until.ts';
import { type Exploration, type ExploreOrder, explore } from './explore.ts';
import { runSchedule, type ScheduleRun, type Step } from './schedule.ts';

interface Planted {
  readonly bodies: Readonly<Record<string, Body>>;
  readonly wires: readonly Wire[];
}

const randomOf = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const patience = async (): Promise<void> => {
  for (let i = 0; i < 100; i++) await Promise.resolve();
};

function search(make: () => Planted, given: Partial<ExploreOrder> = {}): Promise<Exploration> {
  return explore({
    make: (world) => new Bench({ ...make(), world }).network,
    schedules: 1_000,
    preemptions: 2,
    mostSteps: 500,
    startMs: 0,
    random: randomOf(1),
    patience,
    enough: () => false,
    ...given,
  });
}

const replay = (make: () => Planted, steps: readonly Step[]): Promise<ScheduleRun> => {
  let at = 0;
  const choose = () => steps[at++]?.choice;
  return runSchedule({
    make: (world) => new Bench({ ...make(), world }).network,
    choose,
    mostSteps: 10_000,
    startMs: 0,
    patience,
    inWords: true,
  });
};

/** Two clients read a number of a store and write it back one larger; nothing keeps the other out in between. */
function lostUpdate(): Planted {
  let held = 0;
  const client: Body = function* (ends) {
    yield* ends.out.send(0);
    const { value = 0 } = yield* ends.in.receive();
    yield* ends.out.send(value + 1);
  };
  return {
    wires: [['a.out -> store.in'], ['b.out -> store.in2'], ['store.out -> a.in', 1], ['store.out2 -> b.in', 1]],
    bodies: {
      a: client,
      b: client,
      *store(ends) {
        for (let left = 4; left > 0; left--) {
          const { index, value } = yield* fairAlt([ends.in, ends.in2]);
          if (value === undefined) continue;
          if (value > 0) held = value;
          else yield* (index === 0 ? ends.out : ends.out2).send(held);
        }
        if (held !== 2) throw new Error(`two were added, ${held} is there`);
      },
    },
  };
}

/** Two take two things from two keepers in opposite order, with pauses in between: only some orders of the pauses get stuck. */
function crossed(): Planted {
  const keeper: Body = function* (ends) {
    for (;;) {
      const { index } = yield* fairAlt([ends.in, ends.in2]);
      if ((yield* (index === 0 ? ends.in : ends.in2).receive()).ended) return;
    }
  };
  const taker = (first: 'out' | 'out2', second: 'out' | 'out2', waitMs: number): Body =>
    function* (ends) {
      yield* sleep(ends.clock, waitMs);
      yield* ends[first].send(1);
      yield* sleep(ends.clock, 1);
      for (const port of [second, first, second] as const) yield* ends[port].send(1);
    };
  return {
    wires: [['a.out -> left.in'], ['a.out2 -> right.in'], ['b.out -> left.in2'], ['b.out2 -> right.in2']],
    bodies: { a: taker('out', 'out2', 1), b: taker('out2', 'out', 1_000), left: keeper, right: keeper },
  };
}

describe('a search', () => {
  test('[S13] finds a lost update, which the order of the queue alone does not show', async () => {
    const alone = await search(lostUpdate, { schedules: 1 });
    const { found } = await search(lostUpdate);
    expect(found?.run.ending).toMatchObject({ is: 'failed', fault: { node: 'store', message: 'two were added, 1 is there' } });
    expect(alone.schedules).toBe(1);
    const says = found?.run.steps.map((step) => step.says) ?? [];
    expect(says.at(-1)).toContain('store fails: two were added, 1 is there');
    expect(says.filter((text) => text.includes('0 passes c0 from a to store'))).toHaveLength(1);
  });

  test('[S13] finds a deadlock that needs a timer to be late', async () => {
    const alone = new Bench(crossed()).start();
    while (alone.clock.advanceToNext()) alone.settle();
    expect(alone.network.state).toBe('completed');
    const { found } = await search(crossed);
    expect(found?.run.ending).toMatchObject({ is: 'stuck', nodes: ['a', 'b', 'left', 'right'] });
  });

  test('[S13] what is found is small, and happens again from its choices alone', async () => {
    for (const make of [lostUpdate, crossed]) {
      const { found } = await search(make);
      if (found === undefined) throw new Error('nothing found');
      const { ending, steps } = found.run;
      expect(steps.length).toBeLessThanOrEqual(found.stepsBefore);
      expect(steps.filter(({ choice }) => choice > 0).length).toBeLessThanOrEqual(3);
      const again = await replay(make, steps);
      expect(again.steps).toEqual(steps);
      expect(again.ending.is).toBe(ending.is);
    }
  });

  test('[S13] the same seed gives the same search', async () => {
    const words = async (seed: number) => (await search(crossed, { random: randomOf(seed) })).found?.run.steps;
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        expect(await words(seed)).toEqual(await words(seed));
      }),
      { numRuns: 10, verbose: 1 },
    );
  });

  test('[S13] says when every schedule within the bounds was run', async () => {
    const line = (): Planted => ({ wires: [['a.out -> b.in']], bodies: { a: source(1), b: sink([]) } });
    const { complete, schedules, unfinished, found } = await search(line);
    expect([complete, unfinished, found]).toEqual([true, 0, undefined]);
    expect(schedules).toBeGreaterThan(2);
    expect(await search(line, { schedules: 2 })).toMatchObject({ complete: false, schedules: 2 });
  });

  test('[S13] a run without end is cut, and the search is not complete', async () => {
    const endless: Body = function* ({ clock }) {
      for (;;) yield* sleep(clock, 1);
    };
    const searched = await search(() => ({ wires: [], bodies: { a: endless } }), { schedules: 5, mostSteps: 20 });
    expect(searched).toEqual({ schedules: 5, unfinished: 5, complete: false });
  });

  test('[S13] who waits from the start is found at once', async () => {
    const { schedules, found } = await search(() => ({
      wires: [['a.out -> b.in'], ['b.out -> a.in']],
      bodies: { a: parked, b: parked },
    }));
    expect([schedules, found?.run.ending]).toEqual([1, { is: 'stuck', nodes: ['a', 'b'], connections: ['c1', 'c0'] }]);
  });

  test('[S13] answers from outside are awaited, and their order is a choice', async () => {
    const asking = (): Planted => {
      const heard: number[] = [];
      const ask = (me: number): Body =>
        function* () {
          yield* until(Promise.resolve());
          heard.push(me);
          if (heard.join() === '1,0') throw new Error('the other way round');
        };
      return { wires: [], bodies: { a: ask(0), b: ask(1) } };
    };
    const { found } = await search(asking);
    expect(found?.run.ending).toMatchObject({ is: 'failed', fault: { message: 'the other way round' } });
    expect(found?.run.steps.map(({ says }) => says)).toContain('b is answered from outside');
  });

  test('[S13] an outside that never answers leaves a schedule unfinished', async () => {
    const waits: Body = function* () {
      yield* until(new Promise(() => {}));
    };
    const searched = await search(() => ({ wires: [], bodies: { a: waits } }), { schedules: 3 });
    expect(searched).toEqual({ schedules: 3, unfinished: 3, complete: false });
  });

  test('[S13] the operations of `all` belong to their process', async () => {
    const both: Body = function* (ends) {
      yield* all([ends.out.send(1), ends.out2.send(2)]);
    };
    const searched = await search(() => ({
      wires: [['a.out -> b.in'], ['a.out2 -> c.in']],
      bodies: { a: both, b: sink([]), c: sink([]) },
    }));
    expect(searched.found).toBeUndefined();
    expect(searched.unfinished).toBe(0);
  });
});
