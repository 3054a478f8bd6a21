import { setPriority } from 'node:os';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '#base/errors.ts';
import { answer } from '#contract/check/check.ts';
import type { CheckQuestion } from '#model/check-job.ts';
import type { Finding } from '#model/finding.ts';
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

// A question that nobody answered is not known, and is not left out: silence would read as passed.
function told(findings: readonly Finding[]): readonly Finding[] {
  const { questions } = order;
  if (questions === undefined) return findings;
  const asked = findings.filter(({ rule }) => rule === 'deadlock' || questions.includes(rule as CheckQuestion));
  const unanswered = questions.filter((question) => !asked.some(({ rule }) => rule === question));
  return [...asked, ...unanswered.map(notAsked)];
}

function notAsked(rule: CheckQuestion): Finding {
  const message = `not known: nobody here answers the question ${rule}`;
  return { rule, verdict: 'unknown', severity: 'warning', message, nodes: [], connections: [], engine: 'none', tried: [] };
}

try {
  const { engine } = order;
  const asked = engine === undefined ? {} : { engine };
  tell({ is: 'done', findings: told(answer(prepared, { ...budget, now: () => performance.now(), goOn }, asked)) });
} catch (thrown) {
  tell({ is: 'failed', reason: messageOf(thrown) });
}
