import { type Anchor, type Comment, isSameName, isThere, type Thread, type ThreadState } from '#model/comment.ts';
import type { DesignBody } from '#model/design.ts';
import { createStore, type Store } from '../base/store.ts';

/** The server, as far as comments go. Every call that changes a thread answers with the thread as it then is. */
export interface CommentCalls {
  list(): Promise<readonly Thread[]>;
  open(anchor: Anchor, text: string): Promise<Thread>;
  answer(threadId: string, text: string): Promise<Thread>;
  edit(threadId: string, commentId: string, text: string): Promise<Thread>;
  remove(threadId: string, commentId: string): Promise<void>;
  settle(threadId: string, state: ThreadState): Promise<Thread>;
}

/** The outside of the comments of a design. */
export interface CommentsAround {
  readonly calls: CommentCalls;
  /** The name this person goes by now. */
  me(): string;
  /** Somebody else has just mentioned this person. */
  mentioned(thread: Thread, comment: Comment): void;
  /** Calls once after a while; the answer calls it off. */
  later(call: () => void, ms: number): () => void;
}

/** The comments of the open design. What changes a thread throws what the server answers when it refuses. */
export interface Comments extends Omit<CommentCalls, 'list'> {
  /** Newest first; null until they are known. */
  readonly threads: Store<readonly Thread[] | null>;
  readonly me: () => string;
  /** Reads all of them again. */
  load(): Promise<void>;
  /** A thread as somebody's change left it, or that it is gone. */
  take(thread: Thread, gone: boolean): void;
  /** The design has changed: what it says of anchors is fetched when it no longer agrees. */
  follow(design: DesignBody): void;
  /** What was typed and not yet sent, by where it was typed. */
  readonly drafts: Map<string, string>;
  close(): void;
}

const followMs = 400;

/** Keeps the comments of one design: of two states of a thread the one with the greater revision counts, in whichever order they come. */
export function createComments({ calls, me, mentioned, later }: CommentsAround): Comments {
  const threads = createStore<readonly Thread[] | null>(null);
  const gone = new Set<string>();
  /** Threads told of while a list is on its way, which may be older. */
  let fresh = new Map<string, Thread>();
  let loads = 0;
  let callOff: (() => void) | undefined;

  const known = (id: string) => threads.get()?.find((thread) => thread.id === id);
  /** True when it is news. */
  const put = (thread: Thread): boolean => {
    if (gone.has(thread.id) || (known(thread.id)?.rev ?? 0) >= thread.rev) return false;
    fresh.set(thread.id, thread);
    threads.set((now) => now && newestFirst([...now.filter(({ id }) => id !== thread.id), thread]));
    return true;
  };
  const kept = (thread: Thread): Thread => {
    put(thread);
    return thread;
  };
  const drop = (id: string) => {
    gone.add(id);
    threads.set((now) => now?.filter((thread) => thread.id !== id) ?? now);
  };
  const load = async () => {
    const mine = ++loads;
    fresh = new Map();
    const listed = await calls.list();
    if (mine !== loads) return;
    const all = new Map(listed.filter(({ id }) => !gone.has(id)).map((thread) => [thread.id, thread]));
    for (const thread of fresh.values()) if ((all.get(thread.id)?.rev ?? 0) < thread.rev) all.set(thread.id, thread);
    threads.set(newestFirst([...all.values()].filter(({ id }) => !gone.has(id))));
  };

  return {
    threads,
    me,
    load,
    drafts: new Map(),
    take(thread, isGone) {
      if (isGone) return drop(thread.id);
      const before = known(thread.id);
      // Before the first list is there nothing is known to be new.
      const heard = threads.get() === null ? undefined : newMention(before, thread, me());
      if (put(thread) && heard !== undefined) mentioned(thread, heard);
    },
    follow(design) {
      const differs = threads.get()?.some(({ anchor, orphaned }) => orphaned === isThere(design, anchor)) ?? false;
      if (!differs || callOff !== undefined) return;
      callOff = later(() => {
        callOff = undefined;
        void load().catch(() => undefined);
      }, followMs);
    },
    open: async (anchor, text) => kept(await calls.open(anchor, text)),
    answer: async (threadId, text) => kept(await calls.answer(threadId, text)),
    edit: async (threadId, commentId, text) => kept(await calls.edit(threadId, commentId, text)),
    settle: async (threadId, state) => kept(await calls.settle(threadId, state)),
    async remove(threadId, commentId) {
      await calls.remove(threadId, commentId);
      if (known(threadId)?.comments.every(({ id }) => id === commentId) === true) drop(threadId);
      else await load();
    },
    close: () => callOff?.(),
  };
}

const newestFirst = (threads: readonly Thread[]): readonly Thread[] => threads.toSorted((a, b) => (a.id < b.id ? 1 : -1));

// The comment of somebody else that mentions this person and did not before.
function newMention(before: Thread | undefined, after: Thread, me: string): Comment | undefined {
  const was = new Map(before?.comments.map((comment) => [comment.id, comment]));
  const names = (comment: Comment | undefined) => comment?.mentions.some((name) => isSameName(name, me)) ?? false;
  return after.comments.findLast((comment) => !isSameName(comment.actor, me) && names(comment) && !names(was.get(comment.id)));
}

/** Everybody who is here, has written or was mentioned, each once, this person left out. */
export function namesIn(threads: readonly Thread[], others: readonly { readonly name: string }[], me: string): readonly string[] {
  const written = threads.flatMap(({ comments }) => comments.flatMap(({ actor, mentions }) => [actor, ...mentions]));
  const names = new Map<string, string>();
  for (const name of [...written, ...others.map((peer) => peer.name)])
    if (!isSameName(name, me)) names.set(name.toLowerCase(), name);
  return [...names.values()].sort((a, b) => a.localeCompare(b));
}
