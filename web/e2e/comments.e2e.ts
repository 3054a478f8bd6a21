import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Thread } from '#model/comment.ts';
import type { Design } from '#model/design.ts';
import { exampleOf, middleOf, type Product, pictures, startProduct } from './product.ts';

let product: Product;
let weather: Design;
let ada: Page;
let bea: Page;
let node: string;
beforeAll(async () => {
  product = await startProduct();
  weather = await exampleOf(product, 'Wet days');
  node = Object.values(weather.nodes).find(({ kind }) => kind === 'data.filter')?.id ?? '';
  ada = await visitor('Ada');
  bea = await visitor('Bea Brook');
});
afterAll(() => product.close());

async function visitor(name: string): Promise<Page> {
  const page = await product.open(`/designs/${weather.id}`);
  await page.evaluate((own) => localStorage.setItem('csp.name', own), name);
  await page.reload();
  await page.locator(`[data-node="${node}"]`).waitFor();
  return page;
}

const edit = (edits: readonly object[]) => product.api<{ inverse: object[] }>('POST', `/designs/${weather.id}/edits`, { edits });
const threads = async () => (await product.api<{ items: Thread[] }>('GET', `/designs/${weather.id}/comments`)).items;
const pin = (page: Page, more = '') => page.locator(`[data-pin]${more}`);
const talk = (page: Page) => page.getByRole('dialog', { name: 'Comment', exact: true });

describe('comments', () => {
  it('[M1] [M6] one selects, presses M, writes and mentions somebody who is there', async () => {
    await ada.locator('[data-person="Bea Brook"]').first().waitFor({ state: 'attached' });
    await ada.click(`[data-node="${node}"]`);
    await ada.keyboard.press('m');
    await ada.getByLabel('Comment', { exact: true }).fill('Why this number? ');
    await ada.keyboard.type('@be');
    await ada.getByRole('option', { name: 'Bea Brook' }).waitFor();
    await ada.screenshot({ path: join(pictures, 'comment-mention.png') });
    await ada.keyboard.press('Enter');
    await ada.keyboard.press('Control+Enter');
    await pin(ada, '[data-count="1"]').waitFor();
    const [thread] = await threads();
    expect(thread).toMatchObject({
      anchor: { node },
      comments: [{ actor: 'Ada', text: 'Why this number? @"Bea Brook"', mentions: ['Bea Brook'] }],
    });
  });

  it('[M12] the other sees it without a reload, is told that it mentions her, and answers', async () => {
    const toast = bea.locator('.toast', { hasText: 'Ada mentions you: Why this number?' });
    await toast.waitFor();
    await toast.getByRole('button', { name: 'Show' }).click();
    await talk(bea).getByText('Why this number?').waitFor();
    expect(await talk(bea).getByRole('button', { name: 'Edit' }).count()).toBe(0);
    await talk(bea).getByLabel('Answer').fill('It is what was measured.');
    await talk(bea).getByRole('button', { name: 'Answer' }).click();
    await pin(ada, '[data-count="2"]').waitFor();
    await talk(ada).getByText('It is what was measured.').waitFor();
    await bea.screenshot({ path: join(pictures, 'comment-thread.png') });
    await bea.keyboard.press('Escape');
    await talk(bea).waitFor({ state: 'detached' });
    expect(await bea.evaluate(() => document.activeElement?.hasAttribute('data-pin'))).toBe(true);
  });

  it('[M5] one changes what one wrote', async () => {
    await talk(ada).getByRole('button', { name: 'Edit' }).click();
    await ada.getByLabel('Change your comment').fill('Why twenty?');
    await ada.keyboard.press('Control+Enter');
    await talk(ada).getByText('Why twenty?').waitFor();
    await ada.keyboard.press('Escape');
    expect((await threads())[0]?.comments[0]).toMatchObject({ text: 'Why twenty?', mentions: [] });
  });

  it('[M8] [M9] the pin goes with its node, stays where that was when it is deleted, and is back when that is undone', async () => {
    const selector = `[data-node="${node}"]`;
    const apart = async () => {
      const [box, tip] = [await middleOf(ada, selector), await middleOf(ada, '[data-pin]')];
      return [Math.round(tip.x - box.x), Math.round(tip.y - box.y)];
    };
    const before = await apart();
    const was = await middleOf(ada, selector);
    const { x = 0, y = 0 } = weather.canvas.positions[node] ?? {};
    await edit([{ do: 'node.move', id: node, at: { x: x + 64, y: y + 96 } }]);
    await ada.waitForFunction(
      ([at, top]) => (document.querySelector(String(at))?.getBoundingClientRect().top ?? 0) > Number(top),
      [selector, was.y] as const,
    );
    expect(await apart()).toEqual(before);
    const tip = await middleOf(ada, '[data-pin]');
    const { inverse } = await edit([{ do: 'node.delete', id: node }]);
    await pin(ada, '.orphan').waitFor();
    expect(await middleOf(ada, '[data-pin]')).toEqual(tip);
    await ada.screenshot({ path: join(pictures, 'comment-orphan.png') });
    await edit(inverse);
    await ada.locator(selector).waitFor();
    await pin(ada, ':not(.orphan)').waitFor();
    expect(await apart()).toEqual(before);
  });

  it('[M7] resolved it is no longer on the canvas, unless wished; the drawer leads to it', async () => {
    await pin(ada).click();
    await talk(ada).getByRole('button', { name: 'Resolve' }).click();
    await talk(ada).getByText('Resolved by Ada.').waitFor();
    await ada.keyboard.press('Escape');
    await pin(ada).waitFor({ state: 'detached' });
    await pin(bea).waitFor({ state: 'detached' });
    await bea.click('[data-hint="comments"]');
    await bea.getByLabel('Resolved (1)').check();
    await pin(bea, '.resolved').waitFor();
    await bea.locator('[data-thread]').click();
    await talk(bea).getByRole('button', { name: 'Reopen' }).click();
    await pin(ada, '.open').waitFor();
    await bea.screenshot({ path: join(pictures, 'comment-drawer.png') });
  });

  it('[M1] comments are put on an area and on a place; the last one deleted takes the thread away', async () => {
    await bea.keyboard.press('Escape');
    await bea.keyboard.press('Escape');
    await bea.mouse.move(900, 700);
    await bea.keyboard.press('Control+a');
    await bea.keyboard.press('m');
    await bea.getByLabel('Comment', { exact: true }).fill('All of this.');
    await bea.keyboard.press('Control+Enter');
    await bea.locator('.pin-region').waitFor({ state: 'attached' });
    await talk(bea).getByText('All of this.').waitFor();
    await bea.keyboard.press('Escape');
    await bea.keyboard.press('Escape');
    await bea.mouse.move(700, 160);
    await bea.keyboard.press('m');
    await bea.getByLabel('Comment', { exact: true }).fill('Put a clock here.');
    await bea.keyboard.press('Control+Enter');
    await pin(ada).nth(2).waitFor();
    expect((await threads()).map(({ anchor }) => Object.keys(anchor)[0])).toEqual(['point', 'region', 'node']);
    await bea.screenshot({ path: join(pictures, 'comments.png') });
    await talk(bea).getByRole('button', { name: 'Delete comment' }).click();
    await talk(bea).waitFor({ state: 'detached' });
    await pin(ada).nth(2).waitFor({ state: 'detached' });
    expect(await threads()).toHaveLength(2);
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});
