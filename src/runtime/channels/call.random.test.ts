import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fairAlt, when } from '#runtime/alt.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body } from '#runtime/testing.ts';
import type { Answer } from './call.ts';

test('[Q3] [Q5] [Q8] whatever the deadlines and waits, every request has one answer, in order, and the counts add up', () => {
  const clientPlan = fc.array(fc.record({ gapMs: fc.nat(20), deadlineMs: fc.option(fc.nat(30), { nil: undefined }) }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      fc.tuple(clientPlan, clientPlan),
      fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
      fc.option(fc.nat(6), { nil: undefined }),
      (plans, works, leavesAfter) => {
        const answers: Answer<number>[][] = [[], []];
        const taken: number[] = [];
        const clients = plans.map(
          (plan, i): Body =>
            function* ({ ask, clock }) {
              for (const [n, { gapMs, deadlineMs }] of plan.entries()) {
                yield* sleep(clock, gapMs);
                const answer = yield* ask.call(100 * i + n, deadlineMs === undefined ? {} : { deadlineMs });
                answers[i]?.push(answer);
                if (answer.is === 'reply') expect(answer.value).toBe(10 * (100 * i + n));
              }
            },
        );
        const serving: Body = function* ({ serve, serve2, clock }) {
          const over = [false, false];
          for (let n = 0; !(over[0] && over[1]) && n !== leavesAfter; n++) {
            const got = yield* fairAlt([when(!over[0], serve), when(!over[1], serve2)]);
            if (got.ended) over[got.index] = true;
            else {
              taken.push(got.value.value);
              yield* sleep(clock, works[n % works.length] ?? 0);
              const { cancelled } = got.value;
              expect(yield* got.value.reply(got.value.value * 10)).toBe(!cancelled);
            }
          }
        };
        const bench = new Bench({
          bodies: { a: clients[0] as Body, b: clients[1] as Body, s: serving },
          calls: ['a.ask -> s.serve', 'b.ask -> s.serve2'],
        }).start();
        for (let steps = 0; bench.network.state === 'running' && steps < 1_000; steps++) {
          bench.clock.advanceToNext();
          bench.settle();
        }
        expect(bench.network.state).toBe('completed');
        for (const [i, list] of answers.entries()) {
          expect(list.length).toBe(plans[i]?.length);
          const asked = list.filter((answer) => answer.is === 'reply' || (answer.is === 'late' && answer.taken)).length;
          expect(taken.filter((value) => Math.floor(value / 100) === i).length).toBeGreaterThanOrEqual(asked);
          const { sent, received, dropped, depth } = bench.counts(`k${i}`);
          expect(sent).toBe(received + dropped + depth);
        }
        expect(taken).toEqual([...new Set(taken)]);
      },
    ),
    { numRuns: 200 },
  );
});
