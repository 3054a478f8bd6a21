import type { Node } from '#model/design.ts';
import { type Spot, shapesOf, wireFault } from '../canvas/shapes.ts';
import { connectEdit, nameOf } from '../design/edits.ts';
import { commit, type Desk, useDesk, useShown } from '../shell/desk.ts';
import { select } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';

/** The ports of a node: where each leads, and a list to connect it by, for those who do not drag. */
export function PortList({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const shown = useShown((design) => design);
  const spots = shapesOf(shown, desk.kinds).get(node.id)?.spots ?? [];
  const ordered = spots.toSorted((a, b) => a.port.localeCompare(b.port) || a.index - b.index);
  return (
    <ul className="port-list">
      {ordered.map((spot) => (
        <li key={spot.id}>
          <PortLine desk={desk} node={node.id} spot={spot} />
        </li>
      ))}
    </ul>
  );
}

function PortLine({ desk, node, spot }: { readonly desk: Desk; readonly node: string; readonly spot: Spot }) {
  const { shown } = desk.design.state.get();
  const { direction, protocol, many, optional, description } = spot.spec;
  const wire = spot.connection === undefined ? undefined : shown.connections[spot.connection];
  const peer = wire === undefined ? undefined : direction === 'in' ? wire.from : wire.to;
  return (
    <div className="port-line">
      <p className="port-name">
        <span className={`port-mark ${direction}`} />
        <b>{many ? `${spot.port}[${spot.index}]` : spot.port}</b>
        <span className="quiet">
          {protocol === 'call' ? (direction === 'in' ? 'answers calls' : 'calls') : direction === 'in' ? 'input' : 'output'}
          {optional ? ', optional' : ''}
        </span>
      </p>
      {description !== '' && <p className="small quiet">{description}</p>}
      {wire !== undefined && peer !== undefined ? (
        <button type="button" className="link" onClick={() => select(desk.ui, { wires: [wire.id] })}>
          {direction === 'in' ? 'from' : 'to'} {nameOf(shown.nodes[peer.node], desk.kinds)} · {peer.port}
          <Icon name="right" size={12} />
        </button>
      ) : (
        <ConnectList desk={desk} node={node} spot={spot} />
      )}
    </div>
  );
}

// Every free port elsewhere that fits, by name.
function ConnectList({ desk, node, spot }: { readonly desk: Desk; readonly node: string; readonly spot: Spot }) {
  const { shown } = desk.design.state.get();
  const here = { node, port: spot.port, index: spot.index };
  const choices = [...shapesOf(shown, desk.kinds)].flatMap(([id, shape]) =>
    shape.spots
      .filter(({ connection, port }) => connection === undefined && port !== 'err')
      .map(({ port, index }) => ({ node: id, port, index }))
      .filter((there) => wireFault(shown, desk.kinds, here, there) === undefined),
  );
  if (choices.length === 0) return <p className="small quiet">Not connected. Nothing here fits.</p>;
  const connect = (value: string) => {
    const there = choices[Number(value)];
    const edit = there === undefined ? undefined : connectEdit(shown, desk.kinds, here, there);
    if (edit !== undefined) commit(desk, 'connect', [edit]);
  };
  return (
    <select className="field slim" aria-label={`Connect ${spot.port}`} value="" onChange={(event) => connect(event.target.value)}>
      <option value="">Connect to…</option>
      {choices.map((there, number) => (
        <option key={`${there.node}.${there.port}.${there.index}`} value={number}>
          {nameOf(shown.nodes[there.node], desk.kinds)} · {there.port}
        </option>
      ))}
    </select>
  );
}
