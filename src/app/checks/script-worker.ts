import { parentPort, workerData } from 'node:worker_threads';
import { answerScript, type ScriptQuestion } from './script-question.ts';

/** The other end of `check-script.ts`. */

parentPort?.postMessage(answerScript(workerData as ScriptQuestion));
