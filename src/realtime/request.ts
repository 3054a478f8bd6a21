import type { Buffer } from 'node:buffer';
import { type TSchema, Type } from 'typebox';
import { messageOf } from '#base/errors.ts';
import { LiveRequest } from '#model/live.ts';
import { faultsOf } from '#model/schema-check.ts';
import { withSmallUuids } from '#model/uuids.ts';
import { frameBinary, frameMalformed } from './live-errors.ts';

const [subscription, hello, leave, tx, presence, say, ping] = LiveRequest.anyOf;

// A fault within an edit is the refusal of its transaction, and says which edit: here only what a transaction is made of.
const { minItems = 1, maxItems } = tx.properties.edits as { minItems?: number; maxItems?: number };
const outline = Type.Object(
  {
    ...tx.properties,
    edits: Type.Array(Type.Unknown(), { minItems, ...(maxItems !== undefined && { maxItems }) }),
  },
  { additionalProperties: false },
);

// A map: `constructor` is no type of request.
const schemas = new Map<unknown, TSchema>(
  Object.entries({ hello, leave, tx: outline, presence, say, subscribe: subscription, unsubscribe: subscription, ping }),
);
/** Characters of an unknown type that are said again. */
const longestSaid = 60;

/**
 * A frame as the request it is.
 *
 * @throws LIVE_BINARY, LIVE_MALFORMED; the facts name the design and transaction where the frame does.
 */
export function requestOf(data: Buffer, isBinary: boolean): LiveRequest {
  if (isBinary) throw frameBinary();
  let request: unknown;
  try {
    request = JSON.parse(data.toString());
  } catch (cause) {
    throw frameMalformed({ detail: `The frame is not JSON: ${messageOf(cause)}.`, cause });
  }
  const { type, designId, txId, topic, connection } = (request ?? {}) as Readonly<Record<string, unknown>>;
  const schema = schemas.get(type);
  if (schema === undefined) throw frameMalformed({ detail: noSuchType(type), facts: { pointer: '/type', designId, txId } });
  const [fault] = faultsOf(schema, request);
  if (fault !== undefined) {
    const where = fault.pointer === '' ? 'The frame' : `${fault.pointer} of the frame`;
    throw frameMalformed({ detail: `${where} ${fault.message}.`, facts: { pointer: fault.pointer, designId, txId } });
  }
  if (topic === 'connection' && connection === undefined)
    throw frameMalformed({ detail: 'The topic connection wants to know which connection.', facts: { pointer: '/connection' } });
  return withSmallUuids(schema, request) as LiveRequest;
}

function noSuchType(type: unknown): string {
  const said = typeof type === 'string' ? `; ${JSON.stringify(type.slice(0, longestSaid))} is none` : '';
  return `/type of the frame must be one of ${[...schemas.keys()].join(', ')}${said}.`;
}
