import { useEffect, useRef } from 'react';
import type { Finding, Trace, Waiting } from '#model/checks/finding.ts';
import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { innerName } from '../design/edits.ts';
import { useDesk, useShown, useUi } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { type TraceEnd, traceEnd } from './trace-end.ts';
import { TryTrace } from './try-trace.tsx';
import { useInNames } from './use-in-names.ts';

const stepMs = 900;

/** A counterexample, step by step; each step lights what it speaks of, the end lights who waits for whom. */
export function TracePanel() {
  const replay = useUi((ui) => ui.replay);
  const trace = replay?.finding.trace;
  if (replay === null || trace === undefined) return null;
  const { finding, step, playing } = replay;
  return <OpenTrace trace={trace} finding={finding} step={step} playing={playing} />;
}

interface Props {
  readonly trace: Trace;
  readonly finding: Finding;
  readonly step: number;
  readonly playing: boolean;
}

function OpenTrace({ trace, finding, step, playing }: Props) {
  const desk = useDesk();
  const { rule } = finding;
  const names = useInNames();
  const last = trace.steps.length;
  const go = (to: number, play = false) =>
    desk.ui.set((ui) =>
      ui.replay === null
        ? ui
        : { ...ui, replay: { ...ui.replay, step: Math.max(0, Math.min(to, last)), playing: play && to < last } },
    );
  const end = traceEnd(trace, rule);
  usePlaying(playing, step, () => go(step + 1, true));
  const close = () => desk.ui.set((ui) => ({ ...ui, replay: null }));
  const keys = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowRight') go(step + 1);
    else if (event.key === 'ArrowLeft') go(step - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className="trace" aria-label="How it comes to that" onKeyDown={keys}>
      <header className="trace-bar">
        <p className="trace-title">{names.finding(finding)}</p>
        {rule === 'deadlock' && <TryTrace trace={trace} />}
        <span className="trace-count">{step < last ? `Step ${step + 1} of ${last}` : end.mark}</span>
        <button
          type="button"
          className="button slim icon-only"
          aria-label="Previous step"
          disabled={step === 0}
          onClick={() => go(step - 1)}
        >
          <Icon name="back" size={14} />
        </button>
        <button
          type="button"
          className="button slim icon-only"
          aria-label={playing ? 'Hold' : 'Play steps'}
          onClick={() => (playing ? go(step) : go(step === last ? 0 : step, true))}
        >
          <Icon name={playing ? 'pause' : 'play'} size={14} />
        </button>
        <button
          type="button"
          className="button slim icon-only"
          aria-label="Next step"
          disabled={step === last}
          onClick={() => go(step + 1)}
        >
          <Icon name="step" size={14} />
        </button>
        <button type="button" className="button plain slim icon-only" aria-label="Close" onClick={close}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <div className="trace-body">
        <StepList trace={trace} end={end} step={step} go={go} />
        {trace.waiting.length > 0 && <WaitingList waiting={trace.waiting} knot={trace.knot.nodes} now={step === last} />}
      </div>
    </section>
  );
}

function usePlaying(playing: boolean, step: number, next: () => void): void {
  const latest = useRef(next);
  latest.current = next;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step waits its own time.
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => latest.current(), stepMs);
    return () => clearTimeout(timer);
  }, [playing, step]);
}

interface StepsProps {
  readonly trace: Trace;
  readonly end: TraceEnd;
  readonly step: number;
  readonly go: (to: number) => void;
}

function StepList({ trace, end, step, go }: StepsProps) {
  const names = useInNames();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[data-step="${step}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [step]);
  return (
    <ol className="step-list" ref={list}>
      {trace.steps.map((said, number) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its number.
        <li key={number}>
          <button
            type="button"
            data-step={number}
            className={`step${number === step ? ' now' : number < step ? ' past' : ''}`}
            aria-current={number === step ? 'step' : undefined}
            onClick={() => go(number)}
          >
            <span className="step-number">{number + 1}</span>
            {names.step(said)}
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          data-step={trace.steps.length}
          className={`step end${step === trace.steps.length ? ' now' : ''}${trace.cycle === undefined ? '' : ' round'}`}
          aria-current={step === trace.steps.length ? 'step' : undefined}
          onClick={() => go(trace.steps.length)}
        >
          <span className="step-number">{trace.cycle === undefined ? '■' : '↻'}</span>
          {end.words}
        </button>
      </li>
    </ol>
  );
}

interface WaitingProps {
  readonly waiting: readonly Waiting[];
  readonly knot: readonly string[];
  readonly now: boolean;
}

function WaitingList({ waiting, knot, now }: WaitingProps) {
  const desk = useDesk();
  const shown = useShown((design) => design);
  const inKnot = new Set(knot);
  const nameOf = distinctNames(waiting, shown, desk.kinds);
  const ordered = waiting.toSorted((a, b) => Number(inKnot.has(b.node)) - Number(inKnot.has(a.node)));
  return (
    <div className={`waiting${now ? ' now' : ''}`}>
      <h3 className="label">Who then waits for whom</h3>
      <ul>
        {ordered.map(({ node, on }) => (
          <li key={node}>
            <b>{nameOf(node)}</b> {wordsOf(on, nameOf)}
          </li>
        ))}
      </ul>
    </div>
  );
}

// Two of the same name are told apart by what the steps call them.
function distinctNames(waiting: readonly Waiting[], shown: DesignBody, kinds: Kinds): (id: string) => string {
  const ids = new Set(waiting.flatMap(({ node, on }) => [node, ...on.map(({ peer }) => peer)]));
  const names = [...ids].map((id) => innerName(shown, id, kinds));
  return (id) => {
    const name = innerName(shown, id, kinds);
    return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${id})`;
  };
}

function wordsOf(on: Waiting['on'], nameOf: (id: string) => string): string {
  if (on.length === 0) return 'waits for ever';
  const peers = on.map(({ peer, direction }) => `${direction === 'send' ? 'to send to' : 'to hear from'} ${nameOf(peer)}`);
  return `waits ${[...new Set(peers)].join(' or ')}`;
}
