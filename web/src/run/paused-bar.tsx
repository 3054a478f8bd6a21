import type { PausedAt } from '#model/sessions/session.ts';
import { useStore } from '../base/store.ts';
import { nameOf } from '../design/edits.ts';
import { useDesk, useShown } from '../shell/desk.ts';
import { select } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';

/** Why the session stands still, or what its last step did. */
export function PausedBar() {
  const desk = useDesk();
  const session = useStore(desk.run.session);
  const lastStep = useStore(desk.run.debug.lastStep);
  if (session?.state !== 'paused' || (session.pausedAt === undefined && lastStep === null)) return null;
  return (
    <section className="paused-bar" aria-label="Paused">
      <div role="status" className="paused-words">
        {lastStep !== null && <p data-step>{lastStep.says}.</p>}
        {session.pausedAt !== undefined && <AtBreakpoint {...session.pausedAt} />}
      </div>
    </section>
  );
}

function AtBreakpoint({ connection, message }: PausedAt) {
  const desk = useDesk();
  const wire = useShown((shown) => shown.connections[connection]);
  const nodes = useShown((shown) => shown.nodes);
  const between =
    wire === undefined ? connection : `${nameOf(nodes[wire.from.node], desk.kinds)} → ${nameOf(nodes[wire.to.node], desk.kinds)}`;
  return (
    <div data-paused-at={connection}>
      <p className="paused-head">
        <Icon name="breakpoint" size={14} />
        <span>
          Breakpoint: message <b>{message.number.toLocaleString('en')}</b> of{' '}
        </span>
        <button type="button" className="link" onClick={() => select(desk.ui, { wires: [connection] })}>
          {between}
        </button>
      </p>
      <pre className="paused-message">{JSON.stringify(message.value, null, 1)}</pre>
    </div>
  );
}
