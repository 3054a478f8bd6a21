import { type Static, Type } from 'typebox';

/** How a service outside is used by all sessions of the server together. Rules H18… in `docs/spec/session.md`. */
export const ServiceUsage = Type.Object({
  service: Type.String({ description: 'Its name; of an HTTP server its origin, such as https://api.example.com.' }),
  atOnce: Type.Integer({ minimum: 1, description: 'Calls that may be under way at once.' }),
  inUse: Type.Integer({ description: 'Calls under way now.' }),
  waiting: Type.Integer({ description: 'Calls that wait for their turn now.' }),
  granted: Type.Integer({ description: 'Calls that were let through, since the server started.' }),
  refused: Type.Integer({ description: 'Calls that were refused because too many waited, or for too long.' }),
});
export type ServiceUsage = Static<typeof ServiceUsage>;
