import type { Static, TObject } from 'typebox';
import { defineError } from '#base/errors.ts';
import { type ComponentSpec, errPort, type Nesting } from '#model/component.ts';
import { withDefaults } from '#model/settings.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import { type Afterwards, type Stepper, Stepping } from '#runtime/processes/stepping.ts';
import type { Copies, Growth } from './copies.ts';
import { type Io, type Ports, withErr } from './ports.ts';
import type { State, StateDeclaration, StateKind } from './state.ts';
import type { Reject, Tools } from './tools.ts';

const noBehaviour = defineError(
  'KIT_NO_BEHAVIOUR',
  'bug',
  'A component kind declares neither run nor steps, or steps with more than one input or with calls.',
);

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
  /** Of the processes around the copies of a farm alone. */
  readonly copies?: Copies | undefined;
  /** Of a process whose `io` may grow. */
  readonly growth?: Growth | undefined;
  readonly state: State<V>;
}

/** Names of ports, and `clock` for a time limit or a sleep. */
type Rests<P extends Ports> = readonly ((keyof P & string) | 'clock')[];

/** What a step has leave, when it is over: a function a port, or a list of them for a `many` port. */
export type Emits<P extends Ports> = {
  readonly [N in keyof P as P[N] extends { readonly direction: 'out' } ? N : never]: Io<P>[N] extends readonly Sender<infer T>[]
    ? readonly ((message: T) => void)[]
    : Io<P>[N] extends Sender<infer T>
      ? (message: T) => void
      : never;
};

/** What a process that steps is handed when it starts. */
export interface StepContext<S, P extends Ports, V = unknown> extends Omit<RunContext<S, P, V>, 'io' | 'reject'> {
  readonly emit: Emits<ReturnType<typeof withErr<P>>>;
  /** Rejects the message: see `Reject`. */
  readonly refuse: (original: unknown, error: unknown) => void;
}

/** The behaviour of a component with one input that handles a message without waiting. */
export interface Steps<M> {
  step(message: M): void;
  /** The input is at its end: the last chance to emit. */
  end?(): void;
}

export interface Declaration<S extends TObject, P extends Ports, V> {
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
  run?(context: RunContext<Static<S>, P, V>): Operation<void>;
  /** The behaviour instead of `run`, where it takes one message after the other from the only input and never waits: it costs less. */
  steps?(context: StepContext<Static<S>, P, V>): Steps<never>;
}

/** A component kind, types forgotten: what the catalogue holds and the host runs. */
export interface AnyComponent {
  readonly spec: ComponentSpec;
  /** The contract text of a node; settings may leave out defaults. */
  contractOf(settings: Readonly<Record<string, unknown>>, arity: Arity): string;
  /** The settings that text was made of: while they stay, it does. Undefined: all of them. */
  contractReads(settings: Readonly<Record<string, unknown>>, arity: Arity): readonly string[] | undefined;
  readonly examples: readonly Example[];
  check(settings: Readonly<Record<string, unknown>>): { readonly pointer: string; readonly message: string } | undefined;
  migrate(settings: Readonly<Record<string, unknown>>, fromVersion: number): Record<string, unknown>;
  readonly state: StateKind;
  /** Where a node rests: ports, and `clock`; settings may leave out defaults. */
  restsOf(settings: Readonly<Record<string, unknown>>): readonly string[];
  run(context: RunContext<Record<string, unknown>, Ports>): Operation<void>;
  /** Of a kind that stands for other nodes (D10): for which. It has no contract and no behaviour of its own. */
  nesting?(settings: Readonly<Record<string, unknown>>): Nesting;
  /** Kinds that only its expansion uses; nobody can draw them. */
  readonly parts?: readonly AnyComponent[];
  /** The function its author wrote for it: a profile finds the work of a kind by where that is. */
  readonly behaviour: unknown;
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
    ...(typeof contract === 'string' && { contractFixed: true }),
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
    contractReads(given, arity) {
      if (typeof contract === 'string') return [];
      const { watched, reads } = watch(withDefaults({ settings }, given));
      contract(watched as Static<S>, arity);
      return reads();
    },
    examples,
    check: (given) => declared.check?.(withDefaults({ settings }, given) as Static<S>),
    migrate: (given, fromVersion) => declared.migrate?.(given, fromVersion) ?? { ...given },
    state: { kind, declared: declared.state },
    restsOf(given) {
      const { rests = nowhere } = declared;
      return typeof rests === 'function' ? rests(withDefaults({ settings }, given) as Static<S>) : rests;
    },
    run: behaviourOf(declared, ports),
    behaviour: declared.run ?? declared.steps,
  };
}

/** One list for all that never rest: each node keeps it. */
const nowhere: readonly never[] = [];

// Which fields of an object are read, as long as each is asked for by its name.
function watch(object: Record<string, unknown>): { watched: object; reads: () => readonly string[] | undefined } {
  const names = new Set<string>();
  let all = false;
  const everything =
    <R>(does: (target: object) => R) =>
    (target: object): R => {
      all = true;
      return does(target);
    };
  const watched = new Proxy(object, {
    get(target, name) {
      if (typeof name === 'string') names.add(name);
      return Reflect.get(target, name);
    },
    has(target, name) {
      names.add(String(name));
      return Reflect.has(target, name);
    },
    ownKeys: everything(Reflect.ownKeys),
  });
  return { watched, reads: () => (all ? undefined : [...names]) };
}

function behaviourOf<S extends TObject, P extends Ports, V>(
  { kind, run, steps }: Declaration<S, P, V>,
  ports: Ports,
): AnyComponent['run'] {
  if (run !== undefined) return (context) => run(context as unknown as RunContext<Static<S>, P, V>);
  const [input, ...others] = Object.entries(ports).filter(([, { direction }]) => direction === 'in');
  const calls = Object.values(ports).some(({ protocol }) => protocol === 'call');
  if (steps === undefined || input === undefined || others.length > 0 || input[1].many || calls)
    throw noBehaviour({ facts: { kind } });
  const outputs = Object.keys(ports).filter((name) => ports[name]?.direction === 'out');
  return ({ io, reject, ...tools }) => {
    const ends = io as Readonly<Record<string, Receiver<unknown> | Sender<unknown> | readonly Sender<unknown>[]>>;
    const wanted = outputs.filter((name) => name !== errPort).flatMap((name) => ends[name] as Sender<unknown>);
    return new Stepping(ends[input[0]] as Receiver<unknown>, wanted, (afterwards) => {
      const emit = Object.fromEntries(outputs.map((name) => [name, emitterOf(ends[name] as Sender<unknown>, afterwards)]));
      const refuse = (original: unknown, error: unknown): void => afterwards.perform(reject(original, error));
      return steps({ ...tools, emit, refuse } as never) as Stepper;
    }) as unknown as Operation<void>;
  };
}

type Emitter = (message: unknown) => void;

function emitterOf(out: Sender<unknown> | readonly Sender<unknown>[], afterwards: Afterwards): Emitter | Emitter[] {
  const one =
    (end: Sender<unknown>): Emitter =>
    (message) =>
      afterwards.send(end, message);
  return Array.isArray(out) ? out.map(one) : one(out as Sender<unknown>);
}

function mutable(lists: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown[]> {
  return Object.fromEntries(Object.entries(lists).map(([port, list]) => [port, [...list]]));
}
