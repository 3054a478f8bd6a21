import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { defineError, messageOf } from '#base/errors.ts';

/**
 * Expressions people type into settings: CEL (github.com/google/cel-spec) over the variable `message`.
 *
 * X1  An expression ends: CEL has no loops, its text and tree are bounded, and `matches` runs in linear time (RE2).
 * X2  It sees `message` and nothing else.
 * X3  Numbers of JSON and whole numbers of the text mix: `message.n % 2 == 0`.
 * X4  What is wrong with it is said before it runs, as far as that can be known.
 */

const expressionFailed = defineError('KIT_EXPRESSION_FAILED', 'input', 'An expression has no answer for this message.');

/** An expression ready to be asked; throws KIT_EXPRESSION_FAILED when it has no answer for this message, or one of another type. */
export type Expression<T> = (message: unknown) => T;

type Answer<T> = { readonly ok: true; readonly ask: Expression<T> } | { readonly ok: false; readonly message: string };

/** Longest text of an expression. */
export const greatestExpression = 4_000;

/** Compiles an expression that answers yes or no. */
export function condition(text: string): Answer<boolean> {
  return compile(text, 'bool', (value): value is boolean => typeof value === 'boolean');
}

/** Compiles an expression that answers a number. */
export function measure(text: string): Answer<number> {
  return compile(text, 'number', (value): value is number => typeof value === 'number' && Number.isFinite(value));
}

/** Why a text is no condition, in a sentence; undefined when it is one. */
export function conditionFault(text: string): string | undefined {
  const answer = condition(text);
  return answer.ok ? undefined : answer.message;
}

/**
 * Compiles a condition that is known to be one: its component has checked it.
 *
 * @throws KIT_EXPRESSION_FAILED when it does not parse.
 */
export function trustedCondition(text: string): Expression<boolean> {
  const answer = condition(text);
  if (!answer.ok) throw expressionFailed({ detail: answer.message, facts: { expression: text } });
  return answer.ask;
}

const patterns = new Map<string, RE2JS>();

function pattern(text: string): RE2JS {
  let compiled = patterns.get(text);
  if (compiled === undefined) {
    if (patterns.size >= 256) patterns.clear();
    compiled = RE2JS.compile(text);
    patterns.set(text, compiled);
  }
  return compiled;
}

const linearName = 'matchesInLinearTime';
const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function makeEnvironment(): Environment {
  const environment = new Environment({ limits: { maxAstNodes: 1_000, maxDepth: 60 }, homogeneousAggregateLiterals: false });
  environment.registerVariable('message', 'dyn');
  environment.registerFunction(`string.${linearName}(string): bool`, (text: string, wanted: string) =>
    pattern(wanted).matcher(text).find(),
  );
  for (const [sign, of] of Object.entries(arithmetic)) {
    const mixed = (a: number | bigint, b: number | bigint): number => of(Number(a), Number(b));
    environment.registerOperator(`double ${sign} int: double`, mixed);
    environment.registerOperator(`int ${sign} double: double`, mixed);
  }
  environment.registerOperator('double % double: double', (a: number, b: number) => a % b);
  return environment;
}

let environment: Environment | undefined;

function compile<T>(text: string, wanted: 'bool' | 'number', isWanted: (value: unknown) => value is T): Answer<T> {
  if (text.length > greatestExpression) return { ok: false, message: `is longer than ${greatestExpression} characters` };
  environment ??= makeEnvironment();
  try {
    const fault = typeFault(environment.check(text), wanted);
    if (fault !== undefined) return { ok: false, message: fault };
    const run = environment.parse(inLinearTime(environment, text));
    return { ok: true, ask: (message) => asked(run, text, message, wanted, isWanted) };
  } catch (thrown) {
    return { ok: false, message: firstLine(thrown) };
  }
}

function typeFault(checked: { valid: boolean; type?: string; error?: unknown }, wanted: 'bool' | 'number'): string | undefined {
  if (!checked.valid) return firstLine(checked.error);
  const fitting = wanted === 'bool' ? ['bool', 'dyn'] : ['int', 'uint', 'double', 'dyn'];
  const type = checked.type ?? 'dyn';
  return fitting.includes(type) ? undefined : `gives ${type}, where a ${wanted} is wanted`;
}

function asked<T>(
  run: (context: { message: unknown }) => unknown,
  text: string,
  message: unknown,
  wanted: string,
  isWanted: (value: unknown) => value is T,
): T {
  let value: unknown;
  try {
    value = run({ message });
  } catch (cause) {
    throw expressionFailed({ detail: `${text}: ${firstLine(cause)}`, facts: { expression: text }, cause });
  }
  const plain = typeof value === 'bigint' ? Number(value) : value;
  if (isWanted(plain)) return plain;
  throw expressionFailed({ detail: `${text} gives ${typeof plain}, where a ${wanted} is wanted`, facts: { expression: text } });
}

/** X1: the library's own `matches` is the platform's, which some patterns stall; calls of it are given another name. */
function inLinearTime(environment: Environment, text: string): string {
  const calls = matchesCalls(environment.parse(text).ast);
  let renamed = text;
  for (const from of calls.sort((a, b) => b - a)) {
    const at = text.indexOf('matches', from);
    renamed = renamed.slice(0, at) + linearName + renamed.slice(at + 'matches'.length);
  }
  if (calls.length > 0 && matchesCalls(environment.parse(renamed).ast).length > 0)
    throw expressionFailed({ detail: 'no comment may stand before .matches' });
  return renamed;
}

/** Where to look for the word `matches` of each call; refuses a pattern that does not parse. */
function matchesCalls(root: ASTNode): number[] {
  const found: number[] = [];
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) walk(one);
    if (!isNode(part)) return;
    if (part.op === 'rcall' && part.args[0] === 'matches') {
      found.push(part.args[1].end);
      const [wanted] = part.args[2];
      if (wanted?.op === 'value' && typeof wanted.args === 'string') pattern(wanted.args);
    }
    walk(part.args);
  };
  walk(root);
  return found;
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}

function firstLine(thrown: unknown): string {
  return messageOf(thrown).split('\n')[0]?.trim() ?? '';
}
