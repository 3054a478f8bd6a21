import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fairAlt, never } from '#runtime/alt.ts';
import type { Guard, Operation, Received, Receiver } from '#runtime/port.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bed, nothing, plan } from '#runtime/testing/bed.ts';

describe('[S20] a network that grows', () => {
  test('[S20] what is added while it runs starts at once and talks with what was there', () => {
    const got: number[] = [];
    const bed: Bed = new Bed({
      *old() {
        bed.add(
          'new',
          function* () {
            yield* bed.sender('c').send(7);
          },
          plan('c', 'new', 'old'),
        );
        const message = yield* bed.receiver('c').receive();
        if (!message.ended) got.push(message.value);
      },
    });
    bed.start();
    expect([got, bed.network.state]).toEqual([[7], 'completed']);
    expect(bed.network.processes().map(({ node, state }) => [node, state])).toEqual([
      ['old', 'completed'],
      ['new', 'completed'],
    ]);
    expect(bed.network.channels()).toMatchObject([{ connection: 'c', sent: 1, received: 1 }]);
    expect(bed.events).toContainEqual({ is: 'grew', processes: ['new'], channels: ['c'] });
  });

  test('[S20] added before the start it starts with the others; added while paused, when the run goes on', async () => {
    const ran: string[] = [];
    const note = (id: string) =>
      function* (): Operation<void> {
        ran.push(id);
        yield* nothing();
      };
    const bed = new Bed({ first: () => sleep(bed.clock, 5) });
    bed.add('early', note('early'));
    expect(ran).toEqual([]);
    bed.start();
    expect(ran).toEqual(['early']);
    const paused = bed.network.pause();
    bed.settle();
    await paused;
    bed.add('late', note('late'));
    bed.settle();
    expect([ran, bed.network.state]).toEqual([['early'], 'paused']);
    bed.network.resume();
    bed.settle();
    expect(ran).toEqual(['early', 'late']);
  });

  test('[S20] names are unique: what is broken is refused, and nothing of it is added', () => {
    const bed = new Bed({ a: () => sleep(bed.clock, 1), b: () => sleep(bed.clock, 1) }, [plan('c', 'a', 'b')]);
    bed.start();
    const process = (id: string) => ({ id, body: nothing, onFailure: 'stop' as const });
    const before = [bed.network.processes().length, bed.network.channels().length];
    for (const growth of [
      { processes: [process('x'), process('a')], channels: [] },
      { processes: [process('x'), process('x')], channels: [] },
      { processes: [process('x')], channels: [plan('c', 'x', 'a')] },
      { processes: [process('x')], channels: [plan('d', 'x', 'nobody')] },
      { processes: [process('x')], channels: [plan('d', 'x', 'a'), plan('d', 'x', 'b')] },
    ])
      expect(() => bed.network.add(growth)).toThrow(expect.objectContaining({ code: 'RUNTIME_PLAN_BROKEN' }));
    expect([bed.network.processes().length, bed.network.channels().length]).toEqual(before);
  });

  test('[S20] one that is ending or has ended grows no more', async () => {
    const bed = new Bed({ a: () => sleep(bed.clock, 1) });
    bed.start();
    const stopped = bed.network.stop();
    expect(bed.add('late', nothing)).toBe(false);
    bed.settle();
    await stopped;
    expect([bed.add('later', nothing), bed.network.processes().length]).toEqual([false, 1]);
  });

  test('[S20] a channel to one that has ended is at its end, one from the other side has no reader', () => {
    const seen: unknown[] = [];
    const bed: Bed = new Bed({ gone: nothing, stays: () => sleep(bed.clock, 10) });
    bed.start();
    bed.add(
      'new',
      function* () {
        seen.push(yield* bed.receiver('from').receive());
        seen.push(yield* bed.sender('to').send(1));
      },
      plan('from', 'gone', 'new'),
      plan('to', 'new', 'gone'),
    );
    bed.settle();
    expect(seen).toEqual([{ ended: true }, false]);
  });

  test('[S21] a stuck run that gets somebody new is stuck no more, and is so again when that does not help', () => {
    const bed: Bed = new Bed(
      {
        *a() {
          yield* bed.receiver('c').receive();
        },
        *b() {
          yield* bed.receiver('d').receive();
        },
      },
      [plan('c', 'b', 'a'), plan('d', 'a', 'b')],
    );
    bed.start();
    expect(bed.network.stuck?.nodes).toEqual(['a', 'b']);
    bed.add('new', nothing);
    expect(bed.network.stuck).toBeUndefined();
    bed.settle();
    expect(bed.network.stuck?.nodes).toEqual(['a', 'b']);
    expect(bed.events.filter(({ is }) => is === 'stuck' || is === 'unstuck').map(({ is }) => is)).toEqual([
      'stuck',
      'unstuck',
      'stuck',
    ]);
  });
});

type Got = Received<number>;

/** How often and with what a dispatcher adds a worker. */
interface Shape {
  readonly messages: number;
  readonly growAt: readonly number[];
  readonly capacities: readonly number[];
  readonly slowEvery: number;
  readonly fanOut: readonly number[];
}
const shape: fc.Arbitrary<Shape> = fc.record({
  messages: fc.integer({ min: 0, max: 60 }),
  growAt: fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 8 }),
  capacities: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 20, maxLength: 20 }),
  slowEvery: fc.integer({ min: 1, max: 7 }),
  fanOut: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 10, maxLength: 10 }),
});

/** A dispatcher that deals to workers, adding one now and then; each is a chain of up to three; a gatherer reads them all. */
function grown({ messages, growAt, capacities, slowEvery, fanOut }: Shape): {
  readonly bed: Bed;
  readonly dealt: number[][];
  readonly gathered: number[][];
} {
  const dealt: number[][] = [];
  const gathered: number[][] = [];
  let channels = 0;
  const capacity = (): number => capacities[channels++ % capacities.length] ?? 0;
  const open: Receiver<number>[] = [];
  const bed: Bed = new Bed(
    {
      *deal() {
        for (let number = 0; number < messages; number++) {
          if (growAt.includes(number) || dealt.length === 0) yield* grow();
          const worker = number % dealt.length;
          if (yield* bed.sender(`w${worker}.0`).send(number)) dealt[worker]?.push(number);
        }
      },
      *gather() {
        let newsEnded = false;
        const ended = new Set<number>();
        while (!newsEnded || ended.size < open.length) {
          const ends = open.map((end, i): Guard<Got> => (ended.has(i) ? never : end));
          const { index, ...got } = yield* fairAlt([...ends, ...(newsEnded ? [] : [bed.receiver('news')])]);
          if (index === ends.length && got.ended) newsEnded = true;
          else if (index === ends.length) open.push(bed.receiver(`w${got.value}.out`));
          else if (got.ended) ended.add(index);
          else gathered[index]?.push(got.value as number);
        }
      },
    },
    [plan('news', 'deal', 'gather')],
  );
  function* grow(): Operation<void> {
    const worker = dealt.push([]) - 1;
    gathered.push([]);
    const length = fanOut[worker % fanOut.length] ?? 1;
    const chain = Array.from({ length }, (_, i) => `w${worker}-${i}`);
    const into = [plan(`w${worker}.0`, 'deal', chain[0] ?? '', capacity())];
    for (let i = 1; i < length; i++) into.push(plan(`w${worker}.${i}`, chain[i - 1] ?? '', chain[i] ?? '', capacity()));
    into.push(plan(`w${worker}.out`, chain.at(-1) ?? '', 'gather', capacity()));
    const processes = chain.map((id, i) => ({
      id,
      onFailure: 'stop' as const,
      body: () => forward(into[i]?.id ?? '', into[i + 1]?.id ?? ''),
    }));
    bed.network.add({ processes, channels: into });
    yield* bed.sender('news').send(worker);
  }
  function* forward(from: string, to: string): Operation<void> {
    for (let n = 0; ; n++) {
      const got = yield* bed.receiver(from).receive();
      if (got.ended) return;
      if (n % slowEvery === 0) yield* sleep(bed.clock, 1);
      yield* bed.sender(to).send(got.value);
    }
  }
  return { bed, dealt, gathered };
}

describe('[S20] networks that grow at random while they run', () => {
  test('[S20] lose, double and reorder nothing on any channel, and end', () => {
    fc.assert(
      fc.property(shape, (of) => {
        const { bed, dealt, gathered } = grown(of);
        bed.toTheEnd();
        expect(bed.network.state).toBe('completed');
        expect(gathered).toEqual(dealt);
        expect(dealt.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: of.messages }, (_, i) => i));
        for (const { sent, received, dropped, depth, highWater, capacity } of bed.network.channels()) {
          expect([sent, dropped, depth]).toEqual([received, 0, 0]);
          expect(highWater).toBeLessThanOrEqual(capacity);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('[S20] paused and resumed at any moment, they give the same', () => {
    fc.assert(
      fc.property(shape, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 20 }), (of, pauses) => {
        const { bed, dealt, gathered } = grown(of);
        bed.network.start();
        for (let i = 0; bed.network.state !== 'completed' && i < 5_000; i++) {
          for (let turns = pauses[i % pauses.length] ?? 1; turns > 0; turns--) bed.turns.shift()?.();
          void bed.network.pause();
          bed.settle();
          bed.network.resume();
          if (bed.clock.pending > 0 && i % 3 === 0) bed.clock.advanceToNext();
        }
        expect([bed.network.state, gathered]).toEqual(['completed', dealt]);
      }),
      { numRuns: 50 },
    );
  });
});
