import type { WebSocket } from 'ws';
import type { Clock } from '#base/clock.ts';
import type { LiveMessage } from '#model/live.ts';

/** How much a slow reader may make the server hold. */
export interface OutletLimits {
  /** Above this many bytes not yet taken, what will soon be told anew is left out. */
  readonly skipAboveBytes: number;
  /** A message that would go beyond this closes the socket instead. */
  readonly closeAboveBytes: number;
}

export const outletLimits: OutletLimits = { skipAboveBytes: 1024 * 1024, closeAboveBytes: 8 * 1024 * 1024 };

/** Closed because the reader does not keep up (W25), or asks faster than it can be answered. */
export const tooSlowCode = 4008;

const silenceMs = 30_000;
/** A reader that has stalled will not answer the goodbye either. */
const goodbyeMs = 1_000;

/**
 * The way out to one reader.
 *
 * W24  Figures and samples are left out while more than 1 MiB waits: the newest follow when there is room.
 * W25  What waits never exceeds 8 MiB: the socket is closed with 4008 instead, and what waited is forgotten.
 * W26  A reader that has not answered a ping for 30 s is gone.
 */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #limits: OutletLimits;
  #heard = true;

  constructor(socket: WebSocket, clock: Clock, limits: OutletLimits = outletLimits) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    socket.on('pong', () => {
      this.#heard = true;
    });
    this.#beat();
  }

  /** Bytes that wait to be taken. */
  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Whether there is room for what may be left out. */
  get hasRoom(): boolean {
    return this.waitingBytes <= this.#limits.skipAboveBytes;
  }

  send(message: LiveMessage): void {
    this.sendText(JSON.stringify(message));
  }

  /** The same for a message that is text already, because several are told the same. */
  sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // In UTF-16 units a text is at most three times as long in UTF-8; the exact size only matters near the limit.
    const most = this.#limits.closeAboveBytes - this.waitingBytes;
    if (text.length * 3 > most && new TextEncoder().encode(text).length > most) this.close('this reader does not keep up');
    else this.#socket.send(text);
  }

  /** Ends it with 4008 and a reason. */
  close(reason: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.close(tooSlowCode, reason);
    const cancel = this.#clock.after(goodbyeMs, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }

  #beat(): void {
    const cancel = this.#clock.after(silenceMs, () => {
      this.#socket.off('close', cancel);
      if (!this.#heard) return this.#socket.terminate();
      this.#heard = false;
      this.#socket.ping();
      this.#beat();
    });
    this.#socket.once('close', cancel);
  }
}
