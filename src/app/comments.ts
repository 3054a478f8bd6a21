import { Type } from 'typebox';
import { type Anchor, type Comment, keptText, type Thread, type ThreadState, textFault } from '#model/comment.ts';
import type { ThreadsWanted, WantedThread } from '#store/comments.ts';
import {
  anchorUnknown,
  commentInvalid,
  commentNotYours,
  commentUnknown,
  designUnknown,
  threadFull,
  threadsFull,
  threadUnknown,
} from './app-errors.ts';
import { getDesign } from './designs/get-design.ts';
import { type Page, type PageWanted, pageOf } from './page.ts';
import { type Caller, owner, type Work } from './parts.ts';

/** M4: threads of one design, comments of one thread, and characters of all comments of one thread. */
const mostThreads = 1_000;
const mostComments = 200;
const mostCharacters = 100_000;

const Key = Type.Object({ before: Type.String({ format: 'uuid' }) });

/**
 * The threads of a design, newest first: those open or resolved, or about one element.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_CURSOR_INVALID.
 */
export async function listThreads(
  work: Work,
  caller: Caller,
  designId: string,
  { limit: atOnce, cursor, ...which }: PageWanted & Pick<ThreadsWanted, 'state' | 'about'>,
): Promise<Page<Thread>> {
  await getDesign(work, caller, designId);
  return await pageOf(
    { limit: atOnce, cursor },
    Key,
    ({ id }: Thread) => ({ before: id }),
    (limit, after) => work.comments.list(designId, { limit, ...which, ...after }),
  );
}

/** @throws APP_THREAD_UNKNOWN. */
export async function getThread({ comments }: Work, _caller: Caller, designId: string, threadId: string): Promise<Thread> {
  const thread = await comments.get(designId, threadId);
  if (thread === undefined) throw unknownThread(designId, threadId);
  return thread;
}

/**
 * Opens a thread with its first comment; those who have the design open are told.
 *
 * @throws APP_DESIGN_UNKNOWN, APP_COMMENT_INVALID, APP_ANCHOR_UNKNOWN, APP_THREADS_FULL.
 */
export async function openThread(
  work: Work,
  { actor }: Caller,
  designId: string,
  given: { readonly anchor: Anchor; readonly text: string },
): Promise<Thread> {
  const { newId, comments } = work;
  const text = written(given.text);
  return await inTurn(work, designId, async () => {
    const { anchor } = given;
    const opened = await comments.open({ id: newId(), designId, anchor, comment: { id: newId(), actor, text } }, mostThreads);
    if (opened.is === 'missing') throw designUnknown({ detail: `There is no design ${designId}.`, facts: { designId } });
    if (opened.is === 'unanchored') throw unanchored(anchor);
    if (opened.is === 'full') throw threadsFull({ facts: { limit: mostThreads } });
    work.feed.tell({ type: 'comment', designId, thread: opened.thread });
    return opened.thread;
  });
}

/**
 * Answers in a thread; one that was resolved is open again.
 *
 * @throws APP_THREAD_UNKNOWN, APP_COMMENT_INVALID, APP_THREAD_FULL.
 */
export async function answerThread(
  work: Work,
  { actor }: Caller,
  designId: string,
  threadId: string,
  given: { readonly text: string },
): Promise<Thread> {
  const text = written(given.text);
  return await changeThread(work, designId, threadId, ({ comments }) => {
    if (comments.length >= mostComments)
      throw threadFull({ detail: `A thread has at most ${mostComments} comments.`, facts: { limit: mostComments } });
    return { state: 'open', comments: short([...comments, { id: work.newId(), actor, text }]) };
  });
}

/**
 * Puts another text in place of one's own.
 *
 * @throws APP_THREAD_UNKNOWN, APP_COMMENT_UNKNOWN, APP_COMMENT_NOT_YOURS, APP_COMMENT_INVALID, APP_THREAD_FULL.
 */
export async function editComment(
  work: Work,
  { actor }: Caller,
  designId: string,
  threadId: string,
  commentId: string,
  given: { readonly text: string },
): Promise<Thread> {
  const text = written(given.text);
  return await changeThread(work, designId, threadId, (thread) => {
    const { actor: author } = commentIn(thread, commentId);
    if (author !== actor) throw commentNotYours({ detail: `${author} wrote this comment: only they can change it.` });
    return { ...thread, comments: short(thread.comments.map((it) => (it.id === commentId ? { ...it, text } : it))) };
  });
}

/**
 * Takes a comment away, and with the last one its thread. It is for who wrote it, and for the owner of the server.
 *
 * @throws APP_THREAD_UNKNOWN, APP_COMMENT_UNKNOWN, APP_COMMENT_NOT_YOURS.
 */
export async function deleteComment(
  work: Work,
  { actor, via }: Caller,
  designId: string,
  threadId: string,
  commentId: string,
): Promise<void> {
  await changeThread(work, designId, threadId, (thread) => {
    const { actor: author } = commentIn(thread, commentId);
    if (author !== actor && actor !== owner(via).actor)
      throw commentNotYours({ detail: `${author} wrote this comment: only they, or the owner, can delete it.` });
    return { ...thread, comments: thread.comments.filter(({ id }) => id !== commentId) };
  });
}

/**
 * Resolves a thread, or opens it again. What is so already stays as it is.
 *
 * @throws APP_THREAD_UNKNOWN.
 */
export async function settleThread(
  work: Work,
  { actor }: Caller,
  designId: string,
  threadId: string,
  state: ThreadState,
): Promise<Thread> {
  return await changeThread(work, designId, threadId, ({ comments }) =>
    state === 'resolved' ? { state, resolvedBy: actor, comments } : { state, comments },
  );
}

async function changeThread(
  work: Work,
  designId: string,
  threadId: string,
  change: (thread: Thread) => WantedThread,
): Promise<Thread> {
  return await inTurn(work, designId, async () => {
    const changed = await work.comments.change(designId, threadId, change);
    if (changed === undefined) throw unknownThread(designId, threadId);
    const { is, thread } = changed;
    if (is !== 'same') work.feed.tell({ type: 'comment', designId, thread, ...(is === 'removed' && { deleted: true }) });
    return thread;
  });
}

// So that on one server the news of a design's comments come in the order in which they were stored.
async function inTurn<T>({ talks }: Work, designId: string, task: () => Promise<T>): Promise<T> {
  return await talks.run(designId, task);
}

/** M3: the text as it is kept. */
function written(given: string): string {
  const text = keptText(given);
  const fault = textFault(text);
  if (fault !== undefined) throw commentInvalid({ detail: `The text ${fault}.`, pointer: '/text' });
  return text;
}

function commentIn({ id, comments }: Thread, commentId: string): Comment {
  const comment = comments.find((it) => it.id === commentId);
  if (comment === undefined) throw commentUnknown({ detail: `The thread ${id} has no comment ${commentId}.` });
  return comment;
}

// M4: a thread is told and read whole.
function short<C extends { readonly text: string }>(comments: readonly C[]): readonly C[] {
  const characters = comments.reduce((sum, { text }) => sum + text.length, 0);
  if (characters <= mostCharacters) return comments;
  const detail = `The comments of a thread have at most ${mostCharacters} characters together; these would have ${characters}.`;
  throw threadFull({ detail, pointer: '/text', facts: { limit: mostCharacters, characters } });
}

function unanchored(anchor: Anchor): Error {
  const [what = '', id] = Object.entries(anchor)[0] ?? [];
  return anchorUnknown({ detail: `The design has no ${what} ${id}.`, pointer: `/anchor/${what}`, facts: { [what]: id } });
}

function unknownThread(designId: string, threadId: string): Error {
  return threadUnknown({ detail: `The design ${designId} has no thread ${threadId}.`, facts: { designId, threadId } });
}
