import type { Place } from '#contract/term.ts';
import type { Cursor } from './cursor.ts';
import { toPattern } from './parse-pattern.ts';
import type { Token } from './scan.ts';
import type { Definition, EachOp, Expr, ExprShape, Field, Joint, Pair, Statement } from './tree.ts';

/**
 * How tightly the operators bind, loosest first, as the language has it: processes, then communication, then `.`, then values.
 * What binds with equal strength is read from the left, but for `->` and `&`.
 */
const strength: Readonly<Record<string, number>> = {
  '\\': 1,
  '|||': 2,
  '[|': 3,
  '[': 3,
  '|~|': 4,
  '[]': 5,
  '/\\': 6,
  '[>': 7,
  ';': 8,
  '&': 9,
  '->': 9,
  '?': 10,
  '!': 10,
  $: 10,
  '.': 11,
  or: 13,
  and: 14,
  '==': 16,
  '!=': 16,
  '<': 16,
  '<=': 16,
  '>': 16,
  '>=': 16,
  '+': 17,
  '-': 17,
  '*': 18,
  '/': 18,
  '%': 18,
  '^': 20,
  '(': 21,
  '[[': 21,
};
const [ofNext, ofField, ofNot, ofMinus, ofLength] = [9, 11, 15, 18, 20];
const ofSet = 13;

const joints: ReadonlySet<string> = new Set<Joint>(['[]', '|~|', '|||', ';', '/\\', '[>']);
const flat: ReadonlySet<string> = new Set<Joint>(['[]', '|~|', '|||', ';']);
const replicated: ReadonlySet<string> = new Set<EachOp>(['[]', '|~|', '|||', ';', '||', '[|']);

/** Longer chains of one operator are refused: the tree of `a + b + c` is as deep as the chain is long. */
const greatestChain = 1_000;

/** Reads expressions and processes; which of the two one is, shows when it is worked out. */
export class ExprReader {
  readonly #cursor: Cursor;
  /** Reads the definitions of a `let`, up to `within`. */
  readonly #definitions: () => readonly Definition[];
  #count = 0;
  /** In a sequence `<…>` a bare `>` ends it. */
  #inSequence = false;

  constructor(cursor: Cursor, definitions: () => readonly Definition[]) {
    this.#cursor = cursor;
    this.#definitions = definitions;
  }

  expr(weakest = 0): Expr {
    return this.#cursor.nested(() => {
      let left = this.#operand();
      for (let length = 0; ; length++) {
        const token = this.#cursor.peek();
        if (!this.#goesOn(token, weakest)) return left;
        if (length > greatestChain) this.#cursor.refuse(`more than ${greatestChain} operators in a row`, token);
        left = this.#extended(left, token);
      }
    });
  }

  #goesOn(token: Token, weakest: number): boolean {
    if (token.is === 'text' || token.is === 'finish') return false;
    const binds = strength[token.text] ?? 0;
    if (binds === 0 || binds < weakest) return false;
    return !(this.#inSequence && token.text === '>');
  }

  #make(place: Place, shape: ExprShape): Expr {
    return { id: this.#count++, place: { line: place.line, column: place.column }, ...shape };
  }

  #extended(left: Expr, token: Token): Expr {
    const cursor = this.#cursor;
    const sign = token.text;
    const binds = strength[sign] ?? 0;
    if (joints.has(sign)) return this.#joined(left, token);
    if (sign === '->' || sign === '?' || sign === '!' || sign === '$') return this.#prefix(left, token);
    cursor.next();
    switch (sign) {
      case '\\':
        return this.#make(token, { is: 'hide', of: left, events: this.expr(binds + 1) });
      case '[|':
        return this.#sharing(left, token);
      case '[':
        return this.#alphabetised(left, token);
      case '&':
        return this.#make(token, { is: 'guard', condition: left, process: this.expr(ofNext) });
      case '.': {
        const parts = [left, this.expr(binds + 1)];
        while (cursor.takes('.')) parts.push(this.expr(binds + 1));
        return this.#make(left.place, { is: 'dot', parts });
      }
      case '(':
        return this.#make(token, { is: 'apply', target: left, args: this.#enclosed(() => this.#list(')')) });
      case '[[':
        return this.#renaming(left, token);
      default: {
        const binary = this.#make(token, { is: 'binary', op: sign, left, right: this.expr(binds + 1) });
        if (binds === 16 && strength[cursor.peek().text] === 16 && this.#goesOn(cursor.peek(), 16))
          cursor.expected('"and", "or" or the end of the comparison');
        return binary;
      }
    }
  }

  #joined(left: Expr, token: Token): Expr {
    const op = token.text as Joint;
    const of = [left];
    const tighter = (strength[op] ?? 0) + 1;
    while (this.#cursor.takes(op)) {
      of.push(this.expr(tighter));
      if (!flat.has(op)) break;
    }
    return this.#make(token, { is: 'join', op, of });
  }

  #prefix(channel: Expr, start: Token): Expr {
    const cursor = this.#cursor;
    const fields: Field[] = [];
    while (!cursor.takes('->')) {
      const place = cursor.peek();
      if (cursor.takes('!')) fields.push({ is: 'out', value: this.expr(ofField), place });
      else if (cursor.takes('?')) {
        const pattern = toPattern(cursor, this.expr(ofField));
        const set = cursor.takes(':') ? this.expr(ofSet) : undefined;
        fields.push({ is: 'in', pattern, place, ...(set !== undefined && { set }) });
      } else if (cursor.sees('$')) cursor.refuse('"$" is not read: write |~| x:S @ c!x -> …', place);
      else cursor.expected('"->" after the event');
    }
    return this.#make(start, { is: 'prefix', channel, fields, next: this.expr(ofNext) });
  }

  #sharing(left: Expr, token: Token): Expr {
    const sync = this.#enclosed(() => this.expr());
    const tighter = (strength['[|'] ?? 0) + 1;
    if (this.#cursor.takes('|>')) return this.#make(token, { is: 'exception', left, events: sync, right: this.expr(tighter) });
    this.#cursor.must('|]', ' after the events that both make');
    return this.#make(token, { is: 'parallel', sync, left, right: this.expr(tighter) });
  }

  #alphabetised(process: Expr, token: Token): Expr {
    const cursor = this.#cursor;
    const [alphabet, other] = this.#enclosed(() => {
      const first = this.expr();
      if (cursor.sees('<->')) cursor.refuse('linked parallel [a <-> b] is not read: rename and hide instead', cursor.peek());
      cursor.must('||', ' between the two alphabets');
      const second = this.expr();
      cursor.must(']');
      return [first, second] as const;
    });
    const right = { alphabet: other, process: this.expr((strength['['] ?? 0) + 1) };
    return this.#make(token, { is: 'alphabetised', sides: [{ alphabet, process }, right] });
  }

  #renaming(of: Expr, token: Token): Expr {
    const cursor = this.#cursor;
    return this.#enclosed(() => {
      const pairs: Pair[] = [];
      do {
        const from = this.expr(ofField);
        cursor.must('<-', ' between the old name and the new');
        pairs.push([from, this.expr(ofField)]);
      } while (cursor.takes(','));
      const statements = cursor.takes('|') ? this.#statements() : [];
      cursor.must(']]');
      return this.#make(token, { is: 'rename', of, pairs, statements });
    });
  }

  #operand(): Expr {
    const cursor = this.#cursor;
    const token = cursor.peek();
    if (token.is === 'number') return this.#make(cursor.next(), { is: 'number', value: Number(token.text) });
    if (cursor.isName()) return this.#make(cursor.next(), { is: 'name', name: token.text });
    if (token.is === 'text' || token.is === 'finish') return cursor.expected('a process or a value');
    if (replicated.has(token.text)) return this.#each(token);
    cursor.next();
    switch (token.text) {
      case 'true':
      case 'false':
        return this.#make(token, { is: 'truth', value: token.text === 'true' });
      case '_':
        return this.#make(token, { is: 'any' });
      case 'not':
        return this.#make(token, { is: 'unary', op: 'not', of: this.expr(ofNot) });
      case '-':
        return this.#make(token, { is: 'unary', op: '-', of: this.expr(ofMinus) });
      case '#':
        return this.#make(token, { is: 'unary', op: '#', of: this.expr(ofLength) });
      case '(':
        return this.#enclosed(() => this.#parenthesised(token));
      case '{':
        return this.#enclosed(() => this.#listed(token, 'set', '}'));
      case '{|':
        return this.#enclosed(() => this.#listed(token, 'events', '|}'));
      case '<>':
        return this.#make(token, { is: 'sequence', items: [] });
      case '<':
        return this.#sequence(token);
      case 'if':
        return this.#enclosed(() => this.#choiceByCondition(token));
      case 'let':
        return this.#enclosed(() => this.#local(token));
      case '\\':
        return this.#lambda(token);
      default:
        return cursor.refuse(`expected a process or a value, found "${token.text}"`, token);
    }
  }

  #parenthesised(token: Token): Expr {
    const first = this.expr();
    const { takes } = { takes: (text: string) => this.#cursor.takes(text) };
    if (!takes(',')) {
      this.#cursor.must(')');
      return first;
    }
    return this.#make(token, { is: 'tuple', items: [first, ...this.#list(')')] });
  }

  // What closes it is eaten too.
  #list(close: string): Expr[] {
    const items: Expr[] = [];
    if (this.#cursor.takes(close)) return items;
    do items.push(this.expr());
    while (this.#cursor.takes(','));
    this.#cursor.must(close);
    return items;
  }

  #listed(token: Token, is: 'set' | 'sequence' | 'events', close: string): Expr {
    const cursor = this.#cursor;
    const items: Expr[] = [];
    if (cursor.takes(close)) return this.#make(token, { is, items });
    do items.push(this.expr());
    while (cursor.takes(','));
    const [from] = items;
    if (from !== undefined && items.length === 1 && is !== 'events' && cursor.takes('..')) {
      if (cursor.sees(close)) cursor.refuse('a range without an end is not read', cursor.peek());
      const to = this.expr();
      cursor.must(close);
      return this.#make(token, { is: 'range', of: is, from, to });
    }
    const statements = cursor.takes('|') ? this.#statements() : undefined;
    cursor.must(close);
    return this.#make(token, { is, items, ...(statements !== undefined && { statements }) });
  }

  #sequence(token: Token): Expr {
    const outside = this.#inSequence;
    this.#inSequence = true;
    const sequence = this.#listed(token, 'sequence', '>');
    this.#inSequence = outside;
    return sequence;
  }

  // Within brackets a `>` compares again.
  #enclosed<T>(read: () => T): T {
    const outside = this.#inSequence;
    this.#inSequence = false;
    const value = read();
    this.#inSequence = outside;
    return value;
  }

  #choiceByCondition(token: Token): Expr {
    const condition = this.expr();
    this.#cursor.must('then');
    const yes = this.expr();
    this.#cursor.must('else');
    return this.#make(token, { is: 'if', condition, yes, no: this.expr() });
  }

  #local(token: Token): Expr {
    const definitions = this.#definitions();
    this.#cursor.must('within');
    return this.#make(token, { is: 'let', definitions, body: this.expr() });
  }

  #lambda(token: Token): Expr {
    const parameters = [];
    do parameters.push(toPattern(this.#cursor, this.expr(ofField)));
    while (this.#cursor.takes(','));
    this.#cursor.must('@', ' after the parameters');
    return this.#make(token, { is: 'lambda', clause: { parameters, body: this.expr() } });
  }

  #each(token: Token): Expr {
    const cursor = this.#cursor;
    const op = cursor.next().text as EachOp;
    return this.#enclosed(() => {
      const sync = op === '[|' ? this.expr() : undefined;
      if (op === '[|') cursor.must('|]', ' after the events that all make');
      const statements = this.#statements();
      cursor.must('@', ' after what is gone through');
      if (op === '||') cursor.must('[', ' and the alphabet of each');
      const alphabet = op === '||' ? this.expr() : undefined;
      if (op === '||') cursor.must(']', ' after the alphabet');
      const events = sync ?? alphabet;
      return this.#make(token, { is: 'each', op, statements, body: this.expr(), ...(events !== undefined && { events }) });
    });
  }

  #statements(): Statement[] {
    const cursor = this.#cursor;
    const statements: Statement[] = [];
    do {
      const read = this.expr(ofField);
      if (cursor.takes('<-') || cursor.takes(':'))
        statements.push({ is: 'from', pattern: toPattern(cursor, read), set: this.expr(ofField) });
      else statements.push({ is: 'only', condition: read });
    } while (cursor.takes(','));
    return statements;
  }
}
