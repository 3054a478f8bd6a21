import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { exampleOf, type Product, pictures, saved, startProduct, verdict } from './product.ts';

let product: Product;
let page: Page;
let farm: Design;
let clerk: Design;
beforeAll(async () => {
  product = await startProduct();
  [farm, clerk] = [await exampleOf(product, 'Four clerks'), await exampleOf(product, 'A clerk')];
  page = await product.open(`/designs/${farm.id}`);
});
afterAll(() => product.close());

const box = '[data-node="clerks"]';

describe('four clerks', () => {
  it('are proved with all copies, run, and are listed within their node', async () => {
    await verdict(page, 'Proved deadlock-free');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('[data-state="completed"]').waitFor();
    await page.click(box);
    await page.getByRole('tab', { name: 'Live' }).click();
    expect(await page.locator('.facts').textContent()).toContain('Received40Sent37');
    const inner = page.locator('.inner-nodes tbody tr');
    expect(await inner.count()).toBe(10);
    const receipts = page.locator('.inner-nodes tbody tr', { hasText: '/receipt' });
    const failures = await receipts.locator('td:last-child').allTextContents();
    expect(failures.reduce((sum, text) => sum + Number(text), 0)).toBe(3);
    await page.screenshot({ path: join(pictures, 'farm.png') });
  });

  it('choose their design from a list; what is wrong with it is said, and lights their node', async () => {
    await page.getByRole('tab', { name: 'Properties' }).click();
    const choice = page.getByLabel('Design', { exact: true });
    await choice.selectOption({ label: 'Dining philosophers' });
    await verdict(page, 'missing');
    await saved(page);
    await page.locator(`${box}.error`).waitFor();
    await page.screenshot({ path: join(pictures, 'farm-wrong.png') });
    await choice.selectOption({ label: 'A clerk' });
    await verdict(page, 'Proved deadlock-free');
  });

  it('open their design by a double click, and a parameter shows there as it is written', async () => {
    await page.dblclick(`${box} .box-title`);
    await page.waitForURL(`**/designs/${clerk.id}`);
    await page.click('[data-node="look"]');
    await page.getByLabel('Expression').waitFor();
    expect(await page.getByLabel('Expression').inputValue()).toContain('$param');
    await page.screenshot({ path: join(pictures, 'clerk.png') });
    expect(product.complaints).toEqual([]);
  });
});
