import { parentPort } from 'node:worker_threads';
import { DrawingChecker, type ToChecker } from '#contract/check/drawing.ts';

/** The page's thread that checks, as a thread of Node: for tests of who talks to it. */

const checker = new DrawingChecker(
  (message) => parentPort?.postMessage(message),
  () => performance.now(),
);
parentPort?.on('message', (message: ToChecker) => checker.hear(message));
