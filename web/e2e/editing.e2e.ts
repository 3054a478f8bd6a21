import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import { middleOf, type Product, pictures, saved, startProduct, Wire } from './product.ts';
import { serious } from './serious.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

const stored = (id: string) => product.api<Design>('GET', `/designs/${id}`);
const picture = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });
const add = (id: string, kind: string, x: number, y = 0): Edit => ({ do: 'node.add', node: { id, kind }, at: { x, y } });

/** Ann and Bea at a design with these edits; Bea's socket is in the hands of the test. */
async function together(name: string, edits: readonly Edit[]) {
  const { id } = await product.api<Design>('POST', '/designs', { name });
  await product.api('POST', `/designs/${id}/edits`, { edits });
  const wire = new Wire();
  const ann = await product.open(`/designs/${id}`, { name: 'Ann Bell' });
  const bea = await product.open(`/designs/${id}`, { name: 'Bea', wire });
  await ann.locator('[data-person="Bea"]').waitFor();
  await bea.locator('[data-person="Ann Bell"]').waitFor();
  for (const page of [ann, bea]) await page.keyboard.press('f');
  return { id, ann, bea, wire, close: () => Promise.all([ann.context().close(), bea.context().close()]) };
}

const chosen = async (page: Page, node: string) => {
  await page.locator(`[data-node="${node}"]`).click({ position: { x: 60, y: 12 } });
  await page.locator('.panel-head').waitFor();
};
const attribute = (page: Page, name: string, value: string) =>
  page.waitForFunction(([of, is]) => document.querySelector<HTMLElement>('.people-layer')?.dataset[of ?? ''] === is, [
    name,
    value,
  ] as const);

describe('[E30] two people at one design', () => {
  it('[E38] see where the other is, what is dragged, who types where, and can write to each other', async () => {
    const { id, ann, bea, close } = await together('Presence', [add('a', 'flow.buffer', 0), add('b', 'data.transform', 320)]);
    const at = await middleOf(bea, '[data-node="b"]');
    await bea.mouse.move(at.x - 40, at.y + 120);
    await attribute(ann, 'cursors', 'Bea');
    await chosen(bea, 'b');
    const before = (await stored(id)).rev;
    const start = await middleOf(bea, '[data-node="a"]');
    await bea.mouse.move(start.x, start.y);
    await bea.mouse.down();
    await bea.mouse.move(start.x + 40, start.y + 90, { steps: 8 });
    await attribute(ann, 'dragged', 'a');
    await picture(ann, 'editing-drag');
    expect((await stored(id)).rev).toBe(before);
    await bea.mouse.move(start.x + 60, start.y + 130, { steps: 4 });
    await bea.mouse.up();
    await attribute(ann, 'dragged', '');
    expect(await saved(ann, before + 1)).toBe(before + 1);

    await chosen(bea, 'b');
    await chosen(ann, 'b');
    await bea.locator('.form textarea').first().focus();
    await ann.locator('.field-person', { hasText: 'Bea' }).waitFor();
    await picture(ann, 'editing-field');

    await ann.locator('.people').click();
    await picture(ann, 'editing-people');
    await ann.locator('[aria-label="Write to Bea"]').click();
    await ann.getByLabel('Message to Bea').fill('Shall I take the map?');
    await ann.keyboard.press('Enter');
    await bea.locator('.toast', { hasText: 'Ann Bell: Shall I take the map?' }).waitFor();
    await ann.keyboard.press('Escape');
    await close();
  });

  it('go by another name at once, and follow each other', async () => {
    const { ann, bea, close } = await together('Names', [add('a', 'flow.buffer', 0), add('far', 'flow.buffer', 4_000, 3_000)]);
    await bea.locator('.people').click();
    await bea.getByLabel('Your name, as others see it').fill('Beatrice');
    await bea.keyboard.press('Enter');
    await ann.locator('[data-person="Beatrice"]').waitFor();
    expect(await ann.locator('.people [data-person]').count()).toBe(2);
    await ann.locator('.people').click();
    await ann.getByRole('button', { name: 'Follow' }).click();
    await ann.locator('.follow-frame', { hasText: 'Following Beatrice' }).waitFor();
    await bea.keyboard.press('Escape');
    const place = () => ann.evaluate(() => document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform ?? '');
    const from = await place();
    await bea.mouse.move(700, 500);
    await bea.mouse.wheel(300, 200);
    await ann.waitForFunction(
      (was) => document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform !== was,
      from,
    );
    await ann.keyboard.press('Escape');
    await picture(ann, 'editing-follow');
    await ann.mouse.move(700, 500);
    await ann.mouse.wheel(20, 20);
    await ann.locator('.follow-frame').waitFor({ state: 'detached' });
    await close();
  });

  it('[E33] [E47] one deletes what the other changes: said in a line, listed, and restored with the change', async () => {
    const { id, ann, bea, wire, close } = await together('Conflict', [
      add('a', 'flow.buffer', 0),
      add('b', 'data.transform', 320),
    ]);
    await chosen(bea, 'b');
    const field = bea.getByLabel('Name', { exact: true });
    wire.hold();
    await ann.locator('[data-node="b"]').click({ position: { x: 60, y: 12 } });
    await field.fill('Prices');
    await field.press('Enter');
    await bea.locator('[data-saving="sending"]').waitFor();
    await ann.keyboard.press('Delete');
    await ann.locator('[data-node="b"]').waitFor({ state: 'detached' });
    await saved(ann);
    wire.release();
    const line = bea.locator('.toast', { hasText: 'Ann Bell came first with “delete Transform”' });
    await line.waitFor();
    await picture(bea, 'editing-conflict');
    // What is gone is selected no more, so what is chosen next is chosen alone.
    await bea.locator('[data-node="a"]').click({ position: { x: 60, y: 12 } });
    await bea.locator('.panel-head', { hasText: 'Buffer' }).waitFor();

    // The line goes; the list keeps it, over a reload too.
    await bea.reload();
    await bea.getByRole('button', { name: 'Activity: 1 new' }).press('Enter');
    const note = bea.locator('[data-note="taken-back"]', { hasText: 'Ann Bell came first with “delete Transform”' });
    await note.locator('.activity-new').waitFor();
    expect(await serious(bea)).toEqual([]);
    await picture(bea, 'editing-activity');
    await note.getByRole('button', { name: 'Restore with my edit' }).press('Enter');
    await ann.locator('[data-node="b"]', { hasText: 'Prices' }).waitFor();
    await note.locator('.activity-done').waitFor();
    await note.getByRole('button', { name: 'Show' }).press('Enter');
    await bea.locator('.panel-head', { hasText: 'Prices' }).waitFor();
    await bea.getByRole('button', { name: 'Activity', exact: true }).waitFor();
    await saved(bea);
    expect((await stored(id)).nodes['b']?.label).toBe('Prices');
    await bea.locator('[aria-label="Undo restore with change name of Transform"]').waitFor();
    await close();
  });

  it('[E38] one sets what the other has just set: told, with the way back', async () => {
    const { id, ann, bea, close } = await together('Values', [
      add('a', 'flow.buffer', 0),
      add('b', 'compute.discard', 320),
      {
        do: 'connect',
        connection: { id: 'ab', from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' } },
      },
    ]);
    await bea.click('[data-hint="outline"]');
    await bea.locator('[data-outline-wire="ab"]').click();
    const field = bea.getByLabel('Capacity');
    await field.fill('5');
    await field.press('Enter');
    await saved(bea, 3);
    await product.api('POST', `/designs/${id}/edits`, { edits: [{ do: 'connection.set', id: 'ab', capacity: 20 }] });
    const line = bea.locator('.toast', { hasText: 'changed capacity of the wire from Buffer to Discard to 20' });
    await line.waitFor();
    await picture(bea, 'editing-overtaken');
    await line.getByRole('button', { name: 'Undo' }).click();
    await saved(ann, 5);
    expect((await stored(id)).connections['ab']?.capacity).toBe(5);
    await close();
  });

  it('[E34] undo takes back only what is one’s own, and says what cannot be', async () => {
    const wires: Edit[] = [
      { do: 'connect', connection: { id: 'ab', from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' } } },
    ];
    const { id, ann, bea, close } = await together('Undo', [
      add('a', 'flow.buffer', 0),
      add('b', 'data.transform', 320),
      ...wires,
    ]);
    await ann.locator('[data-node="a"]').click({ position: { x: 60, y: 12 } });
    await ann.keyboard.press('Delete');
    await bea.locator('[data-node="a"]').waitFor({ state: 'detached' });
    await bea.locator('[data-node="b"]').click({ position: { x: 60, y: 12 } });
    await bea.keyboard.press('Delete');
    await ann.locator('[data-node="b"]').waitFor({ state: 'detached' });
    await ann.keyboard.press('Control+z');
    await ann.locator('.toast', { hasText: 'Undone: delete Buffer; the wire to b could not be restored: b is gone' }).waitFor();
    await picture(ann, 'editing-undo');
    await saved(ann);
    const after = await stored(id);
    expect([Object.keys(after.nodes), Object.keys(after.connections)]).toEqual([['a'], []]);
    await close();
  });

  it('[E39] what one did while away, over a reload too, and what the other did, are both there in the end', async () => {
    const { id, ann, bea, wire, close } = await together('Away', [add('a', 'flow.buffer', 0), add('b', 'data.transform', 320)]);
    await wire.cut();
    await bea.locator('.banner', { hasText: 'cannot be reached' }).waitFor();
    await chosen(bea, 'a');
    await bea.getByLabel('Name', { exact: true }).fill('Shelf');
    await bea.keyboard.press('Enter');
    await bea.keyboard.press('Escape');
    await bea.keyboard.press('/');
    await bea.locator('.quick-field').fill('merge');
    await bea.keyboard.press('Enter');
    await bea.locator('.banner', { hasText: '2 changes are kept' }).waitFor();
    await bea.reload();
    await bea.locator('[data-node="merge"]').waitFor();
    await bea.locator('.banner', { hasText: '2 changes are kept' }).waitFor();
    await picture(bea, 'editing-away');
    await ann.locator('[data-node="b"]').click({ position: { x: 60, y: 12 } });
    await ann.keyboard.press('Delete');
    await saved(ann, 3);
    wire.mend();
    await bea.locator('.banner').waitFor({ state: 'detached' });
    await saved(bea, 5);
    await ann.locator('[data-node="a"]', { hasText: 'Shelf' }).waitFor();
    await ann.locator('[data-node="merge"]').waitFor();
    expect(Object.keys((await stored(id)).nodes).sort()).toEqual(['a', 'merge']);
    await bea.keyboard.press('Control+z');
    await ann.locator('[data-node="merge"]').waitFor({ state: 'detached' });
    await close();
  });
});

describe('[E39] a tab that is gone', () => {
  it('has lost nothing: the next one that opens the design sends what it had left waiting, and can undo it', async () => {
    const { id } = await product.api<Design>('POST', '/designs', { name: 'Gone' });
    const wire = new Wire();
    const page = await product.open(`/designs/${id}`, { wire });
    await page.locator('.reach.online').waitFor();
    await wire.cut();
    await page.keyboard.press('/');
    await page.locator('.quick-field').fill('tap');
    await page.keyboard.press('Enter');
    await page.locator('[data-saving="kept"]').waitFor();
    const next = await page.context().newPage();
    await next.goto(`${product.address}/designs/${id}`);
    await next.locator('.reach.online').waitFor();
    // While the tab lives what waits in it is its own.
    await next.locator('.empty-hint').waitFor();
    await page.close();
    await next.reload();
    await next.locator('[data-node="tap"]').waitFor();
    await saved(next, 2);
    expect(Object.keys((await stored(id)).nodes)).toEqual(['tap']);
    await next.locator('[aria-label="Undo add Tap"]').click();
    await next.locator('.empty-hint').waitFor();
    await next.context().close();
  });
});

describe('[E52] a page that crashes while its person types', () => {
  it('has lost no key: the next one makes the change that it was about to be', async () => {
    const { id } = await product.api<Design>('POST', '/designs', { name: 'Crash' });
    await product.api('POST', `/designs/${id}/edits`, { edits: [add('h', 'io.http', 0)] });
    const page = await product.open(`/designs/${id}`);
    await page.keyboard.press('f');
    await page.getByLabel('Description').fill('Half a sentence');
    const drafts = () =>
      page.evaluate(
        async (of) =>
          new Promise<string>((resolve) => {
            const opening = indexedDB.open('csp-designer');
            opening.onsuccess = () => {
              const asked = opening.result
                .transaction('lines')
                .objectStore('lines')
                .getAll(IDBKeyRange.bound([of], [of, []]));
              asked.onsuccess = () => {
                opening.result.close();
                resolve(JSON.stringify(asked.result));
              };
            };
          }),
        `${id}/drafts`,
      );
    await expect.poll(drafts).toContain('Half a sentence');
    const crashed = page.waitForEvent('crash');
    const session = await page.context().newCDPSession(page);
    void session.send('Page.crash').catch(() => undefined);
    await crashed;
    expect((await stored(id)).description).toBe('');
    const next = await page.context().newPage();
    await next.goto(`${product.address}/designs/${id}`);
    await saved(next, 3);
    expect((await stored(id)).description).toBe('Half a sentence');
    await next.locator('[aria-label="Undo change description"]').waitFor();
    await next.context().close();
  });
});

describe('[E35] a text typed by two', () => {
  it('holds what both typed, and the cursor stays in its words', async () => {
    const { id, ann, bea, close } = await together('Text', [add('b', 'io.http', 0)]);
    for (const page of [ann, bea]) await chosen(page, 'b');
    const [mine, theirs] = [ann.getByLabel('Template'), bea.getByLabel('Template')];
    const reads = (page: Page, text: string) =>
      page.waitForFunction(
        (is) => [...document.querySelectorAll<HTMLTextAreaElement>('.form textarea')].some(({ value }) => value === is),
        text,
      );
    await mine.fill('{ "sum": a }');
    await reads(bea, '{ "sum": a }');
    await mine.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(10, 10));
    await theirs.focus();
    await theirs.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(1, 1));
    await Promise.all([ann.keyboard.type(' + b + c', { delay: 120 }), bea.keyboard.type(' "unit": "EUR",', { delay: 70 })]);
    const whole = '{ "unit": "EUR", "sum": a + b + c }';
    for (const page of [ann, bea]) await reads(page, whole);
    await Promise.all([saved(ann), saved(bea)]);
    await picture(ann, 'editing-text');
    expect((await stored(id)).nodes['b']?.settings['template']).toBe(whole);
    const place = await mine.evaluate((field: HTMLTextAreaElement) => field.selectionStart);
    expect(whole.slice(0, place)).toBe('{ "unit": "EUR", "sum": a + b + c');
    await close();
  });

  it('that the server cannot take yet stands where it was typed, with the reason', async () => {
    const { id, ann, close } = await together('Expression', [add('t', 'data.transform', 0)]);
    await chosen(ann, 't');
    const field = ann.locator('.form textarea').first();
    await field.fill('a + (');
    await ann.locator('.form .fault').first().waitFor();
    expect(await field.inputValue()).toBe('a + (');
    await picture(ann, 'editing-expression');
    await field.press('End');
    await field.pressSequentially('b)', { delay: 50 });
    await ann.locator('[aria-label^="Undo change settings"]').waitFor();
    await ann.locator('.form .fault').first().waitFor({ state: 'detached' });
    await saved(ann);
    expect(Object.values((await stored(id)).nodes['t']?.settings ?? {})).toContain('a + (b)');
    expect(await ann.locator('.toast').count()).toBe(0);
    await close();
  });

  it('and no value is lost that is typed while the form is drawn anew', async () => {
    const { id, ann, close } = await together('Typed', [add('m', 'io.manual', 0)]);
    await chosen(ann, 'm');
    const repeat = ann.getByLabel('Repeat');
    let done = false;
    const others = (async () => {
      for (let round = 1; !done; round++)
        await product.api('POST', `/designs/${id}/edits`, {
          edits: [{ do: 'node.set', id: 'm', settings: { intervalMs: round } }],
        });
    })();
    await repeat.press('Control+a');
    await repeat.pressSequentially('123456', { delay: 90 });
    await ann.getByLabel('Name', { exact: true }).pressSequentially('By hand', { delay: 40 });
    await ann.keyboard.press('Enter');
    done = true;
    await others;
    await saved(ann);
    expect((await stored(id)).nodes['m']).toMatchObject({ label: 'By hand', settings: { repeat: 123_456 } });
    await close();
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});
