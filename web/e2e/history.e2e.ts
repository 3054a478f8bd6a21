import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Branch } from '#model/merging/history.ts';
import { type Product, pictures, saved, startProduct } from './product.ts';
import { serious } from './serious.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

const stored = (id: string) => product.api<Design>('GET', `/designs/${id}`);
const commit = (id: string, edits: readonly Edit[], label?: string) =>
  product.api<{ rev: number }>('POST', `/designs/${id}/edits`, { edits, ...(label !== undefined && { label }) });
const picture = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });
const add = (id: string, kind: string, x: number, y = 0): Edit => ({ do: 'node.add', node: { id, kind }, at: { x, y } });
const connect = (id: string, from: string, to: string): Edit => ({
  do: 'connect',
  connection: { id, from: { node: from, port: 'out' }, to: { node: to, port: 'in' } },
});

const pipeline = [
  add('a', 'flow.buffer', 0),
  add('b', 'flow.buffer', 320),
  add('c', 'compute.discard', 640),
  connect('ab', 'a', 'b'),
  connect('bc', 'b', 'c'),
];

async function opened(name: string, edits: readonly Edit[] = pipeline) {
  const { id } = await product.api<Design>('POST', '/designs', { name });
  await commit(id, edits, 'draw the pipeline');
  const page = await product.open(`/designs/${id}`, { name: 'Ann Bell' });
  await page.keyboard.press('f');
  return { id, page };
}

const openHistory = (page: Page) => page.click('[data-hint="history"]');
const shown = (page: Page, rev: number) => page.locator(`[data-past="${rev}"]`).waitFor();

describe('[E27] the history drawer', () => {
  it('[E49] lists who did what, live, and of one node alone; an entry is taken back, says so, and can be undone', async () => {
    const { id, page } = await opened('Listed');
    const missing: string[] = [];
    page.on('response', (response) => response.status() === 404 && missing.push(response.url()));
    await openHistory(page);
    await page.locator('.history-item[data-rev="2"]', { hasText: 'Draw the pipeline' }).waitFor();
    await commit(id, [{ do: 'node.set', id: 'b', label: 'Shelf' }]);
    await page.locator('.history-item[data-rev="3"]', { hasText: 'owner' }).waitFor();
    await commit(id, [{ do: 'connection.set', id: 'ab', capacity: 9 }]);
    await page.locator('.history-item[data-rev="4"]').waitFor();

    await page.locator('[data-node="b"]').click({ position: { x: 60, y: 12 } });
    await page.getByRole('button', { name: 'Who changed this?' }).click();
    await page.locator('.history-only', { hasText: 'Shelf' }).waitFor();
    await page.locator('.history-item[data-rev="3"]').waitFor();
    expect(await page.locator('.history-item[data-rev="4"]').count()).toBe(0);
    await picture(page, 'history-node');
    await page
      .locator('.history-item[data-rev="3"]')
      .getByRole('button', { name: /^Take back/ })
      .click();
    await page.locator('.toast', { hasText: 'Done: undo' }).waitFor();
    await page.locator('.history-item[data-rev="3"].undone').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.locator('.history-item[data-rev="5"]', { hasText: 'Ann Bell' }).waitFor();
    expect((await stored(id)).nodes['b']?.label).toBe('');
    // It is a step of one's own, by its name.
    await page.locator(`[aria-label^="Undo take back"]`).waitFor();
    await page.locator('body').press('Control+z');
    await page.locator('.toast', { hasText: 'Undone: take back' }).waitFor();
    await saved(page, 6);
    expect((await stored(id)).nodes['b']?.label).toBe('Shelf');
    expect(missing).toEqual([]);
    await page.context().close();
  });

  it('keeps the present state under a name, with a note', async () => {
    const { page } = await opened('Kept');
    await openHistory(page);
    await page.locator('.history-keep').getByLabel('Name of this state').fill('as shown to the board');
    await page.getByLabel('Note').fill('Without the shelf.');
    await page.keyboard.press('Tab');
    await page.locator('.history-keep').getByRole('button', { name: 'Keep' }).click();
    await page.locator('[data-version="1"]', { hasText: 'Without the shelf.' }).waitFor();
    await picture(page, 'history-version');
    await page.context().close();
  });
});

describe('[E26] the past on the canvas', () => {
  it('[E20] is drawn with all that has changed since, and said in words; [E29] restoring it is one step to undo', async () => {
    const { id, page } = await opened('Past');
    await commit(id, [
      { do: 'node.delete', id: 'c' },
      add('d', 'compute.discard', 640, 160),
      connect('bd', 'b', 'd'),
      { do: 'node.move', id: 'a', at: { x: 0, y: 160 } },
      { do: 'node.set', id: 'b', label: 'Shelf' },
    ]);
    await saved(page, 3);
    await openHistory(page);
    await page.locator('.history-item[data-rev="2"] .history-line').click();
    await shown(page, 2);
    const marks = await page
      .locator('.past-canvas .react-flow__node [data-diff]')
      .evaluateAll((all) =>
        all.map((one) => `${one.getAttribute('data-diff')} ${one.querySelector('[data-node]')?.getAttribute('data-node')}`),
      );
    expect(marks.sort()).toEqual(['added d', 'changed a', 'changed b', 'removed c']);
    expect(await page.locator('[data-moved="a"]').count()).toBe(1);
    const words = await page.locator('.differences').innerText();
    expect(words).toContain('label (nothing) → Shelf');
    expect(words).toContain('is elsewhere');
    await page.locator('.past-canvas').getByRole('button', { name: /Fit/i }).click();
    await picture(page, 'history-past');

    await page.getByLabel('Revision shown').focus();
    await page.keyboard.press('ArrowRight');
    await shown(page, 3);
    await page.locator('.past-count', { hasText: 'The same as now' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await shown(page, 2);
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: 'Restore this' }).click();
    await page.locator('[data-past]').waitFor({ state: 'detached' });
    await saved(page, 4);
    expect(Object.keys((await stored(id)).nodes).sort()).toEqual(['a', 'b', 'c']);
    await page.locator('.history-item[data-rev="4"]', { hasText: 'Restore revision 2' }).waitFor();
    await page.locator('body').press('Control+z');
    await saved(page, 5);
    expect(Object.keys((await stored(id)).nodes).sort()).toEqual(['a', 'b', 'd']);
    await page.context().close();
  });
});

describe.each(['light', 'dark'] as const)('the screens of history and groups in %s', (colorScheme) => {
  it('have no serious fault of access', async () => {
    const { id } = await product.api<Design>('POST', '/designs', { name: 'Access' });
    await commit(id, pipeline);
    await commit(id, [
      { do: 'group.add', group: { id: 'g', title: 'Shelves', colour: 'orange' } },
      { do: 'group.assign', node: 'a', group: 'g' },
      { do: 'group.assign', node: 'b', group: 'g' },
      { do: 'connection.rewire', id: 'bc', from: { node: 'a', port: 'err' } },
      add('d', 'compute.discard', 640, 160),
    ]);
    const page = await product.open(`/designs/${id}`, { colorScheme });
    await page.keyboard.press('f');
    await page.locator('[data-group-title="g"]').click();
    await page.getByLabel('Title').waitFor();
    await openHistory(page);
    await page.locator('.history-item[data-rev="3"]').waitFor();
    expect(await serious(page)).toEqual([]);
    await page.locator('.history-item[data-rev="2"] .history-line').click();
    await shown(page, 2);
    await page.locator('.past-count').waitFor();
    await picture(page, `history-${colorScheme}`);
    expect(await serious(page)).toEqual([]);
    await page.context().close();
  });
});

describe('the past on a phone', () => {
  it('fills the page, with its slider below', async () => {
    const { page } = await opened('Phone', pipeline);
    await page.setViewportSize({ width: 390, height: 844 });
    await openHistory(page);
    await page.locator('.history-item[data-rev="1"] .history-line').click();
    await shown(page, 1);
    await page.locator('.past-count', { hasText: '5 added' }).waitFor();
    await picture(page, 'history-phone');
    await page.keyboard.press('Escape');
    await page.locator('[data-past]').waitFor({ state: 'detached' });
    await page.context().close();
  });
});

describe('[E25] a branch', () => {
  it('is made of a state of before, and merged back with a choice for what both sides changed', async () => {
    const { id, page } = await opened('Trunk');
    await openHistory(page);
    await page.locator('.history-item[data-rev="2"] .history-line').click();
    await page.getByRole('button', { name: 'Branch from here' }).click();
    await page.getByLabel('Name of the branch').fill('without c');
    await page.keyboard.press('Enter');
    await page.locator('.design-name[value*="without c"]').waitFor();
    const { items } = await product.api<{ items: Branch[] }>('GET', `/designs/${id}/branches`);
    const branch = items[0]?.designId ?? '';
    await commit(branch, [{ do: 'node.set', id: 'a', label: 'Theirs' }, add('e', 'compute.discard', 640, 200)]);
    await commit(id, [{ do: 'node.set', id: 'a', label: 'Ours' }]);
    await openHistory(page);
    await page.getByRole('button', { name: 'Merge into Trunk…' }).click();
    const conflict = page.locator('[data-conflict="node/a/label"]');
    await conflict.waitFor();
    await picture(page, 'history-merge');
    expect(await page.getByRole('button', { name: 'Merge', exact: true }).isDisabled()).toBe(true);
    await conflict.getByLabel(/Theirs/).check();
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await page.locator('.toast', { hasText: 'is merged into Trunk' }).getByRole('button', { name: 'Open' }).click();
    await page.locator('[data-node="a"]', { hasText: 'Theirs' }).waitFor();
    expect(Object.keys((await stored(id)).nodes).sort()).toEqual(['a', 'b', 'c', 'e']);
    await page.context().close();
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});
