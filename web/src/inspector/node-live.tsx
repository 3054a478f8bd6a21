import type { Node } from '#model/design.ts';
import type { ProcessStatus } from '#model/session.ts';
import { usePart } from '../base/store.ts';
import { useDesk } from '../shell/desk.ts';

/** What a node does now: state, counts, what it waits for, its last fault. */
export function NodeLive({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const status = usePart(desk.run.frame, (frame) => frame?.nodes.get(node.id));
  const inner = usePart(desk.run.frame, (frame) => frame?.inner.get(node.id));
  if (status === undefined) return <p className="quiet">Not running. Press Run to see it work.</p>;
  const { state, received, sent, failures, restarts, waitingFor, lastFault } = status;
  return (
    <>
      <dl className="facts">
        <Fact name="State" value={state} />
        <Fact name="Waits for" value={waitingFor.length === 0 ? '–' : waitingFor.join(', ')} />
        <Fact name="Received" value={received.toLocaleString('en')} />
        <Fact name="Sent" value={sent.toLocaleString('en')} />
        <Fact name="Failures" value={failures.toLocaleString('en')} />
        <Fact name="Restarts" value={restarts.toLocaleString('en')} />
        {lastFault !== undefined && <Fact name="Last fault" value={`${lastFault.code}: ${lastFault.message}`} />}
      </dl>
      {inner !== undefined && <Inner node={node.id} list={inner} />}
    </>
  );
}

function Inner({ node, list }: { readonly node: string; readonly list: readonly ProcessStatus[] }) {
  return (
    <table className="inner-nodes">
      <caption className="label">Within</caption>
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">State</th>
          <th scope="col">Received</th>
          <th scope="col">Sent</th>
          <th scope="col">Failures</th>
        </tr>
      </thead>
      <tbody>
        {list.map((one) => (
          <tr key={one.node}>
            <th scope="row">{one.node.slice(node.length + 1)}</th>
            <td>{one.state}</td>
            <td>{one.received.toLocaleString('en')}</td>
            <td>{one.sent.toLocaleString('en')}</td>
            <td>{one.failures.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A name and its value, one under the other in a list of facts. */
export function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
