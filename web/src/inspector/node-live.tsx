import type { Node } from '#model/design.ts';
import { usePart, useStore } from '../base/store.ts';
import { useDesk, useShown } from '../shell/desk.ts';
import { lengthText, serviceText, shareText } from './spent.ts';

/** What a node does now: state, counts, what it waits for, its last fault. */
export function NodeLive({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const status = usePart(desk.run.frame, (frame) => frame?.nodes.get(node.id));
  const cpu = usePart(desk.run.frame, (frame) => frame?.cpu.get(node.id) ?? 0);
  if (status === undefined) return <p className="quiet">Not running. Press Run to see it work.</p>;
  const { state, received, sent, failures, restarts, waitingFor, lastFault, cpuMs, services } = status;
  return (
    <dl className="facts">
      <Fact name="State" value={state} />
      <Fact name="Waits for" value={waitingFor.length === 0 ? '–' : waitingFor.join(', ')} />
      <Fact name="Received" value={received.toLocaleString('en')} />
      <Fact name="Sent" value={sent.toLocaleString('en')} />
      {cpuMs !== undefined && <Fact name="Processor" value={`${shareText(cpu)} now · ${lengthText(cpuMs)} in all`} />}
      <Waited node={node} />
      {services !== undefined && (
        <Fact
          name="Took 50 · 95 · 99 %"
          title="How long 50, 95 and 99 of 100 messages took at most, from receiving one until asking for the next; some are timed"
          value={serviceText(services)}
        />
      )}
      <Fact name="Failures" value={failures.toLocaleString('en')} />
      <Fact name="Restarts" value={restarts.toLocaleString('en')} />
      {lastFault !== undefined && <Fact name="Last fault" value={`${lastFault.code}: ${lastFault.message}`} />}
    </dl>
  );
}

// At the port where it waits most: an alternation waits at several ports at once.
function Waited({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const wires = useShown((shown) => shown.connections);
  const frame = useStore(desk.run.frame);
  const most = (side: 'from' | 'to', share: 'senderShare' | 'receiverShare'): number =>
    Math.max(
      0,
      ...Object.values(wires)
        .filter((wire) => wire[side].node === node.id)
        .map(({ id }) => frame?.wires.get(id)?.[share] ?? 0),
    );
  return (
    <>
      <Fact name="Waits for input" value={shareText(most('to', 'receiverShare'))} title="Part of the time: it could do more" />
      <Fact
        name="Waits to send"
        value={shareText(most('from', 'senderShare'))}
        title="Part of the time: what comes after it holds it up"
      />
    </>
  );
}

/** A name and its value, one under the other in a list of facts. */
export function Fact({ name, value, title }: { readonly name: string; readonly value: string; readonly title?: string }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
