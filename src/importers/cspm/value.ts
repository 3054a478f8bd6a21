import type { Definition, Expr } from './tree.ts';

/** What an expression is worth. Equal values have equal keys, and no others do. */
export type Value = { readonly key: string } & (
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'truth'; readonly value: boolean }
  /** A constant of a type, or a channel. */
  | { readonly is: 'word' }
  /** Joined by dots; no atom is itself one of these. */
  | { readonly is: 'dotted'; readonly atoms: readonly Value[] }
  | { readonly is: 'tuple'; readonly items: readonly Value[] }
  | { readonly is: 'sequence'; readonly items: readonly Value[] }
  /** In order: numbers by size, then by key. */
  | { readonly is: 'set'; readonly items: readonly Value[]; readonly keys: ReadonlySet<string> }
  | { readonly is: 'function'; readonly definition: Definition; readonly env: Env }
  | { readonly is: 'built-in'; readonly name: string }
  | { readonly is: 'process'; readonly process: Process }
);
export type Kind = Value['is'];

/** Names bound within a definition, the innermost first. */
export type Env = Cell | undefined;
export interface Cell {
  readonly name: string;
  readonly bound: Value | Local;
  readonly outer: Env;
}

/** A definition of a `let`: worked out when it is asked for. `env` holds itself and its neighbours. */
export interface Local {
  readonly is: 'local';
  readonly key: string;
  readonly definition: Definition;
  readonly home: { env: Env };
}

/**
 * V102  Processes with everything known that they depend on, equal ones held once. The laws that are used to make fewer of them
 *       hold in every model of CSP.
 */
export type Process = { readonly id: number } & ProcessShape;

export type ProcessShape =
  | { readonly is: 'stop' | 'skip' | 'diverge' }
  | { readonly is: 'prefix'; readonly expr: PrefixExpr; readonly env: Env }
  | { readonly is: 'run' | 'chaos'; readonly events: EventSet }
  | { readonly is: 'choice' | 'decide'; readonly of: readonly Process[] }
  | { readonly is: 'seq'; readonly first: Process; readonly rest: Later }
  | { readonly is: 'par'; readonly sync: EventSet; readonly left: Process; readonly right: Process }
  | { readonly is: 'together'; readonly parts: readonly AlphabetPart[] }
  | { readonly is: 'hide'; readonly of: Process; readonly events: EventSet }
  | { readonly is: 'rename'; readonly of: Process; readonly map: Renaming }
  | { readonly is: 'interrupt' | 'slide'; readonly left: Process; readonly right: Process }
  | { readonly is: 'exception'; readonly left: Process; readonly events: EventSet; readonly right: Later };

export type PrefixExpr = Extract<Expr, { is: 'prefix' }>;

export interface AlphabetPart {
  readonly process: Process;
  readonly alphabet: EventSet;
}

/** A process that is not needed yet: asking for it at once would never end in `P = a -> SKIP ; P`. */
export interface Later {
  readonly key: string;
  readonly force: () => Process;
}

export interface EventSet {
  readonly key: string;
  readonly events: ReadonlySet<string>;
}

/** What becomes of an event: one of these. Events that are not in it stay. */
export interface Renaming {
  readonly key: string;
  readonly map: ReadonlyMap<string, readonly string[]>;
}

export function find(env: Env, name: string): Cell | undefined {
  let cell = env;
  while (cell !== undefined && cell.name !== name) cell = cell.outer;
  return cell;
}

export function numberValue(value: number): Value {
  return { is: 'number', key: String(value), value: value + 0 };
}

const truths = [false, true].map((value): Value => ({ is: 'truth', key: String(value), value }));

export function truthValue(value: boolean): Value {
  return truths[value ? 1 : 0] as Value;
}

export function wordValue(name: string): Value {
  return { is: 'word', key: name };
}

export function atomsOf(value: Value): readonly Value[] {
  return value.is === 'dotted' ? value.atoms : [value];
}

/** Dots bind nothing together: `a.(b.c)` is `a.b.c`. */
export function dotted(parts: readonly Value[]): Value {
  const atoms = parts.flatMap(atomsOf);
  const [only] = atoms;
  return atoms.length === 1 && only !== undefined ? only : { is: 'dotted', key: keysOf(atoms).join('.'), atoms };
}

export function listValue(is: 'tuple' | 'sequence', items: readonly Value[]): Value {
  const keys = keysOf(items).join(',');
  return { is, key: is === 'tuple' ? `(${keys})` : `<${keys}>`, items };
}

export function setValue(values: readonly Value[]): Value {
  const byKey = new Map(values.map((value) => [value.key, value]));
  const items = [...byKey.values()].sort(inOrder);
  return { is: 'set', key: `{${keysOf(items).join(',')}}`, items, keys: new Set(byKey.keys()) };
}

function inOrder(a: Value, b: Value): number {
  if (a.is === 'number' && b.is === 'number') return a.value - b.value;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function keysOf(values: readonly Value[]): string[] {
  return values.map(({ key }) => key);
}

/** How a kind of value is called in a sentence. */
export function kindText({ is }: Value): string {
  const words: Readonly<Record<Kind, string>> = {
    number: 'a number',
    truth: 'true or false',
    word: 'a constant or channel',
    dotted: 'an event or dotted value',
    tuple: 'a tuple',
    sequence: 'a sequence',
    set: 'a set',
    function: 'a function',
    'built-in': 'a function',
    process: 'a process',
  };
  return words[is];
}
