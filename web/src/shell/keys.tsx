import { Dialog } from 'radix-ui';
import { useEffect } from 'react';
import { hasEnded } from '#model/sessions/session.ts';
import { fitAll, middle } from '../canvas/view.ts';
import { beginComment } from '../comments/talk.ts';
import { groupSelection, ungroupSelection } from '../groups/group-actions.ts';
import { lookBack } from '../history/history-actions.ts';
import { Icon } from '../theme/icon.tsx';
import { control, deleteSelection, duplicateSelection, start, step } from './actions.ts';
import { type Desk, travel, useDesk, useUi } from './desk.ts';
import { nothing } from './ui.ts';

interface Key {
  /** As shown; `Mod` is Ctrl, or Cmd on a Mac. */
  readonly keys: readonly string[];
  readonly says: string;
  readonly fits: (event: KeyboardEvent) => boolean;
  /** It also works while the past is shown, which cannot be changed. */
  readonly past?: true;
  readonly run: (desk: Desk) => void;
}

const mod = (event: KeyboardEvent) => event.ctrlKey || event.metaKey;
const plain = (event: KeyboardEvent) => !mod(event) && !event.altKey;
const is = (key: string) => (event: KeyboardEvent) => plain(event) && event.key.toLowerCase() === key;

const keys: readonly Key[] = [
  { keys: ['/'], says: 'Add a component', fits: is('/'), run: search },
  { keys: ['Ctrl', 'K'], says: 'Add a component', fits: (event) => mod(event) && event.key.toLowerCase() === 'k', run: search },
  {
    keys: ['Ctrl', 'Z'],
    says: 'Undo',
    fits: (event) => mod(event) && !event.shiftKey && event.key.toLowerCase() === 'z',
    run: (desk) => travel(desk, 'undo'),
  },
  {
    keys: ['Ctrl', 'Shift', 'Z'],
    says: 'Redo',
    fits: (event) => mod(event) && ((event.shiftKey && event.key.toLowerCase() === 'z') || event.key.toLowerCase() === 'y'),
    run: (desk) => travel(desk, 'redo'),
  },
  {
    keys: ['Del'],
    says: 'Delete what is selected',
    fits: (event) => plain(event) && ['Delete', 'Backspace'].includes(event.key),
    run: deleteSelection,
  },
  {
    keys: ['Ctrl', 'D'],
    says: 'Copy what is selected',
    fits: (event) => mod(event) && event.key.toLowerCase() === 'd',
    run: duplicateSelection,
  },
  {
    keys: ['Ctrl', 'A'],
    says: 'Select everything',
    fits: (event) => mod(event) && event.key.toLowerCase() === 'a',
    run: selectAll,
  },
  { keys: ['M'], says: 'Comment on what is selected, or here', fits: is('m'), run: beginComment },
  { keys: ['G'], says: 'Group what is selected', fits: (event) => is('g')(event) && !event.shiftKey, run: groupSelection },
  { keys: ['Shift', 'G'], says: 'Ungroup', fits: (event) => is('g')(event) && event.shiftKey, run: ungroupSelection },
  { keys: ['F'], says: 'Show everything', fits: (event) => is('f')(event) && !event.shiftKey, run: fitAll },
  { keys: ['Shift', 'R'], says: 'Run, pause or resume', fits: (event) => is('r')(event) && event.shiftKey, run: toggleRun },
  { keys: ['Shift', 'S'], says: 'One step, while paused', fits: (event) => is('s')(event) && event.shiftKey, run: stepPaused },
  {
    keys: ['?'],
    says: 'These keys',
    past: true,
    fits: is('?'),
    run: (desk) => desk.ui.set((ui) => ({ ...ui, sheet: !ui.sheet })),
  },
  { keys: ['Esc'], says: 'Let go of everything', past: true, fits: is('escape'), run: letGo },
];

const canvasKeys: readonly (readonly [readonly string[], string])[] = [
  [['←', '↑', '→', '↓'], 'Move what is selected; with Shift further'],
  [['Tab'], 'Next node or wire'],
  [['Enter'], 'Select what has the focus'],
  [['Shift', 'drag'], 'Select an area'],
  [['click', 'click'], 'Connect two ports without dragging'],
  [['double click'], 'Add a component there'],
];

function search(desk: Desk): void {
  const { at, screen } = middle();
  desk.ui.set((ui) => ({ ...ui, quick: { at, screen } }));
}

function selectAll(desk: Desk): void {
  const { nodes, connections } = desk.design.state.get().shown;
  desk.ui.set((ui) => ({ ...ui, selection: { nodes: Object.keys(nodes), wires: Object.keys(connections) } }));
}

function toggleRun(desk: Desk): void {
  const session = desk.run.session.get();
  if (session === null || hasEnded(session.state)) void start(desk);
  else void control(desk, session.state === 'paused' ? 'resume' : 'pause');
}

function stepPaused(desk: Desk): void {
  if (desk.run.session.get()?.state === 'paused') void step(desk);
}

function letGo(desk: Desk): void {
  if (desk.ui.get().past !== null) lookBack(desk, null);
  else
    desk.ui.set((ui) =>
      ui.replay !== null ? { ...ui, replay: null } : { ...ui, quick: null, wiring: null, talk: null, selection: nothing },
    );
}

// Where a person types, keys are letters.
function typing(event: KeyboardEvent): boolean {
  const { target } = event;
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]') !== null
  );
}

/** Listens to the keys of the page. */
export function useKeys(desk: Desk): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (typing(event)) return;
      const past = desk.ui.get().past !== null;
      const key = keys.find(({ fits, past: there }) => (there === true || !past) && fits(event));
      if (key === undefined) return;
      event.preventDefault();
      key.run(desk);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [desk]);
}

/** All keys, on a sheet. */
export function KeySheet() {
  const desk = useDesk();
  const open = useUi((ui) => ui.sheet);
  const rows = [...keys.map(({ keys: names, says }) => [names, says] as const), ...canvasKeys];
  return (
    <Dialog.Root open={open} onOpenChange={(sheet) => desk.ui.set((ui) => ({ ...ui, sheet }))}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog sheet" aria-describedby={undefined}>
          <header className="dialog-head">
            <Dialog.Title className="panel-title">Keys</Dialog.Title>
            <Dialog.Close className="button plain slim icon-only" aria-label="Close">
              <Icon name="close" size={14} />
            </Dialog.Close>
          </header>
          <dl className="key-list">
            {rows.map(([names, says]) => (
              <div key={names.join(' ')}>
                <dt>{says}</dt>
                <dd>
                  {names.map((name) => (
                    <kbd key={name + says}>{name}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
