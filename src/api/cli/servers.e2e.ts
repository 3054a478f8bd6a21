import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Session } from '#model/sessions/session.ts';
import { startRealPostgres } from '#store/testing/real-postgres.ts';
import { Launched } from './testing/launched.ts';

/** Two servers of one machine and one database, as processes. */

const patienceMs = 120_000;
/** Shorter than usual, and longer than a busy machine keeps a process from its turn. */
const leaseMs = 6_000;

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serving(url: string): Promise<{ readonly server: Launched; readonly api: string }> {
  const data = await mkdtemp(join(tmpdir(), 'servers-'));
  cleanUps.push(() => rm(data, { recursive: true, force: true }));
  const env = { DATABASE_URL: url, SERVER_LEASE_MS: String(leaseMs) };
  const server = new Launched(['serve', '--data', data, '--port', '0'], { env });
  cleanUps.push(async () => {
    server.child.kill('SIGKILL');
    await server.ended;
  });
  const origin = await server.says(/^CSP Designer is open at (http:\/\/127\.0\.0\.1:[1-9]\d*)\n/);
  return { server, api: `${origin}/api/v1` };
}

async function sessionsAt(api: string): Promise<Session[]> {
  const { items } = (await (await fetch(`${api}/executions`)).json()) as { items: Session[] };
  return items;
}

test(
  '[S84] a server that starts beside another leaves its sessions alone; when that is killed, they have failed, and its own go on',
  async () => {
    const postgres = await startRealPostgres();
    cleanUps.push(() => postgres.stop());
    const url = await postgres.freshUrl();
    const one = await serving(url);
    // The first one runs an example.
    const [theirs] = await sessionsAt(one.api);
    const two = await serving(url);
    const begun = await fetch(`${two.api}/designs/${theirs?.designId}/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const mine = (await begun.json()) as Session;
    const stateOf = async (id: string | undefined) => (await sessionsAt(two.api)).find((session) => session.id === id);
    await vi.waitUntil(async () => (await stateOf(mine.id))?.state === 'running', { timeout: patienceMs });
    expect(await stateOf(theirs?.id)).toMatchObject({ state: 'running' });
    one.server.child.kill('SIGKILL');
    await vi.waitUntil(async () => (await stateOf(theirs?.id))?.state !== 'running', { interval: 200, timeout: patienceMs });
    expect(await stateOf(theirs?.id)).toMatchObject({ state: 'failed', fault: { code: 'SERVER_STOPPED' } });
    expect(await stateOf(mine.id)).toMatchObject({ state: 'running' });
  },
  2 * patienceMs,
);
