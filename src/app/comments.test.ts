import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Anchor, longestComment, type Thread } from '#model/comment.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { openMany } from '#store/testing/many-threads.ts';
import type { Happening } from './feed.ts';
import { owner } from './parts.ts';
import { pipeline, type RealApp, realApp } from './testing/real-app.ts';

const [ada, bea] = [
  { actor: 'ada', via: 'test' },
  { actor: 'bea', via: 'test' },
];
const nobody = '00000000-0000-7000-8000-000000000000';
const about: Anchor = { node: 'from' };

let real: RealApp;
beforeAll(async () => {
  real = await realApp();
});
afterAll(() => real.close());

async function make(): Promise<Design> {
  const made = await real.app.createDesign(ada, pipeline('Talked about'));
  if (made.is === 'refused') throw new Error(made.refusal.message);
  return made.design;
}

async function opened(text = 'why?', anchor = about): Promise<Thread> {
  return await real.app.openThread(ada, (await make()).id, { anchor, text });
}

/** What was told of comments while `act` ran. */
async function told(act: () => Promise<unknown>): Promise<Happening[]> {
  const heard: Happening[] = [];
  const deaf = real.app.feed.listen((happening) => {
    if (happening.type === 'comment') heard.push(happening);
  });
  await act();
  deaf();
  return heard;
}

async function edit(id: string, edits: readonly Edit[]): Promise<readonly Edit[]> {
  const done = await real.app.commitTx(ada, id, { edits: [...edits] });
  if (done.is !== 'committed') throw new Error(done.is);
  return done.ack.inverse;
}

describe('who may do what', () => {
  it('[M5] one edits only what one wrote oneself', async () => {
    const { id, designId, comments } = await opened();
    const [first] = comments;
    const mine = await real.app.editComment(ada, designId, id, first?.id ?? '', { text: ' why not?\r\n' });
    expect(mine.comments).toEqual([{ ...first, text: 'why not?', editedAt: mine.changedAt }]);
    const other = real.app.editComment(bea, designId, id, first?.id ?? '', { text: 'mine' });
    await expect(other).rejects.toMatchObject({ code: 'APP_COMMENT_NOT_YOURS', message: expect.stringContaining('ada') });
    const byOwner = real.app.editComment(owner('test'), designId, id, first?.id ?? '', { text: 'mine' });
    await expect(byOwner).rejects.toMatchObject({ code: 'APP_COMMENT_NOT_YOURS' });
    expect(await real.app.getThread(ada, designId, id)).toEqual(mine);
  });

  it('[M5] a comment is deleted by who wrote it or by the owner; the last takes the thread along', async () => {
    const { id, designId, comments } = await opened();
    const answered = await real.app.answerThread(bea, designId, id, { text: 'so' });
    const [first, second] = answered.comments;
    await expect(real.app.deleteComment(bea, designId, id, first?.id ?? '')).rejects.toMatchObject({
      code: 'APP_COMMENT_NOT_YOURS',
    });
    await real.app.deleteComment(ada, designId, id, first?.id ?? '');
    const left = await real.app.getThread(ada, designId, id);
    expect(left.comments).toEqual([second]);
    const news = await told(() => real.app.deleteComment(owner('test'), designId, id, second?.id ?? ''));
    expect(news).toEqual([{ type: 'comment', designId, thread: left, deleted: true }]);
    await expect(real.app.getThread(ada, designId, id)).rejects.toMatchObject({ code: 'APP_THREAD_UNKNOWN' });
    expect(comments).toHaveLength(1);
  });

  it('[M7] anybody resolves a thread and opens it again; an answer opens it too', async () => {
    const { id, designId } = await opened();
    const resolved = await real.app.settleThread(bea, designId, id, 'resolved');
    expect(resolved).toMatchObject({ state: 'resolved', resolvedBy: 'bea', rev: 2 });
    expect(await told(() => real.app.settleThread(ada, designId, id, 'resolved'))).toEqual([]);
    const reopened = await real.app.settleThread(ada, designId, id, 'open');
    expect(reopened).toMatchObject({ state: 'open', rev: 3 });
    expect(reopened).not.toHaveProperty('resolvedBy');
    await real.app.settleThread(ada, designId, id, 'resolved');
    expect(await real.app.answerThread(bea, designId, id, { text: 'no' })).toMatchObject({ state: 'open', rev: 5 });
  });
});

describe('news', () => {
  it('[M12] every change is told with the whole thread, in the order of its revisions', async () => {
    const { id: designId } = await make();
    let thread: Thread | undefined;
    const news = await told(async () => {
      thread = await real.app.openThread(ada, designId, { anchor: about, text: 'see @bea' });
      const { id } = thread;
      await Promise.all(['1', '2', '3'].map((text) => real.app.answerThread(bea, designId, id, { text })));
      await real.app.settleThread(ada, designId, id, 'resolved');
    });
    const threads = news.flatMap((it) => (it.type === 'comment' ? [it.thread] : []));
    expect(threads.map(({ rev }) => rev)).toEqual([1, 2, 3, 4, 5]);
    expect(threads[0]).toEqual(thread);
    expect(threads[0]?.comments[0]?.mentions).toEqual(['bea']);
    expect(threads[4]).toEqual(await real.app.getThread(ada, designId, thread?.id ?? ''));
  });

  it('[M12] what was refused is not told', async () => {
    const { id, designId } = await opened();
    const news = await told(async () => {
      await real.app.answerThread(ada, designId, id, { text: '\n' }).catch(() => undefined);
      await real.app.openThread(ada, designId, { anchor: { node: 'none' }, text: 'x' }).catch(() => undefined);
      await real.app.deleteComment(ada, designId, id, nobody).catch(() => undefined);
    });
    expect(news).toEqual([]);
  });
});

describe('anchors', () => {
  it('[M8] [M9] deleted and undone by edits, the thread is an orphan and then back', async () => {
    const thread = await opened('on the wire', { connection: 'wire' });
    const inverse = await edit(thread.designId, [
      { do: 'node.move', id: 'to', at: { x: 400, y: 80 } },
      { do: 'node.delete', id: 'to' },
    ]);
    const orphan = await real.app.getThread(ada, thread.designId, thread.id);
    expect(orphan).toMatchObject({ orphaned: true, rev: 2, anchor: { connection: 'wire' }, place: { x: 120, y: 0 } });
    expect(await real.app.answerThread(bea, thread.designId, thread.id, { text: 'gone?' })).toMatchObject({ orphaned: true });
    await edit(thread.designId, inverse);
    const { orphaned, place } = await real.app.getThread(ada, thread.designId, thread.id);
    expect([orphaned, place]).toEqual([false, undefined]);
  });

  it('[M11] a copy of the design has no comments, its text says nothing of them, and deleted it has none', async () => {
    const { id, designId } = await opened('kept aside');
    const copy = await real.app.duplicateDesign(ada, designId);
    expect((await real.app.listThreads(ada, copy.id, { limit: 50 })).items).toEqual([]);
    expect(await real.app.exportDesign(ada, designId, 'json')).not.toContain('kept aside');
    await real.app.removeDesign(ada, designId);
    await expect(real.app.getThread(ada, designId, id)).rejects.toMatchObject({ code: 'APP_THREAD_UNKNOWN' });
    await expect(real.app.listThreads(ada, designId, { limit: 50 })).rejects.toMatchObject({ code: 'APP_DESIGN_UNKNOWN' });
    await expect(real.app.answerThread(ada, designId, id, { text: 'x' })).rejects.toMatchObject({ code: 'APP_THREAD_UNKNOWN' });
  });
});

describe('limits', () => {
  it('[M4] a thread has 200 comments and 100,000 characters', async () => {
    const { id, designId } = await opened('x');
    for (let n = 0; n < 199; n++) await real.app.answerThread(bea, designId, id, { text: 'x' });
    await expect(real.app.answerThread(bea, designId, id, { text: 'x' })).rejects.toMatchObject({
      code: 'APP_THREAD_FULL',
      facts: { limit: 200 },
    });
    const long = await opened('y'.repeat(longestComment));
    for (let n = 0; n < 9; n++) await real.app.answerThread(ada, long.designId, long.id, { text: 'y'.repeat(longestComment) });
    await expect(real.app.answerThread(ada, long.designId, long.id, { text: 'y' })).rejects.toMatchObject({
      code: 'APP_THREAD_FULL',
      pointer: '/text',
      facts: { limit: 100_000, characters: 100_001 },
    });
    const [first] = long.comments;
    await real.app.editComment(ada, long.designId, long.id, first?.id ?? '', { text: 'short' });
    expect((await real.app.answerThread(ada, long.designId, long.id, { text: 'y' })).comments).toHaveLength(11);
  });

  it('[M4] a design has 1,000 threads', async () => {
    const { id } = await make();
    const open = () => real.app.openThread(ada, id, { anchor: about, text: 'x' });
    await openMany(real.db, id, 999);
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'APP_THREADS_FULL', facts: { limit: 1_000 } });
  });
});
