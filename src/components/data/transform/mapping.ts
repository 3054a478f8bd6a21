import jsonata from 'jsonata';
import { CodedError, defineError, messageOf } from '#base/errors.ts';
import { type Pattern, pattern } from '#kit/pattern.ts';

export const mappingInvalid = defineError('DATA_TRANSFORM_INVALID', 'input', 'The mapping is not a JSONata expression.');
export const mappingFailed = defineError('DATA_TRANSFORM_FAILED', 'input', 'The mapping has no value for this message.');

/** Stands in for the platform's regular expressions inside JSONata, so that no pattern hangs. */
class LinearRegExp {
  lastIndex = 0;
  readonly #pattern: Pattern;
  readonly #everywhere: boolean;

  constructor(source: RegExp) {
    this.#pattern = pattern(source.source, { ignoreCase: source.ignoreCase, multiLine: source.multiline });
    this.#everywhere = source.global;
  }

  exec(text: string): RegExpExecArray | null {
    const found = this.#pattern.find(text, this.#everywhere ? this.lastIndex : 0);
    this.lastIndex = found?.end ?? 0;
    if (found === undefined) return null;
    return Object.assign([found.text, ...found.groups], { index: found.start, input: text }) as unknown as RegExpExecArray;
  }
}

export interface MappingRules {
  readonly timeoutMs: number;
  /** Items in one list. */
  readonly maxItems: number;
  /** What `$millis()` and `$now()` give. */
  readonly nowMs: () => number;
  /** What `$random()` gives. */
  readonly random: () => number;
}

// Deep enough for expressions people write, shallow enough that the machine's stack holds it.
const deepest = 500;

/** A compiled mapping. @throws DATA_TRANSFORM_FAILED, when evaluated, with JSONata's reason. */
export type Mapping = (message: unknown) => Promise<unknown>;

// JSONata throws plain objects with code, position and message.
function reasonOf(thrown: unknown): string {
  const { message, position } = thrown as { message?: unknown; position?: unknown };
  const where = typeof position === 'number' ? ` at character ${position}` : '';
  return `${typeof message === 'string' ? message : messageOf(thrown)}${where}`;
}

/**
 * Compiles a JSONata expression.
 *
 * @throws DATA_TRANSFORM_INVALID with the reason and the place.
 */
export function mapping(text: string, { timeoutMs, maxItems, nowMs, random }: MappingRules): Mapping {
  const compiled = compile(text, { timeout: timeoutMs, sequence: maxItems });
  compiled.registerFunction('millis', nowMs);
  compiled.registerFunction('now', () => new Date(nowMs()).toISOString());
  compiled.registerFunction('random', random);
  return async (message) => {
    let value: unknown;
    try {
      value = await compiled.evaluate(message);
    } catch (cause) {
      throw mappingFailed({ detail: `the mapping failed: ${reasonOf(cause)}`, cause });
    }
    return plain(value);
  };
}

function compile(text: string, limits: { readonly timeout: number; readonly sequence: number }): jsonata.Expression {
  try {
    const RegexEngine = LinearRegExp as unknown as RegExpConstructor;
    const compiled = jsonata(text, { ...limits, stack: deepest, RegexEngine });
    refuseBadPatterns(compiled.ast());
    return compiled;
  } catch (cause) {
    throw mappingInvalid({ detail: `the mapping is not a JSONata expression: ${reasonOf(cause)}`, cause });
  }
}

// A pattern that is not linear is found when the mapping is typed, not when the first message comes.
function refuseBadPatterns(part: unknown): void {
  if (part === null || typeof part !== 'object') return;
  if (part instanceof RegExp) {
    pattern(part.source);
    return;
  }
  for (const each of Object.values(part)) refuseBadPatterns(each);
}

/** Why a text is no mapping, in a sentence; undefined when it is one. */
export function mappingFault(text: string): string | undefined {
  try {
    compile(text, { timeout: 1, sequence: 1 });
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

// JSONata's own functions are objects with a mark.
function refuseFunctions(_name: string, value: unknown): unknown {
  const isMarked = value !== null && typeof value === 'object' && ('_jsonata_function' in value || '_jsonata_lambda' in value);
  if (typeof value === 'function' || isMarked)
    throw mappingFailed({ detail: 'the mapping gives a function, which cannot be a message' });
  return value;
}

// Results carry hidden marks of JSONata, share parts with the message, and may hold functions: a message is JSON.
function plain(value: unknown): unknown {
  if (value === undefined) return undefined;
  try {
    return JSON.parse(JSON.stringify(value, refuseFunctions));
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw mappingFailed({ detail: `the mapping gives what cannot be a message: ${messageOf(cause)}`, cause });
  }
}
