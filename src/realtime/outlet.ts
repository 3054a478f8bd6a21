import type { WebSocket } from 'ws';
import type { Clock } from '#base/clock.ts';
import type { LiveMessage } from '#model/live.ts';
import { type Frame, frameOf } from './frame.ts';

/** How much a slow reader may make the server hold. */
export interface OutletLimits {
  /** Above this many bytes not yet taken, presence is left out, */
  readonly dropAboveBytes: number;
  /** and above this many figures and samples, too: they will soon be told anew. */
  readonly skipAboveBytes: number;
  /** A message that would go beyond this closes the socket instead. */
  readonly closeAboveBytes: number;
}

export const outletLimits: OutletLimits = {
  dropAboveBytes: 256 * 1024,
  skipAboveBytes: 1024 * 1024,
  closeAboveBytes: 8 * 1024 * 1024,
};

/** Closed because the reader does not keep up (W25). */
export const tooSlowCode = 4008;

const silenceMs = 30_000;
/** A reader that has stalled will not answer the goodbye either. */
const goodbyeMs = 1_000;
/** Kept free for the last words. */
const lastWordsBytes = 32 * 1024;

/**
 * The way out to one reader.
 *
 * W24  Figures and samples are left out while more than 1 MiB waits, presence while more than 256 KiB does: the newest follow when
 *      there is room.
 * W25  What waits never exceeds 8 MiB, or one message where that is larger: the last words are said, the socket is closed with
 *      4008, and what waited is forgotten.
 * W26  A reader that has not answered a ping for 30 s is gone.
 */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #limits: OutletLimits;
  /** What is said before the socket is closed. */
  readonly #lastWords: () => readonly LiveMessage[];
  #heard = true;

  constructor(
    socket: WebSocket,
    clock: Clock,
    limits: OutletLimits = outletLimits,
    lastWords: () => readonly LiveMessage[] = () => [],
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    this.#lastWords = lastWords;
    socket.on('pong', () => {
      this.#heard = true;
    });
    this.#beat();
  }

  /** Bytes that wait to be taken. */
  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Whether there is room for figures and samples. */
  get hasRoom(): boolean {
    return this.waitingBytes <= this.#limits.skipAboveBytes;
  }

  /** Whether there is room for presence. */
  get hasRoomForPresence(): boolean {
    return this.waitingBytes <= this.#limits.dropAboveBytes;
  }

  send(message: LiveMessage): void {
    this.sendFrame(frameOf(message));
  }

  /** The same for a message that is a frame already, because several are told the same. */
  sendFrame(frame: Frame): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const { waitingBytes } = this;
    if (waitingBytes > 0 && waitingBytes + frame.length > this.#limits.closeAboveBytes - lastWordsBytes) this.#giveUp();
    else this.#socket.send(frame, { binary: false });
  }

  /** So much is kept elsewhere until it can be sent: beyond the limit the socket is closed. @returns false when it is. */
  keeps(bytes: number): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (bytes <= this.#limits.closeAboveBytes) return true;
    this.#giveUp();
    return false;
  }

  /** Reads nothing more until `listens`: who sends faster than is answered waits by himself. */
  listensNot(): void {
    this.#socket.pause();
  }

  listens(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  #giveUp(): void {
    for (const message of this.#lastWords()) this.#socket.send(frameOf(message), { binary: false });
    this.#socket.close(tooSlowCode, 'this reader does not keep up');
    const cancel = this.#clock.after(goodbyeMs, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }

  #beat(): void {
    const cancel = this.#clock.after(silenceMs, () => {
      this.#socket.off('close', cancel);
      // While it is not listened to, its answer cannot be heard.
      if (!this.#heard && !this.#socket.isPaused) return this.#socket.terminate();
      this.#heard = false;
      this.#socket.ping();
      this.#beat();
    });
    this.#socket.once('close', cancel);
  }
}
