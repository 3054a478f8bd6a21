import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Product, passed, pictures, saved, startProduct, verdict } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

describe('the page opens on the philosophers', () => {
  it('running: messages move and rates are told', async () => {
    const page = await product.open('/', { hints: true });
    await page.locator('[data-state="running"]').waitFor();
    await verdict(page, 'Proved deadlock-free');
    await page.click('[data-hint="outline"]');
    await passed(page, 'arendt-left', 3);
    await page.locator('[data-rate]', { hasText: /[1-9].*messages/ }).waitFor();
    const painted = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.live-layer');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return data.some((part) => part !== 0);
    });
    expect(painted).toBe(true);
    await page.locator('.hint', { hasText: 'Look into a wire' }).waitFor();
    await page.screenshot({ path: join(pictures, 'philosophers.png') });
    await page.context().close();
  });

  it('shows the last messages of a wire as they pass', async () => {
    const page = await product.open();
    await page.click('[data-hint="outline"]');
    await page.click('[data-outline-wire="plato-left"]');
    const first = page.locator('[data-message]').first();
    await first.waitFor();
    const number = Number(await first.getAttribute('data-message'));
    await page.waitForFunction(
      (old) => Number(document.querySelector('[data-message]')?.getAttribute('data-message')) > old,
      number,
    );
    expect(await first.locator('pre').textContent()).toMatch(/take|give/);
    await page.getByLabel('Filter messages').fill('give');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[data-message] pre')].every((pre) => pre.textContent?.includes('give')),
    );
    await page.screenshot({ path: join(pictures, 'wire.png') });
    await page.context().close();
  });

  it('finds the deadlock when the waiter goes, shows it step by step, and puts him back with one click', async () => {
    const page = await product.open();
    await verdict(page, 'Proved deadlock-free');
    const rev = await saved(page);
    await page.click('[data-node="waiter"]');
    await page.keyboard.press('Delete');
    await saved(page, rev + 1);
    await verdict(page, 'Can deadlock');
    await page.locator('.toast', { hasText: 'can deadlock' }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.box.knot').length === 10);
    expect(await page.locator('.box.dim').count()).toBe(0);
    await page.screenshot({ path: join(pictures, 'ring.png') });
    await page.click('.verdict');
    await page.click('text=Show how');
    await page.locator('.trace-count', { hasText: 'Stuck' }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.box.knot').length === 10);
    expect(await page.locator('.wire.knot').count()).toBeGreaterThanOrEqual(5);
    await page.click('text=Try it for real');
    await page.locator('.trace-tried', { hasText: 'The real components get stuck here too.' }).waitFor();
    await page.screenshot({ path: join(pictures, 'deadlock.png') });
    await page.click('[data-step="0"]');
    await page.locator('.trace-count', { hasText: 'Step 1 of 5' }).waitFor();
    expect(await page.locator('.wire.now').count()).toBe(1);
    expect(await page.locator('.box.now').count()).toBe(2);
    await page.getByLabel('Next step').click();
    expect(await page.locator('.wire.past').count()).toBe(1);
    await page.getByLabel('Play steps').click();
    await page.locator('.trace-count', { hasText: 'Stuck' }).waitFor();
    await page.click('text=Put Waiter back');
    await saved(page, rev + 2);
    await verdict(page, 'Proved deadlock-free');
    expect(await page.locator('[data-node="waiter"]').count()).toBe(1);
    await page.context().close();
  });

  it('records a run when asked, and hands out the recording once it has ended', async () => {
    const page = await product.open();
    await page.locator('[data-state="running"]').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByTitle('This run is recorded').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    const link = page.getByRole('link', { name: 'Download recording' }).first();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/^[0-9a-f-]{36}\.rec$/);
    await page.context().close();
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});
