import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifySchemaCompiler, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { faultsOf } from '#model/schema-check.ts';
import { withSmallUuids } from '#model/uuids.ts';
import { requestInvalid, routeUnknown } from './door-errors.ts';

/** Handlers get what the schema says; what they answer is held against the description by the tests. */
interface BySchema extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: unknown;
}

/** Where routes are declared. */
export type Routes = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, BySchema>;

/** W3  A request that does not fit its schema is refused with a pointer to the field, before anything is done. */
export const checked: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  return (given: unknown) => {
    // Texts of the address and headers become the numbers their schema wants; a body says what it means.
    const value = httpPart === 'body' ? (given ?? {}) : Value.Default(schema, Value.Convert(schema, given));
    const [fault] = faultsOf(schema, value);
    if (fault === undefined) return { value: withSmallUuids(schema, value) };
    // An id that is none belongs to nothing that could be found.
    if (httpPart === 'params')
      return { error: routeUnknown({ detail: `There is nothing at this address: ${fault.pointer.slice(1)} ${fault.message}.` }) };
    const where = fault.pointer === '' ? `the ${httpPart}` : `${fault.pointer} of the ${httpPart}`;
    return { error: requestInvalid({ detail: `${where} ${fault.message}.`, pointer: fault.pointer }) };
  };
};
