import type { Place } from '#contract/term.ts';
import { ScriptFault } from './fault.ts';
import { scan, type Token } from './scan.ts';

/** Deeper than any script for people; keeps every walk over the tree off the limit of the stack. */
const greatestDepth = 300;

/** Words of the language itself. */
const keywords: ReadonlySet<string> = new Set(
  'channel datatype subtype nametype assert transparent external include module exports endmodule if then else let within and or not true false print'.split(
    ' ',
  ),
);

/** Where the reader of a script is in its tokens. */
export class Cursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = scan(text);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  /** Whether the next token is this sign or word; a quoted text never is. */
  sees(text: string): boolean {
    const token = this.peek();
    return token.text === text && token.is !== 'text' && token.is !== 'finish';
  }

  takes(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at++;
    return true;
  }

  must(text: string, why = ''): void {
    if (!this.takes(text)) this.expected(`"${text}"${why}`);
  }

  /** A name that is not a word of the language. */
  name(what: string): Token {
    const token = this.peek();
    if (token.is !== 'name' || keywords.has(token.text)) this.expected(what);
    return this.next();
  }

  isName(): boolean {
    const token = this.peek();
    return token.is === 'name' && !keywords.has(token.text);
  }

  refuse(message: string, place: Place): never {
    throw new ScriptFault(message, place);
  }

  expected(what: string): never {
    const found = this.peek();
    return this.refuse(`expected ${what}, found ${found.is === 'finish' ? 'the end of the text' : `"${found.text}"`}`, found);
  }

  /** The text from a token to where the reader is, blanks and comments made one blank. */
  since({ from }: Token): string {
    const end = this.#tokens[this.#at - 1]?.to ?? from;
    return this.#text
      .slice(from, end)
      .replaceAll(/--[^\n]*/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  }

  /** Counts nesting around `read`. */
  nested<T>(read: () => T): T {
    if (++this.#depth > greatestDepth) this.refuse(`nested deeper than ${greatestDepth} levels`, this.peek());
    const value = read();
    this.#depth--;
    return value;
  }
}
