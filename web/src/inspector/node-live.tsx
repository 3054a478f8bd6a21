import './inner-nodes.css';
import type { DesignBody, Node } from '#model/design.ts';
import { hasEnded, type ProcessStatus } from '#model/sessions/session.ts';
import { usePart } from '../base/store.ts';
import { passedAt } from '../run/inner.ts';
import { controlPart, step } from '../shell/actions.ts';
import { useDesk, useShown } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { Fact } from './fact.tsx';
import { NodeTimes } from './times.tsx';

/** What a node does now: state, counts, what it waits for, its last fault. */
export function NodeLive({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const status = usePart(desk.run.frame, (frame) => frame?.nodes.get(node.id));
  const inner = usePart(desk.run.frame, (frame) => frame?.inner.get(node.id));
  const wires = usePart(desk.run.frame, (frame) => frame?.wires);
  const connections = useShown((shown) => shown.connections);
  if (status === undefined) return <p className="quiet">Not running. Press Run to see it work.</p>;
  const { state, held, failures, restarts, waitingFor, lastFault } = status;
  const { received, sent } = inner === undefined || wires === undefined ? status : passedAt(wires, endsOf(node.id, connections));
  return (
    <div className="stack">
      <NodeControls id={node.id} held={held === true} steps={inner === undefined} />
      <dl className="facts">
        <Fact name="State" value={held === true ? 'paused by itself' : state} />
        <Fact name="Waits for" value={waitingFor.length === 0 ? '–' : waitingFor.join(', ')} />
        <Fact name="Received" value={received.toLocaleString('en')} />
        <Fact name="Sent" value={sent.toLocaleString('en')} />
        <NodeTimes node={node.id} />
        <Fact name="Failures" value={failures.toLocaleString('en')} />
        <Fact name="Restarts" value={restarts.toLocaleString('en')} />
        {lastFault !== undefined && <Fact name="Last fault" value={`${lastFault.code}: ${lastFault.message}`} />}
      </dl>
      {inner !== undefined && <Inner node={node.id} list={inner} />}
    </div>
  );
}

function endsOf(node: string, connections: DesignBody['connections']): Parameters<typeof passedAt>[1] {
  return Object.values(connections).flatMap(({ id, from, to }) => [
    ...(to.node === node ? [{ direction: 'in' as const, connection: id }] : []),
    ...(from.node === node ? [{ direction: 'out' as const, connection: id }] : []),
  ]);
}

const byName = (a: ProcessStatus, b: ProcessStatus): number => a.node.localeCompare(b.node, 'en', { numeric: true });

function Inner({ node, list }: { readonly node: string; readonly list: readonly ProcessStatus[] }) {
  return (
    <table className="inner-nodes">
      <caption className="label">Within</caption>
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            In
          </th>
          <th scope="col" className="number">
            Out
          </th>
          <th scope="col" className="number">
            Failed
          </th>
        </tr>
      </thead>
      <tbody>
        {list.toSorted(byName).map((one) => (
          <tr key={one.node}>
            <th scope="row">{one.node.slice(node.length + 1)}</th>
            <td>{one.state}</td>
            <td className="number">{one.received.toLocaleString('en')}</td>
            <td className="number">{one.sent.toLocaleString('en')}</td>
            <td className="number">{one.failures.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ControlProps {
  readonly id: string;
  readonly held: boolean;
  /** A node that stands for others takes no step. */
  readonly steps: boolean;
}

function NodeControls({ id, held, steps }: ControlProps) {
  const desk = useDesk();
  const state = usePart(desk.run.session, (session) => session?.state);
  const over = usePart(desk.run.frame, (frame) => ['completed', 'stopped'].includes(frame?.nodes.get(id)?.state ?? ''));
  if (state === undefined || hasEnded(state) || over) return null;
  return (
    <div className="part-controls">
      <button
        type="button"
        className="button slim"
        onClick={() => void controlPart(desk, { kind: 'node', id }, held ? 'resume' : 'pause')}
      >
        <Icon name={held ? 'play' : 'pause'} size={14} />
        {held ? 'Resume node' : 'Pause node'}
      </button>
      {steps && state === 'paused' && (
        <button type="button" className="button slim" onClick={() => void step(desk, id)}>
          <Icon name="step" size={14} />
          Step node
        </button>
      )}
    </div>
  );
}
