import { type KeyboardEvent, useId, useState } from 'react';
import { mentionOf } from '#model/comment.ts';
import { useStore } from '../base/store.ts';
import { useDesk } from '../shell/desk.ts';
import { namesIn } from './comments.ts';

const begun = /(?<![\p{L}\p{M}\p{N}_.@-])@([\p{L}\p{M}\p{N}_.-]{0,40})$/u;
const mostNames = 6;

/** The names that fit what stands between an @ and the caret of a field: arrows, Enter or Tab, Esc. */
export function useNaming(field: React.RefObject<HTMLTextAreaElement | null>, text: string, type: (text: string) => void) {
  const { comments, people } = useDesk();
  const { threads, me } = comments;
  const all = useStore(threads);
  const others = useStore(people.others);
  const id = useId();
  const [caret, setCaret] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  const part = caret === null ? undefined : begun.exec(text.slice(0, caret))?.[1];
  const found =
    part === undefined
      ? []
      : namesIn(all ?? [], others, me())
          .filter((name) => name.toLowerCase().includes(part.toLowerCase()))
          .slice(0, mostNames);
  const close = () => setCaret(null);
  const look = () => {
    const element = field.current;
    setCaret(element === null || element.selectionStart !== element.selectionEnd ? null : element.selectionStart);
    setAt(0);
  };
  const choose = (name: string) => {
    const from = (caret ?? 0) - (part?.length ?? 0) - 1;
    const put = `${mentionOf(name)} `;
    type(text.slice(0, from) + put + text.slice(caret ?? 0));
    close();
    requestAnimationFrame(() => field.current?.setSelectionRange(from + put.length, from + put.length));
  };
  const key = (event: KeyboardEvent): boolean => {
    const chosen = found[at];
    if (chosen === undefined) return false;
    if (event.key === 'ArrowDown') setAt((at + 1) % found.length);
    else if (event.key === 'ArrowUp') setAt((at + found.length - 1) % found.length);
    else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') choose(chosen);
    else if (event.key === 'Escape') close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const open = found.length > 0;
  const aria = {
    'aria-autocomplete': 'list',
    'aria-haspopup': 'listbox',
    'aria-controls': id,
    'aria-activedescendant': open ? `${id}-${at}` : undefined,
  } as const;
  return { list: <NameList id={id} names={found} at={at} choose={choose} />, key, look, close, aria };
}

interface NameListProps {
  readonly id: string;
  readonly names: readonly string[];
  readonly at: number;
  readonly choose: (name: string) => void;
}

function NameList({ id, names, at, choose }: NameListProps) {
  return (
    <div className="name-list" id={id} role="listbox" aria-label="Names" hidden={names.length === 0}>
      {names.map((name, number) => (
        <button
          type="button"
          key={name}
          id={`${id}-${number}`}
          role="option"
          tabIndex={-1}
          aria-selected={number === at}
          className={`name-option${number === at ? ' at' : ''}`}
          onPointerDown={(event) => {
            event.preventDefault();
            choose(name);
          }}
        >
          <bdi>{name}</bdi>
        </button>
      ))}
    </div>
  );
}
