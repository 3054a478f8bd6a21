import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Design } from '#model/design.ts';
import type { Session, SessionSnapshot } from '#model/sessions/session.ts';
import { type Product, startProduct } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

it('[S29] a running session is updated to the drawing by a button, and goes on', async () => {
  const node = (id: string, kind: string, settings = {}) => ({ id, kind, version: 1, label: '', settings, onFailure: 'stop' });
  const at = (name: string, port: string) => ({ node: name, port, index: 0 });
  const wire = { id: 'wire', from: at('from', 'out'), to: at('to', 'in'), capacity: 0, policy: 'block' };
  const { id } = await product.api<Design>('POST', '/designs', {
    name: 'Updated',
    nodes: { from: node('from', 'io.manual', { repeat: 0, intervalMs: 20 }), to: node('to', 'compute.discard') },
    connections: { wire },
  });
  const page = await product.open(`/designs/${id}`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const sessions = async (): Promise<Session[]> =>
    (await product.api<{ items: Session[] }>('GET', `/executions?designId=${id}`)).items;
  const received = async (connection: string): Promise<number> => {
    const [session] = await sessions();
    if (session === undefined) return 0;
    const { channels } = await product.api<SessionSnapshot>('GET', `/executions/${session.id}/metrics`);
    return channels.find((channel) => channel.connection === connection)?.received ?? 0;
  };
  await expect.poll(() => received('wire'), { timeout: 20_000 }).toBeGreaterThan(2);
  expect(await page.getByRole('button', { name: 'Update the run' }).count()).toBe(0);
  await product.api('POST', `/designs/${id}/edits`, {
    edits: [
      { do: 'disconnect', id: 'wire' },
      { do: 'node.add', node: node('pass', 'monitor.tap', { level: 'debug' }), at: { x: 300, y: 200 } },
      { do: 'connect', connection: { ...wire, id: 'one', to: at('pass', 'in') } },
      { do: 'connect', connection: { ...wire, id: 'two', from: at('pass', 'out') } },
    ],
  });
  await page.getByRole('button', { name: 'Update the run' }).click();
  await page.getByText('The run follows the drawing').waitFor();
  await expect.poll(() => received('two'), { timeout: 20_000 }).toBeGreaterThan(2);
  expect(await page.getByRole('button', { name: 'Update the run' }).count()).toBe(0);
  expect(await sessions()).toMatchObject([{ designRev: 2, state: 'running' }]);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
});
