import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Product, pictures, startProduct, verdict } from './product.ts';
import { serious } from './serious.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

describe.each(['light', 'dark'] as const)('the page in %s', (colorScheme) => {
  it('has no serious fault of access, with every drawer and panel open', async () => {
    const page = await product.open('/', { colorScheme });
    await verdict(page, 'Proved deadlock-free');
    expect(await serious(page)).toEqual([]);
    await page.click('[data-hint="problems"]');
    await page.click('text=What is proved');
    await page.locator('[data-verdict="proved"]').first().waitFor();
    expect(await serious(page)).toEqual([]);
    await page.click('[data-hint="comments"]');
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    await page.getByLabel('Comment', { exact: true }).fill('Is this @plato?');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    await page.screenshot({ path: join(pictures, `comment-${colorScheme}.png`) });
    expect(await serious(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close comment', exact: true }).click();
    await page.click('[data-hint="outline"]');
    await page.click('[data-outline-wire="plato-left"]');
    await page.locator('[data-message]').first().waitFor();
    expect(await serious(page)).toEqual([]);
    await page.click('[data-outline-node="waiter"]');
    await page.locator('.form').waitFor();
    await page.screenshot({ path: join(pictures, `node-${colorScheme}.png`) });
    expect(await serious(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Doc' }).click();
    await page.locator('.classes dt', { hasText: 'deterministic' }).waitFor();
    await page.screenshot({ path: join(pictures, `doc-${colorScheme}.png`) });
    expect(await serious(page)).toEqual([]);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await page.locator('[data-step]').waitFor();
    await page.getByRole('tab', { name: 'Live' }).click();
    await page.getByRole('button', { name: 'Pause node' }).click();
    await page.locator('[data-node="waiter"] [data-held]').waitFor();
    await page.screenshot({ path: join(pictures, `step-${colorScheme}.png`) });
    expect(await serious(page)).toEqual([]);
    await page.getByRole('button', { name: 'Resume node' }).click();
    await page.click('[data-outline-wire="plato-left"]');
    await page.getByLabel('Only when').fill('message +');
    await page.getByRole('button', { name: 'Set breakpoint' }).click();
    await page.locator('.breakpoint-form [role="alert"]').waitFor();
    expect(await serious(page)).toEqual([]);
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.click('[data-hint="runs"]');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await serious(page)).toEqual([]);
    await page.context().close();
  });
});

describe('the page on a phone', () => {
  const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

  it('shows the canvas, and everything else as a sheet from below', async () => {
    const page = await product.open('/', phone);
    await verdict(page, '');
    await page.locator('[data-state="running"]').waitFor();
    await page.screenshot({ path: join(pictures, 'phone.png') });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.tap('[data-hint="problems"]');
    await page.locator('.verdict-card.good').waitFor();
    await page.screenshot({ path: join(pictures, 'phone-problems.png') });
    expect(await serious(page)).toEqual([]);
    await page.context().close();
  });

  it('keeps still for those who want it still, and says the rates', async () => {
    const page = await product.open('/', { reducedMotion: 'reduce' });
    await page.locator('[data-rate]', { hasText: /[1-9].*messages/ }).waitFor();
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await page.context().close();
  });
});
