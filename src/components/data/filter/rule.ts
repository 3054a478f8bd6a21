import { fieldAt } from '#kit/field.ts';
import { pattern } from '#kit/pattern.ts';

export const operators = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'contains',
  'starts with',
  'ends with',
  'matches',
  'is one of',
  'is empty',
  'is not empty',
] as const;
export type Operator = (typeof operators)[number];

export interface Rule {
  readonly field: string;
  readonly op: Operator;
  readonly value?: unknown;
}

/** Why a value of the rule makes no sense with its operator; undefined when it does. */
export function ruleFault({ op, value }: Rule): string | undefined {
  const is = typeof value;
  switch (op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
      return is === 'number' || is === 'string' ? undefined : `${op} compares with a number or a text`;
    case 'contains':
    case 'starts with':
    case 'ends with':
      return is === 'string' ? undefined : `${op} needs a text`;
    case 'matches':
      return is === 'string' ? patternFault(value as string) : 'matches needs a regular expression';
    case 'is one of':
      return Array.isArray(value) ? undefined : 'is one of needs a list';
    case '=':
    case '!=':
      return value === undefined ? `${op} needs a value` : undefined;
    default:
      return undefined;
  }
}

function patternFault(source: string): string | undefined {
  try {
    pattern(source);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

// Objects are equal when their JSON is, names in the same order.
const same = (a: unknown, b: unknown): boolean => a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));

/** Compiles a rule that has no fault. A value of another type than the rule's never fits, and is never an error. */
export function fitsRule(rule: Rule): (message: unknown) => boolean {
  const decide = decision(rule);
  return (message) => decide(fieldAt(message, rule.field));
}

function decision({ op, value: wanted }: Rule): (value: unknown) => boolean {
  switch (op) {
    case '=':
      return (value) => same(value, wanted);
    case '!=':
      return (value) => !same(value, wanted);
    case 'is one of':
      return (value) => (wanted as readonly unknown[]).some((one) => same(value, one));
    case 'is empty':
      return isEmpty;
    case 'is not empty':
      return (value) => !isEmpty(value);
    case 'matches': {
      const compiled = pattern(wanted as string);
      return (value) => typeof value === 'string' && compiled.test(value);
    }
    case 'contains':
      return (value) =>
        Array.isArray(value) ? value.includes(wanted) : typeof value === 'string' && value.includes(wanted as string);
    case 'starts with':
      return (value) => typeof value === 'string' && value.startsWith(wanted as string);
    case 'ends with':
      return (value) => typeof value === 'string' && value.endsWith(wanted as string);
    default:
      return ordering(op, wanted as number | string);
  }
}

function ordering(op: '<' | '<=' | '>' | '>=', wanted: number | string): (value: unknown) => boolean {
  const compare = {
    '<': (a: number | string) => a < wanted,
    '<=': (a: number | string) => a <= wanted,
    '>': (a: number | string) => a > wanted,
    '>=': (a: number | string) => a >= wanted,
  }[op];
  return (value) => typeof value === typeof wanted && compare(value as number | string);
}
