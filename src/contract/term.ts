/** The syntax tree of a contract. The language is in `docs/spec/contract.md`. */

export type Arithmetic = '+' | '-' | '*' | '/' | '%';
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** An integer expression, or a condition. */
export type Expr =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'minus' | 'not'; readonly of: Expr }
  | { readonly is: 'binary'; readonly op: Arithmetic | Comparison | 'and' | 'or'; readonly left: Expr; readonly right: Expr };

/** `port`, `port.2`, `port.(i+1)`, each with an optional `.end`, `.ask`, `.reply` or `.quit`. */
export interface EventTerm {
  readonly port: string;
  readonly index?: Expr;
  readonly suffix?: 'end' | 'ask' | 'reply' | 'quit';
}

/** Operators that join any number of terms, loosest last: `;`, `[]`, `|~|`, `|||`. */
export type Joint = ';' | '[]' | '|~|' | '|||';

export type Term =
  | { readonly is: 'stop' | 'skip' }
  | { readonly is: 'prefix'; readonly event: EventTerm; readonly next: Term }
  | { readonly is: 'join'; readonly op: Joint; readonly of: readonly Term[] }
  | {
      readonly is: 'each';
      readonly op: Joint;
      readonly variable: string;
      readonly from: Expr;
      readonly to: Expr;
      readonly body: Term;
    }
  | { readonly is: 'parallel'; readonly sync: readonly EventTerm[]; readonly left: Term; readonly right: Term }
  | { readonly is: 'if'; readonly condition: Expr; readonly yes: Term; readonly no: Term }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expr[] };

export interface Equation {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Term;
}

/** The first equation is where the process starts. */
export interface Contract {
  readonly equations: readonly Equation[];
}

/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Why a text is no contract, or not one to rely on: a sentence, and where in the text when there is a place. */
export interface ContractFault {
  readonly message: string;
  readonly place?: Place;
}

/** The fault as one line: `line 2, column 7: …`. */
export function faultText({ message, place }: ContractFault): string {
  return place === undefined ? message : `line ${place.line}, column ${place.column}: ${message}`;
}

/** How tightly the operators bind; a prefix binds tighter than any of them. As in CSPm. */
export const strength = { '|||': 1, '[|': 2, '|~|': 3, '[]': 4, ';': 5 } as const;

export function isJoint(text: string): text is Joint {
  return text === ';' || text === '[]' || text === '|~|' || text === '|||';
}

/** Events whose name says something about the stream rather than being a message. */
export const suffixes = ['end', 'ask', 'reply', 'quit'] as const;
