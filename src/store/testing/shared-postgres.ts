import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../database.ts';
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

const kinds = ['empty', 'migrated'] as const;

/** Called by vitest before the first file, outside of them all (see vitest.config.ts); what it answers is called after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: ReturnType<typeof start> | undefined;
  const door = createServer(async ({ url }, answer) => {
    const kind = kinds.find((one) => url === `/${one}`);
    try {
      started ??= start();
      const { fresh } = await started;
      answer.end(await fresh(kind ?? 'empty'));
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
    await started?.then(({ stop }) => stop(), () => {});
  };
}

async function start() {
  const postgres = await startRealPostgres();
  const template = await postgres.freshUrl();
  await (await openDatabase({ url: template })).close();
  const like = new URL(template).pathname.slice(1);
  return {
    fresh: (kind: (typeof kinds)[number]) => postgres.freshUrl(kind === 'empty' ? undefined : like),
    stop: () => postgres.stop(),
  };
}

/** The address of a database of the caller's own on the server that all files share: `migrated` as `openDatabase` leaves it, or `empty`. */
export async function freshDatabase(kind: (typeof kinds)[number] = 'migrated'): Promise<string> {
  const answer = await fetch(`${inject('sharedPostgres')}/${kind}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
