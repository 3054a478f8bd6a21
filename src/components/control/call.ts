import { Type } from 'typebox';
import { defineError } from '#base/errors.ts';
import { defineComponent } from '#kit/define-component.ts';
import { asks, input, output } from '#kit/ports.ts';

const callFailed = defineError('CONTROL_CALL_FAILED', 'world', 'The server answered a call as failed.');
const callLate = defineError('CONTROL_CALL_LATE', 'world', 'A call was not answered by its deadline.');
const callGone = defineError('CONTROL_CALL_GONE', 'world', 'The server of a call has ended, so the call has no answer.');

/**
 *         ┌──────┐
 *  in ──▶─┤ call ├──▶── out
 *         └──┬───┘
 *            ╚══▶ call
 * N1  Each message is the request of a call; its reply leaves at `out`. One call at a time, so replies keep the order of the messages.
 * N2  A call that fails, that is not answered within `deadlineMs`, or whose server has ended, leaves at `err` with the message.
 * N3  When the input ends, so do the output and the calls.
 */
export const call = defineComponent({
  kind: 'control.call',
  version: 1,
  title: 'Call',
  icon: 'phone',
  summary:
    'Calls a server with each message and sends on the reply: how a stream of messages uses a state, a semaphore or another service.',
  settings: Type.Object({
    deadlineMs: Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      default: 0,
      unit: 'ms',
      description: 'Longest wait for a reply; 0 waits as long as it takes.',
    }),
  }),
  ports: {
    in: input(Type.Unknown(), 'Requests.'),
    call: asks(Type.Unknown(), Type.Unknown(), 'The server that is called.'),
    out: output(Type.Unknown(), 'Its replies.'),
  },
  contract: ({ deadlineMs }) => `
    CALL = in -> ASK [] in.end -> END
    ASK  = ${deadlineMs > 0 ? 'call.ask -> (call.reply -> DONE [] call.quit -> err -> CALL) [] call.quit -> err -> CALL' : 'call.ask -> call.reply -> DONE'}
    DONE = out -> CALL |~| err -> CALL
    END  = call.end -> out.end -> SKIP
  `,
  examples: [
    {
      says: 'Each message is answered.',
      given: { in: ['a', 'b'], call: [1, 2] },
      gives: { call: ['a', 'b'], out: [1, 2] },
    },
    {
      says: 'A call that fails leaves at err.',
      given: { in: ['a', 'b'], call: [{ failed: { code: 'BUSY', message: 'Come again.' } }, 2] },
      gives: {
        call: ['a', 'b'],
        out: [2],
        err: [{ error: { code: 'CONTROL_CALL_FAILED', message: 'BUSY: Come again.' }, original: 'a' }],
      },
    },
  ],
  *run({ settings, io, reject }) {
    const limits = settings.deadlineMs > 0 ? { deadlineMs: settings.deadlineMs } : {};
    for (;;) {
      const item = yield* io.in.receive();
      if (item.ended) return;
      const answer = yield* io.call.call(item.value, limits);
      if (answer.is === 'reply') {
        if (!(yield* io.out.send(answer.value))) return;
      } else if (answer.is === 'failed') {
        yield* reject(item.value, callFailed({ detail: `${answer.code}: ${answer.message}` }));
      } else {
        yield* reject(item.value, answer.is === 'late' ? callLate() : callGone());
      }
    }
  },
});
