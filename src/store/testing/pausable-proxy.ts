import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/** A way to a port that can be stopped up and cut through. */
export class PausableProxy {
  readonly #toPort: number;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly port: number;
  #isPaused = false;

  private constructor(port: number, toPort: number) {
    this.port = port;
    this.#toPort = toPort;
    this.#server = createServer((socket) => this.#join(socket));
  }

  static async open(toPort: number): Promise<PausableProxy> {
    const proxy = new PausableProxy(await freePort(), toPort);
    await proxy.mend();
    return proxy;
  }

  /** From here on nothing passes, and nobody is told. */
  pause(): void {
    this.#isPaused = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Breaks every connection and takes no new ones. */
  async cut(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  /** Takes connections again, on the same port. */
  async mend(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #join(near: Socket): void {
    const far = connect(this.#toPort, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => {});
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#isPaused) from.pause();
    }
  }
}
