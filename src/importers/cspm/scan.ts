import type { Place } from '#contract/term.ts';
import { ScriptFault } from './fault.ts';

/** A word of a script; `from` and `to` are where it stands in the text. */
export interface Token extends Place {
  readonly is: 'name' | 'number' | 'sign' | 'text' | 'finish';
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const greatestText = 8_000_000;
const greatestDigits = 15;

const pattern =
  /(?<blank>[ \t\r\n\f]+|--[^\n]*)|(?<open>\{-)|(?<name>[A-Za-z][A-Za-z0-9_]*'*)|(?<number>[0-9]+)|(?<text>"[^"\n]*")|(?<sign>\|~\||\|\|\||\[(?:T|F|FD)=|\[\||\|\]|\[\[|\]\]|\[\]|\[>|\|>|\{\||\|\}|->|<->|<-|==|!=|<=|>=|<>|\.\.|\/\\|@@|\|\||::|[-;(){}[\],.@:=<>+*/%!?$&\\|^#_])/y;

/**
 * Cuts a script into tokens, comments `-- …` and `{- … -}` (which nest) left out.
 *
 * @throws ScriptFault at a character that is not part of the language.
 */
export function scan(text: string): readonly Token[] {
  if (text.length > greatestText)
    throw new ScriptFault(`a script has at most ${greatestText} characters, this has ${text.length}`);
  const tokens: Token[] = [];
  const place = { line: 1, column: 1 };
  for (let at = 0; at < text.length; ) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) {
      const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
      throw new ScriptFault(`${JSON.stringify(found)} is not part of the language`, place);
    }
    const { blank, open, name, number, text: quoted } = match.groups ?? {};
    const to = open === undefined ? pattern.lastIndex : endOfComment(text, at, place);
    const is = name !== undefined ? 'name' : number !== undefined ? 'number' : quoted !== undefined ? 'text' : 'sign';
    if (blank === undefined && open === undefined) tokens.push({ is, text: match[0], ...place, from: at, to });
    if (is === 'number' && match[0].length > greatestDigits) throw new ScriptFault(`${match[0]} is too large a number`, place);
    advance(place, text, at, to);
    at = to;
  }
  tokens.push({ is: 'finish', text: '', ...place, from: text.length, to: text.length });
  return tokens;
}

function endOfComment(text: string, from: number, place: Place): number {
  const marks = /\{-|-\}/g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '{-' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  throw new ScriptFault('this comment has no end: expected "-}"', place);
}

function advance(place: { line: number; column: number }, text: string, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    if (text.charCodeAt(at) === 10) {
      place.line++;
      place.column = 1;
    } else place.column++;
  }
}
