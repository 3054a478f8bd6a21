import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { ElementId } from '#model/design.ts';
import { Edit, Refusal } from '#model/edits/edit.ts';
import { Ack, Tx, TxTerms } from '#model/edits/tx.ts';
import { Comparison, HistoryEntry, Revision, Undoable } from '#model/merging/history.ts';
import { PersonName } from '#model/presence.ts';
import { caller, callerOf } from './caller.ts';
import type { Routes } from './checked.ts';
import { etagOf, sendChange, sendIfNew, staleRevision, WishHeaders, wishedRev } from './conditions.ts';
import { answers, DesignParams, PageQuery, pageOf, RevisionParams, revisionNumber, versionNumber } from './schemas.ts';

const tags = ['history'];
const asIs = (pointer: string): string => pointer;

/** How a design came about, and how what was done is taken back. */
export function historyRoutes(routes: Routes, app: App): void {
  listHistory(routes, app);
  readRevision(routes, app);
  compare(routes, app);
  restore(routes, app);
  undo(routes, app);
}

// There was no year 0.
const moment = (description: string) => Type.Optional(Type.String({ format: 'date-time', pattern: '^(?!0000)', description }));

function listHistory(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/history',
    {
      schema: {
        tags,
        operationId: 'listHistory',
        summary: 'Who did what to a design, when and through which door, newest first',
        params: DesignParams,
        querystring: Type.Object(
          {
            ...PageQuery.properties,
            actor: Type.Optional({ ...PersonName, description: 'Only what this person did.' }),
            element: Type.Optional({
              ...ElementId,
              description: 'Only what changed this node, connection or group, or connected it, or took it away with another.',
            }),
            since: moment('Only from this time on.'),
            until: moment('Only before this time.'),
          },
          { additionalProperties: false },
        ),
        response: answers(200, 'A page of the history', pageOf(HistoryEntry)),
      },
    },
    (request) => {
      const { limit, cursor, ...only } = request.query;
      return app.listHistory(caller, request.params.designId, { limit, cursor }, only);
    },
  );
}

function readRevision(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/revisions/:rev',
    {
      schema: {
        tags,
        operationId: 'getRevision',
        summary: 'A design as it was in a revision',
        params: RevisionParams,
        response: answers(200, 'The revision', Revision),
      },
    },
    async (request, reply) => {
      const revision = await app.getRevision(caller, request.params.designId, request.params.rev);
      return sendIfNew(request, reply, revision.rev, revision);
    },
  );
}

const StateText = Type.String({
  pattern: '^v?[1-9][0-9]{0,8}$',
  description: 'A revision, such as 12, or a version, such as v3.',
});

function stateIn(text: string | undefined): { readonly rev?: number; readonly version?: number } {
  if (text === undefined) return {};
  return text.startsWith('v') ? { version: Number(text.slice(1)) } : { rev: Number(text) };
}

function compare(routes: Routes, app: App): void {
  routes.get(
    '/designs/:designId/compare',
    {
      schema: {
        tags,
        operationId: 'compareRevisions',
        summary: 'What differs between two states of a design, by id',
        description: 'Each is a revision (12) or a version (v3); without `to` it is the design as it is now.',
        params: DesignParams,
        querystring: Type.Object({ from: StateText, to: Type.Optional(StateText) }, { additionalProperties: false }),
        response: answers(
          200,
          'What differs, with the two revisions',
          Type.Object({ from: Type.Integer(), to: Type.Integer(), changes: Comparison }),
        ),
      },
    },
    (request) => {
      const { from, to } = request.query;
      return app.compareRevisions(caller, request.params.designId, stateIn(from), stateIn(to));
    },
  );
}

const Done = Type.Object({
  rev: Type.Integer({ description: 'The revision of the design now.' }),
  edits: Type.Array(Edit, { description: 'What was done; nothing when it already was so.' }),
  inverse: Type.Array(Edit, { description: 'The edits that take it back.' }),
});

const { label } = TxTerms.properties;

function restore(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/restore',
    {
      schema: {
        tags,
        operationId: 'restoreDesign',
        summary: 'Make a design again what it was, by new edits',
        description: 'Of a revision or a version. Its history stays; restoring is one more line in it, and can be undone.',
        params: DesignParams,
        headers: WishHeaders,
        body: Type.Union([
          Type.Object({ rev: revisionNumber, label }, { additionalProperties: false }),
          Type.Object({ version: versionNumber, label }, { additionalProperties: false }),
        ]),
        response: answers(200, 'What was done', Done),
      },
    },
    async (request, reply) => {
      const { label: said, ...wanted } = request.body;
      const terms = { expectedRev: wishedRev(request), label: said };
      const change = await app.restoreDesign(callerOf(request), request.params.designId, wanted, terms);
      return sendChange(reply, change, asIs, ({ design, edits, inverse }) => reply.send({ rev: design.rev, edits, inverse }));
    },
  );
}

const { left: _left, ...ofAck } = Ack.properties;
const Undone = Type.Object({
  ...ofAck,
  says: Type.String({ description: 'What was done, in words.' }),
  left: Type.Array(Refusal, { description: 'What could not be taken back, and why.' }),
});
const next = (description: string) => Type.Union([Undoable, Type.Null()], { description });

function undo(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/undo',
    {
      schema: {
        tags,
        operationId: 'undoTransaction',
        summary: 'Take a transaction back, wherever it is in the history',
        description:
          'As a new transaction. What others have made of it since stays, and `left` says what. To redo, take the undoing back.',
        params: DesignParams,
        headers: WishHeaders,
        body: Type.Object(
          {
            txId: Type.String({ format: 'uuid', description: 'What is to be taken back.' }),
            as: Type.Optional({
              ...Tx.properties.txId,
              description: 'The id of the new transaction: sent again, it is done once.',
            }),
          },
          { additionalProperties: false },
        ),
        response: answers(200, 'What was done', Undone),
      },
    },
    async (request, reply) => {
      const { txId, as } = request.body;
      const terms = { txId: as, expectedRev: wishedRev(request) };
      const done = await app.undoTx(callerOf(request), request.params.designId, txId, terms);
      if (done.is === 'stale') throw staleRevision(done);
      const { is: _is, ...said } = done;
      return reply.header('etag', etagOf(done.rev)).send(said);
    },
  );
  routes.get(
    '/designs/:designId/undo',
    {
      schema: {
        tags,
        operationId: 'nextUndo',
        summary: 'What somebody would undo and redo next',
        description: 'Each with the words it will be done under. Without actor, of whoever asks.',
        params: DesignParams,
        querystring: Type.Object({ actor: Type.Optional(PersonName) }, { additionalProperties: false }),
        headers: WishHeaders,
        response: answers(
          200,
          'Steps of this person',
          Type.Object({ undo: next('The last step in force.'), redo: next('The last undoing in force.') }),
        ),
      },
    },
    (request) => {
      const asking = callerOf(request);
      return app.nextUndo(asking, request.params.designId, request.query.actor ?? asking.actor);
    },
  );
}
