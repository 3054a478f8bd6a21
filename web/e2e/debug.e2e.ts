import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { count, exampleOf, type Product, passed, pictures, startProduct, verdict } from './product.ts';

let product: Product;
let weather: Design;
let page: Page;
beforeAll(async () => {
  product = await startProduct();
  weather = await exampleOf(product, 'Wet days');
});
afterAll(() => product.close());

const rows = () => Object.values(weather.connections).find(({ to }) => weather.nodes[to.node]?.kind === 'data.filter')!.id;
const paused = () => page.locator('[data-state="paused"]').waitFor();

describe('a run that is looked into', () => {
  it('[S39] [S43] pauses at a breakpoint that was set before it started, with the message', async () => {
    page = await product.open(`/designs/${weather.id}`);
    await verdict(page, 'Proved deadlock-free');
    await page.click('[data-hint="outline"]');
    await page.click(`[data-outline-wire="${rows()}"]`);
    await page.getByLabel('Only when').fill('message.precipitation > 10.0 &&');
    await page.getByRole('button', { name: 'Set breakpoint' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.toast.bad', { hasText: 'Not started' }).waitFor();
    await page.getByLabel('Only when').fill('message.precipitation > 10.0');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.locator('[data-breakpoint]').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await paused();
    const message = page.locator(`[data-paused-at="${rows()}"]`);
    await message.waitFor();
    const { precipitation } = JSON.parse((await message.locator('pre').textContent()) ?? '') as { precipitation: number };
    expect(precipitation).toBeGreaterThan(10);
    await page.locator(`.wire.now[data-wire="${rows()}"]`).waitFor({ state: 'attached' });
    await page.locator('[data-hits="1"]').waitFor();
    await page.screenshot({ path: join(pictures, 'breakpoint.png') });
  });

  it('[S40] goes on step by step, by button and by key', async () => {
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await page.locator('[data-step]').waitFor();
    expect(await page.locator('[data-paused-at]').count()).toBe(0);
    const first = await page.locator('[data-step]').textContent();
    await page
      .locator('.react-flow__pane')
      .focus()
      .catch(() => undefined);
    await page.keyboard.press('Shift+S');
    await page.waitForFunction((before) => document.querySelector('[data-step]')?.textContent !== before, first);
    await page.screenshot({ path: join(pictures, 'step.png') });
  });

  it('[S36] [S38] with a node and a wire paused, nothing more passes there; cleared and resumed, it ends with every row', async () => {
    await page.click(`[data-outline-wire="${rows()}"]`);
    await page.getByRole('button', { name: 'Pause wire' }).click();
    await page.locator('.wire [data-held]').waitFor();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.locator('[data-breakpoint]').waitFor({ state: 'detached' });
    const { node } = weather.connections[rows()]!.to;
    await page.click(`[data-outline-node="${node}"]`);
    await page.getByRole('tab', { name: 'Live' }).click();
    await page.getByRole('button', { name: 'Pause node' }).click();
    await page.locator(`[data-node="${node}"] [data-held]`).waitFor();
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.locator('[data-state="running"]').waitFor();
    const before = await count(page, rows());
    await page.screenshot({ path: join(pictures, 'held.png') });
    await page.getByRole('button', { name: 'Resume node' }).click();
    await page.locator(`[data-node="${node}"] [data-held]`).waitFor({ state: 'detached' });
    expect(await count(page, rows())).toBe(before);
    await page.click(`[data-outline-wire="${rows()}"]`);
    await page.getByRole('button', { name: 'Resume wire' }).click();
    await page.locator('[data-state="completed"]').waitFor();
    await passed(page, rows(), 2_921);
    expect(await count(page, rows())).toBe(2_922);
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});
