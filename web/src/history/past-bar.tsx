import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { usePart } from '../base/store.ts';
import { listVersions } from '../client/client.ts';
import { useDesk, useUi } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { countWords } from './differences.ts';
import { branchFrom, duplicateFrom, lookBack, restore } from './history-actions.ts';
import { PastCanvas } from './past-canvas.tsx';
import { saidOf, useHistoryReader, usePast, usePastFault } from './reading.ts';

/** The design as it was, over the present one, with a slider over its revisions. */
export function PastPart() {
  const rev = useUi((ui) => ui.past);
  if (rev === null) return null;
  return (
    <>
      <PastCanvas />
      <PastBar rev={rev} />
    </>
  );
}

function PastBar({ rev }: { readonly rev: number }) {
  const desk = useDesk();
  const last = usePart(desk.design.state, ({ confirmed }) => confirmed.rev);
  const past = usePast();
  const fault = usePastFault();
  const said = useSaid(rev);
  const go = (to: number) => lookBack(desk, Math.max(1, Math.min(to, last)));
  return (
    <section className="past-bar" aria-label="The past">
      <div className="past-head">
        <p className="past-words" role="status">
          <b>Revision {rev}</b> of {last}
          {said !== '' && ` · ${said}`}
          {past?.rev === rev && <span className="past-count">{countWords(past.differences)}</span>}
          {fault !== undefined && <span className="past-count">It cannot be shown: {fault}</span>}
        </p>
        <button type="button" className="button slim" onClick={() => lookBack(desk, null)}>
          Back to now
        </button>
      </div>
      <div className="past-slide">
        <Step word="Earlier" icon="back" off={rev <= 1} run={() => go(rev - 1)} />
        <Slider rev={rev} last={last} said={said} go={go} />
        <Step word="Later" icon="step" off={rev >= last} run={() => go(rev + 1)} />
      </div>
      {past?.rev === rev && (
        <div className="past-acts">
          <button type="button" className="button slim primary" onClick={() => void restore(desk, rev, past.body)}>
            Restore this
          </button>
          <button type="button" className="button slim" onClick={() => void duplicateFrom(desk, rev, past.body)}>
            Duplicate from here
          </button>
          <BranchButton rev={rev} />
        </div>
      )}
    </section>
  );
}

interface StepProps {
  readonly word: string;
  readonly icon: string;
  readonly off: boolean;
  readonly run: () => void;
}

function Step({ word, icon, off, run }: StepProps) {
  return (
    <button type="button" className="button slim icon-only" aria-label={word} disabled={off} onClick={run}>
      <Icon name={icon} size={14} />
    </button>
  );
}

// What led to a revision, as far as the list of the history knows it.
function useSaid(rev: number): string {
  const reader = useHistoryReader(null);
  return usePart(reader.state, ({ items }) => {
    const entry = items.find((one) => one.rev === rev);
    return entry === undefined ? '' : `${entry.actor}: ${saidOf(entry)}`;
  });
}

interface SliderProps {
  readonly rev: number;
  readonly last: number;
  readonly said: string;
  readonly go: (rev: number) => void;
}

const restMs = 120;

// It moves by itself while it is dragged; the design follows when it rests.
function Slider({ rev, last, said, go }: SliderProps) {
  const desk = useDesk();
  const id = useId();
  const range = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const designId = usePart(desk.design.state, ({ confirmed }) => confirmed.id);
  const { data } = useQuery({ queryKey: ['versions', designId], queryFn: () => listVersions(designId) });
  useEffect(() => {
    if (range.current !== null) range.current.value = String(rev);
    return () => clearTimeout(timer.current);
  }, [rev]);
  return (
    <>
      <input
        ref={range}
        className="past-range"
        type="range"
        aria-label="Revision shown"
        aria-valuetext={`Revision ${rev}${said === '' ? '' : `, ${said}`}`}
        min={1}
        max={last}
        defaultValue={rev}
        list={id}
        onInput={({ currentTarget }) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => go(Number(currentTarget.value)), restMs);
        }}
      />
      <datalist id={id}>
        {data?.items.map((version) => (
          <option key={version.number} value={version.rev} label={version.name} />
        ))}
      </datalist>
    </>
  );
}

function BranchButton({ rev }: { readonly rev: number }) {
  const desk = useDesk();
  const [name, setName] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const asks = name !== null;
  useEffect(() => {
    if (asks) field.current?.focus();
  }, [asks]);
  if (name === null)
    return (
      <button type="button" className="button slim" onClick={() => setName('')}>
        Branch from here
      </button>
    );
  return (
    <form
      className="past-branch"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void branchFrom(desk, name.trim(), rev);
      }}
    >
      <input
        ref={field}
        className="field slim"
        aria-label="Name of the branch"
        placeholder="Name of the branch"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && setName(null)}
      />
      <button type="submit" className="button slim" disabled={name.trim() === ''}>
        Make
      </button>
    </form>
  );
}
