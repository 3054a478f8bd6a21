import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { Feed, type Happening } from './feed.ts';
import { InTurn } from './in-turn.ts';
import { owner } from './parts.ts';
import { pipeline, type RealApp, realApp } from './testing/real-app.ts';

const caller = owner('test');

let real: RealApp;
beforeEach(async () => {
  real = await realApp();
});
afterEach(() => real.close());

async function make(settings: Record<string, unknown> = {}): Promise<Design> {
  const made = await real.app.createDesign(caller, pipeline('One', settings));
  if (made.is === 'refused') throw new Error(made.refusal.message);
  return made.design;
}

describe('changes', () => {
  it('[W28] many at once are all told, in the order of revisions, and none is lost', async () => {
    const { id } = await make();
    const told: number[] = [];
    real.app.feed.listen((happening) => {
      if (happening.type !== 'edits') return;
      expect([happening.from, happening.to]).toEqual([happening.txs[0]?.rev, happening.txs.at(-1)?.rev]);
      told.push(...happening.txs.map(({ rev }) => rev));
    });
    const names = Array.from({ length: 30 }, (_, n) => `name ${n}`);
    await Promise.all(names.map((name) => real.app.commitTx(caller, id, { edits: [{ do: 'design.set', name }] })));
    expect(told).toEqual(names.map((_, n) => n + 2));
    const log = await real.app.editsSince(caller, id, 1);
    expect(log.flatMap(({ edits }) => edits)).toEqual(names.map((name) => ({ do: 'design.set', name })));
  });

  it('that change nothing are not told', async () => {
    const design = await make();
    const told: Happening[] = [];
    real.app.feed.listen((happening) => void told.push(happening));
    const same = await real.app.replaceDesign(caller, design.id, design, {});
    expect(same).toMatchObject({ is: 'committed', design: { rev: 1 }, edits: [] });
    expect(told).toEqual([]);
  });
});

describe('closing', () => {
  it('stops every session and records it before it is done', async () => {
    const sessions = [];
    for (let n = 0; n < 3; n++) sessions.push(await real.app.executeDesign(caller, (await make({ count: 0, everyMs: 5 })).id));
    await real.app.close();
    for (const { id } of sessions) {
      const session = await real.app.getSession(caller, id);
      expect(session.state).toBe('stopped');
      expect(session.endedAt).toBeDefined();
    }
    expect(real.reported).toEqual([]);
  });
});

describe('the feed', () => {
  it('one listener that fails keeps nothing from the others', () => {
    const reported: unknown[] = [];
    const feed = new Feed((thrown) => void reported.push(thrown));
    const told: string[] = [];
    feed.listen(() => {
      throw new Error('deaf');
    });
    const leave = feed.listen(({ type }) => void told.push(type));
    feed.tell({ type: 'design.deleted', designId: 'a' });
    leave();
    feed.tell({ type: 'design.deleted', designId: 'b' });
    expect(told).toEqual(['design.deleted']);
    expect(reported).toHaveLength(2);
  });
});

describe('turns', () => {
  it('are taken in order for one key, beside each other for two, and kept for none', async () => {
    const turns = new InTurn();
    const done: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = turns.run('a', async () => {
      await gate.promise;
      done.push('a1');
      throw new Error('a1 fails');
    });
    const second = turns.run('a', async () => void done.push('a2'));
    await turns.run('b', async () => void done.push('b1'));
    expect(done).toEqual(['b1']);
    gate.resolve();
    await expect(first).rejects.toThrow('a1 fails');
    await second;
    expect(done).toEqual(['b1', 'a1', 'a2']);
    expect(turns.size).toBe(0);
  });
});
