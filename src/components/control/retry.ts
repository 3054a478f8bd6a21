import { Type } from 'typebox';
import { defineComponent } from '#kit/define-component.ts';
import { asks, serves } from '#kit/ports.ts';
import { after, priAlt } from '#runtime/alt.ts';
import type { Answer } from '#runtime/channels/call.ts';

const lateCode = 'CONTROL_RETRY_LATE';
const goneCode = 'CONTROL_RETRY_GONE';

/**
 *                ┌───────┐
 *  request ═══▶──┤ retry ├══▶ attempt
 *                └───────┘
 * Y1  A request is handed on as a call of `attempt`, and its reply goes back.
 * Y2  An attempt that fails, or has no answer within `deadlineMs`, is made again after a wait, `attempts` times in all. Then the request
 *     fails with the last failure; an attempt without an answer fails with the code CONTROL_RETRY_LATE.
 * Y3  The first wait is `backOffMs`, each further one twice as long, at most `longestBackOffMs`; of each, the part `jitter` is random.
 * Y4  With `retryOn`, only failures with these codes are tried again. When the server has ended, nothing is: CONTROL_RETRY_GONE.
 * Y5  When the client gives up, so does the attempt under way, and no other is made.
 * Y6  When the client ends, the calls end.
 */
export const retry = defineComponent({
  kind: 'control.retry',
  version: 1,
  title: 'Retry',
  icon: 'repeat',
  summary: 'Stands before a server and makes a call that fails again, with growing waits, until it succeeds or is given up.',
  settings: Type.Object({
    attempts: Type.Integer({ minimum: 1, maximum: 100, default: 3, unit: 'calls', description: 'Most attempts for a request.' }),
    deadlineMs: Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      default: 0,
      unit: 'ms',
      description: 'Longest wait for the answer to an attempt; 0 waits as long as it takes.',
    }),
    backOffMs: Type.Integer({
      minimum: 0,
      maximum: 3_600_000,
      default: 100,
      unit: 'ms',
      description: 'First wait between attempts.',
    }),
    longestBackOffMs: Type.Integer({
      minimum: 0,
      maximum: 3_600_000,
      default: 10_000,
      unit: 'ms',
      description: 'Longest wait between attempts.',
    }),
    jitter: Type.Number({ minimum: 0, maximum: 1, default: 0, description: 'Part of each wait that is random, from 0 to 1.' }),
    retryOn: Type.Array(Type.String(), { default: [], description: 'Codes of failures that are tried again; none means all.' }),
  }),
  ports: {
    request: serves(Type.Unknown(), Type.Unknown(), 'Requests of the client.'),
    attempt: asks(Type.Unknown(), Type.Unknown(), 'The server that may fail.'),
  },
  // How many attempts there are is left out: it does not decide who waits for whom.
  contract: ({ deadlineMs }) => `
    RETRY  = request.ask -> TRY [] request.end -> attempt.end -> SKIP
    TRY    = attempt.ask -> (attempt.reply -> NEXT [] request.quit -> GIVEUP${deadlineMs > 0 ? ' [] attempt.quit -> NEXT' : ''})
             [] request.quit -> attempt.quit -> LAST${deadlineMs > 0 ? ' [] attempt.quit -> NEXT' : ''}
    GIVEUP = attempt.quit -> LAST [] attempt.reply -> LAST
    NEXT   = ANSWER |~| (TRY [] request.quit -> LAST)
    ANSWER = request.reply -> RETRY [] request.quit -> LAST
    LAST   = request.reply -> RETRY
  `,
  examples: [
    {
      says: 'What succeeds at once is answered at once.',
      given: { request: ['a'], attempt: [1] },
      gives: { request: [1], attempt: ['a'] },
    },
    {
      says: 'A failure is tried again.',
      given: { request: ['a', 'b'], attempt: [{ failed: { code: 'BUSY', message: 'Come again.' } }, 1, 2] },
      gives: { request: [1, 2], attempt: ['a', 'a', 'b'] },
    },
    {
      says: 'After the last attempt the failure goes back.',
      settings: { attempts: 2 },
      given: {
        request: ['a'],
        attempt: [{ failed: { code: 'BUSY', message: 'Come again.' } }, { failed: { code: 'BROKEN', message: 'It broke.' } }],
      },
      gives: { request: [{ failed: { code: 'BROKEN', message: 'It broke.' } }], attempt: ['a', 'a'] },
    },
  ],
  *run({ settings, io, clock, random }) {
    const { attempts, deadlineMs, backOffMs, longestBackOffMs, jitter, retryOn } = settings;
    for (;;) {
      const got = yield* io.request.receive();
      if (got.ended) return;
      const request = got.value;
      const giveUp = request.whenCancelled;
      let answer: Answer<unknown> = { is: 'gone' };
      for (let made = 1; ; made++) {
        answer = yield* io.attempt.call(request.value, { giveUp, ...(deadlineMs > 0 && { deadlineMs }) });
        if (request.cancelled || made === attempts || !isTriedAgain(answer, retryOn)) break;
        const waitMs = Math.min(backOffMs * 2 ** (made - 1), longestBackOffMs) * (1 - jitter * random());
        if ((yield* priAlt({ giveUp, due: after(clock, waitMs) })).tag === 'giveUp') break;
      }
      if (answer.is === 'reply') yield* request.reply(answer.value);
      else if (answer.is === 'failed') yield* request.fail(answer.code, answer.message);
      else if (answer.is === 'late') yield* request.fail(lateCode, `No answer within ${deadlineMs} ms, ${attempts} times.`);
      else yield* request.fail(goneCode, 'The server has ended.');
    }
  },
});

function isTriedAgain(answer: Answer<unknown>, retryOn: readonly string[]): boolean {
  if (answer.is === 'late') return retryOn.length === 0 || retryOn.includes(lateCode);
  return answer.is === 'failed' && (retryOn.length === 0 || retryOn.includes(answer.code));
}
