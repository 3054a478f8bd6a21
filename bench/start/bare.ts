/** The peer of bench/start: a Fastify server with one route and nothing behind it. */
import process from 'node:process';
import fastify from 'fastify';

const server = fastify();
server.get('/api/v1/health', () => ({ status: 'ok' }));
process.stdout.write(`open at ${await server.listen({ port: 0, host: '127.0.0.1' })}\n`);
