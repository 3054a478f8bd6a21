import { type Reader, readExpr } from './parse-expr.ts';
import { scan, type Token } from './scan.ts';
import type { Contract, ContractFault, Equation, EventTerm, Expr, Joint, Place, Term } from './term.ts';
import { isJoint, strength, suffixes } from './term.ts';

/** The tree, and where in the text its events and calls stand. */
export type Parsed =
  | { readonly ok: true; readonly contract: Contract; readonly places: ReadonlyMap<object, Place> }
  | { readonly ok: false; readonly fault: ContractFault };

/** Deeper than any contract for people; keeps the walks over the tree off the limit of the stack. */
const greatestDepth = 400;

class Refused extends Error {
  readonly fault: ContractFault;
  constructor(fault: ContractFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/**
 * K1  Reads a contract. Total: any text gives a contract or one fault with line, column, what was expected and what was found.
 *
 * Every process that is called exists and has that many parameters; every name in an expression is a parameter or the
 * variable of a replicated operator around it.
 *
 * @param dotted for texts about a design (V53): a name after a dot that is no parameter belongs to the name of the event, `node.port`, `c1.put`; names may
 *   stand in quotes.
 */
export function parse(text: string, dotted = false): Parsed {
  const scanned = scan(text, dotted);
  if (!scanned.ok) return scanned;
  try {
    return new Parser(scanned.tokens, dotted).contract();
  } catch (thrown) {
    if (thrown instanceof Refused) return { ok: false, fault: thrown.fault };
    throw thrown;
  }
}

class Parser implements Reader {
  readonly #tokens: readonly Token[];
  readonly #dotted: boolean;
  readonly #places = new Map<object, Place>();
  readonly #calls: (Extract<Term, { is: 'call' }> & Place)[] = [];
  #scope: string[] = [];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], dotted: boolean) {
    this.#tokens = tokens;
    this.#dotted = dotted;
  }

  contract(): Parsed {
    const equations: Equation[] = [];
    const byName = new Map<string, Equation>();
    do {
      const start = this.peek();
      const equation = this.#equation();
      if (byName.has(equation.name)) this.refuse(`${equation.name} already has an equation`, start);
      byName.set(equation.name, equation);
      equations.push(equation);
    } while (this.peek().is === 'process');
    if (this.peek().is !== 'finish') this.expected('an operator, the next equation or the end of the text');
    this.#checkCalls(byName);
    return { ok: true, contract: { equations }, places: this.#places };
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? this.#last();
  }

  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  takes(text: string): boolean {
    if (this.peek().text !== text) return false;
    this.#at++;
    return true;
  }

  refuse(message: string, { line, column }: Place): never {
    throw new Refused({ message, place: { line, column } });
  }

  expected(what: string): never {
    const found = this.peek();
    return this.refuse(`expected ${what}, found ${found.is === 'finish' ? 'the end of the text' : `"${found.text}"`}`, found);
  }

  knows(name: string): boolean {
    return this.#scope.includes(name);
  }

  /** Counts nesting around `read`. */
  nested<T>(read: () => T): T {
    if (++this.#depth > greatestDepth) this.refuse(`nested deeper than ${greatestDepth} levels`, this.peek());
    const value = read();
    this.#depth--;
    return value;
  }

  #last(): Token {
    return this.#tokens.at(-1) ?? { is: 'finish', text: '', line: 1, column: 1 };
  }

  #must(text: string): void {
    if (!this.takes(text)) this.expected(`"${text}"`);
  }

  #equation(): Equation {
    if (this.peek().is !== 'process') this.expected('an equation such as NAME = …');
    const name = this.next();
    if (name.text === 'SKIP' || name.text === 'STOP') this.refuse(`${name.text} cannot be defined`, name);
    const parameters: string[] = [];
    if (this.takes('(')) {
      do parameters.push(this.#newName(parameters));
      while (this.takes(','));
      this.#must(')');
    }
    this.#must('=');
    this.#scope = parameters;
    return { name: name.text, parameters, body: this.#term(1) };
  }

  #newName(taken: readonly string[]): string {
    const token = this.peek();
    if (token.is !== 'name' || reserved.has(token.text)) this.expected('the name of a parameter');
    if (taken.includes(token.text)) this.refuse(`${token.text} is a parameter already`, token);
    return this.next().text;
  }

  #term(weakest: number): Term {
    return this.nested(() => {
      let left = this.#operand();
      for (;;) {
        const sign = this.peek().text;
        if (sign === '[|' && strength['[|'] >= weakest) {
          this.next();
          left = { is: 'parallel', left, sync: this.#sync(), right: this.#term(strength['[|'] + 1) };
        } else if (isJoint(sign) && strength[sign] >= weakest) {
          left = this.#join(left, sign);
        } else {
          return left;
        }
      }
    });
  }

  #join(first: Term, op: Joint): Term {
    const of = [first];
    while (this.takes(op)) of.push(this.#term(strength[op] + 1));
    return { is: 'join', op, of };
  }

  #sync(): EventTerm[] {
    const events: EventTerm[] = [];
    if (this.takes('|]')) return events;
    do events.push(this.#event());
    while (this.takes(','));
    if (!this.takes('|]')) this.expected('"," or "|]"');
    return events;
  }

  #operand(): Term {
    const token = this.peek();
    if (isJoint(token.text)) return this.#each(token.text);
    if (token.is === 'process') return this.#call();
    if (token.text === 'if') return this.#choiceByCondition();
    if (this.takes('(')) {
      const inner = this.#term(1);
      this.#must(')');
      return inner;
    }
    if (token.is !== 'name' || reserved.has(token.text)) return this.expected('a process');
    const event = this.#event();
    if (!this.takes('->')) this.expected('"->" after the event');
    return { is: 'prefix', event, next: this.nested(() => this.#operand()) };
  }

  #call(): Term {
    const { text, line, column } = this.next();
    if (text === 'SKIP') return { is: 'skip' };
    if (text === 'STOP') return { is: 'stop' };
    const args: Expr[] = [];
    // A name with parentheses and "=" after them is the next equation, never an argument list: names are not applied side by side.
    if (this.takes('(')) {
      do args.push(readExpr(this, 'number'));
      while (this.takes(','));
      this.#must(')');
    }
    const call = { is: 'call', name: text, args } as const;
    this.#places.set(call, { line, column });
    this.#calls.push({ ...call, line, column });
    return call;
  }

  #choiceByCondition(): Term {
    this.next();
    const condition = readExpr(this, 'condition');
    this.#must('then');
    const yes = this.#term(1);
    this.#must('else');
    return { is: 'if', condition, yes, no: this.#term(1) };
  }

  #each(op: Joint): Term {
    this.next();
    const variable = this.#newName([]);
    this.#must(':');
    this.#must('{');
    const from = readExpr(this, 'number');
    this.#must('..');
    const to = readExpr(this, 'number');
    this.#must('}');
    this.#must('@');
    const outside = this.#scope;
    this.#scope = [...outside, variable];
    const body = this.#term(1);
    this.#scope = outside;
    return { is: 'each', op, variable, from, to, body };
  }

  #event(): EventTerm {
    const start = this.peek();
    if (start.is !== 'name' || keywords.has(start.text)) this.expected('an event');
    this.next();
    let port = start.text;
    let index: Expr | undefined;
    let suffix: EventTerm['suffix'];
    while (this.takes('.')) {
      if (suffix !== undefined) this.refuse(`nothing follows .${suffix}`, this.peek());
      suffix = suffixes.find((word) => word === this.peek().text);
      const { is, text } = this.peek();
      if (suffix !== undefined) this.next();
      else if (this.#dotted && index === undefined && is === 'name' && !this.knows(text)) port += `.${this.next().text}`;
      else if (index !== undefined) this.expected('"end", "ask", "reply" or "quit"');
      else index = this.#index();
    }
    const event = { port, ...(index !== undefined && { index }), ...(suffix !== undefined && { suffix }) };
    this.#places.set(event, { line: start.line, column: start.column });
    return event;
  }

  #index(): Expr {
    const token = this.peek();
    if (token.is === 'number') return { is: 'number', value: Number(this.next().text) };
    if (token.is === 'name') {
      if (!this.knows(token.text)) this.refuse(`${token.text} is neither a parameter nor "end", "ask", "reply" or "quit"`, token);
      return { is: 'name', name: this.next().text };
    }
    if (!this.takes('(')) this.expected('an index, "end", "ask", "reply" or "quit"');
    const index = readExpr(this, 'number');
    this.#must(')');
    return index;
  }

  #checkCalls(byName: ReadonlyMap<string, Equation>): void {
    for (const { name, args, ...place } of this.#calls) {
      const equation = byName.get(name);
      if (equation === undefined) this.refuse(`there is no equation for ${name}`, place);
      const { length } = equation.parameters;
      if (length !== args.length) this.refuse(`${name} has ${length} parameters, here are ${args.length}`, place);
    }
  }
}

/** Words that name no event. A port may be called `reply`: what follows a dot is another place. */
const keywords: ReadonlySet<string> = new Set(['if', 'then', 'else', 'and', 'or', 'not', 'end']);

/** Words that name no parameter. */
const reserved: ReadonlySet<string> = new Set([...keywords, ...suffixes]);
