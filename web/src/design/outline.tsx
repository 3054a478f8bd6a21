import { type KeyboardEvent, useMemo } from 'react';
import type { Connection, DesignBody, Group, Node } from '#model/design.ts';
import { usePart } from '../base/store.ts';
import { showNodes } from '../canvas/view.ts';
import { childrenOf, nodesIn } from '../groups/frames.ts';
import { chooseGroup, ungroup, useChosenGroup } from '../groups/group-actions.ts';
import { frameColour, groupName } from '../groups/group-edits.ts';
import { rateText } from '../run/frame.ts';
import { deleteSelection } from '../shell/actions.ts';
import { useDesk, useShown, useUi } from '../shell/desk.ts';
import { select } from '../shell/ui.ts';
import { groupColour, Icon, KindIcon } from '../theme/icon.tsx';
import { nameOf } from './edits.ts';

/** The whole design as a list: everything the canvas can do to a node or a wire can be done from here, by keys. */
export function Outline() {
  const shown = useShown((design) => design);
  const leaving = useMemo(() => {
    const by = new Map<string, Connection[]>();
    for (const wire of Object.values(shown.connections)) by.set(wire.from.node, [...(by.get(wire.from.node) ?? []), wire]);
    return by;
  }, [shown.connections]);
  const nodes = useMemo(() => inReadingOrder(shown), [shown]);
  if (nodes.length === 0) return <p className="nothing">Nothing drawn yet.</p>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons inside.
    <div className="outline" onKeyDown={walk}>
      <Within group={undefined} shown={shown} nodes={nodes} leaving={leaving} />
    </div>
  );
}

interface WithinProps {
  readonly group: string | undefined;
  readonly shown: DesignBody;
  readonly nodes: readonly Node[];
  readonly leaving: ReadonlyMap<string, readonly Connection[]>;
}

// The groups within a group, or within none, and then the nodes.
function Within({ group, shown, nodes, leaving }: WithinProps) {
  const { groups = {}, members = {} } = shown.canvas;
  const inner = childrenOf(groups).get(group) ?? [];
  return (
    <ul className={group === undefined ? undefined : 'outline-wires'}>
      {inner.map((one) => (
        <li key={`group ${one.id}`}>
          <GroupLine group={one} />
          <Within group={one.id} shown={shown} nodes={nodes} leaving={leaving} />
        </li>
      ))}
      {nodes
        .filter(({ id }) => members[id] === group)
        .map((node) => (
          <li key={node.id}>
            <NodeLine id={node.id} />
            <ul className="outline-wires">
              {leaving.get(node.id)?.map((wire) => (
                <li key={wire.id}>
                  <WireLine wire={wire} />
                </li>
              ))}
            </ul>
          </li>
        ))}
    </ul>
  );
}

function GroupLine({ group }: { readonly group: Group }) {
  const desk = useDesk();
  const chosen = useChosenGroup() === group.id;
  return (
    <button
      type="button"
      className={`outline-node${chosen ? ' at' : ''}`}
      aria-pressed={chosen}
      data-outline-group={group.id}
      onClick={() => chooseGroup(desk, group.id)}
      onDoubleClick={() => showNodes(nodesIn(desk.design.state.get().shown, group.id))}
      onKeyDown={(event) => deleteByKey(event, () => ungroup(desk, group.id))}
    >
      <span style={{ color: frameColour(group) }} className="outline-icon">
        <Icon name="group" size={15} />
      </span>
      <span className="outline-words">{groupName(group)}</span>
      <span className="small quiet">group</span>
    </button>
  );
}

const rowHeight = 96;

// As it is drawn: by rows, from left to right.
function inReadingOrder({ nodes, canvas }: DesignBody): readonly Node[] {
  const place = ({ id }: Node) => canvas.positions[id] ?? { x: 0, y: 0 };
  const row = (node: Node) => Math.round(place(node).y / rowHeight);
  return Object.values(nodes).sort((a, b) => row(a) - row(b) || place(a).x - place(b).x);
}

function NodeLine({ id }: { readonly id: string }) {
  const desk = useDesk();
  const node = useShown((shown) => shown.nodes[id]);
  const chosen = useUi((ui) => ui.selection.nodes.includes(id));
  const state = usePart(desk.run.frame, (frame) => frame?.nodes.get(id)?.state);
  if (node === undefined) return null;
  return (
    <button
      type="button"
      className={`outline-node${chosen ? ' at' : ''}`}
      aria-pressed={chosen}
      data-outline-node={id}
      onClick={() => select(desk.ui, { nodes: [id] })}
      onDoubleClick={() => showNodes([id])}
      onKeyDown={(event) =>
        deleteByKey(event, () => {
          select(desk.ui, { nodes: [id] });
          deleteSelection(desk);
        })
      }
    >
      <span style={{ color: groupColour(node.kind) }} className="outline-icon">
        <KindIcon icon={desk.kinds.get(node.kind)?.icon ?? ''} kind={node.kind} size={15} />
      </span>
      <span className="outline-words">{nameOf(node, desk.kinds)}</span>
      {state !== undefined && <span className="small quiet">{state}</span>}
    </button>
  );
}

function WireLine({ wire }: { readonly wire: Connection }) {
  const desk = useDesk();
  const chosen = useUi((ui) => ui.selection.wires.includes(wire.id));
  const peer = useShown((shown) => shown.nodes[wire.to.node]);
  const count = usePart(desk.run.frame, (frame) => frame?.wires.get(wire.id)?.status.received);
  const rate = usePart(desk.run.frame, (frame) => {
    const now = frame?.wires.get(wire.id)?.rate ?? 0;
    return now > 0.05 && frame?.state === 'running' ? rateText(now) : undefined;
  });
  const marks = useWireMarks(wire.id);
  return (
    <button
      type="button"
      className={`outline-wire${chosen ? ' at' : ''}`}
      aria-pressed={chosen}
      data-outline-wire={wire.id}
      data-count={count ?? 0}
      onClick={() => select(desk.ui, { wires: [wire.id] })}
      onKeyDown={(event) =>
        deleteByKey(event, () => {
          select(desk.ui, { wires: [wire.id] });
          deleteSelection(desk);
        })
      }
    >
      <span className="outline-words">
        <span className="quiet">{wire.from.port} →</span> {nameOf(peer, desk.kinds)}
      </span>
      {marks !== '' && <span className="small quiet">{marks}</span>}
      {count !== undefined && <span className="small quiet">{rate ?? count.toLocaleString('en')}</span>}
    </button>
  );
}

// What the canvas marks on a wire, in words.
function useWireMarks(id: string): string {
  const desk = useDesk();
  const held = usePart(desk.run.frame, (frame) => frame?.wires.get(id)?.status.held === true);
  const live = usePart(desk.run.frame, (frame) => frame?.wires.get(id)?.status.breakpoint !== undefined);
  const wished = usePart(desk.run.debug.wishes, (wishes) => wishes[id] !== undefined);
  return [held && 'paused', (live || wished) && 'breakpoint'].filter(Boolean).join(', ');
}

function deleteByKey(event: KeyboardEvent<HTMLElement>, run: () => void): void {
  if (event.key !== 'Delete' && event.key !== 'Backspace') return;
  event.preventDefault();
  event.stopPropagation();
  neighbour(event.currentTarget, -1)?.focus();
  run();
}

function walk(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement)) return;
  event.preventDefault();
  event.stopPropagation();
  neighbour(event.target, step)?.focus();
}

function neighbour(from: HTMLElement, step: number): HTMLElement | undefined {
  const all = [...(from.closest('.outline')?.querySelectorAll<HTMLElement>('button') ?? [])];
  return all[all.indexOf(from) + step];
}
