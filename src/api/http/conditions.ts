import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import type { Change } from '#app/editing/change-design.ts';
import type { TxDone } from '#app/editing/commit.ts';
import type { StateWanted } from '#app/history/revisions.ts';
import { fitting } from '#base/fitting.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import { ActorHeader, callerOf } from './caller.ts';
import { matchMalformed, matchRequired, requestInvalid, stale } from './door-errors.ts';
import { sendRefusal } from './problem.ts';
import { greatestRev } from './schemas.ts';

/**
 * W4  The ETag of a design is its revision in quotes, that of an element the revision in which it last changed; who changes one says by
 * If-Match which he has seen.
 */

export const MatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'The ETag of what you change as you read it, or * for any. Without it the answer is 428.' }),
  ),
  ...ActorHeader,
});

/** The same where If-Match may be left out. */
export const WishHeaders = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'Only if the design still has this ETag.' })),
  ...ActorHeader,
});

export const etagOf = (rev: number): string => `"${rev}"`;

/**
 * The revision a change is meant for; undefined is any.
 *
 * @throws API_MATCH_REQUIRED, API_MATCH_MALFORMED.
 */
export function expectedRev(request: FastifyRequest): number | undefined {
  const given = request.headers['if-match'];
  if (given === undefined) throw matchRequired();
  return readMatch(given);
}

/** The same where the header may be left out. */
export function wishedRev(request: FastifyRequest): number | undefined {
  const given = request.headers['if-match'];
  return given === undefined ? undefined : readMatch(given);
}

// W48  A proxy that packs answers makes an ETag weak; a revision is the same revision nonetheless.
function readMatch(given: string): number | undefined {
  const text = given.trim();
  if (text === '*') return undefined;
  const [, rev] = /^(?:W\/)?"([1-9][0-9]{0,15})"$/.exec(text) ?? [];
  if (rev === undefined) throw matchMalformed({ facts: { given } });
  return Math.min(Number(rev), greatestRev);
}

/**
 * W48  The state of a design that is read to make something else of it: with If-Match, only while the design has that revision, and
 * then that one when none is named.
 *
 * @throws API_STALE, API_MATCH_MALFORMED.
 */
export async function stateWished(
  app: Pick<App, 'getDesign' | 'editsSince'>,
  request: FastifyRequest,
  designId: string,
  wanted: StateWanted,
): Promise<StateWanted> {
  if (wanted.rev !== undefined && wanted.version !== undefined)
    throw requestInvalid({ detail: 'Name a revision or a version, not both.', pointer: '/version' });
  const expected = wishedRev(request);
  if (expected === undefined) return wanted;
  const asking = callerOf(request);
  const { rev } = await app.getDesign(asking, designId);
  if (rev !== expected) throw staleRevision({ is: 'stale', rev, since: await app.editsSince(asking, designId, expected) });
  return wanted.rev === undefined && wanted.version === undefined ? { rev } : wanted;
}

/** Answers with what was last changed in this revision, or 304 when the reader has that already. */
export function sendIfNew(request: FastifyRequest, reply: FastifyReply, rev: number, body: unknown): FastifyReply {
  const etag = etagOf(rev);
  reply.header('etag', etag);
  const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known?.includes(etag) ? reply.code(304).send() : reply.send(body);
}

/**
 * What a change led to, as an answer: a refusal and a stale revision are problems, otherwise `send` says what to answer.
 *
 * @param pointer turns a pointer into the edits into one into the body.
 * @throws API_STALE with the revision there is and the transactions since.
 */
export function sendChange(
  reply: FastifyReply,
  change: Change,
  pointer: (inEdits: string) => string,
  send: (done: Extract<Change, { is: 'committed' }>) => FastifyReply,
): FastifyReply {
  if (change.is === 'stale') throw staleRevision(change);
  if (change.is === 'refused') return sendRefusal(reply, { ...change.refusal, pointer: pointer(change.refusal.pointer) });
  reply.header('etag', etagOf(change.design.rev));
  return send(change);
}

export function staleRevision({ rev, since }: Extract<Change, { is: 'stale' }>): Error {
  const detail = `The design is at revision ${rev} by now. Read it again, then decide.`;
  return stale({ detail, facts: { rev, missed: missedOf(since) } });
}

/** Transactions, and their edits. */
const told = { most: 1_000, mostWeight: 10_000 };

/** W50  Of what was missed the oldest, as far as an answer takes it: so many transactions, fewer where they are long, one at least. */
export function missedOf(since: readonly CommittedTx[]): readonly CommittedTx[] {
  return since.slice(
    0,
    fitting(since, ({ edits }) => edits.length, told),
  );
}

/** The same of a transaction; its ETag is the revision it led to. */
export function sendTx(
  reply: FastifyReply,
  done: TxDone,
  pointer: (inEdits: string) => string,
  send: (done: Extract<TxDone, { is: 'committed' }>) => FastifyReply,
): FastifyReply {
  if (done.is === 'stale') throw staleRevision(done);
  if (done.is === 'refused')
    return sendRefusal(reply, { ...done.refusal, pointer: pointer(done.refusal.pointer) }, { rev: done.rev });
  reply.header('etag', etagOf(done.ack.rev));
  return send(done);
}
