/** A text in parts that NOTIFY carries (a payload is shorter than 8,000 bytes), and put together again. */

/** UTF-16 units of a part: of ASCII each is a byte, of other characters at most three. */
const asciiUnits = 7_800;
const otherUnits = 2_600;

// What is not ASCII takes more bytes than units.
const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** @param id another one for each text of all senders; without spaces. */
export function partsOf(text: string, id: string): readonly string[] {
  const most = isAscii(text) ? asciiUnits : otherUnits;
  const pieces: string[] = [];
  for (let at = 0; at < text.length || pieces.length === 0; ) {
    let end = Math.min(at + most, text.length);
    // A character of two units stays whole.
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end--;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces.map((piece, number) => `${id} ${number} ${pieces.length} ${piece}`);
}

/** Texts whose parts are not all there; of more than so many the oldest is forgotten. */
const mostUnfinished = 100;

export class PartsReader {
  readonly #unfinished = new Map<string, string[]>();

  /** @returns the text, once its last part is there; parts of one text come in their order. */
  read(payload: string): string | undefined {
    const [, id = '', number = '', count = '', piece = ''] = /^(\S+) (\d+) (\d+) (.*)$/s.exec(payload) ?? [];
    const pieces = number === '0' ? [] : this.#unfinished.get(id);
    // One before it was lost.
    if (pieces?.length !== Number(number)) return undefined;
    pieces.push(piece);
    this.#unfinished.delete(id);
    if (pieces.length === Number(count)) return pieces.join('');
    this.#unfinished.set(id, pieces);
    const [oldest] = this.#unfinished.keys();
    if (this.#unfinished.size > mostUnfinished && oldest !== undefined) this.#unfinished.delete(oldest);
    return undefined;
  }
}
