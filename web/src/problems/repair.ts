import type { Finding, Repair } from '#model/finding.ts';
import { commit, type Desk, travel } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';

/** What would help, the smallest change first; nothing for what is not refuted. */
export function repairsOf({ verdict, repairs = [] }: Finding): readonly Repair[] {
  return verdict === 'refuted' ? repairs.toSorted((a, b) => a.changes - b.changes) : [];
}

/** V118  Makes the change as one step that can be taken back; false, with the reason said, when it does not fit any more. */
export function applyRepair(desk: Pick<Desk, 'design'>, { says, edits }: Repair): boolean {
  const done = commit(desk, says, edits);
  if (done) say('good', `Done: ${says}`, { label: 'Undo', run: () => travel(desk, 'undo') });
  return done;
}
