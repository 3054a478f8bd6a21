import type { Token } from './scan.ts';
import type { Arithmetic, Comparison, Expr, Place } from './term.ts';

/** What the reader of expressions needs of the parser. */
export interface Reader {
  peek(): Token;
  next(): Token;
  takes(text: string): boolean;
  expected(what: string): never;
  refuse(message: string, place: Place): never;
  knows(name: string): boolean;
  nested<T>(read: () => T): T;
}

type ExprType = 'number' | 'condition';

/** `or` binds loosest, then `and`, `not`, comparison, `+ -`, `* / %`, unary minus. As in CSPm. */
const level: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

/** Reads an expression of the type that is wanted. */
export function readExpr(reader: Reader, wanted: ExprType): Expr {
  const start = reader.peek();
  const expr = climb(reader, 1);
  const found = typeOf(expr);
  if (found !== wanted) reader.refuse(`expected a ${wanted}, found a ${found}`, start);
  return expr;
}

function climb(reader: Reader, weakest: number): Expr {
  return reader.nested(() => {
    let left = operand(reader, weakest);
    for (;;) {
      const sign = reader.peek();
      const binds = level[sign.text] ?? 0;
      if (binds < weakest) return left;
      reader.next();
      const right = climb(reader, binds + 1);
      const op = sign.text as Arithmetic | Comparison | 'and' | 'or';
      const needs = op === 'and' || op === 'or' ? 'condition' : 'number';
      if (typeOf(left) !== needs || typeOf(right) !== needs) reader.refuse(`"${op}" joins two ${needs}s`, sign);
      left = { is: 'binary', op, left, right };
      if (binds === 4 && level[reader.peek().text] === 4) reader.expected('"and", "or" or the end of the comparison');
    }
  });
}

function operand(reader: Reader, weakest: number): Expr {
  const token = reader.peek();
  if (token.is === 'number') return { is: 'number', value: Number(reader.next().text) };
  if (token.text === 'not' && weakest <= 3) {
    reader.next();
    const of = climb(reader, 3);
    if (typeOf(of) !== 'condition') reader.refuse('"not" turns a condition around, not a number', token);
    return { is: 'not', of };
  }
  if (token.text === '-') {
    reader.next();
    const of = reader.nested(() => operand(reader, 7));
    if (typeOf(of) !== 'number') reader.refuse('"-" negates a number, not a condition', token);
    return { is: 'minus', of };
  }
  if (reader.takes('(')) {
    const inner = climb(reader, 1);
    if (!reader.takes(')')) reader.expected('")"');
    return inner;
  }
  if (token.is !== 'name') return reader.expected('an expression');
  if (!reader.knows(token.text)) reader.refuse(`${token.text} is not a parameter here`, token);
  return { is: 'name', name: reader.next().text };
}

function typeOf(expr: Expr): ExprType {
  if (expr.is === 'not') return 'condition';
  if (expr.is !== 'binary') return 'number';
  return expr.op in arithmetic ? 'number' : 'condition';
}

const arithmetic: Readonly<Record<Arithmetic, true>> = { '+': true, '-': true, '*': true, '/': true, '%': true };
