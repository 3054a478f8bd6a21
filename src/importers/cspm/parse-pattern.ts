import type { Cursor } from './cursor.ts';
import type { Expr, Pattern } from './tree.ts';

/** What was read as an expression, taken as a pattern; refused where it is none. */
export function toPattern(cursor: Cursor, expr: Expr): Pattern {
  const all = (parts: readonly Expr[]): Pattern[] => parts.map((part) => toPattern(cursor, part));
  switch (expr.is) {
    case 'any':
      return { is: 'any' };
    case 'name':
      return { is: 'name', name: expr.name };
    case 'number':
    case 'truth':
      return expr.is === 'number' ? { is: 'number', value: expr.value } : { is: 'truth', value: expr.value };
    case 'unary':
      if (expr.op === '-' && expr.of.is === 'number') return { is: 'number', value: -expr.of.value };
      break;
    case 'dot':
      return { is: 'dot', parts: all(expr.parts) };
    case 'tuple':
      return { is: 'tuple', parts: all(expr.items) };
    case 'sequence':
      if (expr.statements === undefined) return { is: 'sequence', parts: all(expr.items) };
      break;
    case 'set':
      if (expr.items.length === 0) return { is: 'empty-set' };
      break;
    case 'binary':
      if (expr.op === '^' && expr.left.is === 'sequence' && expr.left.statements === undefined)
        return { is: 'joined', first: all(expr.left.items), rest: toPattern(cursor, expr.right) };
      break;
  }
  return cursor.refuse('this is no pattern: a name, a constant, _, a tuple, <a, b>, <a>^rest or a.b', expr.place);
}

/** The names a pattern gives values to, constants among them. */
export function namesOf(pattern: Pattern): readonly string[] {
  switch (pattern.is) {
    case 'name':
      return [pattern.name];
    case 'dot':
    case 'tuple':
    case 'sequence':
      return pattern.parts.flatMap(namesOf);
    case 'joined':
      return [...pattern.first.flatMap(namesOf), ...namesOf(pattern.rest)];
    default:
      return [];
  }
}
