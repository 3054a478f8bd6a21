import { RE2JS } from 're2js';
import { defineError, messageOf } from '#base/errors.ts';

export const patternInvalid = defineError('KIT_PATTERN_INVALID', 'input', 'This is not a regular expression of the RE2 kind.');

// Beyond this the automaton of an expression such as (a{1000}){1000} would take the memory a message never does.
const longestPattern = 2_000;

/** What `RegExp.exec` gives, as far as it is needed here. */
export interface PatternMatch {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** A regular expression whose time grows only with the length of the text, whatever a person typed. */
export interface Pattern {
  test(text: string): boolean;
  /** The first match at or after `from`. */
  find(text: string, from?: number): PatternMatch | undefined;
}

/**
 * Compiles a regular expression of the RE2 syntax: without back references and look-around, which is what makes it linear.
 *
 * @throws KIT_PATTERN_INVALID with the reason.
 */
export function pattern(
  source: string,
  { ignoreCase = false, multiLine = false }: { readonly ignoreCase?: boolean; readonly multiLine?: boolean } = {},
): Pattern {
  if (source.length > longestPattern) {
    throw patternInvalid({ detail: `A regular expression has at most ${longestPattern} characters; this has ${source.length}.` });
  }
  const flags = (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiLine ? RE2JS.MULTILINE : 0);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(RE2JS.translateRegExp(source), flags);
  } catch (cause) {
    throw patternInvalid({ detail: `This is not a regular expression of the RE2 kind: ${messageOf(cause)}.`, cause });
  }
  return {
    test: (text) => compiled.test(text),
    find(text, from = 0) {
      const matcher = compiled.matcher(text);
      if (from > text.length || !matcher.find(from)) return undefined;
      const groups = Array.from({ length: matcher.groupCount() }, (_, at) => matcher.group(at + 1) ?? undefined);
      return { text: matcher.group() ?? '', start: matcher.start(), end: matcher.end(), groups };
    },
  };
}
