import type { ColumnType } from 'kysely';

/**
 * The tables as Kysely sees them. Written by hand; `tables.test.ts` holds them against information_schema.
 * Only this floor knows them: what leaves it is a noun of `model/`.
 */

/** Read as a Date; written as an ISO text with milliseconds. */
type Moment = ColumnType<Date, string, string>;
type MaybeMoment = ColumnType<Date | null, string | null, string | null>;
/** Read as a value; written as JSON text. */
type Json<T> = ColumnType<T, string, string>;
type MaybeJson<T> = ColumnType<T | null, string | null, string | null>;
/** pg reads a bigint as text, for it may exceed a double. */
type Count = ColumnType<string, number, number>;
type MaybeText = string | null;
type MaybeWhole = number | null;

interface DesignsTable {
  id: string;
  rev: number;
  name: string;
  description: string;
  created_at: Moment;
  updated_at: Moment;
  deleted_at: MaybeMoment;
}

interface DesignNodesTable {
  design_id: string;
  id: string;
  kind: string;
  version: number;
  label: string;
  settings: Json<Record<string, unknown>>;
  on_failure: string;
  priority: string;
  weight: number;
  x: number | null;
  y: number | null;
  width: number | null;
  height: number | null;
  group_id: MaybeText;
  rev: number;
}

interface DesignGroupsTable {
  design_id: string;
  id: string;
  title: string;
  colour: MaybeText;
  parent: MaybeText;
  rev: number;
}

interface DesignConnectionsTable {
  design_id: string;
  id: string;
  from_node: string;
  from_port: string;
  from_index: number;
  to_node: string;
  to_port: string;
  to_index: number;
  capacity: number;
  policy: string;
  rev: number;
}

interface DesignEditsTable {
  design_id: string;
  rev: number;
  tx_id: string;
  actor: string;
  via: string;
  edits: Json<unknown>;
  inverse: Json<unknown>;
  at: Moment;
  label: MaybeText;
  undo_of: MaybeText;
  base_rev: MaybeWhole;
  outcome: string;
  asked: MaybeJson<unknown>;
  left_out: MaybeJson<unknown>;
}

interface DesignSnapshotsTable {
  design_id: string;
  rev: number;
  body: Json<unknown>;
  at: Moment;
}

interface DesignVersionsTable {
  id: string;
  design_id: string;
  number: number;
  rev: number;
  name: string;
  note: string;
  created_at: Moment;
  deleted_at: MaybeMoment;
}

interface DesignBranchesTable {
  design_id: string;
  name: string;
  of_design: string;
  of_rev: number;
  own_rev: number;
  base: string;
  created_at: Moment;
}

interface DesignValidationsTable {
  design_id: string;
  rev: number;
  about: string;
  body: string;
  checked_at: Moment;
}

interface CommentThreadsTable {
  id: string;
  design_id: string;
  rev: number;
  about: string;
  element: string | null;
  x: number | null;
  y: number | null;
  width: number | null;
  height: number | null;
  orphaned: boolean;
  state: string;
  resolved_by: string | null;
  created_at: Moment;
  changed_at: Moment;
}

interface CommentsTable {
  id: string;
  thread_id: string;
  actor: string;
  body: string;
  at: Moment;
  edited_at: MaybeMoment;
}

interface ExecutionSessionsTable {
  id: string;
  design_id: string;
  design_rev: number;
  host: string;
  state: string;
  started_at: Moment;
  ended_at: MaybeMoment;
  fault: MaybeJson<unknown>;
  stuck: MaybeJson<unknown>;
  inner_designs: MaybeJson<unknown>;
}

interface ServersTable {
  id: string;
  alive_until: Moment;
}

interface ComponentMetricsTable {
  session_id: string;
  node_id: string;
  at: Moment;
  state: string;
  received: Count;
  sent: Count;
  failures: Count;
  restarts: Count;
  cpu_ms: number | null;
  services: MaybeJson<number[]>;
}

interface IdempotencyKeysTable {
  actor: string;
  key: string;
  fingerprint: string;
  claim: string;
  claimed_at: Moment;
  expires_at: Moment;
  answer: MaybeJson<unknown>;
}

interface SchemaMigrationsTable {
  name: string;
  applied_at: Moment;
}

export interface Tables {
  designs: DesignsTable;
  design_nodes: DesignNodesTable;
  design_connections: DesignConnectionsTable;
  design_groups: DesignGroupsTable;
  design_edits: DesignEditsTable;
  design_snapshots: DesignSnapshotsTable;
  design_versions: DesignVersionsTable;
  design_branches: DesignBranchesTable;
  design_validations: DesignValidationsTable;
  comment_threads: CommentThreadsTable;
  comments: CommentsTable;
  servers: ServersTable;
  execution_sessions: ExecutionSessionsTable;
  component_metrics: ComponentMetricsTable;
  idempotency_keys: IdempotencyKeysTable;
  schema_migrations: SchemaMigrationsTable;
}
