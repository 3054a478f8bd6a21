import type { Contract, Equation, EventTerm, Expr, Term } from './term.ts';
import { strength } from './term.ts';

/** K1  The text of a contract, one equation a line; parsing it gives the same tree. */
export function print({ equations }: Contract): string {
  return equations.map((equation) => `${printHead(equation)} = ${printTerm(equation.body)}\n`).join('');
}

/** How events and process names are written; CSPm writes others than the contract language does. */
export interface Spelling {
  event(event: EventTerm): string;
  process(name: string): string;
  sync(events: readonly EventTerm[]): string;
}

const own: Spelling = {
  event: printEvent,
  process: (name) => name,
  sync: (events) => (events.length === 0 ? '[| |]' : `[| ${events.map(printEvent).join(', ')} |]`),
};

export function printHead({ name, parameters }: Equation, spelling: Spelling = own): string {
  const head = spelling.process(name);
  return parameters.length === 0 ? head : `${head}(${parameters.join(', ')})`;
}

export function printTerm(term: Term, spelling: Spelling = own): string {
  return at(term, 0, spelling);
}

// Parentheses wherever the term binds no tighter than what is around it.
function at(term: Term, around: number, spelling: Spelling): string {
  const inside = (part: Term, level: number): string => at(part, level, spelling);
  const bound = (level: number, text: string): string => (level > around ? text : `(${text})`);
  switch (term.is) {
    case 'stop':
      return 'STOP';
    case 'skip':
      return 'SKIP';
    case 'call': {
      const args = term.args.map((arg) => printExpr(arg)).join(', ');
      return spelling.process(term.name) + (args === '' ? '' : `(${args})`);
    }
    case 'prefix':
      return `${spelling.event(term.event)} -> ${inside(term.next, 5)}`;
    case 'join':
      return bound(strength[term.op], term.of.map((part) => inside(part, strength[term.op])).join(` ${term.op} `));
    case 'parallel': {
      const level = strength['[|'];
      return bound(level, `${inside(term.left, level - 1)} ${spelling.sync(term.sync)} ${inside(term.right, level)}`);
    }
    case 'if':
      return bound(1, `if ${printExpr(term.condition)} then ${inside(term.yes, 0)} else ${inside(term.no, 0)}`);
    case 'each': {
      const from = printExpr(term.from);
      // In CSPm `{-` begins a comment.
      const range = `{${from.startsWith('-') ? `(${from})` : from}..${printExpr(term.to)}}`;
      return bound(1, `${term.op} ${term.variable}:${range} @ ${inside(term.body, 0)}`);
    }
  }
}

export function printEvent({ port, index, suffix }: EventTerm): string {
  return port + (index === undefined ? '' : `.${printIndex(index)}`) + (suffix === undefined ? '' : `.${suffix}`);
}

export function printIndex(index: Expr): string {
  return index.is === 'number' || index.is === 'name' ? printExpr(index) : `(${printExpr(index)})`;
}

/** Every part that is itself joined gets parentheses: an expression is short, and nobody has to know what binds how. */
export function printExpr(expr: Expr): string {
  const part = (of: Expr): string => (of.is === 'number' || of.is === 'name' ? printExpr(of) : `(${printExpr(of)})`);
  switch (expr.is) {
    case 'number':
      return String(expr.value);
    case 'name':
      return expr.name;
    case 'minus':
      return `-${part(expr.of)}`;
    case 'not':
      return `not ${part(expr.of)}`;
    case 'binary':
      return `${part(expr.left)} ${expr.op} ${part(expr.right)}`;
  }
}
