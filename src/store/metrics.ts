import type { Kysely } from 'kysely';
import type { ProcessState, ProcessStatus } from '#model/sessions/session.ts';
import type { Tables } from './tables.ts';

/** What was counted at one node of a session at one moment; counts are since the start of the session. */
export interface NodeMetrics {
  readonly node: string;
  /** ISO time, UTC. */
  readonly at: string;
  readonly state: ProcessState;
  readonly received: number;
  readonly sent: number;
  readonly failures: number;
  readonly restarts: number;
  /** Of sessions from before they were counted there is none. */
  readonly cpuMs?: number;
  readonly services?: number[];
}

// A statement takes at most 65,535 parameters; a row has ten.
const rowsAtOnce = 5000;

/** Counts of sessions over time, one row a node and moment. */
export class Metrics {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Adds what a snapshot says of its processes. The same moment twice is once. */
  async append(sessionId: string, at: string, processes: readonly ProcessStatus[]): Promise<void> {
    for (let from = 0; from < processes.length; from += rowsAtOnce) {
      const rows = processes
        .slice(from, from + rowsAtOnce)
        .map(({ node, state, received, sent, failures, restarts, cpuMs, services }) => ({
          session_id: sessionId,
          node_id: node,
          at,
          state,
          received,
          sent,
          failures,
          restarts,
          cpu_ms: cpuMs ?? null,
          services: services === undefined ? null : JSON.stringify(services),
        }));
      await this.#db
        .insertInto('component_metrics')
        .values(rows)
        .onConflict((on) => on.columns(['session_id', 'node_id', 'at']).doNothing())
        .execute();
    }
  }

  /** Of a session, in order of time; of one node, or of all; `limit` rows at most. */
  async read(sessionId: string, { node, limit }: { readonly node?: string; readonly limit: number }): Promise<NodeMetrics[]> {
    let query = this.#db.selectFrom('component_metrics').selectAll().where('session_id', '=', sessionId);
    if (node !== undefined) query = query.where('node_id', '=', node);
    const rows = await query.orderBy('at').orderBy('node_id').limit(limit).execute();
    return rows.map((row) => ({
      node: row.node_id,
      at: row.at.toISOString(),
      state: row.state as ProcessState,
      received: Number(row.received),
      sent: Number(row.sent),
      failures: Number(row.failures),
      restarts: Number(row.restarts),
      ...(row.cpu_ms !== null && { cpuMs: row.cpu_ms }),
      ...(row.services !== null && { services: row.services }),
    }));
  }
}
