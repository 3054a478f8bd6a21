import type { Network } from '#runtime/network.ts';

/** Listens to every channel and keeps a count and a checksum of what passed, so that two runs can be compared. */
export class Passing {
  #passed = 0;
  #sum = 0x811c9dc5;
  #last = '';

  readonly #hide: (text: string) => string;

  /** @param hide gives the text of a message as it is compared. */
  constructor(network: Network, hide: (text: string) => string = (text) => text) {
    this.#hide = hide;
    for (const { connection } of network.channels()) this.#listen(network, connection);
    network.onEvent((event) => {
      if (event.is === 'grew') for (const connection of event.channels) this.#listen(network, connection);
    });
  }

  #listen(network: Network, connection: string): void {
    for (const line of network.lines(connection)) {
      line.onSample(({ number, atMs, value }) => {
        this.#passed++;
        this.#last = `${connection} ${number} ${atMs} ${this.#hide(textOf(value))}`;
        this.#sum = mixed(this.#sum, this.#last);
      });
    }
  }

  /** The last message that passed, for a person. */
  get last(): string {
    return this.#last;
  }

  /** Messages since the last time, and the checksum over all so far; nothing when none passed. */
  take(): { readonly passed?: number; readonly sum?: number } {
    const passed = this.#passed;
    this.#passed = 0;
    return passed === 0 ? {} : { passed, sum: this.#sum >>> 0 };
  }
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

// FNV-1a over UTF-16 units (Fowler, Noll, Vo): tells two runs apart, and is no seal.
function mixed(sum: number, text: string): number {
  let next = sum;
  for (let i = 0; i < text.length; i++) next = Math.imul(next ^ text.charCodeAt(i), 0x01000193);
  return next;
}
