import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { ManualClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { StoredFindings } from '#model/checks/kept-validation.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { Session } from '#model/sessions/session.ts';
import type { Database } from '#store/database/database.ts';
import type { Designs } from '#store/designs/designs.ts';
import { Versions } from '#store/designs/versions.ts';
import { IdempotencyKeys } from '#store/idempotency.ts';
import { Metrics } from '#store/metrics.ts';
import { Servers } from '#store/servers.ts';
import { Sessions } from '#store/sessions.ts';
import { Validations } from '#store/validations.ts';
import { addNode, bodyOf, commitOne, connect, editing } from './drawing.ts';

/** The part of the contract suite about what stands beside designs: versions, sessions, metrics, idempotency keys. */

/** What a part of the suite works with. */
export interface Bench {
  readonly database: () => Database;
  readonly clock: ManualClock;
  readonly designs: () => Designs;
  /** Stores a design that these edits draw. */
  readonly draw: (edits?: readonly Edit[], title?: string) => Promise<Design>;
}

const at = (clock: ManualClock): string => new Date(clock.now()).toISOString();

export function versionsContract({ database, clock, designs, draw }: Bench): void {
  describe('versions', () => {
    const versions = (): Versions => new Versions(database().db, clock, newUuid);

    test('a version keeps the design as it was, whatever happens to it later', async () => {
      const design = await draw([addNode('a', { p: [1, { q: null }] }), addNode('b'), connect('w', 'a', 'b')]);
      const kept = await versions().keep(design.id, { name: 'first', note: 'as drawn' });
      await commitOne(designs(), editing(design.id, [{ do: 'node.delete', id: 'a' }]));
      expect(kept).toEqual({ designId: design.id, number: 1, rev: 1, name: 'first', note: 'as drawn', createdAt: at(clock) });
      const read = await versions().get(design.id, 1);
      expect(read?.version).toEqual(kept);
      expect(read?.body).toEqual(bodyOf(design));
    });

    test('numbers count within the design, also when many ask at once; two may keep one revision', async () => {
      const { id } = await draw();
      const names = ['a', 'b', 'c', 'd', 'e'];
      const kept = await Promise.all(names.map((title) => versions().keep(id, { name: title })));
      expect(kept.map((version) => version && 'number' in version && version.number).sort()).toEqual([1, 2, 3, 4, 5]);
      const page = await versions().list(id, { limit: 2, before: 4 });
      expect(page.map(({ number }) => number)).toEqual([3, 2]);
    });

    test('one that is to keep another revision than the present one keeps nothing', async () => {
      const { id } = await draw();
      expect(await versions().keep(id, { name: 'x' }, 2)).toEqual({ rev: 1 });
      expect(await versions().list(id, { limit: 9 })).toEqual([]);
      expect(await versions().keep(id, { name: 'x' }, 1)).toMatchObject({ number: 1 });
    });

    test('there is no version of what is not there', async () => {
      expect(await versions().keep(newUuid(), { name: 'x' })).toBeUndefined();
      expect(await versions().get((await draw()).id, 1)).toBeUndefined();
    });
  });
}

function found(message: string): StoredFindings {
  const finding: Finding = { rule: 'x', verdict: 'proved', severity: 'info', message, nodes: [], connections: [], engine: 'y' };
  return { verdict: 'proved', findings: [finding], leftOut: [] };
}

export function validationsContract({ database, clock, designs, draw }: Bench): void {
  describe('[V120] validations', () => {
    const validations = (): Validations => new Validations(database().db, clock);

    test('the last one of a revision is read back, whatever characters are in it', async () => {
      const { id: designId, rev } = await draw();
      const told = found('nul: \u0000, half: \ud800, ü€😀');
      expect(await validations().get(designId, rev)).toBeUndefined();
      expect(await validations().keep({ designId, rev, about: 'a' }, () => told)).toBe(true);
      const kept = { ...told, rev, about: 'a', checkedAt: at(clock) };
      expect(await validations().get(designId, rev)).toEqual(kept);
      clock.advance(1000);
      let before: unknown;
      const merge = (seen: unknown) => {
        before = seen;
        return undefined;
      };
      expect(await validations().keep({ designId, rev, about: 'b' }, merge)).toBe(false);
      expect(before).toEqual(kept);
      await validations().keep({ designId, rev, about: 'b' }, () => found('later'));
      expect(await validations().get(designId, rev)).toEqual({ ...found('later'), rev, about: 'b', checkedAt: at(clock) });
    });

    test('of many that keep at once each sees the one before', async () => {
      const { id: designId, rev } = await draw();
      const all = Array.from({ length: 8 }, () =>
        validations().keep({ designId, rev, about: 'a' }, (before) => found(`${before?.findings[0]?.message ?? ''}x`)),
      );
      expect(await Promise.all(all)).not.toContain(false);
      expect((await validations().get(designId, rev))?.findings[0]?.message).toBe('xxxxxxxx');
    });

    test('nothing is kept of another revision than the present one, nor of a design that is gone', async () => {
      const { id: designId, rev } = await draw();
      expect(await validations().keep({ designId, rev: rev + 1, about: 'a' }, () => found('early'))).toBe(false);
      await validations().keep({ designId, rev, about: 'a' }, () => found('now'));
      await designs().remove(designId);
      expect(await validations().get(designId, rev)).toBeUndefined();
      expect(await validations().keep({ designId, rev, about: 'a' }, () => found('late'))).toBe(false);
    });

    test('the newest five revisions are kept, of each design for itself', async () => {
      const [{ id: designId }, other] = [await draw(), await draw()];
      await validations().keep({ designId: other.id, rev: 1, about: 'a' }, () => found('other'));
      for (let rev = 1; rev <= 7; rev++) {
        await validations().keep({ designId, rev, about: 'a' }, () => found(String(rev)));
        await commitOne(designs(), editing(designId, [addNode(`n${rev}`)]));
      }
      const kept = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((rev) => validations().get(designId, rev)));
      expect(kept.map((one) => one?.rev)).toEqual([undefined, undefined, 3, 4, 5, 6, 7]);
      expect(await validations().get(other.id, 1)).toBeDefined();
    });
  });
}

export function sessionsContract({ database, clock, draw }: Bench): void {
  describe('sessions', () => {
    const sessions = (server = 'one'): Sessions => new Sessions(database().db, clock, server);
    const start = async (designId: string, server?: string) =>
      await sessions(server).create({ id: newUuid(), designId, designRev: 1 });

    test('a session is kept through its states, and says when it ended', async () => {
      const { id: designId } = await draw();
      const { id, ...begun } = await start(designId);
      expect(begun).toEqual({ designId, designRev: 1, state: 'starting', startedAt: at(clock) });
      const stuck = { since: at(clock), nodes: ['a'], connections: ['w'] };
      expect(await sessions().update(id, { state: 'running', stuck })).toEqual({ id, ...begun, state: 'running', stuck });
      expect(await sessions().update(id, { stuck: null })).toEqual({ id, ...begun, state: 'running' });
      await sessions().update(id, { stuck });
      clock.advance(1000);
      const fault = { code: 'BROKEN', message: 'it broke', node: 'a', at: at(clock) };
      const ended = { id, ...begun, state: 'failed', endedAt: at(clock), fault };
      expect(await sessions().update(id, { state: 'failed', fault })).toEqual(ended);
      expect(await sessions().get(id)).toEqual(ended);
    });

    test('[S1] a session that has ended stays ended', async () => {
      const { id } = await start((await draw()).id);
      const ended = await sessions().update(id, { state: 'stopped' });
      expect(await sessions().update(id, { state: 'running' })).toBeUndefined();
      expect(await sessions().get(id)).toEqual(ended);
      expect(await sessions().update(newUuid(), { state: 'running' })).toBeUndefined();
    });

    serversContract({ database, draw, sessions, start });
  });
}

interface ServerBench extends Pick<Bench, 'database' | 'draw'> {
  readonly sessions: (server?: string) => Sessions;
  readonly start: (designId: string, server?: string) => Promise<Session>;
}

function serversContract({ database, draw, sessions, start }: ServerBench): void {
  const server = (id: string): Servers => new Servers(database().db, id, 600_000);
  // As if so much time had gone by on the database's clock.
  const silent = async (id: string): Promise<void> => {
    await sql`UPDATE servers SET alive_until = now() - interval '1 millisecond' WHERE id = ${id}`.execute(database().db);
  };
  const states = async (...some: readonly Session[]) =>
    await Promise.all(some.map(async ({ id }) => (await sessions().get(id))?.state));

  test('[S83] a server lives from when it first says so until it has not for too long, or says goodbye', async () => {
    const one = server(newUuid());
    expect([await one.renew(), await one.renew()]).toEqual([false, true]);
    await one.leave();
    expect(await one.renew()).toBe(false);
    const two = newUuid();
    await server(two).renew();
    await silent(two);
    expect([await server(two).renew(), await server(two).renew()]).toEqual([false, true]);
  });

  test('[S84] what was left running by servers that live no more has failed; what the others run goes on', async () => {
    const { id: designId } = await draw();
    const [here, there, gone, never] = [newUuid(), newUuid(), newUuid(), newUuid()];
    for (const id of [here, there, gone]) await server(id).renew();
    const some = await Promise.all([here, there, gone, never].map((id) => start(designId, id)));
    const done = await start(designId, gone);
    await sessions().update(done.id, { state: 'completed' });
    await silent(gone);
    const left = some.slice(2).map(({ id }) => id);
    const failed = await sessions().failThoseLeftRunning();
    expect(failed.map(({ id }) => id)).toEqual(expect.arrayContaining(left));
    for (const session of failed.filter(({ id }) => left.includes(id)))
      expect(session).toMatchObject({ state: 'failed', fault: { code: 'SERVER_STOPPED' }, endedAt: expect.any(String) });
    expect(await states(...some, done)).toEqual(['starting', 'starting', 'failed', 'failed', 'completed']);
    expect((await sessions().endedOf([...some, done].map(({ id }) => id))).sort()).toEqual([...left, done.id].sort());
    // Who comes back is as good as new.
    expect(await server(gone).renew()).toBe(false);
    const again = await start(designId, gone);
    await server(there).leave();
    expect((await sessions().failThoseLeftRunning()).map(({ id }) => id)).toEqual([some[1]?.id]);
    expect(await states(...some, again)).toEqual(['starting', 'failed', 'failed', 'failed', 'starting']);
    for (const id of [here, gone]) await server(id).leave();
  });
}

export function sessionListContract({ database, clock, draw }: Bench): void {
  const sessions = (): Sessions => new Sessions(database().db, clock, 'one');
  const start = async (designId: string) => await sessions().create({ id: newUuid(), designId, designRev: 1 });
  test('[R6] the list of sessions goes from page to page, newest first, of one design or of all', async () => {
    const { id: designId } = await draw();
    const made: string[] = [];
    for (let number = 0; number < 7; number++) {
      if (number % 2 === 0) clock.advance(1);
      made.push((await start(designId)).id);
    }
    const seen: string[] = [];
    for (let page = await sessions().list({ designId, limit: 3 }); page.length > 0; ) {
      seen.push(...page.map(({ id }) => id));
      await start(designId);
      page = await sessions().list({ designId, limit: 3, after: page.at(-1) });
    }
    expect(seen).toEqual(made.reverse());
    expect((await sessions().list({ limit: 200 })).length).toBeGreaterThan(made.length);
  });
}

export function metricsContract({ database, clock, draw }: Bench): void {
  test('metrics are kept a node and a moment, in order of time, beyond what 32 bits count', async () => {
    const { id: designId } = await draw();
    const metrics = new Metrics(database().db);
    const sessionId = newUuid();
    await new Sessions(database().db, clock, 'one').create({ id: sessionId, designId, designRev: 1 });
    const counts = { state: 'running' as const, received: 5_000_000_000, sent: 2, failures: 1, restarts: 0 };
    const status = (node: string) => ({ node, ...counts, waitingFor: [] });
    const [first, second] = ['2026-01-01T00:00:00.250Z', '2026-01-01T00:00:00.500Z'];
    const spent = { cpuMs: 12.5, services: [3, 0, 5_000] };
    await metrics.append(sessionId, second, [{ ...status('a'), ...spent }]);
    await metrics.append(sessionId, first, [status('b'), status('a')]);
    await metrics.append(sessionId, first, [status('b')]);
    const rows = await metrics.read(sessionId, { limit: 10 });
    expect(rows).toEqual([
      { node: 'a', at: first, ...counts },
      { node: 'b', at: first, ...counts },
      { node: 'a', at: second, ...counts, ...spent },
    ]);
    expect((await metrics.read(sessionId, { node: 'a', limit: 1 })).map((row) => row.at)).toEqual([first]);
  });
}

export function idempotencyContract({ database, clock }: Bench): void {
  describe('idempotency', () => {
    const keys = (): IdempotencyKeys => new IdempotencyKeys(database().db, clock, newUuid);
    const request = () => ({ actor: 'ada', key: newUuid(), fingerprint: 'POST /designs #1' });
    const answer = { status: 201, headers: { location: '/x' }, body: '{"b": 1, "a":2}' };

    test('of many that ask at once one does it; the others hear its answer, to the byte', async () => {
      const asked = request();
      const claims = await Promise.all(Array.from({ length: 10 }, () => keys().claim(asked)));
      const [won, ...more] = claims.flatMap((claim) => (claim.is === 'claimed' ? [claim.claim] : []));
      expect(more).toEqual([]);
      expect(claims.filter((claim) => claim.is === 'running')).toHaveLength(9);
      expect(await keys().complete(asked, won ?? '', answer)).toBe(true);
      expect(await keys().claim(asked)).toEqual({ is: 'answered', answer });
      expect(await keys().claim({ ...asked, fingerprint: 'POST /designs #2' })).toEqual({ is: 'other' });
      expect(await keys().claim({ ...asked, actor: 'bea' })).toMatchObject({ is: 'claimed' });
    });

    test('a claim given back, or whose holder died, can be taken again; the dead one can answer no more', async () => {
      const asked = request();
      const first = await keys().claim(asked);
      if (first.is !== 'claimed') throw new Error(first.is);
      await keys().release(asked, first.claim);
      const second = await keys().claim(asked);
      if (second.is !== 'claimed') throw new Error(second.is);
      clock.advance(59_999);
      expect(await keys().claim(asked)).toEqual({ is: 'running' });
      clock.advance(1);
      expect(await keys().claim(asked)).toMatchObject({ is: 'claimed' });
      expect(await keys().complete(asked, second.claim, answer)).toBe(false);
    });

    test('an answer is kept for a day', async () => {
      const asked = request();
      const claim = await keys().claim(asked);
      if (claim.is !== 'claimed') throw new Error(claim.is);
      await keys().complete(asked, claim.claim, answer);
      clock.advance(24 * 60 * 60 * 1000 - 1);
      await keys().expire();
      expect(await keys().claim(asked)).toMatchObject({ is: 'answered' });
      clock.advance(1);
      expect(await keys().expire()).toBeGreaterThan(0);
      expect(await keys().claim(asked)).toMatchObject({ is: 'claimed' });
    });
  });
}
