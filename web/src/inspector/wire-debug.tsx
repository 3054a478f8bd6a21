import { type FormEvent, useEffect, useId, useState } from 'react';
import type { Breakpoint } from '#model/sessions/session.ts';
import { hasEnded } from '#model/sessions/session.ts';
import { usePart } from '../base/store.ts';
import { reasonOf } from '../client/problem.ts';
import { controlPart } from '../shell/actions.ts';
import { useDesk } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';

/** What a person does to a wire of a run: pause it, set a breakpoint on it. */
export function WireDebug({ id }: { readonly id: string }) {
  const desk = useDesk();
  const live = usePart(desk.run.session, (session) => session !== null && !hasEnded(session.state));
  const held = usePart(desk.run.frame, (frame) => frame?.wires.get(id)?.status.held === true);
  return (
    <section className="wire-debug" aria-label="Breakpoint">
      <div className="messages-bar">
        <h3>Breakpoint</h3>
        {live && (
          <button
            type="button"
            className="button slim"
            onClick={() => void controlPart(desk, { kind: 'wire', id }, held ? 'resume' : 'pause')}
          >
            <Icon name={held ? 'play' : 'pause'} size={14} />
            {held ? 'Resume wire' : 'Pause wire'}
          </button>
        )}
      </div>
      <BreakpointForm id={id} live={live} />
    </section>
  );
}

interface Props {
  readonly id: string;
  readonly live: boolean;
}

function BreakpointForm({ id, live }: Props) {
  const desk = useDesk();
  const wish = usePart(desk.run.debug.wishes, (wishes) => wishes[id]);
  const status = usePart(desk.run.frame, (frame) => (live ? frame?.wires.get(id)?.status.breakpoint : undefined));
  const set = live ? status : wish;
  const [condition, setCondition] = useState('');
  const [afterHits, setAfterHits] = useState('1');
  const [fault, setFault] = useState<string | null>(null);
  const field = useId();
  useEffect(() => {
    setCondition(set?.condition ?? '');
    setAfterHits(String(set?.afterHits ?? 1));
  }, [set?.condition, set?.afterHits]);
  const doing = (work: Promise<void>) => {
    setFault(null);
    work.catch((error: unknown) => setFault(reasonOf(error)));
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const text = condition.trim();
    doing(
      desk.run.debug.setBreakpoint(id, { ...(text !== '' && { condition: text }), afterHits: Math.max(1, Number(afterHits)) }),
    );
  };
  return (
    <form className="breakpoint-form" onSubmit={save}>
      <label>
        <span className="label">Only when</span>
        <input
          className="field mono"
          value={condition}
          placeholder="message.price > 10"
          maxLength={2000}
          spellCheck={false}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : field}
          onChange={(event) => setCondition(event.target.value)}
        />
      </label>
      <div className="breakpoint-row">
        <label title="It pauses from the so many-th message on that fits">
          <span className="label">From hit</span>
          <input
            className="field"
            type="number"
            min={1}
            step={1}
            required
            value={afterHits}
            onChange={(event) => setAfterHits(event.target.value)}
          />
        </label>
        <button type="submit" className={`button slim${set === undefined ? ' primary' : ''}`}>
          <Icon name="breakpoint" size={14} />
          {set === undefined ? 'Set breakpoint' : 'Change'}
        </button>
        {set !== undefined && (
          <button type="button" className="button slim" onClick={() => doing(desk.run.debug.clearBreakpoint(id))}>
            Clear
          </button>
        )}
      </div>
      {fault !== null && (
        <p className="fault" id={field} role="alert">
          {fault}
        </p>
      )}
      {status !== undefined && <Hits {...status} />}
    </form>
  );
}

function Hits({ hits, failures, lastFailure }: Breakpoint) {
  return (
    <>
      <p className="small quiet" data-hits={hits}>
        {hits.toLocaleString('en')} {hits === 1 ? 'hit' : 'hits'}
      </p>
      {failures > 0 && (
        <p className="fault">
          The condition had no value for {failures.toLocaleString('en')} {failures === 1 ? 'message' : 'messages'}: {lastFailure}
        </p>
      )}
    </>
  );
}
