import type { Finding, Repair } from '#model/checks/finding.ts';
import type { Edit } from '#model/edits/edit.ts';
import { freePlaceAt } from '../design/edits.ts';
import { commit, type Desk, travel } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';

/** What would help, the smallest change first; nothing for what is not refuted. */
export function repairsOf({ verdict, repairs = [] }: Finding): readonly Repair[] {
  return verdict === 'refuted' ? repairs.toSorted((a, b) => a.changes - b.changes) : [];
}

/**
 * V118  Makes the change as one step that can be taken back; false, with the reason said, when it does not fit any more. A node that it
 * adds is put where no other is, one that takes the place of another where that was.
 */
export function applyRepair(desk: Pick<Desk, 'design'>, { says, edits }: Repair): boolean {
  const { shown } = desk.design.state.get();
  const gone = new Set(edits.flatMap((edit) => (edit.do === 'node.delete' ? [edit.id] : [])));
  const placed = edits.map((edit): Edit => {
    if (edit.do !== 'node.add') return edit;
    const at = gone.has(edit.node.id) ? shown.canvas.positions[edit.node.id] : edit.at && freePlaceAt(shown, edit.at);
    return { ...edit, ...(at !== undefined && { at }) };
  });
  const done = commit(desk, says, placed);
  if (done) say('good', `Done: ${says}`, { label: 'Undo', run: () => travel(desk, 'undo') });
  return done;
}
