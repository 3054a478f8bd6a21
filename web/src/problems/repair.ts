import type { Finding, Repair } from '#model/finding.ts';
import { freePlaceAt } from '../design/edits.ts';
import { commit, type Desk, travel } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';

/** What would help, the smallest change first; nothing for what is not refuted. */
export function repairsOf({ verdict, repairs = [] }: Finding): readonly Repair[] {
  return verdict === 'refuted' ? repairs.toSorted((a, b) => a.changes - b.changes) : [];
}

/**
 * V118  Makes the change as one step that can be taken back; false, with the reason said, when it does not fit any more. Nodes that it
 * adds are put where no other is.
 */
export function applyRepair(desk: Pick<Desk, 'design'>, { says, edits }: Repair): boolean {
  const { shown } = desk.design.state.get();
  const done = commit(
    desk,
    says,
    edits.map((edit) => (edit.do === 'node.add' && edit.at !== undefined ? { ...edit, at: freePlaceAt(shown, edit.at) } : edit)),
  );
  if (done) say('good', `Done: ${says}`, { label: 'Undo', run: () => travel(desk, 'undo') });
  return done;
}
