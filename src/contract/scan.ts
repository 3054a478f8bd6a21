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

export type Scanned =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly fault: ContractFault };

/** Cuts a text into tokens, comments left out. */
export function scan(text: string): Scanned {
  if (text.length > greatestText) return fault(`a contract has at most ${greatestText} characters, this has ${text.length}`);
  const tokens: Token[] = [];
  const place = { line: 1, column: 1 };
  pattern.lastIndex = 0;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    const match = pattern.exec(text);
    if (match === null) {
      const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
      return fault(`${JSON.stringify(found)} is not part of the language`, { ...place });
    }
    const [word] = match;
    const is = kindOf(match.groups ?? {});
    if (is !== 'blank') tokens.push({ is, text: word, ...place });
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
