import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { Routes } from './checked.ts';
import { tooManySockets } from './door-errors.ts';

const defaultPerAddress = 1_000;

/** W42  The live socket: so many from one address, and one more is refused before it is opened. */
export function liveRoute(routes: Routes, live: (socket: WebSocket) => void, perAddress = defaultPerAddress): void {
  const open = new Map<string, number>();
  const responses = new WeakMap<object, ServerResponse>();
  const counted = (address: string, by: 1 | -1): void => {
    const now = (open.get(address) ?? 0) + by;
    if (now > 0) open.set(address, now);
    else open.delete(address);
  };
  routes.get(
    '/live',
    {
      websocket: true,
      onRequest: async (request, reply) => {
        const { ip } = request;
        responses.set(request, reply.raw);
        if ((open.get(ip) ?? 0) < perAddress) return;
        throw tooManySockets({
          detail: `${perAddress} live sockets are open from ${ip}, the most there may be. Close some, or set SOCKETS_PER_ADDRESS.`,
          facts: { limit: perAddress },
        });
      },
    },
    (socket, request) => {
      const { ip } = request;
      // W45  Otherwise the request and its answer stay for as long as the socket is open: a third of what it weighs.
      responses.get(request)?.detachSocket(request.raw.socket);
      socket.removeAllListeners('error');
      counted(ip, 1);
      socket.once('close', () => counted(ip, -1));
      live(socket);
    },
  );
}
