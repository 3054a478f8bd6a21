import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommittedTx } from '#model/edits/tx.ts';
import { Revisions } from './revisions.ts';

const tx = (rev: number): CommittedTx => ({ rev, txId: `tx ${rev}`, actor: 'a', via: 'test', at: '', edits: [] });
const range = (from: number, to: number): CommittedTx[] => Array.from({ length: to - from + 1 }, (_, n) => tx(from + n));

describe('the revisions of a design', () => {
  it('[W31] are taken once each and in order, whatever order they are heard in, how often, and whatever the log is asked', () => {
    const heard = fc.record({
      from: fc.integer({ min: 1, max: 60 }),
      length: fc.integer({ min: 0, max: 9 }),
      told: fc.boolean(),
    });
    const step = fc.oneof(heard, fc.constant('take' as const), fc.constant('log' as const));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.array(step, { maxLength: 60 }), fc.nat(40), (begin, steps, startAt) => {
        const revisions = new Revisions();
        const taken: number[] = [];
        const take = (): void => void taken.push(...revisions.take().map(({ rev }) => rev));
        let last = begin;
        for (const [number, one] of steps.entries()) {
          if (number === startAt) revisions.beginAt(begin);
          if (one === 'take') take();
          else if (one === 'log') revisions.hearLog(range((revisions.taken ?? 0) + 1, last));
          else {
            const to = one.from + one.length;
            last = Math.max(last, to);
            revisions.hear(to, one.told ? range(one.from, to) : []);
          }
        }
        revisions.beginAt(begin);
        take();
        expect(revisions.hasGap).toBe(last > (revisions.taken ?? 0));
        revisions.hearLog(range((revisions.taken ?? 0) + 1, last));
        take();
        expect(taken).toEqual(range(begin + 1, last).map(({ rev }) => rev));
        expect(revisions.hasGap).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('[W41] of what comes before it can be taken only so much is kept; the log has the rest', () => {
    const revisions = new Revisions();
    revisions.beginAt(1);
    revisions.hear(3_000, range(3, 3_000));
    expect(revisions.take()).toEqual([]);
    revisions.hear(2, [tx(2)]);
    expect(revisions.take().length).toBeLessThanOrEqual(1_001);
    let pages = 0;
    while (revisions.hasGap) {
      const { taken = 0 } = revisions;
      revisions.hearLog(range(taken + 1, Math.min(taken + 1_000, 3_000)));
      expect(revisions.take().length).toBeGreaterThan(0);
      pages++;
    }
    expect(revisions.taken).toBe(3_000);
    expect(pages).toBeGreaterThan(1);
  });

  it('[W31] what was taken long ago, heard again, takes no room from what is new', () => {
    const revisions = new Revisions();
    revisions.beginAt(2_000);
    revisions.hear(2_000, range(1, 2_000));
    revisions.hear(2_001, [tx(2_001)]);
    expect(revisions.take()).toEqual([tx(2_001)]);
  });
});
