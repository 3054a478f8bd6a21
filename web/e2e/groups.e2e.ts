import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { middleOf, type Product, pictures, saved, startProduct } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

const stored = (id: string) => product.api<Design>('GET', `/designs/${id}`);
const picture = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });
const add = (id: string, kind: string, x: number, y = 0): Edit => ({ do: 'node.add', node: { id, kind }, at: { x, y } });
const at = { position: { x: 60, y: 12 } };

async function opened(name: string, edits: readonly Edit[]) {
  const { id } = await product.api<Design>('POST', '/designs', { name });
  await product.api('POST', `/designs/${id}/edits`, { edits });
  const page = await product.open(`/designs/${id}`, { name: 'Ann Bell' });
  await page.keyboard.press('f');
  return { id, page };
}

async function dragBy(page: Page, selector: string, dx: number, dy: number) {
  const from = await middleOf(page, selector);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + dx, from.y + dy, { steps: 6 });
  await page.mouse.up();
}

describe('[D22] groups on the canvas', () => {
  it('are made by a key, named, coloured, moved with all they hold in one step, nested, and taken away', async () => {
    const { id, page } = await opened('Groups', [
      add('a', 'flow.buffer', 0),
      add('b', 'flow.buffer', 320),
      add('c', 'flow.buffer', 320, 240),
    ]);
    await page.locator('[data-node="a"]').click(at);
    await page.keyboard.down('Control');
    await page.locator('[data-node="b"]').click(at);
    await page.keyboard.up('Control');
    await page.keyboard.press('g');
    await page.locator('[data-group="group"]').waitFor();
    await page.getByLabel('Title').fill('Shelves');
    await page.keyboard.press('Enter');
    await page.getByLabel('green', { exact: true }).check({ force: true });
    await saved(page, 5);
    expect((await stored(id)).canvas).toMatchObject({
      groups: { group: { title: 'Shelves', colour: 'green' } },
      members: { a: 'group', b: 'group' },
    });
    await picture(page, 'groups-made');

    const before = (await stored(id)).canvas.positions;
    await dragBy(page, '[data-group-title="group"]', 0, -80);
    await saved(page, 6);
    const after = (await stored(id)).canvas.positions;
    for (const node of ['a', 'b']) expect(after[node]?.y).toBeLessThan(before[node]?.y ?? 0);
    expect(after['c']).toEqual(before['c']);
    await page.locator('[data-group-title="group"]').press('Shift+ArrowDown');
    await saved(page, 7);

    await page.keyboard.down('Control');
    await page.locator('[data-node="c"]').click(at);
    await page.keyboard.up('Control');
    await page.getByRole('button', { name: 'Group', exact: true }).click();
    await saved(page, 8);
    expect((await stored(id)).canvas.groups?.['group']?.parent).toBe('group-2');
    await page.click('[data-hint="outline"]');
    await page.locator('[data-outline-group="group-2"]').waitFor();
    await picture(page, 'groups-nested');
    await page.locator('[data-outline-group="group"]').click();
    await page.getByRole('button', { name: 'Ungroup' }).click();
    await saved(page, 9);
    expect((await stored(id)).canvas).toMatchObject({ members: { a: 'group-2', b: 'group-2', c: 'group-2' } });
    await page.context().close();
  });
});

/** Where a node was drawn at each frame since its frame was let go; the first is the last before that. */
const watchDrop = (page: Page, node: string) =>
  page.evaluate((id) => {
    const places: string[] = [];
    Object.assign(globalThis, { placesSeen: places });
    const look = () => {
      const { x, y } = document.querySelector(`[data-node="${id}"]`)?.getBoundingClientRect() ?? { x: 0, y: 0 };
      return `${Math.round(x)} ${Math.round(y)}`;
    };
    // As it was painted: after all that is done before that.
    const each = () =>
      setTimeout(() => {
        places.push(look());
        if (places.length < 12) requestAnimationFrame(each);
      });
    addEventListener(
      'pointerup',
      () => {
        places.push(look());
        requestAnimationFrame(each);
      },
      { capture: true, once: true },
    );
  }, node);
/** Waits until something is drawn at the same place for ten frames. */
const atRest = (page: Page, selector: string) =>
  page.waitForFunction(
    (of) => {
      const { x, y } = document.querySelector(of)?.getBoundingClientRect() ?? { x: 0, y: 0 };
      const seen = globalThis as unknown as { restsAt?: string; restsFor?: number };
      seen.restsFor = seen.restsAt === `${x} ${y}` ? (seen.restsFor ?? 0) + 1 : 0;
      seen.restsAt = `${x} ${y}`;
      return seen.restsFor > 10;
    },
    selector,
    { polling: 'raf' },
  );
const placesSeen = (page: Page) => page.evaluate(() => (globalThis as unknown as { placesSeen: readonly string[] }).placesSeen);

describe('[D24] [D25] a frame that is dragged', () => {
  it('takes along what it holds and the wires that leave it, tells others, and is one edit when it is let go, without a jump', async () => {
    const { id, page } = await opened('Shift', [
      add('a', 'flow.buffer', 0),
      add('b', 'flow.buffer', 320),
      add('c', 'flow.buffer', 640),
      { do: 'connect', connection: { id: 'ab', from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' } } },
      { do: 'connect', connection: { id: 'bc', from: { node: 'b', port: 'out' }, to: { node: 'c', port: 'in' } } },
      { do: 'group.add', group: { id: 'g', title: 'Shelves', colour: 'teal' } },
      { do: 'group.assign', node: 'a', group: 'g' },
      { do: 'group.assign', node: 'b', group: 'g' },
    ]);
    const bea = await product.open(`/designs/${id}`, { name: 'Bea' });
    await page.locator('[data-person="Bea"]').waitFor();
    const curve = () => page.locator('[data-wire="bc"] > path').first().getAttribute('d');
    const [before, curveBefore] = [await middleOf(page, '[data-node="a"]'), await curve()];
    const from = await middleOf(page, '[data-group-title="g"]');
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y - 120, { steps: 6 });
    await page.waitForFunction(
      ([was]) => (document.querySelector('[data-node="a"]')?.getBoundingClientRect().y ?? 0) < Number(was) - 100,
      [before.y],
    );
    await bea.waitForFunction(() => document.querySelector<HTMLElement>('.people-layer')?.dataset['dragged'] === 'a b');
    await picture(bea, 'groups-dragged');
    expect(await curve()).not.toBe(curveBefore);
    expect((await stored(id)).rev).toBe(2);
    await watchDrop(page, 'a');
    await page.mouse.up();
    await saved(page, 3);
    await expect.poll(async () => (await placesSeen(page)).length).toBe(12);
    expect(new Set(await placesSeen(page)).size).toBe(1);
    const [after, curveAfter] = [await middleOf(page, '[data-node="a"]'), await curve()];
    expect(Math.abs(after.x - before.x - 40)).toBeLessThan(9);
    const { positions } = (await stored(id)).canvas;
    expect((positions['b']?.x ?? 0) - (positions['a']?.x ?? 0)).toBe(320);
    await page.reload();
    await page.locator('[data-wire="bc"]').waitFor({ state: 'attached' });
    // A pixel is what measuring an end on the page may make of it.
    const ends = (path: string | null) => (path?.match(/-?[\d.]+/g) ?? []).map(Number);
    const drawn = ends(await curve());
    for (const [at, place] of ends(curveAfter).entries()) expect(Math.abs(place - (drawn[at] ?? 0))).toBeLessThan(2);

    // Where not all of it is drawn the nodes are dragged one by one, to the same end.
    await product.api('POST', `/designs/${id}/edits`, {
      edits: [add('far', 'flow.buffer', 4_000, 0), { do: 'group.assign', node: 'far', group: 'g' }],
    });
    await saved(page, 4);
    await page.click('[data-hint="outline"]');
    await page.locator('[data-outline-node="a"]').dblclick();
    await page.locator('[data-node="far"]').waitFor({ state: 'detached' });
    await atRest(page, '[data-group-title="g"]');
    await dragBy(page, '[data-group-title="g"]', 0, 60);
    await saved(page, 5);
    const moved = (await stored(id)).canvas.positions;
    expect((moved['b']?.y ?? 0) - (positions['b']?.y ?? 0)).toBeGreaterThan(0);
    expect(moved['far']?.y).toBeGreaterThan(0);
    for (const one of [page, bea]) await one.context().close();
  });
});

describe('[D21] a node', () => {
  it('is made larger by its corner, or by arrows, and its wires go where it then is', async () => {
    const { id, page } = await opened('Sizes', [
      add('a', 'flow.buffer', 0),
      add('b', 'flow.buffer', 640, 320),
      { do: 'connect', connection: { id: 'ab', from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' } } },
    ]);
    await page.locator('[data-node="a"]').click(at);
    const zoom = await page.evaluate(() => document.querySelector('[data-node="a"]')?.getBoundingClientRect().width ?? 0);
    await dragBy(page, '.resize-grip', zoom / 2, 60);
    await saved(page, 3);
    const { sizes } = (await stored(id)).canvas;
    expect(sizes?.['a']?.width).toBeGreaterThan(280);
    await picture(page, 'groups-size');
    await page.locator('.resize-grip').press('ArrowRight');
    await saved(page, 4);
    expect((await stored(id)).canvas.sizes?.['a']?.width).toBe((sizes?.['a']?.width ?? 0) + 8);
    await page.getByRole('button', { name: 'Usual size' }).click();
    await saved(page, 5);
    expect((await stored(id)).canvas.sizes).toBeUndefined();
    await page.context().close();
  });
});

describe('[E11] a wire', () => {
  it('is led elsewhere by its end, or by choice, and keeps what it holds', async () => {
    const { id, page } = await opened('Rewired', [
      add('a', 'flow.buffer', 0),
      add('b', 'compute.discard', 480),
      add('c', 'compute.discard', 480, 240),
      {
        do: 'connect',
        connection: { id: 'w', from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' }, capacity: 7 },
      },
    ]);
    await page.click('[data-hint="outline"]');
    await page.locator('[data-outline-wire="w"]').click();
    await picture(page, 'rewire-ends');
    const [end, other] = [await middleOf(page, '.react-flow__edgeupdater-target'), await middleOf(page, '[data-spot="c.in:0"]')];
    await page.mouse.move(end.x, end.y);
    await page.mouse.down();
    await page.mouse.move(other.x - 20, other.y, { steps: 8 });
    await page.locator('[data-spot="c.in:0"].fits').waitFor();
    await picture(page, 'rewire');
    await page.mouse.move(other.x, other.y, { steps: 3 });
    await page.mouse.up();
    await saved(page, 3);
    const wire = async () => (await stored(id)).connections['w'];
    expect(await wire()).toMatchObject({ id: 'w', to: { node: 'c', port: 'in' }, capacity: 7 });
    const to = page.getByRole('combobox', { name: 'To', exact: true });
    await to.focus();
    await to.selectOption('b in 0');
    await saved(page, 4);
    expect(await wire()).toMatchObject({ id: 'w', to: { node: 'b', port: 'in' }, capacity: 7 });
    await page.context().close();
  });
});

describe('[E13] a list setting', () => {
  it('is changed item by item, also while somebody else adds to it', async () => {
    const { id, page } = await opened('Lists', [
      {
        do: 'node.add',
        node: { id: 'a', kind: 'flow.buffer', settings: { capacity: 10, initial: [1, 2, 3] } },
        at: { x: 0, y: 0 },
      },
    ]);
    const initial = async () => (await stored(id)).nodes['a']?.settings['initial'];
    await page.locator('[data-node="a"]').click(at);
    await page.getByLabel('Move entry 1 down').click();
    await saved(page, 3);
    expect(await initial()).toEqual([2, 1, 3]);
    await page.getByLabel('Remove entry 3').click();
    await saved(page, 4);
    expect(await initial()).toEqual([2, 1]);
    await product.api('POST', `/designs/${id}/edits`, {
      edits: [{ do: 'list.insert', node: 'a', name: 'initial', at: 0, item: 9 }],
    });
    await saved(page, 5);
    await page.waitForFunction(() => document.querySelectorAll('.form-items textarea').length === 3);
    expect(await page.locator('.form-items textarea').first().inputValue()).toBe('9');
    await page.getByLabel('Move entry 3 up').click();
    await saved(page, 6);
    expect(await initial()).toEqual([9, 1, 2]);
    await picture(page, 'lists');
    const { items } = await product.api<{ items: { edits: Edit[] }[] }>('GET', `/designs/${id}/history?limit=4`);
    expect(items.flatMap(({ edits }) => edits.map(({ do: does }) => does))).toEqual([
      'list.move',
      'list.insert',
      'list.delete',
      'list.move',
    ]);
    await page.context().close();
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});
