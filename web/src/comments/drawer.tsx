import { useMemo } from 'react';
import type { Thread } from '#model/comment.ts';
import { useStore } from '../base/store.ts';
import { useDesk, useShown, useUi } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { aboutWords, pinsOf } from './places.ts';
import { beginFromButton, drawingOf, showThread } from './talk.ts';
import { ThreadView, when } from './thread-view.tsx';

/** All threads of the design, newest first; a click opens one where it is. */
export function CommentDrawer() {
  const desk = useDesk();
  const threads = useStore(desk.comments.threads);
  const resolved = useUi((ui) => ui.resolved);
  const settled = threads?.filter(({ state }) => state === 'resolved').length ?? 0;
  const shown = threads?.filter(({ state }) => resolved || state === 'open') ?? [];
  return (
    <div className="comments">
      <div className="button-row">
        <button
          type="button"
          className="button slim"
          title="Comment on what is selected (M)"
          onClick={() => beginFromButton(desk)}
        >
          <Icon name="plus" size={12} /> Comment
        </button>
        <label className="resolved-too small">
          <input
            type="checkbox"
            checked={resolved}
            onChange={(event) => desk.ui.set((ui) => ({ ...ui, resolved: event.target.checked }))}
          />
          Resolved ({settled})
        </label>
      </div>
      <ul className="thread-list">
        {shown.map((thread) => (
          <li key={thread.id}>
            <ThreadLine thread={thread} />
          </li>
        ))}
      </ul>
      {threads === null && <p className="nothing">Reading comments…</p>}
      {threads !== null && shown.length === 0 && (
        <p className="nothing">
          {settled > 0 ? 'Everything is resolved.' : 'No comments yet.'} Select something and press <kbd>M</kbd>.
        </p>
      )}
    </div>
  );
}

function ThreadLine({ thread }: { readonly thread: Thread }) {
  const desk = useDesk();
  const about = useShown((shown) => aboutWords(thread.anchor, shown, desk.kinds));
  const open = useUi(({ talk }) => talk?.is === 'thread' && talk.id === thread.id);
  const design = useShown((shown) => shown);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawing is read from the design that is shown.
  const pinned = useMemo(() => pinsOf([thread], drawingOf(desk)).length > 0, [thread, desk, design]);
  const { comments, state, orphaned } = thread;
  const [first] = comments;
  const last = comments.at(-1);
  if (open && !pinned)
    return (
      <section className="thread-card now" aria-label={`Comment on ${about}`}>
        <ThreadView thread={thread} close={() => desk.ui.set((ui) => ({ ...ui, talk: null }))} />
      </section>
    );
  return (
    <button
      type="button"
      className={`thread-card line ${state}${open ? ' now' : ''}`}
      aria-pressed={open}
      data-thread={thread.id}
      onClick={() => showThread(desk, thread.id)}
    >
      <span className="thread-line-head">
        <bdi className="thread-about">{about}</bdi>
        {state === 'resolved' && <span className="badge good">resolved</span>}
        {orphaned && <span className="badge warn">orphan</span>}
      </span>
      <span className="thread-words" dir="auto">
        {first?.text}
      </span>
      <span className="small quiet">
        <bdi>{last?.actor}</bdi> · {when(thread.changedAt)}
        {comments.length > 1 && ` · ${comments.length - 1} ${comments.length === 2 ? 'answer' : 'answers'}`}
      </span>
    </button>
  );
}
