import { parentPort } from 'node:worker_threads';
import { messageOf } from '#base/errors.ts';
import { answer } from '#contract/check/check.ts';
import { onRequest } from '#contract/check/engine.ts';
import { searchRefinement } from '#contract/check/refine/design.ts';
import { searchDeterminism } from '#contract/check/refine/determinism.ts';
import type { SearchAnswer, SearchQuestion } from './search-thread.ts';

/** The other end of `search-thread.ts`: takes a question, searches, answers. */

function answered({ id, prepared, budget }: SearchQuestion): SearchAnswer {
  try {
    const timed = { ...budget, now: () => performance.now(), again: onRequest };
    if ('refinement' in prepared) return { id, findings: [searchRefinement(prepared.refinement, timed)] };
    if ('determinism' in prepared) return { id, findings: [searchDeterminism(prepared.determinism, timed)] };
    return { id, findings: answer(prepared, timed) };
  } catch (thrown) {
    return { id, failed: messageOf(thrown) };
  }
}

parentPort?.on('message', (question: SearchQuestion) => parentPort?.postMessage(answered(question)));
