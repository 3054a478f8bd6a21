import { type KeyboardEvent, useRef, useState } from 'react';
import { longestComment } from '#model/comment.ts';
import { useDesk } from '../shell/desk.ts';
import { useNaming } from './naming.tsx';

interface Props {
  /** What is typed is kept under this key until it is sent. */
  readonly draft: string;
  readonly label: string;
  readonly button: string;
  readonly first?: string;
  /** True when it was taken. */
  readonly send: (text: string) => Promise<boolean>;
  readonly cancel?: () => void;
  readonly focus?: boolean;
}

/** A field for a comment: Ctrl+Enter sends, @ offers names. */
export function WriteComment({ draft, label, button, first = '', send, cancel, focus = false }: Props) {
  const { drafts } = useDesk().comments;
  const [text, setText] = useState(() => drafts.get(draft) ?? first);
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const type = (to: string) => {
    setText(to);
    drafts.set(draft, to);
  };
  const submit = async () => {
    if (text.trim() === '' || sending) return;
    setSending(true);
    const taken = await send(text.trim());
    setSending(false);
    if (!taken) return;
    drafts.delete(draft);
    setText('');
  };
  const forget = () => {
    drafts.delete(draft);
    cancel?.();
  };
  const naming = useNaming(field, text, type);
  const key = (event: KeyboardEvent) => {
    if (naming.key(event)) return;
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void submit();
  };
  return (
    <form
      className="write-comment"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <textarea
        // biome-ignore lint/a11y/noAutofocus: it was asked for by a key or a button, and is what the person types into.
        autoFocus={focus}
        ref={field}
        className="field"
        rows={3}
        dir="auto"
        aria-label={label}
        placeholder={`${label}; @ mentions somebody`}
        maxLength={longestComment}
        value={text}
        onChange={(event) => type(event.target.value)}
        onKeyDown={key}
        onSelect={naming.look}
        onBlur={naming.close}
        {...naming.aria}
      />
      {naming.list}
      <div className="button-row">
        <button type="submit" className="button slim primary" disabled={text.trim() === '' || sending}>
          {button}
        </button>
        {cancel !== undefined && (
          <button type="button" className="button slim plain" onClick={forget}>
            Cancel
          </button>
        )}
        <span className="small quiet write-key">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd>
        </span>
      </div>
    </form>
  );
}
