import type { Step } from '../design/line.ts';

/** What a button says that takes the last step back, if that step was a deletion: `Put Waiter back`. */
export function putBackLabel(step: Step | undefined): string | undefined {
  if (step === undefined || !step.label.startsWith('delete ')) return undefined;
  return `Put ${step.label.slice('delete '.length)} back`;
}
