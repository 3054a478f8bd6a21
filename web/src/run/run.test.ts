import { expect, test } from 'vitest';
import type { Session } from '#model/sessions/session.ts';
import { partlyStuckText, stateWord } from './run.ts';

const session: Session = {
  id: '00000000-0000-4000-8000-000000000000',
  designId: '00000000-0000-4000-8000-000000000001',
  designRev: 1,
  state: 'running',
  startedAt: '2026-01-01T00:00:00.000Z',
};
const stuck = { since: '2026-01-01T00:00:01.000Z', nodes: ['a', 'b'], connections: ['c'] };

test('[S10] [S80] a session in which some are stuck says so, and who; one that is stuck altogether is stuck', () => {
  const partly = { ...session, stuck: { ...stuck, partly: true } };
  expect([stateWord(session), stateWord({ ...session, stuck }), stateWord(partly)]).toEqual(['Running', 'Stuck', 'Partly stuck']);
  expect(partlyStuckText(partly)).toMatch(/^a, b wait for each other since /);
  expect(partlyStuckText({ ...session, stuck })).toBeUndefined();
  expect(partlyStuckText({ ...partly, state: 'stopped' })).toBeUndefined();
  const many = { ...stuck, partly: true, nodes: ['a', 'b', 'c', 'd', 'e', 'f'] };
  expect(partlyStuckText({ ...session, stuck: many })).toMatch(/^a, b, c and 3 more wait/);
});
