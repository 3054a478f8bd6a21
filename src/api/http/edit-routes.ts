import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import type { Edit } from '#model/edits/edit.ts';
import { Ack, CommittedTx, mostEdits, Tx } from '#model/edits/tx.ts';
import { callerOf } from './caller.ts';
import { checked, type Routes } from './checked.ts';
import { missedOf, sendTx, WishHeaders, wishedRev } from './conditions.ts';
import { answers, DesignParams } from './schemas.ts';

const EditsBody = Type.Object({ ...Tx.properties, txId: Type.Optional(Tx.properties.txId) }, { additionalProperties: false });

// Which edit is wrong and why is said best by the one who applies it: here only what it is made of.
const OutlineBody = Type.Object(
  {
    ...EditsBody.properties,
    edits: Type.Array(Type.Unknown(), { minItems: 1, maxItems: mostEdits }),
  },
  { additionalProperties: false },
);

const Applied = Type.Object({
  ...Ack.properties,
  missed: Type.Optional(
    Type.Array(CommittedTx, { description: 'With baseRev: what others did after it and before this, 1,000 at most.' }),
  ),
});

// A field of the transaction is one of the body; all else is within its edits.
const inBody = (pointer: string): string => (/^\/\d/.test(pointer) ? `/edits${pointer}` : pointer);

/** W11  The one way in for changes of a design, as data. */
export function editRoutes(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/edits',
    {
      schema: {
        tags: ['edits'],
        operationId: 'commitEdits',
        summary: 'Commit a transaction of edits',
        description:
          'All or none, unless atomic is false. Made on an older revision (baseRev), they are rebased over what others did since. With If-Match only on that revision. A refusal says which edit by its pointer, and who stands in the way; nothing has changed then.',
        params: DesignParams,
        headers: WishHeaders,
        body: EditsBody,
        response: answers(200, 'What was done', Applied),
      },
      validatorCompiler: (part) => checked(part.httpPart === 'body' ? { ...part, schema: OutlineBody } : part),
    },
    async (request, reply) => {
      const { designId } = request.params;
      const asking = callerOf(request);
      const tx = { ...request.body, edits: request.body.edits as Edit[] };
      const done = await app.commitTx(asking, designId, tx, { expectedRev: wishedRev(request) });
      const { baseRev } = tx;
      const missed =
        done.is === 'committed' && baseRev !== undefined && baseRev + 1 < done.ack.rev
          ? missedOf((await app.editsSince(asking, designId, baseRev)).filter(({ rev }) => rev < done.ack.rev))
          : [];
      return sendTx(reply, done, inBody, ({ ack }) => reply.send({ ...ack, ...(baseRev !== undefined && { missed }) }));
    },
  );
}
