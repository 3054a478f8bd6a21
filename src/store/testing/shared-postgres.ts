import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { type Database, openDatabase } from '#store/database/database.ts';
import { startRealPostgres } from './real-postgres.ts';

/**
 * One real PostgreSQL for all test files of a run, started when the first asks: a start costs more than most files do. A file that
 * stops or freezes its server has one of its own (`startRealPostgres`).
 */

declare module 'vitest' {
  interface ProvidedContext {
    sharedPostgres: string;
  }
}

/** Called by vitest before the first file, outside of them all (see vitest.config.ts); what it answers is called after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: ReturnType<typeof start> | undefined;
  const door = createServer(async ({ method, url = '' }, answer) => {
    try {
      started ??= start();
      const { postgres, migrated } = await started;
      if (method === 'DELETE') answer.end(await postgres.drop(url.slice(1)));
      else answer.end(await postgres.freshUrl(url === '/migrated' ? migrated : undefined));
    } catch (thrown) {
      answer.writeHead(500).end(String(thrown));
    }
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  project.provide('sharedPostgres', `http://127.0.0.1:${(door.address() as AddressInfo).port}`);
  return async () => {
    door.closeAllConnections();
    door.close();
    // A start that failed was told to who asked.
    await started?.then(
      ({ postgres }) => postgres.stop(),
      () => {},
    );
  };
}

async function start() {
  const postgres = await startRealPostgres();
  const template = await postgres.freshUrl();
  await (await openDatabase({ url: template })).close();
  return { postgres, migrated: new URL(template).pathname.slice(1) };
}

async function ask(method: 'GET' | 'DELETE', path: string): Promise<string> {
  const answer = await fetch(`${inject('sharedPostgres')}${path}`, { method });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

/** The address of a database of the caller's own on the server that all files share, as `openDatabase` leaves an empty one. */
export function sharedUrl(): Promise<string> {
  return ask('GET', '/migrated');
}

/** Such a database, open; it is gone when closed. */
export async function sharedDatabase(): Promise<Database> {
  const url = await sharedUrl();
  const database = await openDatabase({ url });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await database.close();
    await ask('DELETE', new URL(url).pathname);
  };
  return { ...database, close: () => (closing ??= close()) };
}
