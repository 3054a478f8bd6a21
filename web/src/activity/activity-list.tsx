import './activity.css';
import { Popover } from 'radix-ui';
import { useEffect, useState } from 'react';
import { usePart } from '../base/store.ts';
import { timeText } from '../base/time-text.ts';
import { showNodes } from '../canvas/view.ts';
import type { Note } from '../design/notes.ts';
import { useDesk } from '../shell/desk.ts';
import { dismissAll } from '../shell/toasts.ts';
import { select } from '../shell/ui.ts';
import { Icon } from '../theme/icon.tsx';

/** E47  What came of this person's edits where others were in the way: a line at the foot goes, this stays, with the way back. */
export function ActivityList() {
  const desk = useDesk();
  const unseen = usePart(desk.design.state, ({ notes }) => notes.filter(({ seen }) => seen !== true).length);
  const [open, setOpen] = useState(false);
  const shown = (is: boolean) => {
    setOpen(is);
    // What lines say stands in the list.
    if (is) dismissAll();
  };
  const says = unseen === 0 ? 'Activity' : `Activity: ${unseen} new`;
  return (
    <Popover.Root open={open} onOpenChange={shown}>
      <Popover.Trigger className="button plain icon-only activity" aria-label={says} title="What came of your edits">
        <Icon name="bell" />
        {unseen > 0 && (
          <span className="activity-count" aria-hidden="true">
            {unseen > 9 ? '9+' : unseen}
          </span>
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu activity-menu" align="end" sideOffset={6} collisionPadding={8} aria-label="Activity">
          <Notes leave={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Notes({ leave }: { readonly leave: () => void }) {
  const desk = useDesk();
  const notes = usePart(desk.design.state, (state) => state.notes);
  const fresh = useFresh(notes);
  return (
    <>
      <header className="activity-head">
        <h2 className="menu-label">What came of your edits</h2>
        {notes.length > 0 && (
          <button type="button" className="button slim" onClick={() => desk.design.tend('forget')}>
            Clear
          </button>
        )}
      </header>
      {notes.length === 0 && (
        <p className="small quiet activity-none">
          Nothing got in your way. When others change what you are changing, it is listed here with the way back.
        </p>
      )}
      <ol className="activity-list" aria-label="What came of your edits, newest first">
        {notes.map((note) => (
          <NoteLine key={note.id} note={note} isNew={fresh.has(note.id)} leave={leave} />
        ))}
      </ol>
    </>
  );
}

// Those that were not seen before the list was opened, or came since: seen now, and marked until it is closed.
function useFresh(notes: readonly Note[]): ReadonlySet<string> {
  const desk = useDesk();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const unseen = notes.filter(({ seen }) => seen !== true).map(({ id }) => id);
    if (unseen.length === 0) return;
    setFresh((now) => new Set([...now, ...unseen]));
    desk.design.tend('seen');
  }, [desk, notes]);
  return fresh;
}

const kinds = {
  'taken-back': { icon: 'cancel', word: 'Not taken' },
  overtaken: { icon: 'user', word: 'Changed by another' },
  stands: { icon: 'check', word: 'Yours stands' },
  left: { icon: 'unsure', word: 'Not in full' },
} as const;

interface LineProps {
  readonly note: Note;
  readonly isNew: boolean;
  readonly leave: () => void;
}

function NoteLine({ note, isNew, leave }: LineProps) {
  const desk = useDesk();
  const { icon, word } = kinds[note.is];
  return (
    <li className={`activity-note ${note.is}`} data-note={note.is}>
      <span className="activity-icon">
        <Icon name={icon} size={15} />
      </span>
      <div className="activity-words">
        <p>{note.text}</p>
        <p className="small quiet">
          {word} · <time dateTime={new Date(note.atMs).toISOString()}>{timeText(note.atMs)}</time>
          {isNew && <b className="activity-new">New</b>}
        </p>
        <div className="activity-ways">
          {note.offer !== undefined && note.taken !== true && (
            <button type="button" className="button slim" onClick={() => desk.design.take([note.id])}>
              {note.offer.word}
            </button>
          )}
          {note.taken === true && (
            <span className="small activity-done">
              <Icon name="check" size={12} /> Done
            </span>
          )}
          <ShowButton note={note} leave={leave} />
        </div>
      </div>
    </li>
  );
}

// Brings into view what it is about, as far as that is there.
function ShowButton({ note, leave }: Pick<LineProps, 'note' | 'leave'>) {
  const desk = useDesk();
  const there = usePart(desk.design.state, ({ shown }) => {
    const [nodes, wires] = [shown.nodes, shown.connections].map((all) => note.about.filter((id) => Object.hasOwn(all, id)));
    return JSON.stringify({ nodes, wires });
  });
  const { nodes, wires }: { nodes: string[]; wires: string[] } = JSON.parse(there);
  if (nodes.length + wires.length === 0) return null;
  const show = () => {
    const { connections } = desk.design.state.get().shown;
    select(desk.ui, { nodes, wires });
    showNodes([...nodes, ...wires.flatMap((id) => [connections[id]?.from.node ?? '', connections[id]?.to.node ?? ''])]);
    leave();
  };
  return (
    <button type="button" className="button plain slim" onClick={show}>
      Show
    </button>
  );
}
