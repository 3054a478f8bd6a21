import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AnyComponent } from './define-component.ts';
import { describeComponent } from './testing/conformance.ts';
import { pause, rig } from './testing.ts';

/** The component of docs/guide/write-a-component.md, as it is printed there. */
async function printed(): Promise<AnyComponent> {
  const guide = await readFile(new URL('../../docs/guide/write-a-component.md', import.meta.url), 'utf8');
  const [, source = ''] = /```ts\n([\s\S]*?)```/.exec(guide) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'guide-'));
  try {
    const file = join(folder, 'batch.ts');
    await writeFile(file, source.replaceAll("'csp-designer/", "'#"));
    return ((await import(file)) as { batch: AnyComponent }).batch;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const batch = await printed();

describeComponent(batch);

it('[B2] the first item waits at most maxWaitMs', async () => {
  const { gives, timesMs } = await rig(batch, { settings: { maxWaitMs: 50 } }).run({ in: [1, pause(200), 2] });
  expect([gives['out'], timesMs['out']]).toEqual([
    [[1], [2]],
    [50, 200],
  ]);
});
