/** The clients, in a process of their own: it asks as it is told and says how long the answers took. */
import process from 'node:process';
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly seconds: number;
  /** One list of requests a client, asked over and over in this order. */
  readonly clients: readonly (readonly { readonly method: string; readonly path: string; readonly body?: string }[])[];
}

export interface Took {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** Answers that were no success, and requests without an answer. */
  readonly bad: number;
}

async function run({ url, seconds, clients }: Load): Promise<Took> {
  const tookMs: number[] = [];
  let seated = 0;
  const headers = { 'content-type': 'application/json', 'if-match': '*' };
  const instance = autocannon({
    url,
    connections: clients.length,
    duration: seconds,
    setupClient: (client) => {
      const requests = clients[seated++ % clients.length] ?? [];
      client.setRequests(requests.map((request) => (request.body === undefined ? request : { ...request, headers })));
    },
  });
  instance.on('response', (_client, _status, _size, took) => void tookMs.push(took));
  const { requests, duration, non2xx, errors } = await instance;
  tookMs.sort((a, b) => a - b);
  const at = (part: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * part))] ?? Number.NaN;
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), perSecond: requests.total / duration, bad: non2xx + errors };
}

process.on('message', async (load: Load) => process.send?.(await run(load)));
