import { Worker } from 'node:worker_threads';
import { defineError, messageOf } from '#base/errors.ts';
import type { CheckAnswer, CheckQuestion } from './check-question.ts';

const checkFailed = defineError('HOST_CHECK_FAILED', 'bug', 'The check failed.');
const checkCancelled = defineError('HOST_CHECK_CANCELLED', 'world', 'The check was cancelled.');

/**
 * Answers one question in a thread of its own, so that whoever asks can give up: the thread then ends at once, and its memory is free.
 *
 * @throws HOST_CHECK_FAILED, also when memory ran out; HOST_CHECK_CANCELLED.
 */
export async function checkAside(question: CheckQuestion, signal: AbortSignal): Promise<CheckAnswer> {
  return await askAside(new URL('./check-worker.ts', import.meta.url), question, signal);
}

/** The same for any question: the thread is handed it as `workerData` and posts one answer. Both are plain data. */
export async function askAside<Answer>(thread: URL, question: object, signal: AbortSignal): Promise<Answer> {
  const answer = Promise.withResolvers<Answer>();
  const worker = new Worker(thread, { workerData: question });
  const cancel = (): void => answer.reject(checkCancelled());
  signal.addEventListener('abort', cancel);
  worker.on('message', answer.resolve);
  worker.on('error', (cause) => answer.reject(checkFailed({ detail: `The check failed: ${messageOf(cause)}.`, cause })));
  worker.on('exit', () => answer.reject(checkFailed()));
  if (signal.aborted) cancel();
  try {
    return await answer.promise;
  } finally {
    signal.removeEventListener('abort', cancel);
    await worker.terminate();
  }
}
