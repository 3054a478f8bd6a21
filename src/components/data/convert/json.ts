import { messageOf } from '#base/errors.ts';
import { readJson } from '#kit/json.ts';
import { type Found, fault, found, type Reader, recordTooLong, textMalformed, type Writer } from './format.ts';

export interface JsonRules {
  /** An array at the top gives its elements one by one. */
  readonly elements: boolean;
  readonly maxRecordBytes: number;
}

const isSpace = (char: string): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t' || char === '\uFEFF';
const endsScalar = (char: string): boolean => isSpace(char) || char === ',' || char === ']' || char === '}';

interface SavedJson {
  readonly at: 'value' | 'piece' | 'comma';
  readonly inArray: boolean;
  readonly needsElement: boolean;
  readonly piece: {
    readonly text: string;
    readonly bytes: number;
    readonly depth: number;
    readonly inText: boolean;
    readonly escaped: boolean;
  };
  readonly number: number;
  readonly read: number;
}

/**
 * Reads JSON values that follow each other, or the elements of an array at the top, each as soon as its text is whole:
 * it only looks for where a value ends, and `JSON.parse` reads it.
 */
export class JsonReader implements Reader {
  readonly #rules: JsonRules;
  #found: Found[] = [];
  /** value: one may begin; piece: within one; comma: one of an array has ended. */
  #at: 'value' | 'piece' | 'comma' = 'value';
  #inArray = false;
  #needsElement = false;
  #piece = '';
  #pieceBytes = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #number = 0;
  #read = 0;
  #dead = false;

  constructor(rules: JsonRules) {
    this.#rules = rules;
  }

  save(): SavedJson {
    const piece = {
      text: this.#piece,
      bytes: this.#pieceBytes,
      depth: this.#depth,
      inText: this.#inText,
      escaped: this.#escaped,
    };
    return {
      at: this.#at,
      inArray: this.#inArray,
      needsElement: this.#needsElement,
      piece,
      number: this.#number,
      read: this.#read,
    };
  }

  restore(saved: unknown): void {
    const { at, inArray, needsElement, piece, number, read } = saved as SavedJson;
    [this.#at, this.#inArray, this.#needsElement, this.#number, this.#read] = [at, inArray, needsElement, number, read];
    [this.#piece, this.#pieceBytes, this.#depth] = [piece.text, piece.bytes, piece.depth];
    [this.#inText, this.#escaped] = [piece.inText, piece.escaped];
  }

  push(text: string): readonly Found[] {
    let from = 0;
    for (let at = 0; at < text.length && !this.#dead; at++) {
      if (this.#at === 'piece') {
        const ends = this.#endsAt(text.charAt(at));
        if (ends === 'no') continue;
        const next = ends === 'after' ? at + 1 : at;
        this.#finish(text.slice(from, next));
        if (ends === 'after') continue;
      }
      this.#between(text.charAt(at), at);
      from = at;
    }
    if (this.#at === 'piece' && !this.#dead) this.#hold(text.slice(from));
    this.#read += text.length;
    return this.#take();
  }

  end(): readonly Found[] {
    if (this.#dead) return [];
    if (this.#at === 'piece' && this.#depth === 0 && !this.#inText) this.#finish('');
    if (this.#at === 'piece') this.#die(`ends within ${this.#name()}`);
    else if (this.#inArray) this.#die('ends within an array: a ] is missing');
    return this.#take();
  }

  #take(): readonly Found[] {
    const taken = this.#found;
    this.#found = [];
    return taken;
  }

  #name(): string {
    return `${this.#inArray ? 'element' : 'value'} ${this.#number + 1}`;
  }

  #die(why: string): void {
    this.#dead = true;
    this.#found.push(fault(textMalformed({ detail: `the JSON text ${why}` }), null, true));
  }

  #between(char: string, at: number): void {
    if (isSpace(char)) return;
    const unexpected = (expected: string): void =>
      this.#die(`has ${JSON.stringify(char)} at character ${this.#read + at + 1}, where ${expected} is expected`);
    if (this.#at === 'comma') {
      if (char === ']') this.#endArray();
      else if (char === ',') [this.#at, this.#needsElement] = ['value', true];
      else unexpected(', or ]');
    } else if (this.#inArray && char === ']' && !this.#needsElement) this.#endArray();
    else if (!this.#inArray && this.#rules.elements && char === '[') [this.#inArray, this.#needsElement] = [true, false];
    else if (endsScalar(char)) unexpected('a value');
    else this.#begin(char);
  }

  #endArray(): void {
    [this.#inArray, this.#at, this.#number] = [false, 'value', 0];
  }

  #begin(char: string): void {
    this.#at = 'piece';
    this.#inText = char === '"';
    this.#depth = char === '{' || char === '[' ? 1 : 0;
    this.#escaped = false;
  }

  /** Whether the value ends before this character, after it, or not yet. */
  #endsAt(char: string): 'no' | 'before' | 'after' {
    if (this.#inText) {
      if (this.#escaped) this.#escaped = false;
      else if (char === '\\') this.#escaped = true;
      else if (char === '"') {
        this.#inText = false;
        if (this.#depth === 0) return 'after';
      }
      return 'no';
    }
    if (this.#depth === 0) return endsScalar(char) ? 'before' : 'no';
    if (char === '"') this.#inText = true;
    else if (char === '{' || char === '[') this.#depth++;
    else if (char === '}' || char === ']') this.#depth--;
    return this.#depth === 0 ? 'after' : 'no';
  }

  #hold(part: string): void {
    this.#piece += part;
    this.#pieceBytes += Buffer.byteLength(part);
    if (this.#pieceBytes <= this.#rules.maxRecordBytes) return;
    this.#dead = true;
    const detail = `${this.#name()} is longer than ${this.#rules.maxRecordBytes} bytes (setting maxRecordBytes)`;
    this.#found.push(fault(recordTooLong({ detail }), null, true));
    this.#piece = '';
  }

  #finish(part: string): void {
    this.#hold(part);
    if (this.#dead) return;
    const text = this.#piece;
    [this.#piece, this.#pieceBytes] = ['', 0];
    try {
      this.#found.push(found(readJson(text)));
    } catch (cause) {
      const detail = `${this.#name()} is not JSON: ${messageOf(cause)}`;
      this.#found.push(fault(textMalformed({ detail, facts: { number: this.#number + 1 }, cause }), text));
    }
    this.#number++;
    this.#at = this.#inArray ? 'comma' : 'value';
  }
}

/** Writes values as one JSON array, an element a line. */
export class JsonArrayWriter implements Writer {
  #begun = false;

  write(value: unknown): string {
    const before = this.#begun ? ',\n' : '[\n';
    this.#begun = true;
    return before + JSON.stringify(value);
  }

  end(): string {
    return this.#begun ? '\n]\n' : '[]\n';
  }

  save(): boolean {
    return this.#begun;
  }

  restore(saved: unknown): void {
    this.#begun = saved === true;
  }
}
