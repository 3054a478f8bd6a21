import { once } from 'node:events';
import { createServer } from 'node:net';

// Below what the system gives to connections and to servers that leave the choice to it, so that only another call
// of this can take it while its server is down, or not up yet.
const [first, count] = [20_000, 12_000];

/** A port of this machine that nobody has, also for a server that is to come back on it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const server = createServer();
    const is = await new Promise<'free' | 'taken'>((answer) => {
      server.once('error', () => answer('taken'));
      server.listen(port, '127.0.0.1', () => answer('free'));
    });
    if (is === 'taken') continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
