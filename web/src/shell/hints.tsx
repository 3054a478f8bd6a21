import { useEffect, useRef, useState } from 'react';
import { usePart } from '../base/store.ts';
import { curvesOf } from '../canvas/live-layout.ts';
import { pointAt, shapesOf } from '../canvas/shapes.ts';
import { view } from '../canvas/view.ts';
import { duplicate } from '../design/design-switcher.tsx';
import { type Desk, useDesk, useUi } from './desk.ts';

const key = 'csp.hints';

interface Hint {
  readonly title: string;
  readonly text: string;
  /** Where on the screen the thing is that it speaks of; undefined when it is not there. */
  readonly at: (desk: Desk) => { x: number; y: number } | undefined;
  readonly act?: { readonly label: string; readonly run: (desk: Desk) => void };
}

const hints: readonly Hint[] = [
  { title: 'Look into a wire', text: 'Click one: its last messages are shown, as they pass.', at: someWire },
  {
    title: 'Remove the waiter',
    text: 'Select it and press Del. The deadlock that follows is found and shown, step by step.',
    at: waiter,
  },
  {
    title: 'Make it yours',
    text: 'Take a copy and change what you like; everything can be undone.',
    at: () => middleOf('[data-hint="designs"]'),
    act: { label: 'Take a copy', run: (desk) => void duplicate(desk).then(({ id }) => desk.go(id)) },
  },
];

/** Three hints, each beside what it speaks of, until they are dismissed for good. */
export function Hints() {
  const desk = useDesk();
  const [at, setAt] = useState(() => Number(localStorage.getItem(key) ?? 0));
  const busy = useUi((ui) => ui.quick !== null || ui.replay !== null || ui.sheet || ui.result !== null);
  const drawn = usePart(desk.design.state, ({ shown }) => Object.hasOwn(shown.nodes, 'waiter'));
  const hint = hints[at];
  const go = (to: number) => {
    localStorage.setItem(key, String(to));
    setAt(to);
  };
  useDoneBy(desk, at, go);
  if (hint === undefined || busy || !drawn) return null;
  return <OpenHint key={at} hint={hint} number={at + 1} next={() => go(at + 1)} dismiss={() => go(hints.length)} />;
}

// Who does what a hint says has no need of it.
function useDoneBy(desk: Desk, at: number, go: (to: number) => void): void {
  const wires = useUi((ui) => ui.selection.wires.length);
  const waits = usePart(desk.design.state, ({ shown }) => Object.hasOwn(shown.nodes, 'waiter'));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the person does moves on.
  useEffect(() => {
    if (at === 0 && wires > 0) go(1);
    if (at === 1 && !waits) go(2);
  }, [wires, waits]);
}

interface Props {
  readonly hint: Hint;
  readonly number: number;
  readonly next: () => void;
  readonly dismiss: () => void;
}

function OpenHint({ hint, number, next, dismiss }: Props) {
  const desk = useDesk();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => follow(box, () => hint.at(desk)), [hint, desk]);
  return (
    <div className="hint" ref={box} role="note" aria-label="Hint">
      <p className="hint-title">{hint.title}</p>
      <p>{hint.text}</p>
      <p className="hint-foot">
        <span className="small">
          {number} of {hints.length}
        </span>
        <button type="button" className="hint-button" onClick={dismiss}>
          Dismiss
        </button>
        {hint.act !== undefined && (
          <button
            type="button"
            className="hint-button strong"
            onClick={() => {
              dismiss();
              hint.act?.run(desk);
            }}
          >
            {hint.act.label}
          </button>
        )}
        {number < hints.length && (
          <button type="button" className="hint-button strong" onClick={next}>
            Next
          </button>
        )}
      </p>
    </div>
  );
}

const width = 272;

// The canvas moves under the hint: its place is looked at with every frame, and written only when it has changed.
function follow(box: React.RefObject<HTMLDivElement | null>, at: () => { x: number; y: number } | undefined): () => void {
  let request = 0;
  let last = '';
  const look = () => {
    request = requestAnimationFrame(look);
    const point = at();
    const element = box.current;
    if (element === null) return;
    const place = point === undefined ? 'none' : `${Math.round(point.x)},${Math.round(point.y)}`;
    if (place === last) return;
    last = place;
    element.style.visibility = point === undefined ? 'hidden' : 'visible';
    if (point === undefined) return;
    const left = Math.max(8, Math.min(point.x - 32, innerWidth - width - 8));
    const below = point.y + 14 + element.offsetHeight < innerHeight - 40;
    element.style.left = `${left}px`;
    element.style.top = `${below ? point.y + 14 : point.y - element.offsetHeight - 14}px`;
    element.dataset['below'] = String(below);
    element.style.setProperty('--tip', `${Math.max(16, Math.min(point.x - left, width - 16))}px`);
  };
  look();
  return () => cancelAnimationFrame(request);
}

function middleOf(selector: string): { x: number; y: number } | undefined {
  const box = document.querySelector(selector)?.getBoundingClientRect();
  return box === undefined ? undefined : { x: box.x + box.width / 2, y: box.bottom };
}

function waiter(): { x: number; y: number } | undefined {
  return middleOf('[data-node="waiter"]');
}

function someWire(desk: Desk): { x: number; y: number } | undefined {
  const { shown } = desk.design.state.get();
  const [first] = Object.keys(shown.connections);
  const place = (id: string) => shown.canvas.positions[id] ?? { x: 0, y: 0 };
  const curve = first === undefined ? undefined : curvesOf(shown, shapesOf(shown, desk.kinds), place).get(first);
  return curve === undefined ? undefined : view.get()?.flowToScreenPosition(pointAt(curve, 0.5));
}
