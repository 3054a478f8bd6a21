import { afterEach, describe, expect, test } from 'vitest';
import { check, prepareCheck } from '#contract/check/check.ts';
import { catalog, draw, manyLines } from '#host/testing/designs.ts';
import { createSearchThread, type SearchThread } from './search-thread.ts';
import { lintDesign, validateDesign } from './validator.ts';

let thread: SearchThread;
afterEach(() => thread.close());

const ring = draw({ a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } }, ['a.out -> b.in', 'b.out -> a.in']);
const line = draw({ a: { kind: 'io.manual' }, b: { kind: 'compute.discard' } }, ['a.out -> b.in']);
const budget = { maxStates: 10_000, maxMs: 60_000 };

/** As many nodes that each end whenever they like as make the states too many to look at all. */
const wide = manyLines(14);

describe('a search in its thread', () => {
  test('answers what a search in place answers', async () => {
    thread = createSearchThread();
    for (const design of [ring, line]) {
      expect(await validateDesign(design, catalog, thread)).toEqual(check(design, catalog.component));
    }
  });

  test('searches asked together are all answered, each with its own answer', async () => {
    thread = createSearchThread();
    const designs = [ring, line, ring, line, line];
    const verdicts = await Promise.all(designs.map(async (design) => (await validateDesign(design, catalog, thread)).verdict));
    expect(verdicts).toEqual(['refuted', 'proved', 'refuted', 'proved', 'proved']);
  });

  test('the budget holds: with too few states the answer is unknown, and says so', async () => {
    thread = createSearchThread();
    const { findings } = await validateDesign(wide, catalog, thread, {}, 10);
    expect(findings.find(({ rule }) => rule === 'partial-deadlock')).toMatchObject({ verdict: 'unknown', severity: 'info' });
  });

  test('this thread goes on while the other searches', async () => {
    thread = createSearchThread();
    let turns = 0;
    let searching = true;
    const count = (): void => {
      turns++;
      if (searching) setImmediate(count);
    };
    setImmediate(count);
    await validateDesign(wide, catalog, thread, {}, 20_000);
    searching = false;
    expect(turns).toBeGreaterThan(10);
  });

  test('what the drawing alone says needs no thread', () => {
    const open = draw({ lonely: { kind: 'compute.discard' } });
    expect(lintDesign(open, catalog).map(({ rule, severity }) => [rule, severity])).toContainEqual(['unconnected-port', 'error']);
    expect(lintDesign(line, catalog)).toEqual([]);
  });
});

describe('closing', () => {
  test('refuses what is under way and what comes after', async () => {
    thread = createSearchThread();
    const prepared = prepareCheck(wide, catalog.component);
    const underWay = thread.search(prepared, { ...budget, maxStates: 1_000_000 });
    const refused = expect(underWay).rejects.toMatchObject({ code: 'HOST_SEARCH_CLOSED', blame: 'world' });
    await thread.close();
    await refused;
    await expect(thread.search(prepared, budget)).rejects.toMatchObject({ code: 'HOST_SEARCH_CLOSED' });
  });

  test('is nothing where no search was asked for', async () => {
    thread = createSearchThread();
    await thread.close();
    await thread.close();
  });
});
