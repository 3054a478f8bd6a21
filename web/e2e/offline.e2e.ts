import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { type Product, pictures, saved, startProduct, Wire } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

describe('a server that goes away', () => {
  it('is said, and no edit is lost', async () => {
    const { id } = await product.api<Design>('POST', '/designs', { name: 'Away' });
    const page = await product.open(`/designs/${id}`);
    await page.locator('.reach.online').waitFor();
    await product.kill();
    await page.locator('.banner', { hasText: 'cannot be reached' }).waitFor();
    for (const word of ['merge', 'delay']) {
      await page.keyboard.press('/');
      await page.locator('.quick-field').fill(word);
      await page.keyboard.press('Enter');
      await page.locator(`[data-node="${word}"]`).waitFor();
      await page.keyboard.press('Escape');
    }
    await page.locator('.banner', { hasText: '2 changes are kept' }).waitFor();
    await page.locator('[data-saving="kept"]').waitFor();
    await page.screenshot({ path: join(pictures, 'offline.png') });
    await product.serveAgain();
    await page.locator('.banner').waitFor({ state: 'detached' });
    await page.locator('.reach.online').waitFor();
    await saved(page);
    expect(Object.keys((await product.api<Design>('GET', `/designs/${id}`)).nodes).sort()).toEqual(['delay', 'merge']);
    await page.context().close();
  });

  it('loses nothing either when the page is loaded again before an edit got through', async () => {
    const { id } = await product.api<Design>('POST', '/designs', { name: 'Loaded again' });
    const wire = new Wire();
    const page = await product.open(`/designs/${id}`, { wire });
    await page.locator('.reach.online').waitFor();
    await wire.cut();
    await page.keyboard.press('/');
    await page.locator('.quick-field').fill('tap');
    await page.keyboard.press('Enter');
    await page.locator('[data-saving="kept"]').waitFor();
    await page.reload();
    await page.locator('[data-node="tap"]').waitFor();
    await page.locator('.banner', { hasText: '1 change is kept' }).waitFor();
    expect(Object.keys((await product.api<Design>('GET', `/designs/${id}`)).nodes)).toEqual([]);
    wire.mend();
    await saved(page, 2);
    expect(Object.keys((await product.api<Design>('GET', `/designs/${id}`)).nodes)).toEqual(['tap']);
    await page.locator('[aria-label="Undo add Tap"]').click();
    await page.locator('.empty-hint').waitFor();
    await page.context().close();
  });
});
