import { parentPort } from 'node:worker_threads';
import { messageOf } from '#base/errors.ts';
import { searchDeadlock } from '#contract/check/check.ts';
import type { SearchAnswer, SearchQuestion } from './search-thread.ts';

/** The other end of `search-thread.ts`: takes a question, searches, answers. */

function answer({ id, prepared, budget }: SearchQuestion): SearchAnswer {
  try {
    return { id, finding: searchDeadlock(prepared, { ...budget, now: () => performance.now() }) };
  } catch (thrown) {
    return { id, failed: messageOf(thrown) };
  }
}

parentPort?.on('message', (question: SearchQuestion) => parentPort?.postMessage(answer(question)));
