/** A line, numbered from 1, or the news that line `number` exceeds the limit, after which nothing more is read. */
export type Line =
  | { readonly is: 'line'; readonly number: number; readonly text: string }
  | { readonly is: 'too long'; readonly number: number };

/** The beginning of a line, and how many came before. */
export interface SavedLines {
  readonly held: string;
  readonly number: number;
}

/**
 * Cuts text that comes in pieces into lines (LF or CRLF; the line end is not part of the line), in bounded memory.
 * Bytes are counted as UTF-8. A last line without an end counts; an empty one after the last end does not.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: string[] = [];
  #heldBytes = 0;
  #number = 0;
  #stopped = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What it holds of the line that is not whole, for `restore` of a new one. */
  save(): SavedLines {
    return { held: this.#parts.join(''), number: this.#number };
  }

  restore({ held, number }: SavedLines): void {
    this.#parts = held === '' ? [] : [held];
    this.#heldBytes = Buffer.byteLength(held);
    this.#number = number;
  }

  /** The lines this piece completes. */
  *push(piece: string): Generator<Line> {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0 && !this.#stopped; end = piece.indexOf('\n', from)) {
      yield* this.#hold(piece.slice(from, end));
      if (!this.#stopped) yield this.#line();
      from = end + 1;
    }
    if (!this.#stopped && from < piece.length) yield* this.#hold(piece.slice(from));
  }

  /** The last line, if it has no end. */
  *end(): Generator<Line> {
    if (!this.#stopped && this.#parts.length > 0) yield this.#line();
  }

  *#hold(part: string): Generator<Line> {
    this.#heldBytes += Buffer.byteLength(part);
    if (this.#heldBytes > this.#maxBytes) {
      this.#stopped = true;
      this.#parts = [];
      yield { is: 'too long', number: this.#number + 1 };
    } else {
      this.#parts.push(part);
    }
  }

  #line(): Line {
    const whole = this.#parts.length === 1 ? (this.#parts[0] ?? '') : this.#parts.join('');
    this.#parts = [];
    this.#heldBytes = 0;
    this.#number++;
    return { is: 'line', number: this.#number, text: whole.endsWith('\r') ? whole.slice(0, -1) : whole };
  }
}
