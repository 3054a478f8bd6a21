import type { Static, TObject } from 'typebox';
import type { ComponentSpec } from '#model/component.ts';
import { withDefaults } from '#model/settings.ts';
import type { Operation } from '#runtime/port.ts';
import { type Io, type Ports, withErr } from './ports.ts';
import type { State, StateDeclaration, StateKind } from './state.ts';
import type { Reject, Tools } from './tools.ts';

/** How many channels each `many` port has; 1 for any other connected port, 0 for one that is not connected. */
export type Arity = Readonly<Record<string, number>>;

export interface Example {
  readonly says: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Messages by input port (`in`, or `in[1]` on a many port), sent in order, then the input ends. */
  readonly given: Readonly<Record<string, readonly unknown[]>>;
  /** Messages by output port, exactly these in this order. A port not named must stay silent. */
  readonly gives: Readonly<Record<string, readonly unknown[]>>;
  /** Files there before (path to text), and after. */
  readonly files?: { readonly given?: Readonly<Record<string, string>>; readonly gives?: Readonly<Record<string, string>> };
}

/** What a process is handed when it starts. */
export interface RunContext<S, P extends Ports, V = unknown> extends Tools {
  readonly settings: S;
  readonly io: Io<ReturnType<typeof withErr<P>>>;
  readonly reject: Reject;
  readonly state: State<V>;
}

/** Names of ports, and `clock` for a time limit or a sleep. */
type Rests<P extends Ports> = readonly ((keyof P & string) | 'clock')[];

interface Declaration<S extends TObject, P extends Ports, V> {
  /** `<group>.<name>`, for ever. */
  readonly kind: string;
  /** Grows when the settings change shape; then `migrate` is there too. */
  readonly version: number;
  readonly title: string;
  readonly icon: string;
  readonly summary: string;
  readonly settings: S;
  readonly ports: P;
  /** CSPm text; a function where settings or the number of channels change the protocol. `docs/spec/contract.md`. */
  readonly contract: string | ((settings: Static<S>, arity: Arity) => string);
  readonly examples: readonly Example[];
  /** A check of settings that their schema cannot say, or undefined when all is well: pointer into the settings, and a sentence. */
  readonly check?: (settings: Static<S>) => { readonly pointer: string; readonly message: string } | undefined;
  /** Brings settings of an older version to the present one. */
  readonly migrate?: (settings: Readonly<Record<string, unknown>>, fromVersion: number) => Record<string, unknown>;
  /** What a process remembers besides its settings. */
  readonly state?: StateDeclaration<Static<S>, V>;
  /**
   * Where it rests: while it waits on these and on nothing else, its state is all it has, and it may be begun anew with that (S25).
   * A message offered at a rest is then made again. Left out, it never rests.
   */
  readonly rests?: Rests<P> | ((settings: Static<S>) => Rests<P>);
  /** The behaviour. Ends by returning: its outputs are then ended. An exception goes to the supervisor. */
  run(context: RunContext<Static<S>, P, V>): Operation<void>;
}

/** A component kind, types forgotten: what the catalogue holds and the host runs. */
export interface AnyComponent {
  readonly spec: ComponentSpec;
  /** The contract text of a node; settings may leave out defaults. */
  contractOf(settings: Readonly<Record<string, unknown>>, arity: Arity): string;
  readonly examples: readonly Example[];
  check(settings: Readonly<Record<string, unknown>>): { readonly pointer: string; readonly message: string } | undefined;
  migrate(settings: Readonly<Record<string, unknown>>, fromVersion: number): Record<string, unknown>;
  readonly state: StateKind;
  /** Where a node rests: ports, and `clock`; settings may leave out defaults. */
  restsOf(settings: Readonly<Record<string, unknown>>): readonly string[];
  run(context: RunContext<Record<string, unknown>, Ports>): Operation<void>;
}

/**
 * Declares a component kind: the only place where anything about it is said.
 *
 * From this come the palette, the settings form, request validation, the reference page, the checker's model, the
 * run-time monitor and the behaviour. See `docs/guide/write-a-component.md` for a whole one.
 */
export function defineComponent<S extends TObject, P extends Ports, V = undefined>(declared: Declaration<S, P, V>): AnyComponent {
  const { kind, version, title, icon, summary, settings, contract, examples } = declared;
  const ports = withErr(declared.ports);
  const contractOf: AnyComponent['contractOf'] = (given, arity) =>
    typeof contract === 'string' ? contract : contract(withDefaults({ settings }, given) as Static<S>, arity);
  const oneEach = Object.fromEntries(Object.keys(ports).map((name) => [name, 1]));
  const spec: ComponentSpec = {
    kind,
    version,
    title,
    icon,
    summary,
    settings,
    ports,
    contract: contractOf({}, oneEach),
    examples: examples.map(({ says, settings: set, given, gives }) => ({
      says,
      ...(set !== undefined && { settings: { ...set } }),
      given: mutable(given),
      gives: mutable(gives),
    })),
  };
  return {
    spec,
    contractOf,
    examples,
    check: (given) => declared.check?.(withDefaults({ settings }, given) as Static<S>),
    migrate: (given, fromVersion) => declared.migrate?.(given, fromVersion) ?? { ...given },
    state: { kind, declared: declared.state },
    restsOf(given) {
      const { rests = [] } = declared;
      return typeof rests === 'function' ? rests(withDefaults({ settings }, given) as Static<S>) : rests;
    },
    run: (context) => declared.run(context as unknown as RunContext<Static<S>, P, V>),
  };
}

function mutable(lists: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown[]> {
  return Object.fromEntries(Object.entries(lists).map(([port, list]) => [port, [...list]]));
}
