import { howMany } from '#model/how-many.ts';
import './inspector.css';
import { DesignPanel } from '../design/design-panel.tsx';
import { groupSelection, useChosenGroup } from '../groups/group-actions.ts';
import { GroupPanel } from '../groups/group-panel.tsx';
import { useDesk, useShown, useUi } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { NodePanel } from './node-panel.tsx';
import { WirePanel } from './wire-panel.tsx';

/** What is known about what is chosen: one node, one wire, several, or the design itself. */
export function Inspector() {
  const { nodes, wires } = useUi((ui) => ui.selection);
  const [nodeId] = nodes;
  const [wireId] = wires;
  const node = useShown((shown) => (nodeId === undefined ? undefined : shown.nodes[nodeId]));
  const wire = useShown((shown) => (wireId === undefined ? undefined : shown.connections[wireId]));
  const group = useChosenGroup();
  const chosen = useShown((shown) => (group === null ? undefined : shown.canvas.groups?.[group]));
  if (chosen !== undefined) return <GroupPanel key={chosen.id} group={chosen} />;
  if (nodes.length > 1) return <Several nodes={nodes.length} wires={wires.length} />;
  if (node !== undefined) return <NodePanel key={node.id} node={node} />;
  if (wires.length > 1) return <Several nodes={0} wires={wires.length} />;
  if (wire !== undefined) return <WirePanel key={wire.id} wire={wire} />;
  return <DesignPanel />;
}

function Several({ nodes, wires }: { readonly nodes: number; readonly wires: number }) {
  const desk = useDesk();
  return (
    <div className="panel-body stack">
      <h2 className="panel-title">
        {nodes > 0 && howMany(nodes, 'node')}
        {nodes > 0 && wires > 0 && ', '}
        {wires > 0 && howMany(wires, 'wire')}
      </h2>
      <p className="quiet">
        <kbd>Del</kbd> deletes them, arrows move them, <kbd>Ctrl</kbd> <kbd>D</kbd> copies them.
      </p>
      {nodes > 0 && (
        <button type="button" className="button" onClick={() => groupSelection(desk)}>
          <Icon name="group" size={14} /> Group
        </button>
      )}
    </div>
  );
}
