import { Type } from 'typebox';
import type { App } from '#app/app.ts';
import { Edit } from '#model/edit.ts';
import { caller } from './caller.ts';
import { checked, type Routes } from './checked.ts';
import { sendChange, wishedRev } from './conditions.ts';
import { answers, DesignParams } from './schemas.ts';

const mostEdits = 5_000;

const EditsBody = Type.Object(
  {
    edits: Type.Array(Edit, { minItems: 1, maxItems: mostEdits }),
    baseRev: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'The revision the edits were made on. It refuses nothing; the answer then says what others did since.',
      }),
    ),
    txId: Type.Optional(
      Type.String({ format: 'uuid', description: 'Chosen by you: the same edits sent again under it are applied once.' }),
    ),
  },
  { additionalProperties: false },
);

// Which edit is wrong and why is said best by the one who applies it: here only what it is made of.
const OutlineBody = Type.Object(
  {
    ...EditsBody.properties,
    edits: Type.Array(Type.Object({ do: Type.String() }), { minItems: 1, maxItems: mostEdits }),
  },
  { additionalProperties: false },
);

const Applied = Type.Object({
  rev: Type.Integer({ description: 'The revision of the design with the edits.' }),
  edits: Type.Array(Edit, { description: 'The edits as they were applied, every default filled in.' }),
  inverse: Type.Array(Edit, { description: 'The edits that take them back, in the order to apply them.' }),
  missed: Type.Optional(Type.Array(Edit, { description: 'With baseRev: what others did after it and before these.' })),
});

/** The one way in for changes of a design, as data. */
export function editRoutes(routes: Routes, app: App): void {
  routes.post(
    '/designs/:designId/edits',
    {
      schema: {
        tags: ['edits'],
        operationId: 'commitEdits',
        summary: 'Apply edits, all or none',
        description: 'With If-Match only on that revision. A refusal says which edit by its pointer, and nothing has changed.',
        params: DesignParams,
        body: EditsBody,
        response: answers(200, 'What was done', Applied),
      },
      validatorCompiler: (part) => checked(part.httpPart === 'body' ? { ...part, schema: OutlineBody } : part),
    },
    async (request, reply) => {
      const { designId } = request.params;
      const { edits, baseRev, txId } = request.body;
      const change = await app.commitEdits(caller, designId, edits, { expectedRev: wishedRev(request), txId });
      const missed =
        change.is === 'committed' && baseRev !== undefined
          ? await app.editsBetween(caller, designId, baseRev, change.design.rev)
          : undefined;
      return sendChange(
        reply,
        change,
        (pointer) => `/edits${pointer}`,
        (done) =>
          reply.send({ rev: done.design.rev, edits: done.edits, inverse: done.inverse, ...(missed !== undefined && { missed }) }),
      );
    },
  );
}
