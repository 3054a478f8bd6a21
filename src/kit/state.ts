import { defineError, messageOf } from '#base/errors.ts';
import type { Operation } from '#runtime/port.ts';
import type { ProcessPlan } from '#runtime/processes/process.ts';

/** What a process has to remember to be begun anew, and where that is all it has. Rules S25… in `docs/spec/session.md`. */

const stateNewer = defineError(
  'KIT_STATE_NEWER',
  'input',
  'The saved state of a node is of a newer version of its component than this program knows. Use the program that saved it.',
);
const stateUnreadable = defineError(
  'KIT_STATE_UNREADABLE',
  'input',
  'The saved state of a node cannot be used by this version of its component.',
);
/** How a component declares what it remembers. */
export interface StateDeclaration<S, V> {
  /** Grows when the value changes shape; then `migrate` is there too. */
  readonly version: number;
  /** What a process begins with. */
  readonly initial: (settings: S) => V;
  /** Brings a value of an older version to the present shape. */
  readonly migrate?: (value: unknown, fromVersion: number) => V;
}

/** What a process is handed to remember by. */
export interface State<V> {
  /** What it begins with, initial or saved; it may be changed, and what it is at a rest is what is saved. Plain data. */
  value: V;
  /** Set by a process that remembers otherwise: makes the value when it is wanted. */
  save: (() => V) | undefined;
}

/** A state as it is kept: plain data. */
export interface SavedState {
  readonly version: number;
  readonly value: unknown;
}

/** The kind's part of it, types forgotten. */
export interface StateKind {
  readonly kind: string;
  readonly declared: StateDeclaration<never, unknown> | undefined;
}

/** What the process of a node has to be begun with: `begin` makes the behaviour of one life, with what it is to remember. */
export function rememberingPlan(
  component: { readonly state: StateKind; restsOf(settings: Readonly<Record<string, unknown>>): readonly string[] },
  settings: Readonly<Record<string, unknown>>,
  node: string,
  begin: (state: State<unknown>) => Operation<void>,
): Pick<ProcessPlan, 'body' | 'rests' | 'save' | 'holds'> {
  const { state } = component;
  let cell: State<unknown> = { value: undefined, save: undefined };
  return {
    rests: component.restsOf(settings),
    body(from) {
      cell = { value: firstValue(state, settings, node, from as SavedState | undefined), save: undefined };
      return begin(cell);
    },
    save: () => savedState(state, cell),
    holds: () => holdsMore(state, settings, cell),
  };
}

/** What one life of a process remembers, as it is kept; undefined when its kind remembers nothing. */
export function savedState({ declared }: StateKind, state: State<unknown>): SavedState | undefined {
  return declared === undefined ? undefined : { version: declared.version, value: valueNow(state) };
}

/** True when it remembers more than at its beginning. */
export function holdsMore({ declared }: StateKind, settings: Readonly<Record<string, unknown>>, state: State<unknown>): boolean {
  if (declared === undefined) return false;
  return JSON.stringify(valueNow(state)) !== JSON.stringify(declared.initial(settings as never));
}

function valueNow({ value, save }: State<unknown>): unknown {
  return save === undefined ? value : save();
}

/**
 * What was saved, or else what a process begins with.
 *
 * @throws KIT_STATE_NEWER, KIT_STATE_UNREADABLE, both with the node.
 */
export function firstValue(
  { kind, declared }: StateKind,
  settings: Readonly<Record<string, unknown>>,
  node: string,
  saved: SavedState | undefined,
): unknown {
  if (declared === undefined) return undefined;
  if (saved === undefined) return declared.initial(settings as never);
  const facts = { node, kind, savedVersion: saved.version, version: declared.version };
  if (saved.version > declared.version) {
    const detail = `The saved state of node ${node} is of version ${saved.version}; ${kind} here knows versions up to ${declared.version}. Use the program that saved it, or a newer one.`;
    throw stateNewer({ detail, facts });
  }
  const { value } = saved;
  if (saved.version === declared.version) return value;
  const why = `the saved state of node ${node} is of version ${saved.version}, and ${kind} here cannot bring it to ${declared.version}`;
  if (declared.migrate === undefined) throw stateUnreadable({ detail: `${why}.`, facts });
  try {
    return declared.migrate(value, saved.version);
  } catch (cause) {
    throw stateUnreadable({ detail: `${why}: ${messageOf(cause)}`, facts, cause });
  }
}
