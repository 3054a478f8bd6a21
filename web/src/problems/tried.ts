import type { ForcedReport } from '#model/sessions/forced.ts';

/** What came of trying a trace for real, in one sentence. */
export function triedText({ reached, diverged }: ForcedReport): string {
  if (reached && diverged === undefined) return 'The real components get stuck here too.';
  if (diverged === undefined) return 'The real components do not get stuck here.';
  const { step, happened } = diverged;
  return reached
    ? `The real components get stuck here too, on another way: at step ${step}, ${happened}.`
    : `The real components do not get stuck here: at step ${step}, ${happened}.`;
}
