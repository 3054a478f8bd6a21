import { howMany } from '#model/how-many.ts';
import './inspector.css';
import { DesignPanel } from '../design/design-panel.tsx';
import { useShown, useUi } from '../shell/desk.ts';
import { NodePanel } from './node-panel.tsx';
import { WirePanel } from './wire-panel.tsx';

/** What is known about what is chosen: one node, one wire, several, or the design itself. */
export function Inspector() {
  const { nodes, wires } = useUi((ui) => ui.selection);
  const [nodeId] = nodes;
  const [wireId] = wires;
  const node = useShown((shown) => (nodeId === undefined ? undefined : shown.nodes[nodeId]));
  const wire = useShown((shown) => (wireId === undefined ? undefined : shown.connections[wireId]));
  if (nodes.length > 1) return <Several nodes={nodes.length} wires={wires.length} />;
  if (node !== undefined) return <NodePanel key={node.id} node={node} />;
  if (wires.length > 1) return <Several nodes={0} wires={wires.length} />;
  if (wire !== undefined) return <WirePanel key={wire.id} wire={wire} />;
  return <DesignPanel />;
}

function Several({ nodes, wires }: { readonly nodes: number; readonly wires: number }) {
  return (
    <div className="panel-body">
      <h2 className="panel-title">
        {nodes > 0 && howMany(nodes, 'node')}
        {nodes > 0 && wires > 0 && ', '}
        {wires > 0 && howMany(wires, 'wire')}
      </h2>
      <p className="quiet">
        <kbd>Del</kbd> deletes them, arrows move them, <kbd>Ctrl</kbd> <kbd>D</kbd> copies them.
      </p>
    </div>
  );
}
