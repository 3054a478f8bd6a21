import type { Work } from './parts.ts';

/** That the server answers, and what it is. */
export interface Health {
  readonly status: 'ok';
  readonly version: string;
  readonly database: 'embedded' | 'server';
}

/**
 * Asks the database, so that "ok" means that designs can be read.
 *
 * @throws STORE_UNREACHABLE.
 */
export async function health({ designs, version, database }: Work): Promise<Health> {
  await designs.list({ limit: 1 });
  return { status: 'ok', version, database };
}
