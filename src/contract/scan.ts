import type { ContractFault, Place } from './term.ts';

/** A word of a contract text. */
export interface Token extends Place {
  /** process: a name that starts with a capital; name: any other; the last token of a text is `finish`. */
  readonly is: 'process' | 'name' | 'number' | 'sign' | 'finish';
  readonly text: string;
}

/** Longer than any contract a person or a sane function writes. */
export const greatestText = 400_000;

const pattern =
  /(?<blank>[ \t\r\n]+|--[^\n]*)|(?<process>[A-Z][A-Za-z0-9_]*)|(?<name>[a-z][A-Za-z0-9_]*)|(?<number>[0-9]+)|(?<sign>\|~\||\|\|\||\[\||\|\]|\[\]|->|==|!=|<=|>=|\.\.|[-;(){},.@:=<>+*/%])/y;

/** The same with names in quotes, for ids that are no words of the language: `"fork-1".left`. */
const quoting = new RegExp(pattern.source.replace('(?<name>', '(?<name>"[^"\\n]+"|'), 'y');

export type Scanned =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly fault: ContractFault };

/**
 * Cuts a text into tokens, comments left out.
 *
 * @param quotes whether a name may stand in quotes, which are no part of it.
 */
export function scan(text: string, quotes = false): Scanned {
  if (text.length > greatestText) return fault(`a contract has at most ${greatestText} characters, this has ${text.length}`);
  const tokens: Token[] = [];
  const place = { line: 1, column: 1 };
  const words = quotes ? quoting : pattern;
  words.lastIndex = 0;
  for (let at = 0; at < text.length; at = words.lastIndex) {
    const match = words.exec(text);
    if (match === null) {
      const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
      return fault(`${JSON.stringify(found)} is not part of the language`, { ...place });
    }
    const [word] = match;
    const is = kindOf(match.groups ?? {});
    if (is !== 'blank') tokens.push({ is, text: is === 'name' ? word.replaceAll('"', '') : word, ...place });
    if (is === 'number' && word.length > 9) return fault(`${word} is too large a number`, { ...place });
    advance(place, word);
  }
  tokens.push({ is: 'finish', text: '', ...place });
  return { ok: true, tokens };
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): 'blank' | 'process' | 'name' | 'number' | 'sign' {
  for (const is of ['blank', 'process', 'name', 'number'] as const) if (groups[is] !== undefined) return is;
  return 'sign';
}

function advance(place: { line: number; column: number }, word: string): void {
  const lines = word.split('\n');
  const last = lines.at(-1) ?? '';
  place.line += lines.length - 1;
  place.column = lines.length === 1 ? place.column + last.length : last.length + 1;
}

function fault(message: string, place?: Place): Scanned {
  return { ok: false, fault: { message, ...(place !== undefined && { place }) } };
}
