import { setPriority } from 'node:os';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '#base/errors.ts';
import { answer } from '#contract/check/check.ts';
import { thorough } from '#contract/check/engine.ts';
import type { JobMessage, JobQuestion } from './check-jobs.ts';

/** The other end of `check-jobs.ts`: searches once, says how far it is, answers. */

const { prepared, budget, order } = workerData as JobQuestion;
const progressEveryMs = 200;
const behindOthers = 10;

// On Linux 0 is this thread alone; elsewhere it would be the whole server.
if (process.platform === 'linux') setPriority(0, behindOthers);

function tell(message: JobMessage): void {
  parentPort?.postMessage(message);
}

let toldMs = 0;
function goOn(states: number): boolean {
  const nowMs = performance.now();
  if (nowMs - toldMs >= progressEveryMs) {
    toldMs = nowMs;
    tell({ is: 'progress', states });
  }
  return true;
}

try {
  const { engine, questions } = order;
  const asked = { ...(engine !== undefined && { engine }), ...(questions !== undefined && { questions }) };
  tell({ is: 'done', findings: answer(prepared, { ...budget, now: () => performance.now(), goOn, again: thorough }, asked) });
} catch (thrown) {
  tell({ is: 'failed', reason: messageOf(thrown) });
}
