import { escapePointer } from '#model/schema-check.ts';
import { greatestDepth } from '#model/settings.ts';
import { longestText, type Refusal } from './edit.ts';

// A setting may nest greatestDepth levels, and stands some levels below its edit.
const deepestValue = greatestDepth + 8;

/**
 * E18  What in an edit could not be kept as it is: a number that is not finite (JSON reads 1e999 as infinite), the character U+0000 or
 * half of a surrogate pair, a text longer than a text may be, a value nested far too deep. Undefined when all can.
 */
export function unstorable(edit: unknown): Refusal | undefined {
  return faultIn(edit, '', 0);
}

function faultIn(value: unknown, pointer: string, depth: number): Refusal | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : malformed('a number must be finite', pointer);
  if (typeof value === 'string') return faultInText(value, pointer);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === deepestValue) return malformed(`a value is nested ${deepestValue} deep at most`, pointer);
  for (const [name, inner] of Object.entries(value)) {
    const fault = faultInText(name, pointer) ?? faultIn(inner, `${pointer}/${escapePointer(name)}`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultInText(text: string, pointer: string): Refusal | undefined {
  if (text.includes('\u0000')) return malformed('a text must not hold the character U+0000', pointer);
  if (!text.isWellFormed()) return malformed('a text must not hold half of a surrogate pair', pointer);
  // A character is one or two code units.
  if (text.length > longestText && (text.length > 2 * longestText || [...text].length > longestText))
    return malformed(`a text has ${longestText} characters at most`, pointer);
  return undefined;
}

const malformed = (message: string, pointer: string): Refusal => ({ code: 'EDIT_MALFORMED', message, pointer });
