import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { type Product, pictures, startProduct, verdict } from './product.ts';

let product: Product;
let design: Design;
beforeAll(async () => {
  product = await startProduct();
  design = await product.api<Design>('POST', '/designs/import', {
    format: 'csp-design/1',
    name: 'A shared state',
    nodes: {
      source: { kind: 'io.manual', settings: { payload: { op: 'put', value: 7 }, repeat: 3, intervalMs: 0 } },
      call: { kind: 'control.call' },
      store: { kind: 'compute.state' },
      sink: { kind: 'compute.discard' },
    },
    connections: {
      asked: { from: 'source.out', to: 'call.in' },
      both: { from: 'call.call', to: 'store.op' },
      told: { from: 'call.out', to: 'sink.in' },
    },
    canvas: { positions: { source: [0, 140], call: [300, 140], store: [600, 0], sink: [600, 240] } },
  });
});
afterAll(() => product.close());

it('[Q8] [Q9] a call is a double line, holds nothing, and shows its requests and replies', async () => {
  const page = await product.open(`/designs/${design.id}`);
  await verdict(page, 'Proved deadlock-free');
  expect(await page.locator('[data-wire="both"] [data-call]').count()).toBe(1);
  expect(await page.locator('[data-wire="told"] [data-call]').count()).toBe(0);
  await page.click('[data-hint="outline"]');
  await page.click('[data-outline-wire="both"]');
  await page.getByText('Requests, and the reply to each. No request is held.').waitFor();
  expect(await page.getByLabel('Capacity').count()).toBe(0);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('.wire-counts[data-count="6"]').waitFor();
  await page.getByText('"request"').first().waitFor();
  await page.screenshot({ path: join(pictures, 'call.png') });
  expect(product.complaints).toEqual([]);
});
