import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { newUuid } from '#base/ids.ts';
import { type Anchor, isThere, placeOf, type Thread } from '#model/comment.ts';
import type { Edit } from '#model/edits/edit.ts';
import { type AnchorChange, Comments, followingAnchors, type Opened, type WantedThread } from '#store/comments.ts';
import type { Bench } from './beside-designs.ts';
import { addNode, anyEdit, commitOne, connect, editing, editingWhatFits, wishOf } from './drawing.ts';

/** The part of the contract suite about comments. */

const nodeA: Anchor = { node: 'a' };
const wireW: Anchor = { connection: 'w' };
const pair = [addNode('a'), addNode('b'), connect('w', 'a', 'b')];

interface CommentBench extends Bench {
  readonly comments: () => Comments;
  readonly open: (designId: string, anchor: Anchor, text?: string) => Promise<Thread>;
  readonly edit: (id: string, edits: readonly Edit[]) => Promise<readonly Edit[]>;
}

export function commentsContract(bench: Bench): void {
  const { database, clock, designs } = bench;
  const comments = (): Comments => new Comments(database().db, clock);
  const begun = (text: string) => ({ id: newUuid(), actor: 'ada', text });
  const more: CommentBench = {
    ...bench,
    comments,
    open: async (designId, anchor, text = 'why?') =>
      threadIn(await comments().open({ id: newUuid(), designId, anchor, comment: begun(text) }, 1000)),
    edit: async (id, edits) => {
      const done = await commitOne(designs(), editing(id, edits));
      if (done.is !== 'committed') throw new Error(done.is);
      return done.entry.inverse;
    },
  };
  describe('comments', () => {
    keptContract(more);
    changeContract(more);
    followContract(more);
    togetherContract(more);
    anyEditsContract(more);
    goneContract(more);
  });
}

function threadIn(opened: Opened): Thread {
  if (opened.is !== 'opened') throw new Error(opened.is);
  return opened.thread;
}

const same = ({ state, resolvedBy, comments }: Thread): WantedThread => ({ state, resolvedBy, comments });

function keptContract({ clock, comments, open, draw }: CommentBench): void {
  test.each<Anchor>([
    nodeA,
    wireW,
    { point: { x: 1.5, y: -2e5 } },
    { region: { at: { x: 0, y: -1 }, size: { width: 8, height: 10_000 } } },
  ])('[M1] a thread about %j is read back whole', async (anchor) => {
    const { id: designId } = await draw(pair);
    const id = newUuid();
    const comment = { id: newUuid(), actor: 'Zoë \u202e', text: '@bea two\nlines "\\ 😀' };
    const thread = threadIn(await comments().open({ id, designId, anchor, comment }, 10));
    const at = new Date(clock.now()).toISOString();
    const kept = { ...comment, mentions: ['bea'], at };
    const times = { createdAt: at, changedAt: at };
    expect(thread).toEqual({ id, designId, rev: 1, anchor, orphaned: false, state: 'open', comments: [kept], ...times });
    expect(await comments().get(designId, id)).toEqual(thread);
    expect(await comments().get(newUuid(), id)).toBeUndefined();
  });

  test('[M1] [M4] none is opened about what is not there, nor on a design that is not, nor beyond the limit', async () => {
    const { id: designId } = await draw(pair);
    const comment = { id: newUuid(), actor: 'ada', text: 'x' };
    const wish = (anchor: Anchor, of = designId) => ({ id: newUuid(), designId: of, anchor, comment });
    expect(await comments().open(wish({ node: 'w' }), 9)).toEqual({ is: 'unanchored' });
    expect(await comments().open(wish({ connection: 'a' }), 9)).toEqual({ is: 'unanchored' });
    expect(await comments().open(wish(nodeA, newUuid()), 9)).toEqual({ is: 'missing' });
    await open(designId, nodeA);
    expect(await comments().open(wish(nodeA), 1)).toEqual({ is: 'full' });
    expect(await comments().list(designId, { limit: 9 })).toHaveLength(1);
  });

  test('[M4] of many opened at once no more than the limit are', async () => {
    const { id: designId } = await draw(pair);
    const wishes = Array.from({ length: 9 }, () => ({ id: newUuid(), actor: 'ada', text: 'x' }));
    const done = await Promise.all(
      wishes.map((comment) => comments().open({ id: newUuid(), designId, anchor: nodeA, comment }, 4)),
    );
    expect(done.filter(({ is }) => is === 'opened')).toHaveLength(4);
    expect(done.filter(({ is }) => is === 'full')).toHaveLength(5);
  });

  test('[M10] lists go from page to page, newest first, of a state, of an element', async () => {
    const { id: designId } = await draw(pair);
    const made: Thread[] = [];
    for (const anchor of [nodeA, wireW, { node: 'b' }, nodeA, { point: { x: 0, y: 0 } }]) made.push(await open(designId, anchor));
    await open((await draw(pair)).id, nodeA);
    const ids = made.map(({ id }) => id).reverse();
    const list = async (wanted: object) => (await comments().list(designId, { limit: 50, ...wanted })).map(({ id }) => id);
    expect(await list({})).toEqual(ids);
    expect(await list({ limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await list({ limit: 2, before: ids[1] })).toEqual(ids.slice(2, 4));
    expect(await list({ about: { node: 'a' } })).toEqual([made[3]?.id, made[0]?.id]);
    expect(await list({ about: { connection: 'w' } })).toEqual([made[1]?.id]);
    expect(await list({ about: { connection: 'a' } })).toEqual([]);
    await comments().change(designId, ids[0] ?? '', (thread) => ({ ...same(thread), state: 'resolved', resolvedBy: 'bea' }));
    expect(await list({ state: 'resolved' })).toEqual(ids.slice(0, 1));
    expect(await list({ state: 'open' })).toEqual(ids.slice(1));
  });
}

function changeContract({ clock, comments, open, draw }: CommentBench): void {
  test('[M2] [M5] comments are added, edited and taken away; each change is a revision of the thread', async () => {
    const { id: designId } = await draw(pair);
    const { id, comments: first } = await open(designId, nodeA);
    const answer = { id: newUuid(), actor: 'bea', text: 'because' };
    clock.advance(1000);
    const answered = await comments().change(designId, id, (thread) => ({
      ...same(thread),
      comments: [...thread.comments, answer],
    }));
    const at = new Date(clock.now()).toISOString();
    const kept = { ...answer, mentions: [], at };
    expect(answered).toMatchObject({ is: 'changed', thread: { rev: 2, changedAt: at, comments: [...first, kept] } });
    clock.advance(1000);
    const edited = await comments().change(designId, id, (thread) => ({
      ...same(thread),
      comments: thread.comments.map((it) => (it.id === answer.id ? { ...it, text: 'ask @ada' } : it)),
    }));
    const editedAt = new Date(clock.now()).toISOString();
    expect(edited?.thread.comments[1]).toEqual({ ...kept, text: 'ask @ada', mentions: ['ada'], editedAt });
    const taken = await comments().change(designId, id, (thread) => ({ ...same(thread), comments: thread.comments.slice(1) }));
    expect(taken).toMatchObject({ is: 'changed', thread: { rev: 4, comments: [{ id: answer.id }] } });
    const last = await comments().change(designId, id, (thread) => ({ ...same(thread), comments: [] }));
    expect(last).toEqual({ is: 'removed', thread: taken?.thread });
    expect(await comments().get(designId, id)).toBeUndefined();
    expect(await comments().change(designId, id, same)).toBeUndefined();
  });

  test('[M5] what changes nothing is no revision; what throws leaves everything as it was', async () => {
    const { id: designId } = await draw(pair);
    const thread = await open(designId, nodeA);
    expect(await comments().change(designId, thread.id, same)).toEqual({ is: 'same', thread });
    const refused = comments().change(designId, thread.id, () => {
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(await comments().get(designId, thread.id)).toEqual(thread);
    expect(await comments().change(newUuid(), thread.id, same)).toBeUndefined();
  });

  test('[M5] of many who answer at once each sees the one before', async () => {
    const { id: designId } = await draw(pair);
    const { id } = await open(designId, nodeA, '0');
    const answers = Array.from({ length: 8 }, () =>
      comments().change(designId, id, (thread) => ({
        ...same(thread),
        comments: [...thread.comments, { id: newUuid(), actor: 'bea', text: String(thread.comments.length) }],
      })),
    );
    await Promise.all(answers);
    const thread = await comments().get(designId, id);
    expect(thread?.rev).toBe(9);
    expect(thread?.comments.map(({ text }) => Number(text)).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
}

function followContract({ clock, designs, comments, open, draw, edit }: CommentBench): void {
  test('[M8] [M9] what is deleted leaves its threads with the place it last had; undone, they belong to it again', async () => {
    const { id: designId } = await draw(pair);
    const threads = [await open(designId, nodeA), await open(designId, wireW), await open(designId, { node: 'b' })];
    const now = () => Promise.all(threads.map(({ id }) => comments().get(designId, id)));
    await edit(designId, [
      { do: 'node.move', id: 'a', at: { x: 100, y: 40 } },
      { do: 'node.move', id: 'b', at: { x: 300, y: 0 } },
    ]);
    expect(await now()).toEqual(threads);
    clock.advance(1000);
    const changedAt = new Date(clock.now()).toISOString();
    const inverse = await edit(designId, [{ do: 'node.delete', id: 'a' }]);
    const orphan = { orphaned: true, rev: 2, changedAt };
    expect(await now()).toEqual([
      { ...threads[0], ...orphan, place: { x: 100, y: 40 } },
      { ...threads[1], ...orphan, place: { x: 200, y: 20 } },
      threads[2],
    ]);
    await edit(designId, inverse);
    const again = { rev: 3, changedAt };
    expect(await now()).toEqual([{ ...threads[0], ...again }, { ...threads[1], ...again }, threads[2]]);
  });

  test('[M8] of commits that are written together each counts, in its order', async () => {
    const { id: designId } = await draw(pair);
    const { id } = await open(designId, nodeA);
    const moved = editing(designId, [{ do: 'node.move', id: 'a', at: { x: 7, y: 7 } }]);
    const deleted = editing(designId, [{ do: 'node.delete', id: 'a' }]);
    await designs().commit(designId, [wishOf(moved), wishOf(deleted)]);
    expect(await comments().get(designId, id)).toMatchObject({ orphaned: true, place: { x: 7, y: 7 }, rev: 2 });
  });

  test('[M8] of another design nothing follows, nor does a point; what had no place has none', async () => {
    const { id: designId } = await draw([...pair, { do: 'node.move', id: 'a' }]);
    const point = await open(designId, { point: { x: 1, y: 2 } });
    const { id } = await open(designId, nodeA);
    const other = await open((await draw(pair)).id, nodeA);
    await edit(designId, [{ do: 'node.delete', id: 'a' }]);
    const orphan = await comments().get(designId, id);
    expect(orphan).toMatchObject({ orphaned: true });
    expect(orphan).not.toHaveProperty('place');
    expect(await comments().get(designId, point.id)).toEqual(point);
    expect(await comments().get(other.designId, other.id)).toEqual(other);
  });

  test('[M8] a commit that is refused leaves threads as they were', async () => {
    const { id: designId } = await draw(pair);
    const thread = await open(designId, nodeA);
    const done = await commitOne(
      designs(),
      editing(designId, [
        { do: 'node.delete', id: 'a' },
        { do: 'node.delete', id: 'a' },
      ]),
    );
    expect(done.is).toBe('refused');
    expect(await comments().get(designId, thread.id)).toEqual(thread);
  });
}

function togetherContract({ database, comments, open, draw }: CommentBench): void {
  test('[M8] of several changes that one transaction writes the last counts, also the place', async () => {
    const { id: designId } = await draw(pair);
    const { id } = await open(designId, nodeA);
    const follow = async (...changes: readonly Omit<AnchorChange, 'about' | 'element'>[]): Promise<Thread | undefined> => {
      const all = changes.map((change) => ({ about: 'node' as const, element: 'a', ...change }));
      const following = followingAnchors(sql`${designId}::uuid`, all, '2026-01-01T00:00:00.000Z', true);
      await sql`SELECT ${following}`.execute(database().db);
      return await comments().get(designId, id);
    };
    expect(await follow()).toMatchObject({ rev: 1 });
    expect(await follow({ orphaned: true, x: 1, y: 1 }, { orphaned: false })).toMatchObject({ orphaned: false, rev: 1 });
    expect(await follow({ orphaned: true, x: 1, y: 1 })).toMatchObject({ orphaned: true, place: { x: 1, y: 1 }, rev: 2 });
    const last = await follow({ orphaned: false }, { orphaned: true, x: 2, y: 0 });
    expect(last).toMatchObject({ orphaned: true, place: { x: 2, y: 0 }, rev: 3 });
    expect(await follow({ orphaned: true, x: 2, y: 0 })).toEqual(last);
    const placeless = await follow({ orphaned: true });
    expect(placeless).toMatchObject({ orphaned: true, rev: 4 });
    expect(placeless).not.toHaveProperty('place');
  });
}

function anyEditsContract({ designs, comments, open, draw }: CommentBench): void {
  test('[M8] [M9] after any edits a thread is an orphan exactly when what it is about is not there', async () => {
    const anchors: readonly Anchor[] = [nodeA, { node: 'b' }, wireW];
    const sets = fc.array(fc.array(anyEdit, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    const property = fc.asyncProperty(sets, async (commits) => {
      let before = await draw(pair);
      const threads: Thread[] = [];
      for (const anchor of anchors) threads.push(await open(before.id, anchor));
      const places = new Map<string, ReturnType<typeof placeOf>>();
      for (const edits of commits) {
        await commitOne(designs(), editingWhatFits(before.id, edits));
        const after = (await designs().get(before.id)) ?? before;
        for (const { id, anchor } of threads) {
          const there = isThere(after, anchor);
          if (isThere(before, anchor) && !there) places.set(id, placeOf(before, anchor));
          const thread = await comments().get(before.id, id);
          expect(thread?.orphaned).toBe(!there);
          expect(thread?.place).toEqual(there ? undefined : places.get(id));
        }
        before = after;
      }
    });
    await fc.assert(property, { numRuns: 15 });
  });
}

function goneContract({ designs, comments, open, draw }: CommentBench): void {
  test('[M11] a design that is deleted takes its comments away, and no others', async () => {
    const [one, other] = [await draw(pair), await draw(pair)];
    const [gone, kept] = [await open(one.id, nodeA), await open(other.id, nodeA)];
    expect(await designs().remove(one.id, 7)).toMatchObject({ is: 'stale' });
    expect(await comments().get(one.id, gone.id)).toEqual(gone);
    await designs().remove(one.id);
    expect(await comments().get(one.id, gone.id)).toBeUndefined();
    expect(await comments().list(one.id, { limit: 9 })).toEqual([]);
    expect(await comments().get(other.id, kept.id)).toEqual(kept);
    const comment = { id: newUuid(), actor: 'ada', text: 'x' };
    expect(await comments().open({ id: newUuid(), designId: one.id, anchor: nodeA, comment }, 9)).toEqual({ is: 'missing' });
  });
}
