import type { Finding } from '#model/checks/finding.ts';
import type { ComponentSpec } from '#model/component.ts';
import { isInner, outerOf, type Position } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { LooseEnd } from '../canvas/shapes.ts';
import type { Part } from '../client/client.ts';
import { Refused, reasonOf } from '../client/problem.ts';
import { addEdit, connectEdit, deleteEdits, deletionLabel, duplicateEdits, fittingEnd, freePlace } from '../design/edits.ts';
import { commit, type Desk } from './desk.ts';
import { dismissAll, say } from './toasts.ts';
import { nothing, select } from './ui.ts';

/** What a person can do, whichever way it is asked for: key, button, drag or list. */

/** Places a component with its middle at a point, perhaps wired to an end, and selects it. */
export function place(desk: Desk, spec: ComponentSpec, middle: Position, from?: LooseEnd): void {
  const { shown } = desk.design.state.get();
  const { id, edit } = addEdit(shown, spec, freePlace(shown, middle));
  const placed = applyAll(shown, [edit], desk.kinds);
  const end = placed.ok && from !== undefined ? fittingEnd(placed.design, desk.kinds, id, from) : undefined;
  const wire =
    placed.ok && from !== undefined && end !== undefined ? connectEdit(placed.design, desk.kinds, from, end) : undefined;
  if (commit(desk, `add ${spec.title}`, wire === undefined ? [edit] : [edit, wire])) {
    select(desk.ui, { nodes: [id] });
    desk.ui.set((now) => ({ ...now, quick: null, wiring: null }));
  }
}

/** Deletes what is selected. */
export function deleteSelection(desk: Desk): void {
  const { nodes, wires } = desk.ui.get().selection;
  const { shown } = desk.design.state.get();
  const edits = deleteEdits(shown, nodes, wires);
  if (edits.length === 0) return;
  if (commit(desk, deletionLabel(shown, desk.kinds, nodes, wires), edits)) select(desk.ui, nothing);
}

/** Copies what is selected, a little aside. */
export function duplicateSelection(desk: Desk): void {
  const { nodes } = desk.ui.get().selection;
  const { ids, edits } = duplicateEdits(desk.design.state.get().shown, nodes);
  if (commit(desk, ids.length === 1 ? 'duplicate node' : `duplicate ${ids.length} nodes`, edits)) select(desk.ui, { nodes: ids });
}

/** Connects two ends, or says why not. */
export function wire(desk: Desk, a: LooseEnd, b: LooseEnd, fault: string | undefined): boolean {
  const edit = fault === undefined ? connectEdit(desk.design.state.get().shown, desk.kinds, a, b) : undefined;
  if (edit === undefined || fault !== undefined) {
    say('bad', `Not connected: ${fault ?? 'these two do not fit'}`);
    return false;
  }
  return commit(desk, 'connect', [edit]);
}

/** Leads a wire elsewhere; its id, capacity and policy stay. */
export function rewire(desk: Desk, id: string, from: LooseEnd, to: LooseEnd): void {
  const wired = desk.design.state.get().shown.connections[id];
  if (wired === undefined) return;
  const differs = (a: LooseEnd, b: LooseEnd) => a.node !== b.node || a.port !== b.port || a.index !== b.index;
  const edit: Edit = {
    do: 'connection.rewire',
    id,
    ...(differs(from, wired.from) && { from }),
    ...(differs(to, wired.to) && { to }),
  };
  if (edit.from !== undefined || edit.to !== undefined) commit(desk, 'rewire', [edit]);
}

/** Waits until every edit is stored, then starts the design. */
export async function start(desk: Desk): Promise<void> {
  if (desk.design.state.get().waiting.length > 0) await stored(desk);
  try {
    await desk.run.start(Object.keys(desk.design.state.get().confirmed.connections), desk.ui.get().record);
  } catch (error) {
    const pointer = error instanceof Refused ? (error.problem.pointer ?? '') : '';
    const [, wireAtFault] = /^\/breakpoints\/([^/]+)/.exec(pointer) ?? [];
    if (wireAtFault !== undefined) select(desk.ui, { wires: [wireAtFault] });
    else if (error instanceof Refused && error.problem.status === 422) {
      desk.ui.set((now) => ({ ...now, drawer: 'problems' }));
      desk.checks.ask();
    }
    say('bad', `Not started: ${reasonOf(error)}`);
  }
}

/** Waits until every edit is stored, then makes what runs follow the drawing. */
export async function update(desk: Desk): Promise<void> {
  if (desk.design.state.get().waiting.length > 0) await stored(desk);
  const { rev } = desk.design.state.get().confirmed;
  try {
    const { drained } = await desk.run.swap(rev);
    say(
      'good',
      `The run follows the drawing: rev ${rev}.${drained.length > 0 ? ` ${drained.join(', ')} finish what they hold.` : ''}`,
    );
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 422) {
      desk.ui.set((now) => ({ ...now, drawer: 'problems' }));
      desk.checks.ask();
    }
    say('bad', `Not updated, the run goes on as it was: ${reasonOf(error)}`);
  }
}

function stored(desk: Desk): Promise<void> {
  return new Promise((resolve) => {
    const leave = desk.design.state.subscribe(() => {
      if (desk.design.state.get().waiting.length > 0) return;
      leave();
      resolve();
    });
  });
}

/** Pauses, resumes or stops the session. */
export async function control(desk: Desk, verb: 'pause' | 'resume' | 'stop'): Promise<void> {
  try {
    await desk.run.control(verb);
  } catch (error) {
    say('bad', `Could not ${verb}: ${reasonOf(error)}`);
  }
}

/** The paused session takes one step, or goes on to the next communication of one node. */
export async function step(desk: Desk, node?: string): Promise<void> {
  try {
    await desk.run.debug.step(node);
  } catch (error) {
    say('bad', `Could not step: ${reasonOf(error)}`);
  }
}

/** Pauses or resumes one node or wire of the session. */
export async function controlPart(desk: Desk, part: Part, verb: 'pause' | 'resume'): Promise<void> {
  try {
    await desk.run.debug.control(part, verb);
  } catch (error) {
    say('bad', `Could not ${verb} this ${part.kind}: ${reasonOf(error)}`);
  }
}

/** Waits until every edit is stored, then has the server look longer. */
export async function lookFurther(desk: Desk, seconds: number): Promise<void> {
  if (desk.design.state.get().waiting.length > 0) await stored(desk);
  try {
    await desk.long.begin({ seconds });
  } catch (error) {
    say('bad', `Not looked further: ${reasonOf(error)}`);
  }
}

/** Ends the longer look. */
export async function cancelLook(desk: Desk): Promise<void> {
  try {
    await desk.long.cancel();
  } catch (error) {
    say('bad', `Could not cancel: ${reasonOf(error)}`);
  }
}

/** Looks at a finding: its trace if it has one, otherwise what it speaks of. */
export function lookAt(desk: Desk, finding: Finding): void {
  dismissAll();
  if (finding.trace !== undefined) {
    desk.ui.set((now) => ({
      ...now,
      selection: nothing,
      replay: { finding, step: finding.trace?.steps.length ?? 0, playing: false },
    }));
  } else
    select(desk.ui, { nodes: [...new Set(finding.nodes.map(outerOf))], wires: finding.connections.filter((id) => !isInner(id)) });
}
