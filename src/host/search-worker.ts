import { parentPort } from 'node:worker_threads';
import { messageOf } from '#base/errors.ts';
import { answer } from '#contract/check/check.ts';
import type { SearchAnswer, SearchQuestion } from './search-thread.ts';

/** The other end of `search-thread.ts`: takes a question, searches, answers. */

function answered({ id, prepared, budget }: SearchQuestion): SearchAnswer {
  try {
    return { id, findings: answer(prepared, { ...budget, now: () => performance.now() }) };
  } catch (thrown) {
    return { id, failed: messageOf(thrown) };
  }
}

parentPort?.on('message', (question: SearchQuestion) => parentPort?.postMessage(answered(question)));
