import { describe, expect, it } from 'vitest';
import { describeComponent } from '#kit/testing/conformance.ts';
import { impatient, manualTools, pause, rig } from '#kit/testing.ts';
import { retry } from './retry.ts';

describeComponent(retry);

const busy = { failed: { code: 'BUSY', message: 'Come again.' } };

describe('control.retry', () => {
  it('[Y2] an attempt without an answer is made again; the last one says that it was late', async () => {
    const settings = { deadlineMs: 50, attempts: 2, backOffMs: 10 };
    const once = await rig(retry, { settings }).run({ request: ['a'], attempt: [pause(55), 0, 1] });
    expect(once.gives).toEqual({ request: [1], attempt: ['a', 'a'] });
    const never = await rig(retry, { settings }).run({ request: ['a'], attempt: [pause(55), 0, pause(100), 1] });
    expect(never.gives['request']).toEqual([
      { failed: { code: 'CONTROL_RETRY_LATE', message: 'No answer within 50 ms, 2 times.' } },
    ]);
  });

  it('[Y3] each wait is twice the one before, up to the longest', async () => {
    const settings = { attempts: 5, backOffMs: 100, longestBackOffMs: 300 };
    const { timesMs } = await rig(retry, { settings }).run({ request: ['a'], attempt: [busy, busy, busy, busy, 1] });
    expect(timesMs['attempt']).toEqual([0, 100, 300, 600, 900]);
  });

  it('[Y3] the random part of a wait shortens it', async () => {
    const tools = manualTools({ random: () => 0.5 });
    const settings = { attempts: 2, backOffMs: 100, jitter: 0.4 };
    const { timesMs } = await rig(retry, { settings, tools }).run({ request: ['a'], attempt: [busy, 1] });
    expect(timesMs['attempt']).toEqual([0, 80]);
  });

  it('[Y4] a failure with another code goes back at once, and so does the end of the server', async () => {
    const settings = { retryOn: ['OTHER'] };
    const other = await rig(retry, { settings }).run({ request: ['a'], attempt: [busy, 1] });
    expect(other.gives).toEqual({ request: [busy], attempt: ['a'] });
    const gone = await rig(retry, { takes: { attempt: 0 } }).run({ request: ['a'], attempt: [] });
    expect(gone.gives['request']).toEqual([{ failed: { code: 'CONTROL_RETRY_GONE', message: 'The server has ended.' } }]);
  });

  it('[Y5] with its client the attempt is given up, and no other is made', async () => {
    const slow = await rig(retry).run({ request: [impatient('a', 50)], attempt: [pause(80), 1] });
    expect([slow.gives, slow.trace.slice(0, 5)]).toEqual([
      { request: [{ late: true }], attempt: ['a'] },
      ['request.ask', 'attempt.ask', 'request.quit', 'attempt.quit', 'request.reply'],
    ]);
    const waiting = await rig(retry).run({ request: [impatient('a', 50)], attempt: [busy, 1] });
    expect(waiting.gives).toEqual({ request: [{ late: true }], attempt: ['a'] });
  });

  it('[Y6] ends with its client', async () => {
    const { trace } = await rig(retry).run({ request: [], attempt: [] });
    expect(trace).toEqual(['request.end', 'attempt.end']);
  });
});
