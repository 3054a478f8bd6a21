import type { Anchor, Comment, Thread } from '#model/comment.ts';
import type { Position } from '#model/design.ts';
import type { LiveMessage } from '#model/live.ts';
import { middle, showPlace, view } from '../canvas/view.ts';
import { answerThread, deleteComment, editComment, listThreads, openThread, settleThread } from '../client/client.ts';
import { reasonOf } from '../client/problem.ts';
import type { DesignStore } from '../design/design-state.ts';
import type { Desk } from '../shell/desk.ts';
import { say } from '../shell/toasts.ts';
import { isNarrow } from '../shell/ui.ts';
import { type CommentCalls, type Comments, createComments } from './comments.ts';
import { anchorFor, type Drawing, pinsOf } from './places.ts';

/** What a person can do with comments, whichever way it is asked for: key, pin, drawer or toast. */

interface Watching {
  readonly me: () => string;
  readonly later: (call: () => void, ms: number) => () => void;
  readonly desk: () => Desk;
}

/** The comments of the open design, read with each welcome and kept in step with what the design has. */
export function watchComments(designId: string, { state }: Pick<DesignStore, 'state'>, { me, later, desk }: Watching): Comments {
  const mentioned = (thread: Thread, comment: Comment) => tellMention(desk(), thread, comment);
  const comments = createComments({ calls: commentCalls(designId), me, later, mentioned });
  const leave = state.subscribe(() => comments.follow(state.get().confirmed));
  return {
    ...comments,
    close() {
      leave();
      comments.close();
    },
  };
}

function commentCalls(designId: string): CommentCalls {
  return {
    list: () => everyThread(designId),
    open: (anchor, text) => openThread(designId, anchor, text),
    answer: (threadId, text) => answerThread(designId, threadId, text),
    edit: (threadId, commentId, text) => editComment(designId, threadId, commentId, text),
    remove: (threadId, commentId) => deleteComment(designId, threadId, commentId),
    settle: (threadId, state) => settleThread(designId, threadId, state),
  };
}

async function everyThread(designId: string): Promise<readonly Thread[]> {
  const threads: Thread[] = [];
  let cursor: string | undefined;
  do {
    const page = await listThreads(designId, cursor);
    threads.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return threads;
}

/** The one place where comments of others come in. What was told before the socket heard it is in the list that is read then. */
export function onComment(comments: Comments, message: LiveMessage): void {
  if (message.type === 'comment') comments.take(message.thread, message.deleted === true);
  if (message.type === 'welcome') void comments.load().catch(() => undefined);
}

// Offers to look at it.
function tellMention(desk: Desk, { id }: Thread, { actor, text }: Comment): void {
  const words = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  say('plain', `${actor} mentions you: ${words.replaceAll('\n', ' ')}`, { label: 'Show', run: () => showThread(desk, id) });
}

/** The drawing as shown now. */
export function drawingOf(desk: Desk): Drawing {
  const design = desk.design.state.get().shown;
  return { design, kinds: desk.kinds, place: (id) => design.canvas.positions[id] ?? { x: 0, y: 0 } };
}

let pointer: Position | undefined;

/** Keeps where the pointer is on the canvas, in screen coordinates: what a comment without a selection is about. */
export function pointAtCanvas(at: Position | undefined): void {
  pointer = at;
}

/** Begins a comment on what is selected, or where the pointer is. */
export function beginComment(desk: Desk): void {
  const at = pointer === undefined ? middle().at : (view.get()?.screenToFlowPosition(pointer) ?? middle().at);
  beginAt(desk, anchorFor(desk.ui.get().selection, drawingOf(desk), at));
}

/** The same from a list or a button, where the pointer says nothing. */
export function beginFromButton(desk: Desk): void {
  beginAt(desk, anchorFor(desk.ui.get().selection, drawingOf(desk), middle().at));
}

function beginAt(desk: Desk, anchor: Anchor): void {
  desk.ui.set((ui) => ({ ...ui, talk: { is: 'new', anchor }, drawer: isNarrow() ? null : ui.drawer }));
}

/** Opens a thread where it is, and brings its pin into view; one without a pin is opened in the drawer. */
export function showThread(desk: Desk, id: string): void {
  const thread = desk.comments.threads.get()?.find((one) => one.id === id);
  if (thread === undefined) {
    say('bad', 'This comment is gone.');
    return;
  }
  const [pin] = pinsOf([thread], drawingOf(desk));
  if (pin !== undefined) showPlace(pin.at);
  desk.ui.set((ui) => ({
    ...ui,
    talk: { is: 'thread', id },
    resolved: ui.resolved || thread.state === 'resolved',
    drawer: pin === undefined ? 'comments' : isNarrow() ? null : ui.drawer,
  }));
}

/** Does something with comments and says why it was not done; true when it was. */
export async function attempt(words: string, act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    say('bad', `${words}: ${reasonOf(error)}`);
    return false;
  }
}
