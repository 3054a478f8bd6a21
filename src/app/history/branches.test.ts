import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { owner } from '#app/parts.ts';
import { pipeline, type RealApp, realApp } from '#app/testing/real-app.ts';
import { type RealPostgres, startRealPostgres } from '#store/testing/real-postgres.ts';
import type { MergeOutcome } from './branches.ts';

const caller = owner('test');

let postgres: RealPostgres;
let real: RealApp;
beforeAll(async () => {
  postgres = await startRealPostgres();
  real = await realApp({ url: await postgres.freshUrl() });
});
afterAll(async () => {
  await real?.close();
  await postgres?.stop();
});

async function idOf(making: ReturnType<RealApp['app']['createDesign']>): Promise<string> {
  const made = await making;
  if (made.is !== 'created') throw new Error(made.is);
  return made.design.id;
}

const doneEdits = (outcome: MergeOutcome): unknown => (outcome.is === 'done' ? outcome.edits : outcome);

// The connection is torn down when the branch is about to be moved, as by a crash of the server or of the database.
const crashing = sql`
  CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
  CREATE TRIGGER crash BEFORE UPDATE ON design_branches FOR EACH ROW EXECUTE FUNCTION crash()`;

test.each(['into the design', 'into the branch'])(
  '[E44] a merge %s that is cut off half way is not done, and done once afterwards',
  async (where) => {
    const { app, db } = real;
    const main = await idOf(app.createDesign(caller, pipeline('Main', { count: 1 })));
    const { design } = await app.makeBranch(caller, main, 'try', {});
    const [into, from] = where === 'into the design' ? [main, design.id] : [design.id, main];
    const edits = ['a', 'b'].map((id) => ({ do: 'node.add' as const, node: { id, kind: 'flow.buffer' } }));
    await app.commitTx(caller, from, { edits });
    const before = await app.getDesign(caller, into);
    const branch = await app.getBranch(caller, design.id);
    await sql.raw(crashing.compile(db).sql).execute(db);
    await expect(app.mergeBranch(caller, into, { from })).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await sql`DROP FUNCTION crash CASCADE`.execute(db);
    expect(await app.getDesign(caller, into)).toEqual(before);
    expect(await app.getBranch(caller, design.id)).toEqual(branch);
    expect(doneEdits(await app.mergeBranch(caller, into, { from }))).toHaveLength(2);
    expect(doneEdits(await app.mergeBranch(caller, into, { from }))).toEqual([]);
    // What is taken away there is not brought back: that much is common to both.
    await app.commitTx(caller, into, { edits: [{ do: 'node.delete', id: 'a' }] });
    expect(doneEdits(await app.mergeBranch(caller, into, { from }))).toEqual([]);
  },
);
