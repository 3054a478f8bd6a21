import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { owner } from '#app/parts.ts';
import { pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { LiveBed } from './testing/live-bed.ts';

const caller = owner('test');

let real: RealApp;
let bed: LiveBed;
beforeAll(async () => {
  real = await realApp();
});
afterAll(() => real.close());
beforeEach(async () => {
  bed = await LiveBed.open(real.app);
});
afterEach(async () => {
  await bed.close();
  expect(bed.reported).toEqual([]);
});

async function make(): Promise<string> {
  const made = await real.app.createDesign(caller, pipeline('Talked about'));
  if (made.is === 'refused') throw new Error(made.refusal.message);
  return made.design.id;
}

it('[M12] comments are told to everybody who has the design open, and to nobody else, until the thread is gone', async () => {
  const [designId, other] = [await make(), await make()];
  const [ada, bea, cem] = [await bed.listener(), await bed.listener(), await bed.listener()];
  await ada.hello(designId, { name: 'Ada' });
  await bea.hello(designId, { name: 'Bea' });
  await cem.hello(other, { name: 'Cem' });
  const thread = await real.app.openThread(caller, designId, { anchor: { node: 'from' }, text: 'see @Bea' });
  const answered = await real.app.answerThread(caller, designId, thread.id, { text: 'and answer' });
  for (const { id } of thread.comments) await real.app.deleteComment(caller, designId, thread.id, id);
  for (const { id } of answered.comments.slice(1)) await real.app.deleteComment(caller, designId, thread.id, id);
  for (const client of [ada, bea]) {
    expect(await client.next('comment')).toEqual({ type: 'comment', designId, thread });
    expect(await client.next('comment')).toEqual({ type: 'comment', designId, thread: answered });
    expect((await client.next('comment')).thread.comments).toEqual(answered.comments.slice(1));
    expect(await client.next('comment')).toMatchObject({ deleted: true, thread: { id: thread.id, rev: 3 } });
  }
  expect(await cem.soFar('comment')).toEqual([]);
});
