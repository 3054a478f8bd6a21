/** A server in a process of its own that says how much memory it holds, all garbage collected. */
import process from 'node:process';
import { createServer } from '#api/http/server.ts';
import { pipeline, realApp } from '#app/testing/real-app.ts';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { liveSocket } from '#realtime/live.ts';
import { collect } from '../memory.ts';

/** Makes so many designs, then says what is held. */
export interface Asks {
  readonly designs: number;
}
export interface Says {
  readonly port: number;
  readonly ids: readonly string[];
  readonly bytes: number;
}

const { app } = await realApp();
const live = liveSocket(app, { clock: systemClock, newId: newUuid, report: () => {} });
const server = await createServer(app, { logLevel: 'silent', live, socketsPerAddress: 100_000 });
const port = await server.listen({ host: '127.0.0.1', port: 0 });

process.on('message', async ({ designs }: Asks) => {
  const ids: string[] = [];
  for (let n = 0; n < designs; n++) {
    const made = await app.createDesign({ actor: 'owner', via: 'bench' }, pipeline(`Idle ${n}`));
    if (made.is === 'created') ids.push(made.design.id);
  }
  collect();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ port, ids, bytes: heapUsed + external } satisfies Says);
});
