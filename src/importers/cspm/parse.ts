import { Cursor } from './cursor.ts';
import { ExprReader } from './parse-expr.ts';
import { toPattern } from './parse-pattern.ts';
import type { Token } from './scan.ts';
import type { Assertion, Claim, Clause, Constructor, Datatype, Definition, Expr, Model, Script } from './tree.ts';

/**
 * V100  Reads a CSPm script.
 *
 * @throws ScriptFault with line, column, what was expected and what was found.
 */
export function parseScript(text: string): Script {
  return new ScriptReader(text).script();
}

class ScriptReader {
  readonly #cursor: Cursor;
  readonly #exprs: ExprReader;
  readonly #channels: Constructor[] = [];
  readonly #datatypes: Datatype[] = [];
  readonly #transparent: string[] = [];
  readonly #assertions: Assertion[] = [];
  readonly #definitions = new Definitions();

  constructor(text: string) {
    this.#cursor = new Cursor(text);
    this.#exprs = new ExprReader(this.#cursor, () => this.#locals());
  }

  script(): Script {
    while (this.#cursor.peek().is !== 'finish') this.#declaration();
    return {
      channels: this.#channels,
      datatypes: this.#datatypes,
      definitions: this.#definitions.all(this.#cursor),
      transparent: this.#transparent,
      assertions: this.#assertions,
    };
  }

  #declaration(): void {
    const cursor = this.#cursor;
    const token = cursor.peek();
    const word = cursor.isName() ? 'name' : token.is === 'name' ? token.text : '';
    if (word === 'name') this.#definition(this.#definitions);
    else if (word === 'channel') this.#channel();
    else if (word === 'datatype') this.#datatype();
    else if (word === 'transparent') this.#names();
    else if (word === 'assert') this.#assertion();
    else if (word === 'nametype') {
      cursor.next();
      this.#definition(this.#definitions);
    } else if (word === 'include')
      cursor.refuse('"include" is not read: a script is one file, put the text of the other one here', token);
    else if (['external', 'module', 'subtype', 'print'].includes(word)) cursor.refuse(`"${word}" is not read`, token);
    else cursor.expected('an operator, or a definition such as NAME = …, "channel", "datatype" or "assert"');
  }

  #channel(): void {
    const cursor = this.#cursor;
    cursor.next();
    const names: Token[] = [];
    do names.push(cursor.name('the name of a channel'));
    while (cursor.takes(','));
    const type = cursor.takes(':') ? this.#exprs.expr() : undefined;
    for (const { text, line, column } of names)
      this.#channels.push({ name: text, place: { line, column }, ...(type !== undefined && { type }) });
  }

  #datatype(): void {
    const cursor = this.#cursor;
    cursor.next();
    const { text } = cursor.name('the name of a type');
    cursor.must('=');
    const constructors: Constructor[] = [];
    do {
      const { text: name, line, column } = cursor.name('the name of a constant');
      const type = cursor.takes('.') ? this.#exprs.expr() : undefined;
      constructors.push({ name, place: { line, column }, ...(type !== undefined && { type }) });
    } while (cursor.takes('|'));
    this.#datatypes.push({ name: text, constructors });
  }

  #names(): void {
    this.#cursor.next();
    do this.#transparent.push(this.#cursor.name('the name of a function').text);
    while (this.#cursor.takes(','));
  }

  #locals(): readonly Definition[] {
    const found = new Definitions();
    do this.#definition(found);
    while (!this.#cursor.sees('within'));
    return found.all(this.#cursor);
  }

  #definition(into: Definitions): void {
    const cursor = this.#cursor;
    const name = cursor.name('a definition such as NAME = …');
    const isFunction = cursor.takes('(');
    const parameters = [];
    if (isFunction && !cursor.takes(')')) {
      do parameters.push(toPattern(cursor, this.#exprs.expr()));
      while (cursor.takes(','));
      cursor.must(')', ' after the parameters');
    }
    if (cursor.sees('(')) cursor.refuse('all parameters stand in one pair of parentheses', cursor.peek());
    if (!cursor.takes('=')) cursor.expected(`"=" after ${name.text}, or an operator before it`);
    into.add(cursor, name, isFunction, { parameters, body: this.#exprs.expr() });
  }

  #assertion(): void {
    const cursor = this.#cursor;
    const start = cursor.next();
    const negated = cursor.takes('not');
    const claim = this.#claim(this.#exprs.expr());
    if (cursor.sees(':')) cursor.refuse('options of an assertion are not read', cursor.peek());
    const { line, column } = start;
    this.#assertions.push({ text: cursor.since(start), negated, claim, place: { line, column } });
  }

  #claim(process: Expr): Claim {
    const cursor = this.#cursor;
    const sign = /^\[(T|F|FD)=$/.exec(cursor.peek().text);
    if (sign !== null) {
      cursor.next();
      return { is: 'refines', model: sign[1] as Model, spec: process, process: this.#exprs.expr() };
    }
    if (!cursor.takes(':')) return { is: 'truth', condition: process };
    cursor.must('[');
    const word = cursor.peek().text;
    if (cursor.takes('deterministic')) return { is: 'deterministic', model: this.#model(word), process };
    if (cursor.takes('deadlock') || cursor.takes('divergence') || cursor.takes('livelock')) {
      cursor.must('free');
      const model = this.#model(word);
      return { is: word === 'deadlock' ? 'deadlock free' : 'divergence free', model, process };
    }
    return cursor.expected('"deadlock free", "divergence free" or "deterministic"');
  }

  // Up to the end of the property: without a model it is FD.
  #model(property: string): 'F' | 'FD' {
    const cursor = this.#cursor;
    if (!cursor.takes('[')) {
      cursor.must(']', ' after the property');
      return 'FD';
    }
    const model = cursor.takes('F') ? 'F' : cursor.takes('FD') ? 'FD' : cursor.expected('"F" or "FD"');
    if ((property === 'divergence' || property === 'livelock') && model === 'F')
      cursor.refuse('divergence is not seen in F: write [FD] or nothing', cursor.peek());
    // Two brackets without a blank between are one sign.
    if (!cursor.takes(']]')) {
      cursor.must(']');
      cursor.must(']');
    }
    return model;
  }
}

/** The equations of a script or of a `let`; those of one name stand together. */
class Definitions {
  readonly #found: { name: string; isFunction: boolean; clauses: Clause[]; place: Token }[] = [];

  add(cursor: Cursor, place: Token, isFunction: boolean, clause: Clause): void {
    const last = this.#found.at(-1);
    if (last?.name !== place.text) {
      this.#found.push({ name: place.text, isFunction, clauses: [clause], place });
      return;
    }
    if (!isFunction || !last.isFunction) cursor.refuse(`${place.text} is defined already`, place);
    if (last.clauses[0]?.parameters.length !== clause.parameters.length)
      cursor.refuse(`the equations of ${place.text} differ in their number of parameters`, place);
    last.clauses.push(clause);
  }

  all(cursor: Cursor): readonly Definition[] {
    const names = new Set<string>();
    for (const { name, place } of this.#found) {
      if (names.has(name)) cursor.refuse(`${name} is defined already`, place);
      names.add(name);
    }
    return this.#found.map(({ place: { line, column }, ...rest }) => ({ ...rest, place: { line, column } }));
  }
}
