import { DrawingChecker, type FromChecker, type ToChecker } from '#contract/check/drawing.ts';

/** The page's thread that checks: what it is told and what it answers is in `#contract/check/drawing.ts`. */

interface Ends {
  onmessage: ((event: { readonly data: ToChecker }) => void) | null;
  postMessage(message: FromChecker): void;
}

const ends = globalThis as unknown as Ends;
const checker = new DrawingChecker(
  (message) => ends.postMessage(message),
  () => performance.now(),
);
ends.onmessage = ({ data }) => checker.hear(data);
