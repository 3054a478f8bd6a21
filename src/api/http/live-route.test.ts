import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import { queryObjects } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RealServer, realServer } from './testing/real-server.ts';

let server: RealServer;
const failed: string[] = [];
beforeAll(async () => {
  server = await realServer({
    socketsPerAddress: 3,
    live: (socket) => {
      socket.on('message', (data) => socket.send(String(data).slice(0, 10)));
      socket.on('error', ({ message }) => failed.push(message));
    },
  });
});
afterAll(() => server.close());

const open = (): WebSocket => new WebSocket(`${server.origin.replace('http', 'ws')}/api/v1/live`);

async function opened(): Promise<WebSocket> {
  const socket = open();
  await once(socket, 'open');
  return socket;
}

async function refusal(): Promise<{ status: number; body: Record<string, unknown> }> {
  const socket = open();
  const [, answer] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode, body: JSON.parse(text) };
}

async function echoed(socket: WebSocket, text: string): Promise<string> {
  socket.send(text);
  const [data] = await once(socket, 'message');
  return String(data);
}

describe('the live socket', () => {
  it('[W42] one address has so many sockets; one more is refused with a reason, until one is closed', async () => {
    const sockets = [await opened(), await opened(), await opened()];
    expect(await refusal()).toMatchObject({
      status: 429,
      body: {
        code: 'API_TOO_MANY_SOCKETS',
        limit: 3,
        detail: expect.stringMatching(/3 live sockets are open from .*127\.0\.0\.1/),
      },
    });
    for (const socket of sockets) expect(await echoed(socket, 'still here')).toBe('still here');
    sockets[0]?.close();
    await once(sockets[0] as WebSocket, 'close');
    let next = await opened().catch(() => undefined);
    // The server may learn a moment later that it was closed.
    while (next === undefined) next = await opened().catch(() => undefined);
    for (const socket of [...sockets, next]) socket.terminate();
    expect((await server.call('GET /api/v1/health')).status).toBe(200);
  });

  it('[W42] hundreds at once from one address: three are taken, the others refused, and nobody else notices', async () => {
    const settled = await Promise.all(
      Array.from({ length: 300 }, async () => {
        const socket = open();
        const result = await Promise.race([
          once(socket, 'open').then(() => socket),
          once(socket, 'unexpected-response').then(([, { statusCode }]) => Number(statusCode)),
        ]);
        return result;
      }),
    );
    const taken = settled.filter((one) => one instanceof WebSocket);
    expect(taken.length).toBeLessThanOrEqual(3);
    expect(settled.filter((one) => one === 429)).toHaveLength(300 - taken.length);
    for (const socket of taken) expect(await echoed(socket, 'here')).toBe('here');
    for (const socket of taken) socket.terminate();
    expect((await server.call('GET /api/v1/health')).status).toBe(200);
  });

  it('[W45] while it is open, the answer that it began with is let go, and with it the request', async () => {
    // Collects what nothing holds, then counts what is left.
    const answersHeld = (): number => queryObjects(ServerResponse, { format: 'count' });
    const before = answersHeld();
    const sockets = [await opened(), await opened(), await opened()];
    for (const socket of sockets) await echoed(socket, 'open');
    expect(answersHeld()).toBeLessThanOrEqual(before);
    for (const socket of sockets) socket.terminate();
  });

  it('[W20] a frame above 1 MiB closes its socket with 1009, and no other', async () => {
    const [large, other] = [await opened(), await opened()];
    expect(await echoed(large, 'x'.repeat(1024 * 1024))).toBe('x'.repeat(10));
    const closed = once(large, 'close');
    large.send('x'.repeat(10 * 1024 * 1024));
    expect((await closed)[0]).toBe(1009);
    expect(await echoed(other, 'still here')).toBe('still here');
    other.terminate();
    expect(failed).toEqual(['Max payload size exceeded']);
  });
});
