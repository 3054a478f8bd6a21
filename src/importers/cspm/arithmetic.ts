import type { Place } from '#contract/term.ts';
import { ScriptFault } from './fault.ts';
import { kindText, numberValue, truthValue, type Value } from './value.ts';

/** Integers; division rounds down and the remainder has the sign of the divisor, as in contracts. */
export function arithmetic(op: string, a: number, b: number, place: Place): Value {
  switch (op) {
    case '<':
      return truthValue(a < b);
    case '<=':
      return truthValue(a <= b);
    case '>':
      return truthValue(a > b);
    case '>=':
      return truthValue(a >= b);
  }
  if ((op === '/' || op === '%') && b === 0) throw new ScriptFault('a division by zero', place);
  const results: Readonly<Record<string, number>> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': Math.floor(a / b),
    '%': a - b * Math.floor(a / b),
  };
  const result = results[op] ?? Number.NaN;
  if (!Number.isSafeInteger(result)) throw new ScriptFault('a number grows beyond 2^53: is a parameter unbounded?', place);
  return numberValue(result);
}

/** Whether two values are equal; of two processes or functions nobody can tell. */
export function compared(a: Value, b: Value, place: Place): boolean {
  for (const one of [a, b])
    if (one.is === 'process' || one.is === 'function' || one.is === 'built-in')
      throw new ScriptFault(`${kindText(one)} cannot be compared`, place);
  return a.key === b.key;
}
