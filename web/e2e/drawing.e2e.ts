import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Design } from '#model/design.ts';
import { middleOf, type Product, passed, pictures, saved, startProduct, verdict } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

async function emptySheet(name: string): Promise<{ id: string; page: Page }> {
  const { id } = await product.api<Design>('POST', '/designs', { name });
  return { id, page: await product.open(`/designs/${id}`) };
}
const stored = (id: string) => product.api<Design>('GET', `/designs/${id}`);

async function dragged(page: Page, from: string, aim: string | { x: number; y: number }): Promise<void> {
  // Waits until it keeps still, should the canvas be moving.
  await page.locator(`[data-spot="${from}"]`).hover();
  const start = await middleOf(page, `[data-spot="${from}"]`);
  const to = typeof aim === 'string' ? await middleOf(page, `[data-spot="${aim}"]`) : aim;
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 20, start.y + 5, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await page.mouse.up();
}

/** Does it again until what must follow is seen. */
async function untilShown(seen: Locator, act: () => Promise<void>): Promise<void> {
  await vi.waitFor(
    async () => {
      await act();
      await seen.waitFor({ timeout: 3_000 });
    },
    { timeout: 40_000 },
  );
}

describe('an own drawing', () => {
  it('by keys, by a wire let go in empty space, by two clicks; set, checked and run', async () => {
    const { id, page } = await emptySheet('Own drawing');
    await page.locator('.empty-hint').waitFor();
    await page.keyboard.press('/');
    await page.locator('.quick-field').fill('manual');
    await page.keyboard.press('Enter');
    await page.locator('[data-node="manual"]').waitFor();
    await page.keyboard.press('Escape');

    const node = await middleOf(page, '[data-node="manual"]');
    await dragged(page, 'manual.out:0', { x: node.x + 280, y: node.y - 40 });
    await page.locator('.quick-field').fill('filter');
    await page.screenshot({ path: join(pictures, 'search.png') });
    await page.keyboard.press('Enter');
    await page.locator('[data-wire="manual-filter"]').waitFor({ state: 'attached' });

    await page.keyboard.press('Escape');
    await page.locator('[data-kind="compute.discard"]').click();
    await page.locator('[data-node="discard"]').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    // A click that falls into the last move of the canvas begins nothing.
    await untilShown(page.locator('.wiring-bar'), () => page.locator('[data-spot="filter.match:0"]').click());
    await page.locator('[data-spot="discard.in:0"].fits').waitFor();
    await page.locator('[data-spot="discard.in:0"]').click();
    await page.locator('[data-wire="filter-discard"]').waitFor({ state: 'attached' });
    await saved(page);
    expect(Object.keys((await stored(id)).connections).sort()).toEqual(['filter-discard', 'manual-filter']);
    await verdict(page, 'Proved deadlock-free');

    await page.click('[data-node="manual"]');
    await page.getByLabel('Payload').fill('{"price": 12}');
    await page.getByLabel('Repeat').fill('25');
    await page.getByLabel('Interval').fill('0');
    await page.locator('[aria-label^="Undo change settings"]').waitFor();
    await saved(page);
    expect((await stored(id)).nodes['manual']?.settings).toEqual({ payload: { price: 12 }, repeat: 25, intervalMs: 0 });

    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('[data-state="completed"]').waitFor();
    await page.click('[data-hint="outline"]');
    await passed(page, 'filter-discard', 24);
    await page.screenshot({ path: join(pictures, 'drawing.png') });
    await page.context().close();
  });

  it('by dragging from the list to the canvas', async () => {
    const { id, page } = await emptySheet('Dropped');
    await page.locator('[data-kind="flow.buffer"]').dragTo(page.locator('.react-flow'), { targetPosition: { x: 420, y: 300 } });
    await page.locator('[data-node="buffer"]').waitFor();
    await saved(page);
    expect((await stored(id)).nodes['buffer']?.kind).toBe('flow.buffer');
    const drop = (await page.locator('.react-flow').boundingBox())!;
    const middle = await middleOf(page, '[data-node="buffer"]');
    expect(Math.hypot(middle.x - drop.x - 420, middle.y - drop.y - 300)).toBeLessThan(160);
    await page.context().close();
  });

  it('refuses ports that do not fit, with the reason', async () => {
    const { id, page } = await emptySheet('No fit');
    await product.api('POST', `/designs/${id}/edits`, {
      edits: [
        { do: 'node.add', node: { id: 'a', kind: 'compute.discard' }, at: { x: 320, y: 0 } },
        { do: 'node.add', node: { id: 'b', kind: 'compute.discard' }, at: { x: 320, y: 160 } },
        { do: 'node.add', node: { id: 's', kind: 'io.manual' }, at: { x: 0, y: 0 } },
        { do: 'connect', connection: { id: 'sa', from: { node: 's', port: 'out' }, to: { node: 'a', port: 'in' } } },
      ],
    });
    await page.locator('[data-node="b"]').waitFor();
    await page.keyboard.press('f');
    await dragged(page, 'b.in:0', 'a.in:0');
    await page.locator('.toast.bad', { hasText: 'Not connected' }).waitFor();
    expect(Object.keys((await stored(id)).connections)).toEqual(['sa']);
    await page.context().close();
  });

  it('says what is wrong with a setting beside it, and does not store it', async () => {
    const { id, page } = await emptySheet('Wrong setting');
    await page.keyboard.press('/');
    await page.locator('.quick-field').fill('buffer');
    await page.keyboard.press('Enter');
    const field = page.locator('.form input[type="number"]').first();
    // The form may be drawn anew once its rules have come.
    await untilShown(page.locator('.form .fault').first(), () => field.fill('-3'));
    await page.keyboard.press('Escape');
    await saved(page);
    expect((await stored(id)).nodes['buffer']?.settings).toEqual({});
    await page.context().close();
  });

  it('moves, undoes and redoes by name', async () => {
    const { id, page } = await emptySheet('Steps');
    await page.keyboard.press('/');
    await page.locator('.quick-field').fill('tap');
    await page.keyboard.press('Enter');
    await page.locator('[data-node="tap"]').waitFor();
    await saved(page);
    const before = (await stored(id)).canvas.positions['tap']!;
    await page.locator('.react-flow__node[data-id="tap"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.locator('[aria-label="Undo move Tap"]').waitFor();
    await saved(page);
    expect((await stored(id)).canvas.positions['tap']!.x).toBeGreaterThan(before.x);
    await page.keyboard.press('Control+z');
    await page.locator('[aria-label="Undo add Tap"]').waitFor();
    await page.keyboard.press('Control+z');
    await page.locator('.empty-hint').waitFor();
    await page.keyboard.press('Control+Shift+z');
    await page.locator('[data-node="tap"]').waitFor();
    await page.context().close();
  });
});

describe('two people at one design', () => {
  it('see what the other does, and undo only what is theirs', async () => {
    const { id, page: one } = await emptySheet('Together');
    const two = await product.open(`/designs/${id}`);
    await one.keyboard.press('/');
    await one.locator('.quick-field').fill('merge');
    await one.keyboard.press('Enter');
    await two.locator('[data-node="merge"]').waitFor();
    await two.keyboard.press('/');
    await two.locator('.quick-field').fill('delay');
    await two.keyboard.press('Enter');
    await one.locator('[data-node="delay"]').waitFor();
    await Promise.all([one.keyboard.press('Escape'), two.keyboard.press('Escape')]);
    await one.keyboard.press('Control+z');
    await two.locator('[data-node="merge"]').waitFor({ state: 'detached' });
    expect(await two.locator('[data-node="delay"]').count()).toBe(1);
    const [a, b] = [await saved(one), await saved(two)];
    expect(a).toBe(b);
    await one.getByLabel('Name of the design').fill('Ours');
    await one.keyboard.press('Enter');
    await two.waitForFunction(() => document.querySelector<HTMLInputElement>('.design-name')?.value === 'Ours');
    await one.context().close();
    await two.context().close();
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});
