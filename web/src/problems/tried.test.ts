import { expect, it } from 'vitest';
import type { ForcedReport } from '#model/sessions/forced.ts';
import { triedText } from './tried.ts';

const report: ForcedReport = { reached: true, steps: 5, followed: 5, waiting: [], schedule: [], attempts: 1 };
const diverged = { step: 3, wanted: 'a sends to b', happened: 'a has ended' };

it('says in one sentence what came of trying a trace', () => {
  expect(triedText(report)).toBe('The real components get stuck here too.');
  expect(triedText({ ...report, diverged })).toBe(
    'The real components get stuck here too, on another way: at step 3, a has ended.',
  );
  expect(triedText({ ...report, reached: false, diverged })).toBe(
    'The real components do not get stuck here: at step 3, a has ended.',
  );
});
