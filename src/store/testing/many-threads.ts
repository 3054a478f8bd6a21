import { type Kysely, sql } from 'kysely';
import type { Tables } from '#store/tables.ts';

/** Opens many threads of one comment about a point of a design, in one statement each. */
export async function openMany(db: Kysely<Tables>, designId: string, count: number): Promise<void> {
  const made = await sql<{ id: string }>`
    INSERT INTO comment_threads (id, design_id, rev, about, x, y, orphaned, state, created_at, changed_at)
    SELECT gen_random_uuid(), ${designId}, 1, 'point', i, i, false, 'open', now(), now() FROM generate_series(1, ${count}::int) i
    RETURNING id`.execute(db);
  const ids = JSON.stringify(made.rows.map(({ id }) => id));
  await sql`
    INSERT INTO comments (id, thread_id, actor, body, at)
    SELECT gen_random_uuid(), id::uuid, 'ada', 'x', now() FROM jsonb_array_elements_text(${ids}::jsonb) id`.execute(db);
}
