import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import { type Product, pictures, saved, startProduct, verdict } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

/** The addresses that a page asks from now on. */
function askedBy(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  return asked;
}

describe('checks while drawing', () => {
  it('[V111] give the verdict of each change in the page, without a request', async () => {
    const page = await product.open();
    const asked = askedBy(page);
    await verdict(page, 'Proved deadlock-free');
    const rev = await saved(page);
    await page.click('[data-node="waiter"]');
    await page.keyboard.press('Delete');
    await verdict(page, 'Can deadlock');
    await page.keyboard.press('Control+z');
    await verdict(page, 'Proved deadlock-free');
    await saved(page, rev + 2);
    expect(asked.filter((one) => /validate|checks/.test(one))).toEqual([]);
    // Those of the drawing, of the drawing without the waiter, and of the buffer that a repair would put in.
    expect(asked.filter((one) => one.endsWith('/contracts')).length).toBeLessThanOrEqual(3);
    await page.context().close();
  });

  it('[V116] say what is proved, by whom, and why', async () => {
    const page = await product.open();
    await verdict(page, 'Proved deadlock-free');
    await page.click('[data-hint="problems"]');
    await page.click('text=What is proved');
    const proof = page.locator('[data-rule="deadlock"][data-verdict="proved"]');
    await proof.locator('.problem-about', { hasText: /^Proved · / }).waitFor();
    await proof.getByText('Why it holds').click();
    await proof.locator('.certificate li').first().waitFor();
    await proof.locator('.certificate', { hasText: 'Checked again by a program of its own' }).waitFor();
    await page.screenshot({ path: join(pictures, 'proved.png') });
    await page.context().close();
  });
});

describe('[V118] a design that can deadlock', () => {
  it('is repaired by one click, and is as it was by one undo', async () => {
    const { id } = await ring();
    const page = await product.open(`/designs/${id}`);
    await verdict(page, 'Can deadlock');
    const rev = await saved(page);
    await page.click('[data-hint="problems"]');
    const repair = page.locator('[data-rule="deadlock"] .repair').first();
    await repair.waitFor();
    // Told in one go: nothing of it moves under the pointer.
    await page.locator('.verdict-card', { hasText: /problem/ }).waitFor();
    await page.screenshot({ path: join(pictures, 'repair.png') });
    await repair.click();
    await verdict(page, 'Proved deadlock-free');
    expect(await saved(page, rev + 1)).toBe(rev + 1);
    await page.screenshot({ path: join(pictures, 'repaired.png') });
    await page.keyboard.press('Control+z');
    await verdict(page, 'Can deadlock');
    await page.context().close();
  });
});

describe('[V138] a zip that waits for one of each of what was sorted', () => {
  it('gives way to a choice by one click, at its place and with its wires', async () => {
    const { id, canvas, connections } = await sorting();
    const page = await product.open(`/designs/${id}`);
    await verdict(page, 'Can deadlock');
    const rev = await saved(page);
    await page.click('[data-hint="problems"]');
    await page.locator('.verdict-card', { hasText: /problem/ }).waitFor();
    const repair = page.locator('[data-rule="deadlock"] .repair', { hasText: 'choice' });
    await repair.waitFor();
    await page.screenshot({ path: join(pictures, 'repair-zip.png') });
    await repair.click();
    await verdict(page, 'Proved deadlock-free');
    await saved(page, rev + 1);
    const now = await product.api<Design>('GET', `/designs/${id}`);
    expect([now.nodes.zip?.kind, now.canvas.positions.zip]).toEqual(['flow.choice', canvas.positions.zip]);
    expect(Object.keys(now.connections).toSorted()).toEqual(Object.keys(connections).toSorted());
    await page.screenshot({ path: join(pictures, 'repaired-zip.png') });
    await page.keyboard.press('Control+z');
    await verdict(page, 'Can deadlock');
    await page.context().close();
  });
});

describe('[V119] a design that can be busy for ever without progress', () => {
  it('shows how it comes to that, and from which step it comes round again', async () => {
    const { id } = await mill();
    const page = await product.open(`/designs/${id}`);
    await page.click('[data-hint="problems"]');
    const livelock = page.locator('[data-rule="livelock"][data-verdict="refuted"]');
    await livelock.getByRole('button', { name: 'Show how' }).click();
    await page.locator('.step.end.round', { hasText: /^↻Then again from step \d+, for ever$/ }).click();
    await page.locator('.trace-count', { hasText: 'Again' }).waitFor();
    expect(await page.locator('.box.now').count()).toBeGreaterThan(1);
    await page.screenshot({ path: join(pictures, 'round.png') });
    await page.context().close();
  });
});

describe('[V117] a longer look of the server', () => {
  it('shows how far it is, and is cancelled', async () => {
    const { id } = await wide();
    await product.api('POST', `/designs/${id}/checks`, { engine: 'full', seconds: 600, maxStates: 4_000_000_000 });
    const page = await product.open(`/designs/${id}`);
    await page.click('[data-hint="problems"]');
    await page.locator('[data-look="running"]', { hasText: /\d,\d{3} states/ }).waitFor();
    await page.screenshot({ path: join(pictures, 'long-look.png') });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.long-look', { hasText: 'cancelled' }).waitFor();
    const { items } = await product.api<{ items: { state: string }[] }>('GET', `/designs/${id}/checks`);
    expect(items.map(({ state }) => state)).toEqual(['cancelled']);
    await page.context().close();
  });

  it('complains of nothing', () => {
    expect(product.complaints).toEqual([]);
  });
});

type Wire = readonly [from: string, to: string, capacity?: number];

async function draw(name: string, kinds: Readonly<Record<string, string>>, wires: readonly Wire[]): Promise<Design> {
  const nodes = Object.entries(kinds).map(([id, kind]) => ({ id, kind, version: 1, label: '', settings: {}, onFailure: 'stop' }));
  const connections = wires.map(([from, to, capacity = 0], n) => ({
    id: `c${n}`,
    from: endOf(from, 'out'),
    to: endOf(to, 'in'),
    capacity,
    policy: 'block',
  }));
  const at = (n: number) => ({ x: 240 * (n % 8), y: 120 * Math.floor(n / 8) });
  return await product.api<Design>('POST', '/designs', {
    name,
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
    connections: Object.fromEntries(connections.map((wire) => [wire.id, wire])),
    canvas: { positions: Object.fromEntries(nodes.map(({ id }, n) => [id, at(n)])) },
  });
}

// `node` or `node.port.2`.
function endOf(text: string, usual: string) {
  const [node = '', port = usual, index = '0'] = text.split('.');
  return { node, port, index: Number(index) };
}

/** What has been through it may go round again and again. */
const mill = () =>
  draw('Mill', { source: 'io.manual', merge: 'flow.merge', filter: 'data.filter', sink: 'compute.discard' }, [
    ['source', 'merge'],
    ['merge', 'filter'],
    ['filter.match', 'merge.in.1', 1],
    ['filter.rest', 'sink'],
  ]);

/** Each message goes one way or the other, and then one of each is waited for. */
const sorting = () =>
  draw('Sorting', { source: 'io.manual', route: 'flow.route', zip: 'flow.zip', sink: 'compute.discard' }, [
    ['source', 'route'],
    ['route', 'zip.in.0'],
    ['route.rest', 'zip.in.1'],
    ['zip.tuple', 'sink'],
  ]);

/** Two that wait for each other from the start. */
const ring = () =>
  draw('Ring', { a: 'flow.merge', b: 'flow.merge' }, [
    ['a', 'b'],
    ['b', 'a'],
  ]);

/** Many lines side by side: too many states for full search. */
function wide(): Promise<Design> {
  const lines = Array.from({ length: 16 }, (_, n): Wire => [`from${n}`, `to${n}`]);
  const kinds = lines.flatMap(([from, to]) => [
    [from, 'io.manual'],
    [to, 'compute.discard'],
  ]);
  return draw('Wide', Object.fromEntries(kinds), lines);
}
