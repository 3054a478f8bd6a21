import type { Place } from '#contract/term.ts';

/** The syntax tree of a CSPm script. Processes and values share one grammar, so they share one tree. */

export type Expr = { readonly id: number; readonly place: Place } & ExprShape;

export type ExprShape =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'truth'; readonly value: boolean }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'any' }
  | Listed
  | { readonly is: 'range'; readonly of: 'set' | 'sequence'; readonly from: Expr; readonly to: Expr }
  | { readonly is: 'dot'; readonly parts: readonly Expr[] }
  | { readonly is: 'unary'; readonly op: '-' | 'not' | '#'; readonly of: Expr }
  | { readonly is: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly is: 'if'; readonly condition: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly is: 'let'; readonly definitions: readonly Definition[]; readonly body: Expr }
  | { readonly is: 'lambda'; readonly clause: Clause }
  | { readonly is: 'apply'; readonly target: Expr; readonly args: readonly Expr[] }
  | { readonly is: 'prefix'; readonly channel: Expr; readonly fields: readonly Field[]; readonly next: Expr }
  | { readonly is: 'guard'; readonly condition: Expr; readonly process: Expr }
  | { readonly is: 'join'; readonly op: Joint; readonly of: readonly Expr[] }
  | { readonly is: 'parallel'; readonly sync: Expr; readonly left: Expr; readonly right: Expr }
  | { readonly is: 'alphabetised'; readonly sides: readonly [AlphabetSide, AlphabetSide] }
  | { readonly is: 'exception'; readonly left: Expr; readonly events: Expr; readonly right: Expr }
  | { readonly is: 'hide'; readonly of: Expr; readonly events: Expr }
  | { readonly is: 'rename'; readonly of: Expr; readonly pairs: readonly Pair[]; readonly statements: readonly Statement[] }
  | Each;

/** `{…}`, `<…>`, `(…, …)` or `{|…|}`; the comprehension of it when there are statements. */
export interface Listed {
  readonly is: 'set' | 'sequence' | 'tuple' | 'events';
  readonly items: readonly Expr[];
  readonly statements?: readonly Statement[];
}

/** A replicated operator; `||` has an alphabet, `[|` what all make together. */
export interface Each {
  readonly is: 'each';
  readonly op: EachOp;
  readonly statements: readonly Statement[];
  readonly events?: Expr;
  readonly body: Expr;
}

export type Joint = '[]' | '|~|' | '|||' | ';' | '/\\' | '[>';
export type EachOp = '[]' | '|~|' | '|||' | ';' | '||' | '[|';
export type Pair = readonly [from: Expr, to: Expr];

export interface AlphabetSide {
  readonly alphabet: Expr;
  readonly process: Expr;
}

/** `?pattern`, `?pattern:set` or `!value`. */
export type Field =
  | { readonly is: 'in'; readonly pattern: Pattern; readonly set?: Expr; readonly place: Place }
  | { readonly is: 'out'; readonly value: Expr; readonly place: Place };

/** A generator, or a condition that what was generated must meet. */
export type Statement =
  | { readonly is: 'from'; readonly pattern: Pattern; readonly set: Expr }
  | { readonly is: 'only'; readonly condition: Expr };

export type Pattern =
  | { readonly is: 'any' }
  /** A constant when the script declares the name as one. */
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'truth'; readonly value: boolean }
  | { readonly is: 'dot' | 'tuple' | 'sequence'; readonly parts: readonly Pattern[] }
  /** `<a, b>^rest`. */
  | { readonly is: 'joined'; readonly first: readonly Pattern[]; readonly rest: Pattern }
  | { readonly is: 'empty-set' };

export interface Clause {
  readonly parameters: readonly Pattern[];
  readonly body: Expr;
}

/** Equations of one name; without parameters there is one. */
export interface Definition {
  readonly name: string;
  readonly isFunction: boolean;
  readonly clauses: readonly Clause[];
  readonly place: Place;
}

export interface Constructor {
  readonly name: string;
  /** What follows the dot. */
  readonly type?: Expr;
  readonly place: Place;
}

export interface Datatype {
  readonly name: string;
  readonly constructors: readonly Constructor[];
}

export type Model = 'T' | 'F' | 'FD';

export type Claim =
  | { readonly is: 'deadlock free' | 'divergence free' | 'deterministic'; readonly model: 'F' | 'FD'; readonly process: Expr }
  | { readonly is: 'refines'; readonly model: Model; readonly spec: Expr; readonly process: Expr }
  | { readonly is: 'truth'; readonly condition: Expr };

export interface Assertion {
  /** As it is written, blanks made one. */
  readonly text: string;
  readonly negated: boolean;
  readonly claim: Claim;
  readonly place: Place;
}

export interface Script {
  readonly channels: readonly Constructor[];
  readonly datatypes: readonly Datatype[];
  readonly definitions: readonly Definition[];
  /** Names that are functions which change nothing. */
  readonly transparent: readonly string[];
  readonly assertions: readonly Assertion[];
}
