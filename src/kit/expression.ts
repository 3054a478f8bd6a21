import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { defineError, messageOf } from '#base/errors.ts';
import { type Pattern, pattern } from './pattern.ts';

/**
 * Conditions and keys people type: CEL (Common Expression Language) over one variable, `message`.
 *
 * X1  An expression never runs longer than its text and the message allow: no loops of its own, linear regular expressions.
 * X2  Numbers of a message are doubles, as in JSON; `message.n * 2` mixes them with whole numbers, where CEL would refuse.
 * X3  A field that is not there is an error, not false: `has(message.n) && message.n > 1` asks first.
 */

export const expressionInvalid = defineError('KIT_EXPRESSION_INVALID', 'input', 'This is not a valid expression.');
export const expressionFailed = defineError('KIT_EXPRESSION_FAILED', 'input', 'The expression has no value for this message.');

/** A compiled expression. */
export interface Expression {
  /**
   * The value for a message: JSON values; whole numbers come as numbers.
   *
   * @throws KIT_EXPRESSION_FAILED, for example when a field is not there.
   */
  value(message: unknown): unknown;
  /**
   * Whether the condition holds.
   *
   * @throws KIT_EXPRESSION_FAILED also when the value is neither true nor false.
   */
  holds(message: unknown): boolean;
}

const linearMatches = 'matchesLinear';
const patterns = new Map<string, Pattern>();

// A pattern is mostly a constant of the expression; a message that brings its own must not fill the memory.
function cachedPattern(source: string): Pattern {
  let known = patterns.get(source);
  if (known === undefined) {
    if (patterns.size >= 200) patterns.clear();
    known = pattern(source);
    patterns.set(source, known);
  }
  return known;
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function newEnvironment(): Environment {
  const made = new Environment({ homogeneousAggregateLiterals: false }).registerVariable('message', 'dyn');
  made.registerFunction(`string.${linearMatches}(string): bool`, (text: string, source: string) =>
    cachedPattern(source).test(text),
  );
  for (const [operator, compute] of Object.entries(arithmetic)) {
    const handler = (a: unknown, b: unknown): number => compute(Number(a), Number(b));
    made.registerOperator(`double ${operator} int`, handler);
    made.registerOperator(`int ${operator} double`, handler);
  }
  made.registerOperator('double % double', (a: number, b: number) => a % b);
  return made;
}

const environment = newEnvironment();

// X1: the library's own matches() uses the platform's regular expressions, which can take for ever on 30 characters.
function makeLinear(part: unknown): void {
  if (Array.isArray(part)) {
    for (const each of part) makeLinear(each);
  } else if (part !== null && typeof part === 'object' && 'op' in part) {
    const node = part as ASTNode;
    if (node.op === 'rcall' && node.args[0] === 'matches') node.args[0] = linearMatches;
    makeLinear(node.args);
  }
}

// Evaluation errors draw the expression over several lines; the first says what is wrong.
const firstLine = (thrown: unknown): string => messageOf(thrown).split('\n', 1)[0] ?? '';

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/**
 * Compiles an expression, once for all messages.
 *
 * @throws KIT_EXPRESSION_INVALID with what is wrong and at which character.
 */
export function expression(text: string): Expression {
  const compiled = parsed(text);
  const value = (message: unknown): unknown => {
    try {
      return plain(compiled({ message: message ?? null }));
    } catch (cause) {
      throw expressionFailed({ detail: `${firstLine(cause)}, in: ${text}`, cause });
    }
  };
  return {
    value,
    holds(message) {
      const found = value(message);
      if (typeof found === 'boolean') return found;
      throw expressionFailed({ detail: `A condition must be true or false; this gave a ${typeof found}, in: ${text}` });
    },
  };
}

function parsed(text: string): ReturnType<Environment['parse']> {
  let compiled: ReturnType<Environment['parse']>;
  try {
    compiled = environment.parse(text);
  } catch (cause) {
    throw invalid(text, cause);
  }
  makeLinear(compiled.ast);
  const checked = compiled.check();
  if (!checked.valid) throw invalid(text, checked.error);
  return compiled;
}

function invalid(text: string, cause: unknown): Error {
  const start = (cause as { range?: { start?: number } } | undefined)?.range?.start;
  const where = start === undefined ? '' : ` at character ${start + 1}`;
  const facts = start === undefined ? {} : { character: start + 1 };
  return expressionInvalid({ detail: `${firstLine(cause)}${where}, in: ${text}`, facts, cause });
}

/** Why a text is no expression, in a sentence; undefined when it is one. For the `check` of a component. */
export function expressionFault(text: string): string | undefined {
  try {
    parsed(text);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}
