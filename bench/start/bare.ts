/** The peer of bench/start and of the lag in bench/session: a Fastify server with one route and nothing behind it; with `spin`, a thread that computes for ever. */
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import fastify from 'fastify';

if (process.argv.includes('spin')) new Worker('for (;;);', { eval: true });
const server = fastify();
server.get('/api/v1/health', () => ({ status: 'ok' }));
process.stdout.write(`open at ${await server.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.once('SIGTERM', () => process.exit());
