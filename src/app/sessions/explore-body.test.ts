import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { components } from '#components/catalog.ts';
import { type Catalog, createCatalog } from '#host/catalog.ts';
import { loadComponents } from '#host/plugins.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText } from '#model/design-text.ts';
import { applyAll } from '#model/edits/apply.ts';
import { alone } from '#model/expand.ts';
import { type ExploreOptions, type ExploreReport, exploreBody } from './explore-body.ts';

const dining = fileURLToPath(new URL('../../../examples/philosophers', import.meta.url));
let catalog: Catalog;
let philosophers: DesignBody;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explore-'));
  catalog = createCatalog([...components, ...(await loadComponents(join(dining, 'components'), components))]);
  philosophers = read(await readFile(join(dining, 'design.json'), 'utf8'));
});
afterAll(() => rm(folder, { recursive: true }));

function read(text: string): DesignBody {
  const design = readDesignText(text, catalog);
  if (!design.ok) throw new Error(`${design.fault.pointer}: ${design.fault.message}`);
  return design.design;
}

const draw = (nodes: object, connections: object = {}): DesignBody =>
  read(JSON.stringify({ format: 'csp-design/1', name: 'drawn', nodes, connections }));

function search(body: DesignBody, given: Partial<ExploreOptions> = {}): Promise<ExploreReport> {
  const options = { inputs: [], outputs: [], schedules: 60, preemptions: 2, seed: '1', signal: new AbortController().signal };
  return exploreBody({ catalog, clock: systemClock }, alone(body), { ...options, ...given });
}

const end = (node: string, port: string) => ({ node, port, index: 0 });

describe('a search of a design', () => {
  test('[S13] the philosophers without their waiter get stuck, each with one fork', async () => {
    const applied = applyAll(philosophers, [{ do: 'node.delete', id: 'waiter' }], catalog);
    if (!applied.ok) throw new Error(applied.refusal.message);
    const { found } = await search(applied.design);
    expect(found?.ending.is).toBe('stuck');
    const says = found?.steps.map((step) => step.says) ?? [];
    const names = ['arendt', 'avicenna', 'hypatia', 'kant', 'plato'];
    expect(says.filter((text) => text.includes('-left from ')).map((text) => text.split(' ')[0])).toEqual(
      expect.arrayContaining(names),
    );
    expect(says.filter((text) => text.endsWith('waits on right'))).toHaveLength(5);
    expect(found?.stepsCount).toBeLessThan(found?.stepsBefore ?? 0);
  });

  test('[S13] with the waiter nothing is found', async () => {
    expect(await search(philosophers)).toEqual({ schedules: 60, unfinished: 60, complete: false });
  });

  test('[S13] inputs are fed, what leaves is forgotten, and answers of a computation are awaited', async () => {
    const file = join(folder, 'given.json');
    await writeFile(file, '[1, 2]');
    const body = draw({ even: { kind: 'data.transform', settings: { mapping: '$ + 1' } } });
    const report = await search(body, { inputs: [{ ...end('even', 'in'), file }], outputs: [end('even', 'out')] });
    expect(report).toMatchObject({ unfinished: 0 });
    expect(report.found).toBeUndefined();
  });

  test('[S13] who would touch the outside fails, and it is said why', async () => {
    const body = draw({ file: { kind: 'io.file', settings: { path: 'a' } } });
    const { found } = await search(body, { outputs: [end('file', 'out')] });
    expect(found?.ending).toMatchObject({ is: 'failed', fault: { code: 'HOST_OUTSIDE_CLOSED', node: 'file' } });
  });

  test('[S13] an interrupted search ends', async () => {
    const stopped = AbortSignal.abort();
    expect(await search(philosophers, { signal: stopped })).toEqual({ schedules: 0, unfinished: 0, complete: false });
  });
});
