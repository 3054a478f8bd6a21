import { parentPort, workerData } from 'node:worker_threads';
import { answerCheck, type CheckQuestion } from './check-question.ts';

/** The other end of `check-thread.ts`. */

parentPort?.postMessage(answerCheck(workerData as CheckQuestion));
