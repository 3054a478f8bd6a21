import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expanded } from '#app/designs/whole-design.ts';
import { readWithParts } from '#app/files/file-parts.ts';
import { components } from '#components/catalog.ts';
import { check } from '#contract/check/check.ts';
import { createCatalog } from '#host/catalog.ts';
import { localFiles } from '#host/outside/local-files.ts';
import { wire } from '#host/sessions/wire.ts';
import { manualTools } from '#kit/testing.ts';
import type { Tools } from '#kit/tools.ts';
import { writeDesignText } from '#model/design-text.ts';
import type { FlatDesign } from '#model/expand.ts';
import { hasEnded } from '#model/sessions/session.ts';
import type { Network } from '#runtime/network.ts';

const here = dirname(fileURLToPath(import.meta.url));
const catalog = createCatalog(components);
const read = (path: string): Promise<string> => readFile(join(here, path), 'utf8');
const orders = (await read('given/orders.csv')).trimEnd().split('\n');

async function farm(settings: Record<string, unknown> = {}): Promise<FlatDesign> {
  const whole = await readWithParts(join(here, 'design.json'), catalog);
  const clerks = whole.body.nodes['clerks']!;
  const nodes = { ...whole.body.nodes, clerks: { ...clerks, settings: { ...clerks.settings, ...settings } } };
  return expanded({ ...whole, body: { ...whole.body, nodes } }, catalog).flat;
}

describe('the designs', () => {
  test('are in canonical text', async () => {
    const { body, inner } = await readWithParts(join(here, 'design.json'), catalog);
    expect(writeDesignText(body)).toBe(await read('design.json'));
    expect(inner.map(({ body: part }) => writeDesignText(part))).toEqual([await read('clerk.json')]);
  });

  test('with all four clerks, it is proved free of deadlock', async () => {
    const flat = await farm();
    expect(Object.keys(flat.nodes)).toHaveLength(12);
    const { verdict, findings } = check(flat, catalog.component);
    expect([verdict, findings.filter(({ severity }) => severity !== 'info')]).toEqual(['proved', []]);
  });

  test('what is expected is what a computation in whole cents says', async () => {
    const receipts = orders.flatMap((line) => {
      const [order, item, count, price] = line.split(',') as [string, string, string, string];
      const cents = Math.round(Number(price) * 100) * Number(count);
      return count === '0' ? [] : [`${order},${item},${cents / 100}`];
    });
    expect(await read('gives/receipts.csv')).toBe(`${receipts.join('\n')}\n`);
    expect([orders.length, receipts.length]).toEqual([40, 37]);
  });
});

describe('the run', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'farm-'));
    await cp(join(here, 'given'), join(root, 'given'), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true }));

  async function run(design: FlatDesign): Promise<{ network: Network; tookMs: number; written: string }> {
    const { clock, ...others } = manualTools();
    const tools: Tools = { ...others, clock, files: localFiles(root) };
    const network = wire({ design, catalog, tools: () => tools, defer: (turn) => void setImmediate(turn) });
    network.start();
    while (!hasEnded(network.state)) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const waits = network.processes();
      if (waits.every(({ state, waitingFor }) => state !== 'running' && !waitingFor.includes('outside'))) clock.advanceToNext();
    }
    expect(await network.outcome).toEqual({ state: 'completed' });
    return { network, tookMs: clock.now(), written: await readFile(join(root, 'out/receipts.csv'), 'utf8') };
  }

  test('receipts leave in the order of the orders; wrong ones are counted where they failed, and hold nobody up', async () => {
    const { network, written } = await run(await farm());
    expect(written).toBe(await read('gives/receipts.csv'));
    const clerks = network.processes().filter(({ node }) => node.endsWith('/receipt'));
    expect(clerks.map(({ node }) => node)).toEqual([1, 2, 3, 4].map((clerk) => `clerks/${clerk}/receipt`));
    expect(clerks.reduce((sum, { failures }) => sum + failures, 0)).toBe(3);
  });

  test('four clerks need about a quarter of the time of one', async () => {
    const [one, four] = [await run(await farm({ copies: 1 })), await run(await farm())];
    expect(one.written).toBe(four.written);
    expect(one.tookMs / four.tookMs).toBeGreaterThan(3);
  });

  test('without order the same receipts are written', async () => {
    const { written } = await run(await farm({ ordered: false }));
    expect(written.split('\n').toSorted()).toEqual((await read('gives/receipts.csv')).split('\n').toSorted());
  });
});
