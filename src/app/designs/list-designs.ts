import { Type } from 'typebox';
import { type Page, type PageWanted, pageOf } from '#app/page.ts';
import type { Caller, Work } from '#app/parts.ts';
import type { DesignSummary } from '#model/design.ts';

const Key = Type.Object({ updatedAt: Type.String({ format: 'date-time' }), id: Type.String({ format: 'uuid' }) });

/**
 * The designs, last changed first.
 *
 * @throws APP_CURSOR_INVALID.
 */
export async function listDesigns({ designs }: Work, _caller: Caller, wanted: PageWanted): Promise<Page<DesignSummary>> {
  return await pageOf(
    wanted,
    Key,
    ({ updatedAt, id }: DesignSummary) => ({ updatedAt, id }),
    (limit, after) => designs.list({ limit, after }),
  );
}
