import { Buffer } from 'node:buffer';

/** What stands in a recording in place of a secret, and is handed out when it is replayed. */
export const secretHidden = 'not-in-the-recording';
/** Shorter ones would be found everywhere. */
const shortest = 4;

/** Secrets that a run was given, to be kept out of its recording: what a server echoes, a message that carries one, an error. */
export class HiddenSecrets {
  readonly #texts = new Set<string>();

  note(value: string | undefined): void {
    if (value === undefined || value.length < shortest) return;
    this.#texts.add(value);
    // As it stands in a JSON text.
    this.#texts.add(JSON.stringify(value).slice(1, -1));
  }

  readonly text = (text: string): string => {
    let hidden = text;
    for (const secret of this.#texts) hidden = hidden.replaceAll(secret, secretHidden);
    return hidden;
  };

  bytes(bytes: Uint8Array): Uint8Array {
    if (this.#texts.size === 0) return bytes;
    let text = Buffer.from(bytes).toString('latin1');
    for (const secret of this.#texts) text = text.replaceAll(Buffer.from(secret).toString('latin1'), secretHidden);
    return Buffer.from(text, 'latin1');
  }
}
