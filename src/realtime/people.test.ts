import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Doing } from '#model/presence.ts';
import { People } from './people.ts';

const peer = (id: string, colour = 0) => ({ id, name: id, colour });

describe('people', () => {
  it('[W32] get the colour that the fewest have', () => {
    const people = new People();
    const given = Array.from({ length: 30 }, (_, n) => {
      const colour = people.freeColour();
      people.add(peer(`${n}`, colour), n % 2 === 0 ? undefined : 'elsewhere');
      return colour;
    });
    expect(new Set(given.slice(0, 12)).size).toBe(12);
    expect(new Set(given.slice(12, 24)).size).toBe(12);
    people.remove('5');
    people.remove('17');
    people.remove('29');
    expect(people.freeColour()).toBe(given[5]);
  });

  it('[W33] what somebody does is told at most every 50 ms, and the last of it always', () => {
    const act = fc.record({ afterMs: fc.nat(40), who: fc.constantFrom('a', 'b'), x: fc.nat(9), drop: fc.boolean() });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
        const people = new People();
        people.add(peer('a'));
        people.add(peer('b'), 'elsewhere');
        const done: Record<string, Doing> = { a: {}, b: {} };
        const told: Record<string, Doing> = { a: {}, b: {} };
        const toldAtMs: Record<string, number[]> = { a: [], b: [] };
        let nowMs = 0;
        /** @returns in how many ms there is more. */
        const take = (): number | undefined => {
          const { doings, moreInMs } = people.take(nowMs);
          for (const [id, doing] of Object.entries(doings)) {
            told[id] = { ...told[id], ...doing };
            toldAtMs[id]?.push(nowMs);
          }
          return moreInMs;
        };
        for (const { afterMs, who, x, drop } of acts) {
          nowMs += afterMs;
          take();
          const doing: Doing = drop ? { drag: null } : { cursor: { x, y: 0 } };
          done[who] = { ...done[who], ...doing };
          people.does(who, doing);
        }
        for (nowMs += 50; take() !== undefined; nowMs += 1);
        expect(told).toEqual(done);
        for (const times of Object.values(toldAtMs))
          for (const [n, atMs] of times.entries()) if (n > 0) expect(atMs - (times[n - 1] ?? 0)).toBeGreaterThanOrEqual(50);
      }),
    );
  });

  it('[W34] all that somebody does can be told to one who missed some, with what it is no longer', () => {
    const people = new People();
    people.add(peer('a'));
    people.does('a', { cursor: { x: 1, y: 1 }, field: { node: 'n', name: 'size' } });
    people.does('a', { cursor: null });
    expect(people.doing('a')).toEqual({ cursor: null, field: { node: 'n', name: 'size' } });
    people.take(0);
    people.learn('a', { cursor: null, field: { node: 'n', name: 'size' } });
    expect(people.take(1_000).doings).toEqual({});
  });
});
