/** The peer of the API: a route that writes the row of a session, on a database of the same kind, and does nothing else. */
import process from 'node:process';
import fastify from 'fastify';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { emptyDesign } from '#model/design.ts';
import { openDatabase } from '#store/database/database.ts';
import { Designs } from '#store/designs/designs.ts';
import { Sessions } from '#store/sessions.ts';

const [folder = 'memory'] = process.argv.slice(2);
const { db, close } = await openDatabase({ folder });
const sessions = new Sessions(db, systemClock, 'bench');
const authorship = { actor: 'owner', via: 'bench', txId: newUuid() };
const design = await new Designs(db, systemClock).create({ id: newUuid(), body: emptyDesign('Bare'), ...authorship });

const server = fastify();
server.post('/execute', (_request, reply) => {
  reply.code(201);
  return sessions.create({ id: newUuid(), designId: design.id, designRev: design.rev });
});
process.stdout.write(`open at ${await server.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.once('SIGTERM', async () => {
  await server.close();
  await close();
});
