import { useState } from 'react';
import { type Comment, isSameName, partsOf, type Thread } from '#model/comment.ts';
import { useDesk, useShown } from '../shell/desk.ts';
import { Icon } from '../theme/icon.tsx';
import { aboutWords } from './places.ts';
import { attempt } from './talk.ts';
import { WriteComment } from './write-comment.tsx';

/** A thread: what was said, and what one can add. */
export function ThreadView({ thread, close }: { readonly thread: Thread; readonly close: () => void }) {
  const desk = useDesk();
  const about = useShown((shown) => aboutWords(thread.anchor, shown, desk.kinds));
  const resolved = thread.state === 'resolved';
  const settle = () =>
    attempt(resolved ? 'Not opened' : 'Not resolved', () => desk.comments.settle(thread.id, resolved ? 'open' : 'resolved'));
  return (
    <>
      <div className="thread-head">
        <h3 className="thread-about">
          <bdi>{about}</bdi>
        </h3>
        <button type="button" className="button slim" onClick={() => void settle()}>
          <Icon name={resolved ? 'restart' : 'check'} size={12} /> {resolved ? 'Reopen' : 'Resolve'}
        </button>
        <button type="button" className="button plain slim icon-only" aria-label="Close comment" onClick={close}>
          <Icon name="close" size={14} />
        </button>
      </div>
      {resolved && (
        <p className="thread-note small">
          Resolved by <bdi>{thread.resolvedBy}</bdi>.
        </p>
      )}
      {thread.orphaned && <p className="thread-note small">What this is about was deleted. Undone, the comment is back at it.</p>}
      <ol className="said-list" aria-label="Comments">
        {thread.comments.map((comment) => (
          <li key={comment.id}>
            <Said threadId={thread.id} comment={comment} />
          </li>
        ))}
      </ol>
      <WriteComment
        draft={`answer ${thread.id}`}
        label="Answer"
        button="Answer"
        send={(text) => attempt('Not answered', () => desk.comments.answer(thread.id, text))}
      />
    </>
  );
}

/** M5: who may delete what others wrote. */
const serverOwner = 'owner';

function Said({ threadId, comment }: { readonly threadId: string; readonly comment: Comment }) {
  const desk = useDesk();
  const [editing, setEditing] = useState(false);
  const { id, actor, text, at, editedAt } = comment;
  const me = desk.comments.me();
  const mine = actor === me;
  const remove = () => attempt('Not deleted', () => desk.comments.remove(threadId, id));
  return (
    <article className="said" data-comment={id}>
      <header className="said-head">
        <b>
          <bdi>{actor}</bdi>
        </b>
        <time className="small quiet" dateTime={at}>
          {when(at)}
          {editedAt !== undefined && ' · edited'}
        </time>
        {(mine || me === serverOwner) && !editing && (
          <span className="said-actions">
            {mine && (
              <button type="button" className="button plain slim" onClick={() => setEditing(true)}>
                Edit
              </button>
            )}
            <button
              type="button"
              className="button plain slim icon-only"
              aria-label="Delete comment"
              onClick={() => void remove()}
            >
              <Icon name="bin" size={12} />
            </button>
          </span>
        )}
      </header>
      {editing ? (
        <WriteComment
          draft={`edit ${id}`}
          label="Change your comment"
          button="Save"
          first={text}
          focus
          cancel={() => setEditing(false)}
          send={async (to) => {
            const done = await attempt('Not changed', () => desk.comments.edit(threadId, id, to));
            if (done) setEditing(false);
            return done;
          }}
        />
      ) : (
        <SaidText text={text} />
      )}
    </article>
  );
}

/** A text with those it mentions marked; its writing direction stays within it. */
export function SaidText({ text }: { readonly text: string }) {
  const me = useDesk().comments.me();
  let at = 0;
  return (
    <p className="said-text" dir="auto">
      {partsOf(text).map((part) => {
        const key = at;
        at += part.text.length;
        if (part.name === undefined) return part.text;
        return (
          <b key={key} className={`mention${isSameName(part.name, me) ? ' me' : ''}`}>
            @{part.name}
          </b>
        );
      })}
    </p>
  );
}

/** A moment as people say it. */
export const when = (at: string): string => new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
