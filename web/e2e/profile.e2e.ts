import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { type Product, pictures, saved, startProduct } from './product.ts';

let product: Product;
let design: Design;
let page: Page;
beforeAll(async () => {
  product = await startProduct();
  design = await product.api<Design>('POST', '/designs/import', {
    format: 'csp-design/1',
    name: 'Busy',
    nodes: {
      ticks: { kind: 'io.schedule', settings: { intervalMs: 5 } },
      compute: {
        kind: 'data.filter',
        label: 'Compute',
        settings: { condition: `[${Array.from({ length: 500 }, (_, n) => n).join(',')}].all(x, x * x + x >= 0)` },
        priority: 'low',
      },
      sink: { kind: 'compute.discard' },
      rest: { kind: 'compute.discard' },
    },
    connections: {
      in: { from: 'ticks.tick', to: 'compute.in', capacity: 4 },
      yes: { from: 'compute.match', to: 'sink.in' },
      no: { from: 'compute.rest', to: 'rest.in' },
    },
    canvas: { positions: { ticks: [0, 80], compute: [280, 80], sink: [560, 0], rest: [560, 160] } },
  });
  page = await product.open(`/designs/${design.id}`);
});
afterAll(() => product.close());

describe('who spends the time', () => {
  it('[D20] a node says when it is served, out of the way', async () => {
    await page.click('[data-id="compute"]');
    const served = page.getByLabel('Served');
    expect(await served.inputValue()).toBe('low');
    await served.selectOption('high');
    await page.getByLabel('Weight').fill('7');
    await page.getByLabel('Weight').press('Enter');
    await page.getByLabel('Weight').fill('1000');
    await page.getByLabel('Weight').press('Enter');
    await saved(page);
    await page.screenshot({ path: join(pictures, 'ranking.png') });
    expect((await product.api<Design>('GET', `/designs/${design.id}`)).nodes['compute']).toMatchObject({
      priority: 'high',
      weight: 7,
    });
    expect(await page.getByLabel('Weight').inputValue()).toBe('7');
  });

  it('[S65] a node and a wire say where their time goes', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('tab', { name: 'Live' }).click();
    await page.locator('.facts', { hasText: /Processor.*now · (\d+ ms|[\d.]+ s) in all.*Waits for input\d+ %.*99 %≤/ }).waitFor();
    await page.screenshot({ path: join(pictures, 'node-times.png') });
    await page.click('[data-hint="outline"]');
    await page.click('[data-outline-wire="in"]');
    await page.locator('.wire-waits', { hasText: /Receiver waits\d+ % · / }).waitFor();
    await page.screenshot({ path: join(pictures, 'wire-waits.png') });
  });

  it('[S66] a profile of the run names its nodes, and can be kept', async () => {
    await page.click('[data-hint="runs"]');
    await page.getByRole('button', { name: 'Profile 5 s' }).click();
    const rows = page.locator('.profile-table tbody tr');
    await rows.first().waitFor();
    expect(await rows.first().textContent()).toContain('Compute');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.profile a')]);
    expect(download.suggestedFilename()).toMatch(/\.cpuprofile$/);
    expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toMatchObject({ nodes: expect.any(Array) });
    await page.screenshot({ path: join(pictures, 'profile.png') });
    expect(product.complaints).toEqual([]);
  });
});
