import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { applyAll } from '#model/edits/apply.ts';
import type { Line } from '../design/line.ts';
import { add, empty, kinds, type } from '../design/testing/sea.ts';
import { createDrafts, type Draft, draftChange } from './drafts.ts';
import { type Keeper, openKeeper } from './keeper.ts';
import { claimTab } from './tab.ts';

/** Locks of pages that can go: as the browser has them. */
function browser() {
  const held = new Map<string, () => void>();
  /** What one page sees of them; `gone` is what the browser does when the page is closed or has crashed. */
  const page = () => {
    const own = new Set<string>();
    const locks = {
      async request(name: string, { signal }: { signal: AbortSignal }, keep: () => Promise<never>) {
        while (held.has(name)) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          signal.throwIfAborted();
        }
        own.add(name);
        held.set(name, () => {});
        return await keep();
      },
      query: async () => ({ held: [...held.keys()].map((name) => ({ name })) }),
    } as unknown as LockManager;
    const gone = () => {
      for (const name of own) held.delete(name);
    };
    return { locks, gone };
  };
  const storage = (from: Record<string, string> = {}) => {
    const kept = { ...from };
    return {
      kept,
      getItem: (key: string) => kept[key] ?? null,
      setItem: (key: string, value: string) => {
        kept[key] = value;
      },
    };
  };
  return { page, storage };
}

let designs = 0;
const line = (...labels: string[]): Line => ({
  confirmed: empty,
  waiting: labels.map((label) => ({ txId: `${label}-tx`, label, edits: [add(label)], madeAtMs: 0 })),
  undo: [],
  redo: [],
  notes: [],
});
const labels = (kept: Line | undefined) => kept?.waiting.map(({ label }) => label);

const at = (tab: string, locks?: LockManager, designId = `design-${designs}`): Keeper =>
  openKeeper({
    designId,
    tab,
    locks,
    failed: (error) => {
      throw error;
    },
  });

describe('[E39] what is kept in the browser', () => {
  it('is found again by the same tab, as it was last', async () => {
    designs++;
    const keeper = at('one');
    for (const labels of [['a'], ['a', 'b'], ['b', 'c', 'd']]) keeper.keep(line(...labels));
    // What is said to be kept is written.
    expect(keeper.kept.get()).toBe(0);
    await keeper.rest();
    expect(keeper.kept.get()).toBe(3);
    const again = at('one');
    expect(labels(await again.read())).toEqual(['b', 'c', 'd']);
    expect(again.kept.get()).toBe(3);
    keeper.keep(line());
    await keeper.rest();
    expect(await at('one').read()).toBeUndefined();
  });

  it('is each tab’s own: neither overwrites nor sends what is the other’s', async () => {
    designs++;
    const { page, storage } = browser();
    const [first, second] = [page(), page()];
    const tabs = [await claimTab(storage(), first.locks), await claimTab(storage(), second.locks)] as const;
    const [one, two] = [at(tabs[0], first.locks), at(tabs[1], second.locks)];
    one.keep(line('a'));
    two.keep(line('b'));
    await Promise.all([one.rest(), two.rest()]);
    expect(labels(await one.read())).toEqual(['a']);
    expect(labels(await two.read())).toEqual(['b']);
    expect(await two.takeOver()).toEqual([]);
  });

  it('is taken over from a tab that is gone, by one other and once', async () => {
    designs++;
    const { page, storage } = browser();
    const lost = page();
    const of = at(await claimTab(storage(), lost.locks), lost.locks);
    of.keep(line('a', 'b'));
    await of.rest();
    const pages = [page(), page()];
    const keepers = await Promise.all(pages.map(async ({ locks }) => at(await claimTab(storage(), locks), locks)));
    expect(await Promise.all(keepers.map((keeper) => keeper.read()))).toEqual([undefined, undefined]);
    lost.gone();
    const found = await Promise.all(keepers.map((keeper) => keeper.read()));
    expect(found.map(labels).filter((found) => found !== undefined)).toEqual([['a', 'b']]);
  });

  it('by one that has something of its own beside it, until it is sent', async () => {
    designs++;
    const { page, storage } = browser();
    const [lost, mine] = [page(), page()];
    const of = at(await claimTab(storage(), lost.locks), lost.locks);
    of.keep(line('a'));
    await of.rest();
    const tab = await claimTab(storage(), mine.locks);
    const keeper = at(tab, mine.locks);
    keeper.keep(line('b'));
    await keeper.rest();
    lost.gone();
    expect(labels(await keeper.read())).toEqual(['b']);
    expect((await keeper.takeOver()).map(({ line }) => labels(line))).toEqual([['a']]);
    // Loaded again before it was sent.
    const [left] = await at(tab, mine.locks).takeOver();
    expect(labels(left?.line)).toEqual(['a']);
    await left?.keep(line());
    expect(await at(tab, mine.locks).takeOver()).toEqual([]);
  });

  it('by a tab under its name, which a copy of the tab does not get', async () => {
    const { page, storage } = browser();
    const first = page();
    const own = storage();
    const tab = await claimTab(own, first.locks);
    const copied = storage(own.kept);
    expect(await claimTab(copied, page().locks)).not.toBe(tab);
    first.gone();
    expect(await claimTab(own, page().locks)).toBe(tab);
  });
});

describe('[E52] what is typed and no change yet', () => {
  const draft = (text: string): Draft => ({ of: { is: 'description' }, base: '', text });
  const texts = (drafts: readonly Draft[]) => drafts.map(({ text }) => text);

  it('is kept at each key, and is a draft or the change that it became, never both', async () => {
    designs++;
    const keeper = at('one');
    keeper.keepDrafts([draft('h')]);
    keeper.keepDrafts([draft('he')]);
    await Promise.resolve();
    await keeper.rest();
    expect(await at('one').read()).toBeUndefined();
    expect(texts(await at('one').takeDrafts())).toEqual(['he']);
    expect(await at('one').takeDrafts()).toEqual([]);
    keeper.keepDrafts([draft('hey')]);
    await Promise.resolve();
    await keeper.rest();
    keeper.keepDrafts([]);
    keeper.keep(line('description'));
    await keeper.rest();
    expect(labels(await at('one').read())).toEqual(['description']);
    expect(await at('one').takeDrafts()).toEqual([]);
  });

  it('is taken over from a tab that is gone, by one other and once', async () => {
    designs++;
    const { page, storage } = browser();
    const lost = page();
    const of = at(await claimTab(storage(), lost.locks), lost.locks);
    of.keepDrafts([draft('mine')]);
    await Promise.resolve();
    await of.rest();
    const pages = [page(), page()];
    const keepers = await Promise.all(pages.map(async ({ locks }) => at(await claimTab(storage(), locks), locks)));
    const taken = () => Promise.all(keepers.map((keeper) => keeper.takeDrafts()));
    expect((await taken()).flat()).toEqual([]);
    lost.gone();
    expect(texts((await taken()).flat())).toEqual(['mine']);
    expect(await keepers[0]?.read()).toBeUndefined();
  });

  it('is remembered while it differs, by where it is typed', () => {
    let kept: readonly Draft[] = [];
    const drafts = createDrafts((now) => {
      kept = now;
    });
    const of = { is: 'setting', node: 'a', name: 'says' } as const;
    drafts.typed(of, { base: 'x', text: 'x' });
    expect(kept).toEqual([]);
    drafts.typed(of, { base: 'x', text: 'xy' });
    drafts.typed({ is: 'label', node: 'a' }, { base: '', text: 'A' });
    drafts.typed(of, { base: 'x', text: 'x' });
    expect(kept).toMatchObject([{ of, text: 'x' }, { text: 'A' }]);
    drafts.typed(of, null);
    expect(texts(kept)).toEqual(['A']);
  });

  it('becomes the change that it was about to be, on the design as it is then', () => {
    const made = applyAll(empty, [add('a'), type('a', 0, 'one two'), { do: 'design.set', description: 'ab' }], kinds);
    const body = made.ok ? made.design : empty;
    const becomes = (draft: Draft) => {
      const { edits } = draftChange(draft, body, kinds);
      const done = applyAll(body, edits, kinds);
      return done.ok ? [edits.length, done.design.description, done.design.nodes['a']] : done.refusal.code;
    };
    const of = { is: 'setting', node: 'a', name: 'says' } as const;
    expect(becomes({ of, base: 'two', text: 'two three' })).toMatchObject([1, 'ab', { settings: { says: 'one two three' } }]);
    expect(becomes({ of, base: 'one', text: 'one two' })).toMatchObject([0, 'ab', { settings: { says: 'one two' } }]);
    expect(becomes({ of: { is: 'description' }, base: 'a', text: 'xa' })).toMatchObject([1, 'xab', {}]);
    expect(becomes({ of: { is: 'label', node: 'a' }, base: '', text: 'A' })).toMatchObject([1, 'ab', { label: 'A' }]);
    expect(becomes({ of: { is: 'label', node: 'gone' }, base: '', text: 'A' })).toBe('UNKNOWN_NODE');
    expect(becomes({ of: { ...of, node: 'gone' }, base: '', text: 'A' })).toBe('UNKNOWN_NODE');
  });
});
