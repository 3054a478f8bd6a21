import type { Edit } from '#model/edits/edit.ts';
import { usePart } from '../base/store.ts';
import { commit, type Desk, useDesk, useUi } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { nodesIn } from './frames.ts';
import { groupEdits, groupName, ungroupEdits } from './group-edits.ts';

/** What a person does with groups. */

/** Selects a group: what it holds, and itself. */
export function chooseGroup(desk: Desk, id: string): void {
  const nodes = nodesIn(desk.design.state.get().shown, id);
  desk.ui.set((ui) => ({ ...ui, selection: { nodes, wires: [] }, group: id }));
}

/** The group that is chosen: as long as just what it holds is selected. */
export function useChosenGroup(): string | null {
  const desk = useDesk();
  const id = useUi((ui) => ui.group);
  const selected = useUi((ui) => ui.selection);
  const shown = usePart(desk.design.state, (state) => state.shown);
  if (id === null || shown.canvas.groups?.[id] === undefined || selected.wires.length > 0) return null;
  const held = nodesIn(shown, id);
  const same = held.length === selected.nodes.length && held.every((node) => selected.nodes.includes(node));
  return same ? id : null;
}

/** Puts a frame around what is selected. */
export function groupSelection(desk: Desk): void {
  const made = groupEdits(desk.design.state.get().shown, desk.ui.get().selection.nodes);
  if (made === undefined) say('plain', 'Select the nodes that belong together; they may be in groups already.');
  else if (commit(desk, 'group nodes', made.edits)) chooseGroup(desk, made.id);
}

/** Takes a frame away, not what it holds. */
export function ungroup(desk: Desk, id: string): void {
  const { shown } = desk.design.state.get();
  const group = shown.canvas.groups?.[id];
  if (group === undefined) return;
  if (commit(desk, `ungroup ${groupName(group)}`, ungroupEdits(shown, id))) desk.ui.set((ui) => ({ ...ui, group: null }));
}

/** Takes the frames away of which all that they hold is selected, outer ones only. */
export function ungroupSelection(desk: Desk): void {
  const { shown } = desk.design.state.get();
  const { groups = {} } = shown.canvas;
  const { group, selection } = desk.ui.get();
  const whole = Object.keys(groups).filter((id) => {
    const held = nodesIn(shown, id);
    return held.length > 0 && held.every((node) => selection.nodes.includes(node));
  });
  const outer = group !== null && whole.includes(group) ? group : whole.find((id) => !whole.includes(groups[id]?.parent ?? ''));
  if (outer !== undefined) ungroup(desk, outer);
}

/** Changes a group. */
export function setGroup(desk: Desk, label: string, edit: Omit<Extract<Edit, { do: 'group.set' }>, 'do'>): boolean {
  return commit(desk, label, [{ do: 'group.set', ...edit }]);
}
