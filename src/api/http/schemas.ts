import { type TSchema, Type } from 'typebox';
import { DesignBody, DesignName, RunningId } from '#model/design.ts';
import { Problem, problemType } from './problem.ts';

/** What requests and answers of several routes share. */

const Uuid = Type.String({ format: 'uuid' });
const Element = Type.String({ minLength: 1, maxLength: 64 });

export const DesignParams = Type.Object({ designId: Uuid });
export const NodeParams = Type.Object({ designId: Uuid, nodeId: Element });
export const ConnectionParams = Type.Object({ designId: Uuid, connectionId: Element });
export const GroupParams = Type.Object({ designId: Uuid, groupId: Element });
/** What a revision or a version is counted with. */
export const greatestRev = 2_147_483_647;
const count = (description: string) => Type.Integer({ minimum: 1, maximum: greatestRev, description });
export const revisionNumber = count('A revision of the design.');
export const versionNumber = count('The number of a version of the design.');
export const RevisionParams = Type.Object({ designId: Uuid, rev: revisionNumber });
export const VersionParams = Type.Object({ designId: Uuid, number: versionNumber });
export const ThreadParams = Type.Object({ designId: Uuid, threadId: Uuid });
export const CommentParams = Type.Object({ designId: Uuid, threadId: Uuid, commentId: Uuid });
export const CheckParams = Type.Object({ checkId: Uuid });
export const SessionParams = Type.Object({ sessionId: Uuid });
export const SessionNodeParams = Type.Object({ sessionId: Uuid, nodeId: RunningId });
export const SessionConnectionParams = Type.Object({ sessionId: Uuid, connectionId: RunningId });

const limit = Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Items at most.' });
const cursor = Type.Optional(Type.String({ maxLength: 500, description: 'nextCursor of the page before, as it is.' }));

export const PageQuery = Type.Object({ limit, cursor }, { additionalProperties: false });
export const SessionsQuery = Type.Object(
  { limit, cursor, designId: Type.Optional(Type.String({ format: 'uuid', description: 'Only sessions of this design.' })) },
  { additionalProperties: false },
);

/** A page of a list. */
export const pageOf = (item: TSchema) =>
  Type.Object({
    items: Type.Array(item),
    nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'Asks for the next page; null on the last.' }),
  });

export const NewDesignBody = Type.Object(
  {
    name: DesignName,
    description: Type.Optional(DesignBody.properties.description),
    nodes: Type.Optional(DesignBody.properties.nodes),
    connections: Type.Optional(DesignBody.properties.connections),
    canvas: Type.Optional(DesignBody.properties.canvas),
  },
  { additionalProperties: false },
);

const ignored = { description: 'May be there, as it was read; it is not changed by this.' };

/** A design as it was read may be sent back: what the store says of it is let pass, and ignored. */
export const WholeDesign = Type.Object(
  {
    ...DesignBody.properties,
    id: Type.Optional(Type.Unknown(ignored)),
    rev: Type.Optional(Type.Unknown(ignored)),
    createdAt: Type.Optional(Type.Unknown(ignored)),
    updatedAt: Type.Optional(Type.Unknown(ignored)),
  },
  { additionalProperties: false },
);

const problem = { description: 'A problem', content: { [problemType]: { schema: Problem } } };

/** The answers of a route: what it gives, and problems for everything else. */
export function answers(status: number, description: string, schema?: TSchema): Record<string, unknown> {
  const body =
    schema === undefined ? { description, type: 'null' } : { description, content: { 'application/json': { schema } } };
  return { [status]: body, default: problem };
}
