import { fileURLToPath } from 'node:url';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { codedError, storeUnreachable } from '#store/store-errors.ts';
import type { Tables } from '#store/tables.ts';
import { startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';

/** Which database: a server by its URL, or the embedded one in a folder (`memory` keeps nothing). */
export interface DatabasePlace {
  /** `postgres://…` of a PostgreSQL 15 or newer; wins over `folder`. */
  readonly url?: string | undefined;
  readonly folder?: string | undefined;
  /** Where the `.sql` files are; those beside this file unless told. */
  readonly migrationsFolder?: string;
  /** Connections kept to a server; the embedded database has one. */
  readonly poolSize?: number;
  /** Longest a server may take to answer a statement; the migrations excepted. */
  readonly answerMs?: number;
}

/** An open database, brought up to date. */
export interface Database {
  readonly db: Kysely<Tables>;
  readonly kind: 'embedded' | 'server';
  /** Lets queries under way end, then closes and releases the folder. Twice is once. */
  close(): Promise<void>;
}

const ownMigrations = fileURLToPath(new URL('../migrations/', import.meta.url));
const connectTimeoutMs = 10_000;
const defaultAnswerMs = 15_000;
/** Longer than any statement here takes: an embedded database that is silent for so long will not speak again. */
const silenceMs = 60_000;

/**
 * Opens the database and migrates it forward.
 *
 * @throws STORE_UNREACHABLE, STORE_FOLDER_LOCKED, STORE_FOLDER_UNUSABLE, STORE_DAMAGED, STORE_NEWER (world).
 */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  const { url, folder = 'memory', migrationsFolder = ownMigrations, poolSize = 10, answerMs = defaultAnswerMs } = place;
  const embedded = url === undefined ? await startEmbedded(folder) : undefined;
  const options: pg.PoolConfig =
    embedded === undefined
      ? { connectionString: url, max: poolSize, connectionTimeoutMillis: Math.min(connectTimeoutMs, answerMs) }
      : // PGlite speaks to one client: a second connection would mix into the first one's conversation.
        {
          ...embedded.address,
          user: 'postgres',
          database: 'postgres',
          max: 1,
          idleTimeoutMillis: 0,
          connectionTimeoutMillis: silenceMs,
          query_timeout: silenceMs,
        };
  const pool = new pg.Pool(options);
  const how: Conversation = embedded === undefined ? {} : { names: new StatementNames() };
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: codedPool(pool, how) }) });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await db.destroy();
    // Kysely ends only a pool it has used.
    if (!pool.ended) await pool.end();
    await embedded?.stop();
  };
  const database: Database = { db, kind: embedded === undefined ? 'server' : 'embedded', close: () => (closing ??= close()) };
  try {
    await migrate(db, migrationsFolder);
    if (embedded === undefined) how.answerMs = answerMs;
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return database;
}

/**
 * Names for statements, so that the embedded database reads and plans a query once: a third of what reading a design costs.
 * Not on a server, where a pooler between us and it may hand each transaction another connection.
 */
class StatementNames {
  readonly #names = new Map<string, string>();

  of(text: string): { readonly name: string } | undefined {
    let name = this.#names.get(text);
    if (name === undefined) {
      // Of what is read, and of commits. Texts are written by us, so they are few; this holds if one day they are not.
      if (!(text.startsWith('select') || text.startsWith('WITH held')) || this.#names.size >= mostNames) return undefined;
      name = `s${this.#names.size + 1}`;
      this.#names.set(text, name);
    }
    return { name };
  }
}

const mostNames = 200;

/** How statements are put to the database. */
interface Conversation {
  readonly names?: StatementNames;
  /** With a server, once it is migrated: one that is stopped or cut off without a word must not be waited for without end. */
  answerMs?: number;
}

/** pg's pool with our errors: the one place where the database's words become ours. */
function codedPool(pool: pg.Pool, how: Conversation): PostgresPool {
  // Without a listener, an idle connection that breaks ends the process. The next query says what is wrong.
  pool.on('error', () => {});
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      try {
        return codedClient(await pool.connect(), how);
      } catch (thrown) {
        throw codedError(thrown);
      }
    },
  };
}

const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();

// Kysely knows a connection again by its object, so each is wrapped once.
function codedClient(client: pg.PoolClient, how: Conversation): PostgresPoolClient {
  const known = wrapped.get(client);
  if (known !== undefined) return known;
  // A connection that breaks while it is out of the pool says so here, too; its query rejects as well.
  client.on('error', () => {});
  let silent = false;
  const query = async (text: string, values: unknown[]): Promise<pg.QueryResult> => {
    try {
      const { names, answerMs } = how;
      return await client.query({ ...names?.of(text), ...(answerMs !== undefined && { query_timeout: answerMs }), text, values });
    } catch (thrown) {
      const error = codedError(thrown);
      silent ||= how.answerMs !== undefined && error.code === storeUnreachable().code;
      throw error;
    }
  };
  // One that did not answer may still do so, to whoever has it next.
  const release = (destroy?: boolean): void => client.release(destroy === true || silent);
  const coded = { query, release } as unknown as PostgresPoolClient;
  wrapped.set(client, coded);
  return coded;
}
