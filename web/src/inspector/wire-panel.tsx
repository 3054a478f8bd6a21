import { type Connection, type FullPolicy, greatestCapacity } from '#model/design.ts';
import { usePart } from '../base/store.ts';
import { isCall } from '../canvas/shapes.ts';
import { nameOf } from '../design/edits.ts';
import { WhoChanged } from '../history/who-changed.tsx';
import { shortCount } from '../run/frame.ts';
import { deleteSelection } from '../shell/actions.ts';
import { commit, useDesk, useShown } from '../shell/desk.ts';
import { select } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';
import { Messages } from './messages.tsx';
import { NumberField } from './number-field.tsx';
import { WireTimes } from './times.tsx';
import { WireDebug } from './wire-debug.tsx';
import { WireEnds } from './wire-ends.tsx';

const policies: readonly { value: FullPolicy; says: string }[] = [
  { value: 'block', says: 'The sender waits' },
  { value: 'drop-oldest', says: 'The oldest message is dropped' },
  { value: 'drop-newest', says: 'The newest message is dropped' },
];

/** A wire: between whom, how much it holds, and its last messages. */
export function WirePanel({ wire }: { readonly wire: Connection }) {
  const desk = useDesk();
  const nodes = useShown((shown) => shown.nodes);
  const call = isCall(wire, { nodes }, desk.kinds);
  const end = (id: string, port: string) => (
    <button type="button" className="link" onClick={() => select(desk.ui, { nodes: [id] })}>
      {nameOf(nodes[id], desk.kinds)} · {port}
    </button>
  );
  return (
    <>
      <header className="panel-head">
        <div className="panel-words">
          <h2 className="panel-title">{call ? 'Call' : 'Wire'}</h2>
          <p className="wire-ends">
            {end(wire.from.node, wire.from.port)}
            <Icon name="right" size={12} />
            {end(wire.to.node, wire.to.port)}
          </p>
        </div>
        <WhoChanged id={wire.id} />
        <button type="button" className="button plain icon-only" aria-label="Delete wire" onClick={() => deleteSelection(desk)}>
          <Icon name="bin" />
        </button>
      </header>
      <div className="panel-body wire-body">
        <WireEnds wire={wire} />
        {call ? <p className="small quiet">Requests, and the reply to each. No request is held.</p> : <Holding wire={wire} />}
        <WireCounts id={wire.id} />
        <WireTimes wire={wire.id} />
        <WireDebug id={wire.id} />
        <Messages wire={wire.id} />
      </div>
    </>
  );
}

/** How much a wire holds, and what it does when it is full. */
function Holding({ wire }: { readonly wire: Connection }) {
  const desk = useDesk();
  return (
    <div className="two">
      <NumberField
        label="Capacity"
        title="Messages it holds; 0 hands each one over directly"
        value={wire.capacity}
        min={0}
        max={greatestCapacity}
        save={(capacity) => commit(desk, 'change capacity of wire', [{ do: 'connection.set', id: wire.id, capacity }])}
      />
      <label>
        <span className="label">When full</span>
        <select
          className="field"
          value={wire.policy}
          onChange={(event) =>
            commit(desk, 'change policy of wire', [
              { do: 'connection.set', id: wire.id, policy: event.target.value as FullPolicy },
            ])
          }
        >
          {policies.map(({ value, says }) => (
            <option key={value} value={value}>
              {says}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function WireCounts({ id }: { readonly id: string }) {
  const desk = useDesk();
  const frame = usePart(desk.run.frame, (now) => now?.wires.get(id));
  if (frame === undefined) return null;
  const { received, depth, capacity, dropped, blocked, ended, held } = frame.status;
  return (
    <p className="wire-counts small" data-count={received}>
      <b>{received.toLocaleString('en')}</b> passed
      {capacity > 0 && ` · ${shortCount(depth)}/${shortCount(capacity)} held`}
      {dropped > 0 && ` · ${shortCount(dropped)} dropped`}
      {held === true && ' · paused'}
      {ended ? ' · ended' : blocked === 'none' ? '' : ` · ${blocked} waits`}
    </p>
  );
}
