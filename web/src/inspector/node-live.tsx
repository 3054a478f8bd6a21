import type { Node } from '#model/design.ts';
import { hasEnded } from '#model/session.ts';
import { usePart } from '../base/store.ts';
import { controlPart, step } from '../shell/actions.ts';
import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { Fact } from './fact.tsx';
import { NodeTimes } from './times.tsx';

/** What a node does now: state, counts, what it waits for, its last fault. */
export function NodeLive({ node }: { readonly node: Node }) {
  const desk = useDesk();
  const status = usePart(desk.run.frame, (frame) => frame?.nodes.get(node.id));
  if (status === undefined) return <p className="quiet">Not running. Press Run to see it work.</p>;
  const { state, held, received, sent, failures, restarts, waitingFor, lastFault } = status;
  return (
    <div className="stack">
      <NodeControls id={node.id} held={held === true} />
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
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly held: boolean;
}

function NodeControls({ id, held }: ControlProps) {
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
      {state === 'paused' && (
        <button type="button" className="button slim" onClick={() => void step(desk, id)}>
          <Icon name="step" size={14} />
          Step node
        </button>
      )}
    </div>
  );
}
