import type { Bus } from '#app/bus.ts';
import type { Cancel, Clock } from '#base/clock.ts';
import { messageOf } from '#base/errors.ts';
import type { NewId } from '#base/ids.ts';
import { fits } from '#model/schema-check.ts';
import { BusMessage } from './bus-message.ts';

/** Longer messages are not sent: of edits only the revision is told then. */
const longestText = 64 * 1024;
const beatMs = 5_000;
/** A bus that brings nothing for so long, not even our own words, is connected anew. */
const silenceMs = 15_000;

interface Ears {
  heard(message: BusMessage, server: string): void;
  /** Texts may have been missed. */
  back(): void;
}

/**
 * This server among the servers that share a database: what it tells the others, and what they tell it.
 * Each text begins with who sends it, so that one's own are known without reading them.
 */
export class Relay {
  readonly #bus: Bus | undefined;
  readonly #clock: Clock;
  readonly #server: string;
  readonly #report: (thrown: unknown) => void;
  #ears: Ears | undefined;
  #beat: Cancel | undefined;
  #heardMs: number;

  constructor(bus: Bus | undefined, clock: Clock, newId: NewId, report: (thrown: unknown) => void) {
    this.#bus = bus;
    this.#clock = clock;
    this.#server = newId();
    this.#report = report;
    this.#heardMs = clock.now();
  }

  /** Whether other servers may change the same designs. */
  get hasOthers(): boolean {
    return this.#bus !== undefined;
  }

  listen(ears: Ears): void {
    this.#ears = ears;
    this.#bus?.listen(
      (text) => this.#hear(text),
      () => ears.back(),
    );
    if (this.#bus !== undefined) this.#wind();
  }

  tell(message: BusMessage): void {
    if (this.#bus === undefined) return;
    let text = JSON.stringify(message);
    if (text.length > longestText) {
      if (message.is !== 'edits') return;
      const { txs: _txs, ...revisions } = message;
      text = JSON.stringify(revisions);
    }
    this.#bus.publish(`${this.#server} ${text}`);
  }

  /** Says nothing more. The bus itself is closed by who opened it. */
  close(): void {
    this.#beat?.();
    this.#ears = undefined;
  }

  #hear(text: string): void {
    this.#heardMs = this.#clock.now();
    const at = text.indexOf(' ');
    const server = text.slice(0, at);
    if (server === this.#server) return;
    try {
      const message: unknown = JSON.parse(text.slice(at + 1));
      if (fits(BusMessage, message)) this.#ears?.heard(message as BusMessage, server);
    } catch (thrown) {
      this.#report(new Error(`what came over the bus cannot be read: ${messageOf(thrown)}`));
    }
  }

  #wind(): void {
    this.#beat = this.#clock.after(beatMs, () => {
      this.#wind();
      this.tell({ is: 'beat' });
      if (this.#clock.now() - this.#heardMs < silenceMs) return;
      this.#heardMs = this.#clock.now();
      this.#bus?.reconnect();
    });
  }
}
