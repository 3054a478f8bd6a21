import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { defineError, messageOf } from '#base/errors.ts';
import type { CheckAnswer, CheckQuestion } from './check-question.ts';

const checkFailed = defineError('HOST_CHECK_FAILED', 'bug', 'The check failed.');
const checkCancelled = defineError('HOST_CHECK_CANCELLED', 'world', 'The check was cancelled.');

/** What setTimeout can count to. */
const longestMs = 2 ** 31 - 1;

/**
 * Answers one question in a thread of its own, so that whoever asks can give up: the thread then ends at once, and its memory is free. A
 * search that outruns its time by `graceMs`, or the memory there is, is ended too: unknown.
 *
 * @throws HOST_CHECK_FAILED, HOST_CHECK_CANCELLED.
 */
export async function checkAside(question: CheckQuestion, signal: AbortSignal, graceMs = 5_000): Promise<CheckAnswer> {
  return await askAside(
    {
      thread: new URL('./check-worker.ts', import.meta.url),
      question,
      mostMs: question.budget.maxMs * (question.count ? 2 : 1) + graceMs,
      unanswered: (why) => unanswered(question, why),
    },
    signal,
  );
}

/** A question for a thread, which is handed it as `workerData` and posts one answer; both are plain data. */
export interface Aside<Answer> {
  readonly thread: URL;
  readonly question: object;
  readonly mostMs: number;
  /** The answer when time or memory ran out. */
  readonly unanswered: (why: string) => Answer;
}

/** What `checkAside` does, for any question. Throws the same. */
export async function askAside<Answer>(
  { thread, question, mostMs, unanswered }: Aside<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const answer = Promise.withResolvers<Answer>();
  const worker = new Worker(thread, { workerData: question });
  const cancel = (): void => answer.reject(checkCancelled());
  const late = (): void => answer.resolve(unanswered('a single step took longer than the whole search may'));
  const timer = mostMs <= longestMs ? setTimeout(late, mostMs) : undefined;
  signal.addEventListener('abort', cancel);
  worker.on('message', answer.resolve);
  worker.on('error', (cause) => {
    if (isMemory(cause)) answer.resolve(unanswered(`memory ran out: ${messageOf(cause)}`));
    else answer.reject(checkFailed({ detail: `The check failed: ${messageOf(cause)}.`, cause }));
  });
  worker.on('exit', () => answer.reject(checkFailed()));
  if (signal.aborted) cancel();
  try {
    return await answer.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    await worker.terminate();
  }
}

// The heap, an array, or the stack.
function isMemory(cause: unknown): boolean {
  return cause instanceof RangeError || (cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function unanswered({ about, engine = 'full' }: CheckQuestion, why: string): CheckAnswer {
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  const tried = [`${engine}: ${why}`];
  if ('system' in about) {
    const outcome = { verdict: 'unknown', why, states: 0, transitions: 0 } as const;
    return { findings: [], climbed: { engine, outcome, tried, rechecked: null }, cpuSeconds };
  }
  const message = `not known whether it can deadlock: ${why}`;
  const nothing = { nodes: [], connections: [], engine, states: 0, tried };
  return { findings: [{ rule: 'deadlock', verdict: 'unknown', severity: 'warning', message, ...nothing }], cpuSeconds };
}
