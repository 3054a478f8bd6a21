import type { FromChecker } from '#contract/check/drawing.ts';
import type { Thread } from './page-check.ts';

/** Starts the thread of a browser. */
export function startWorker(heard: (message: FromChecker) => void, broke: () => void): Thread {
  const worker = new Worker(new URL('./check-worker.ts', import.meta.url), { type: 'module', name: 'checks' });
  worker.onmessage = ({ data }: MessageEvent<FromChecker>) => heard(data);
  worker.onerror = broke;
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}
