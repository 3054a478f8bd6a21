import { describe, expect, it } from 'vitest';
import { type Comment, mentionsIn, type Thread } from '#model/comment.ts';
import { emptyDesign } from '#model/design.ts';
import { type CommentCalls, createComments, namesIn } from './comments.ts';

const at = '2026-01-01T00:00:00.000Z';
const said = (id: string, actor: string, text: string): Comment => ({ id, actor, text, mentions: mentionsIn(text), at });

function thread(id: string, rev: number, comments: readonly Comment[], more: Partial<Thread> = {}): Thread {
  const anchor = { node: 'a' };
  const fixed = { designId: 'd', orphaned: false, state: 'open', createdAt: at, changedAt: at } as const;
  return { id, rev, anchor, ...fixed, comments: [...comments], ...more };
}

const none = { ...emptyDesign('none') };
const withA = {
  ...none,
  nodes: { a: { id: 'a', kind: 'k.k', version: 1, label: '', settings: {}, onFailure: 'stop' as const } },
};

/** Comments in front of a server whose lists are answered when the test says so. */
function opened() {
  let stored: readonly Thread[] = [];
  const lists: (() => void)[] = [];
  const timers: (() => void)[] = [];
  const heard: string[] = [];
  const unasked = () => Promise.reject(new Error('not asked for here'));
  const calls: CommentCalls = {
    list() {
      const answer = stored;
      return new Promise((resolve) => lists.push(() => resolve(answer)));
    },
    open: async (anchor, text) => thread('t9', 1, [said('c9', 'me', text)], { anchor }),
    answer: unasked,
    edit: unasked,
    settle: unasked,
    remove: async () => undefined,
  };
  const comments = createComments({
    calls,
    me: () => 'Bea',
    mentioned: (_thread, comment) => heard.push(comment.text),
    later(call) {
      timers.push(call);
      return () => timers.splice(timers.indexOf(call), 1);
    },
  });
  const load = async () => {
    const loading = comments.load();
    for (const answer of lists.splice(0)) answer();
    await loading;
  };
  const shown = () => comments.threads.get()?.map(({ id, rev }) => `${id}:${rev}`);
  const set = (threads: readonly Thread[]) => {
    stored = threads;
  };
  return { comments, lists, timers, heard, load, shown, set };
}

describe('the comments of the open design', () => {
  it('[M12] the state with the greater revision counts, in whichever order they come', async () => {
    const { comments, load, shown, set } = opened();
    set([thread('t1', 2, [said('c', 'ada', 'x')])]);
    await load();
    comments.take(thread('t1', 1, []), false);
    expect(shown()).toEqual(['t1:2']);
    comments.take(thread('t1', 4, []), false);
    comments.take(thread('t1', 3, []), false);
    comments.take(thread('t2', 1, []), false);
    expect(shown()).toEqual(['t2:1', 't1:4']);
    await comments.open({ node: 'a' }, 'new');
    expect(shown()).toEqual(['t9:1', 't2:1', 't1:4']);
  });

  it('[M12] what was told while a list was on its way is newer than the list', async () => {
    const { comments, lists, shown, set } = opened();
    set([thread('t1', 1, []), thread('t2', 1, [])]);
    const loading = comments.load();
    comments.take(thread('t1', 2, []), false);
    comments.take(thread('t3', 1, []), false);
    comments.take(thread('t2', 1, []), true);
    for (const answer of lists.splice(0)) answer();
    await loading;
    expect(shown()).toEqual(['t3:1', 't1:2']);
    comments.take(thread('t2', 5, []), false);
    expect(shown()).toEqual(['t3:1', 't1:2']);
  });

  it('[M12] of two lists the one asked for last counts', async () => {
    const { comments, lists, shown, set } = opened();
    const first = comments.load();
    set([thread('t1', 1, [])]);
    const second = comments.load();
    for (const answer of lists.splice(0).reverse()) answer();
    await Promise.all([first, second]);
    expect(shown()).toEqual(['t1:1']);
  });

  it('a thread goes with its last comment, otherwise it is read again', async () => {
    const { comments, load, lists, shown, set } = opened();
    set([thread('t1', 1, [said('c1', 'Bea', 'x')]), thread('t2', 2, [said('c2', 'Bea', 'x'), said('c3', 'Bea', 'y')])]);
    await load();
    await comments.remove('t1', 'c1');
    expect(shown()).toEqual(['t2:2']);
    set([thread('t2', 3, [said('c3', 'Bea', 'y')])]);
    const removing = comments.remove('t2', 'c2');
    await Promise.resolve();
    for (const answer of lists.splice(0)) answer();
    await removing;
    expect(shown()).toEqual(['t2:3']);
  });
});

describe('mentions', () => {
  it('[M6] are told once, of others only, by any way of writing the name', async () => {
    const { comments, load, heard, set } = opened();
    comments.take(thread('t0', 1, [said('c0', 'ada', '@bea early')]), false);
    set([thread('t1', 1, [said('c1', 'ada', '@bea before')])]);
    await load();
    expect(heard).toEqual([]);
    const before = said('c1', 'ada', '@bea before');
    comments.take(thread('t1', 2, [before, said('c2', 'ada', 'see @BEA')]), false);
    comments.take(thread('t1', 2, [before, said('c2', 'ada', 'see @BEA')]), false);
    comments.take(thread('t1', 3, [before, said('c2', 'ada', 'see @BEA, please')]), false);
    comments.take(thread('t2', 1, [said('c3', 'Bea', '@bea to myself')]), false);
    comments.take(thread('t3', 1, [said('c4', 'ada', '@beate')]), false);
    comments.take(thread('t3', 2, [said('c4', 'ada', '@bea')]), false);
    expect(heard).toEqual(['see @BEA', '@bea']);
  });

  it('those who are here, wrote or were mentioned can be chosen', () => {
    const threads = [thread('t', 1, [said('c', 'Zoe', '@ada, @bea'), said('d', 'Bea', 'x'), said('e', 'ada', '@Zoe')])];
    expect(namesIn(threads, [{ name: 'Guest 7' }, { name: 'Ada' }], 'bea')).toEqual(['Ada', 'Guest 7', 'Zoe']);
  });
});

describe('anchors', () => {
  it('[M8] are asked for again, once, when the design no longer has what a thread is about, or has it again', async () => {
    const { comments, load, lists, timers, set } = opened();
    set([thread('t1', 1, [])]);
    await load();
    comments.follow(withA);
    expect(timers).toHaveLength(0);
    comments.follow(none);
    comments.follow(none);
    expect(timers).toHaveLength(1);
    set([thread('t1', 2, [], { orphaned: true, place: { x: 1, y: 1 } })]);
    for (const call of timers.splice(0)) call();
    for (const answer of lists.splice(0)) answer();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(comments.threads.get()).toMatchObject([{ orphaned: true }]);
    comments.follow(none);
    expect(timers).toHaveLength(0);
    comments.follow(withA);
    expect(timers).toHaveLength(1);
    comments.close();
    expect(timers).toHaveLength(0);
  });
});
