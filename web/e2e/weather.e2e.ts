import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import type { SessionSnapshot } from '#model/sessions/session.ts';
import { count, exampleOf, type Product, passed, pictures, saved, startProduct, verdict } from './product.ts';

let product: Product;
let weather: Design;
let page: Page;
beforeAll(async () => {
  product = await startProduct();
  weather = await exampleOf(product, 'Wet days');
});
afterAll(() => product.close());

const wireInto = (kind: string, mode?: string) =>
  Object.values(weather.connections).find(({ to }) => {
    const node = weather.nodes[to.node];
    return node?.kind === kind && (mode === undefined || node.settings['mode'] === mode);
  })!;

/** How many messages have passed each wire of the newest session, as the server counts them. */
async function metrics(): Promise<Record<string, number>> {
  const { items } = await product.api<{ items: { id: string }[] }>('GET', `/executions?designId=${weather.id}&limit=1`);
  const { channels } = await product.api<SessionSnapshot>('GET', `/executions/${items[0]?.id}/metrics`);
  return Object.fromEntries(channels.map(({ connection, received }) => [connection, received]));
}

describe('the weather, on real data', () => {
  it('runs, stands still while paused, goes on to its end, and counts every row on the wires', async () => {
    page = await product.open(`/designs/${weather.id}`);
    await verdict(page, 'Proved deadlock-free');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.click('[data-hint="outline"]');
    const rows = wireInto('data.filter');
    await passed(page, rows.id, 0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('[data-state="paused"]').waitFor();
    const counted = await metrics();
    expect(counted).toEqual(await metrics());
    await page.screenshot({ path: join(pictures, 'paused.png') });
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('[data-state="completed"]').waitFor();
    await passed(page, rows.id, 2_921);
    expect(await count(page, rows.id)).toBe(2_922);
    await page.screenshot({ path: join(pictures, 'weather.png') });
  });

  it('shows the last rows of a wire', async () => {
    await page.click(`[data-outline-wire="${wireInto('data.filter').id}"]`);
    await page.locator('[data-message="2922"]').waitFor();
    expect(await page.locator('[data-message="2922"] pre').textContent()).toContain('precipitation');
    expect(await page.locator('.wire-counts').textContent()).toContain('2,922 passed');
  });

  it('shows the file it has written', async () => {
    const writer = Object.values(weather.nodes).find(({ kind, settings }) => kind === 'io.file' && settings['mode'] === 'write')!;
    await page.click(`[data-outline-node="${writer.id}"]`);
    await page.click('text=Open result');
    await page.locator('.result-table tbody tr').first().waitFor();
    const table = await page.locator('.result-table').innerText();
    expect(table).toContain('Seattle');
    expect(table).toContain('New York');
    await page.screenshot({ path: join(pictures, 'result.png') });
    await page.keyboard.press('Escape');
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});

describe('a run that goes on', () => {
  it('is paused, resumed and stopped', async () => {
    const runs = await product.open('/');
    await runs.locator('[data-state="running"]').waitFor();
    await runs.getByRole('button', { name: 'Pause' }).click();
    await runs.locator('[data-state="paused"]').waitFor();
    await runs.click('[data-hint="outline"]');
    const held = await count(runs, 'plato-left');
    await runs.getByRole('button', { name: 'Resume' }).click();
    await runs.locator('[data-state="running"]').waitFor();
    await passed(runs, 'plato-left', held);
    await runs.getByRole('button', { name: 'Stop' }).click();
    await runs.locator('[data-state="stopped"]').waitFor();
    await runs.click('[data-hint="runs"]');
    await runs.locator('.run-line', { hasText: 'Stopped' }).waitFor();
    await saved(runs);
    await runs.context().close();
  });
});
