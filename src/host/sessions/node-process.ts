import { defineError, messageOf } from '#base/errors.ts';
import type { Copies, Growth } from '#kit/copies.ts';
import type { AnyComponent } from '#kit/define-component.ts';
import type { FailedMessage } from '#kit/ports.ts';
import { firstValue, holdsMore, type SavedState, type State, savedState } from '#kit/state.ts';
import type { Reject, Tools } from '#kit/tools.ts';
import { errPort } from '#model/component.ts';
import type { Connection, FailurePolicy, Node } from '#model/design.ts';
import { faultText } from '#model/sessions/session.ts';
import { never } from '#runtime/alt.ts';
import type { Network } from '#runtime/network.ts';
import type { Operation, Sender } from '#runtime/port.ts';
import type { ProcessPlan } from '#runtime/processes/process.ts';
import type { Ranking } from '#runtime/processes/strand.ts';
import { endAt, looseEnd } from './call-wiring.ts';
import type { AnyIo } from './conformance.ts';
import { tellingErr } from './failed-message.ts';
import type { Farms } from './farms.ts';

const messageRejected = defineError(
  'HOST_MESSAGE_REJECTED',
  'input',
  'A message could not be handled, and err is not connected.',
);

type Context = Parameters<AnyComponent['run']>[0];
type Settings = Record<string, unknown>;

const toolNames = ['clock', 'random', 'http', 'files', 'secret', 'log', 'metrics', 'signal'] as const satisfies (keyof Tools)[];

/** What the processes of one network share; not as closures, which would keep the design they are made from. */
export class Surroundings {
  readonly live: () => Network;
  readonly tools: (node: string) => Tools;
  /** Begins a life that is held against its contract (S82); undefined, or giving that, where none is. */
  readonly watch: ((node: string, io: AnyIo, run: (io: AnyIo) => Operation<void>) => Operation<void> | undefined) | undefined;
  /** Set before the network starts. */
  farms: Farms | undefined = undefined;

  constructor(live: () => Network, tools: (node: string) => Tools, watch: Surroundings['watch']) {
    this.live = live;
    this.tools = tools;
    this.watch = watch;
  }
}

/**
 * The process of a node. One object, and one more for each life: a network has thousands of them, so what they share is asked of what
 * they share it with, and what is rarely wanted is made when it is. For the same reason it has no private methods: V8 marks each
 * object of a class that has some.
 */
export class NodeProcess implements ProcessPlan {
  readonly id: string;
  readonly onFailure: FailurePolicy;
  readonly ranking: Ranking | undefined;
  readonly settings: Settings;
  readonly around: Surroundings;
  /** What it holds in its present life. */
  io: AnyIo | undefined = undefined;
  readonly #component: AnyComponent;
  /** Let go of when a further life holds the same ends as the one before. */
  #connections: readonly Connection[] | undefined;
  readonly #tellsErr: boolean;
  #life: Life | undefined = undefined;
  #rests: readonly string[] | undefined = undefined;

  constructor(node: Node, component: AnyComponent, settings: Settings, connections: readonly Connection[], around: Surroundings) {
    const { id, onFailure, priority = 'normal', weight = 1 } = node;
    this.id = id;
    this.onFailure = onFailure;
    this.ranking = priority === 'normal' && weight === 1 ? undefined : { priority, weight };
    this.settings = settings;
    this.around = around;
    this.#component = component;
    this.#connections = connections;
    this.#tellsErr = connections.some(({ from }) => from.node === id && from.port === errPort);
  }

  get rests(): readonly string[] {
    this.#rests ??= this.#component.restsOf(this.settings);
    return this.#rests;
  }

  body(from?: unknown): Operation<void> {
    const { id, around } = this;
    const value = firstValue(this.#component.state, this.settings, id, from as SavedState | undefined);
    const io = this.hold();
    const run = (own: AnyIo): Operation<void> => {
      this.#life = new Life(this, own, value);
      return this.#component.run(this.#life);
    };
    const life = around.watch?.(id, io, run) ?? run(io);
    const network = around.live();
    if (!this.#tellsErr || network.policyOf(id) !== 'skip') return life;
    return tellingErr(life, network.inputsOf(id), (original, error) => this.reject(io, original, error));
  }

  /** What it holds in its next life. */
  private hold(): AnyIo {
    const connections = this.#connections;
    if (connections === undefined) return this.io as AnyIo;
    const { ports } = this.#component.spec;
    const io = ioOf(this.id, ports, connections, this.around, this.io);
    this.io = io;
    const changes = this.around.farms?.none === false || Object.values(ports).some(({ protocol }) => protocol === 'call');
    if (!changes) this.#connections = undefined;
    return io;
  }

  save(): unknown {
    return this.#life === undefined ? undefined : savedState(this.#component.state, this.#life);
  }

  holds(): boolean {
    return this.#life !== undefined && holdsMore(this.#component.state, this.settings, this.#life);
  }

  /** H5. */
  *reject(io: AnyIo, original: unknown, error: unknown): Operation<void> {
    const code = (error as { code?: unknown } | null)?.code;
    const network = this.around.live();
    if (this.#tellsErr) {
      const err = (io as Readonly<Record<string, unknown>>)[errPort] as Sender<FailedMessage>;
      yield* err.send({
        error: { code: typeof code === 'string' ? code : 'FAILED', message: faultText(messageOf(error)) },
        original,
      });
    } else if (network.policyOf(this.id) === 'skip') {
      network.noteFailure(this.id, error);
    } else {
      throw error instanceof Error ? error : messageRejected({ detail: messageOf(error) });
    }
  }
}

/**
 * One life of a process: what it is handed when it starts, and what it remembers. All but that is asked for by getters, so that what
 * a component never looks at (mostly: all tools) is never made. They are properties of its own, because a component may spread it; the
 * same getters for all lives, so that V8 keeps them in their common shape and not in each.
 */
class Life implements Context, State<unknown> {
  declare readonly settings: Settings;
  declare readonly io: AnyIo;
  declare readonly state: State<unknown>;
  declare readonly reject: Reject;
  declare readonly growth: Growth | undefined;
  declare readonly copies: Copies | undefined;
  declare readonly clock: Tools['clock'];
  declare readonly random: Tools['random'];
  declare readonly http: Tools['http'];
  declare readonly files: Tools['files'];
  declare readonly secret: Tools['secret'];
  declare readonly log: Tools['log'];
  declare readonly metrics: Tools['metrics'];
  declare readonly signal: Tools['signal'];
  value: unknown;
  save: (() => unknown) | undefined = undefined;
  readonly #process: NodeProcess;
  readonly #io: AnyIo;
  #made: Tools | undefined = undefined;

  static readonly #handed: PropertyDescriptorMap = {
    ...given({
      settings: (life) => life.#process.settings,
      io: (life) => life.#io,
      state: (life) => life,
      reject: (life) => (original: unknown, error: unknown) => life.#process.reject(life.#io, original, error),
      growth: (life) => life.#process.around.farms,
      copies: (life) => life.#process.around.farms?.copiesOf(life.#process.id),
    }),
    ...given(Object.fromEntries(toolNames.map((name) => [name, (life: Life): unknown => Life.#toolsOf(life)[name]]))),
  };

  static #toolsOf(life: Life): Tools {
    life.#made ??= life.#process.around.tools(life.#process.id);
    return life.#made;
  }

  constructor(process: NodeProcess, io: AnyIo, value: unknown) {
    this.#process = process;
    this.#io = io;
    this.value = value;
    Object.defineProperties(this, Life.#handed);
  }
}

/** Getters by name, as descriptors. */
function given(getters: Readonly<Record<string, (life: Life) => unknown>>): PropertyDescriptorMap {
  const descriptor = ([name, get]: [string, (life: Life) => unknown]): [string, PropertyDescriptor] => [
    name,
    {
      enumerable: true,
      get(this: Life): unknown {
        return get(this);
      },
    },
  ];
  return Object.fromEntries(Object.entries(getters).map(descriptor));
}

/**
 * Where the other end is not there yet, `never` keeps the place: it is a guard that is never ready.
 *
 * @param connections of this node.
 * @param before what the node held in its last life. Ends of channels are got once: when the node goes on in another version of the
 *   design, they belong to other connections by themselves. Those of calls are others for each life.
 */
function ioOf(
  node: string,
  ports: AnyComponent['spec']['ports'],
  connections: readonly Connection[],
  { live, farms }: Surroundings,
  before: AnyIo | undefined,
): AnyIo {
  const io = Object.entries(ports).map(([name, port]) => {
    const ends: unknown[] = [];
    for (const { id, from, to } of connections) {
      const [here, there] = port.direction === 'in' ? [to, from] : [from, to];
      if (here.node !== node || here.port !== name) continue;
      while (ends.length <= here.index) ends.push(looseEnd(port));
      const presence = farms?.presence(there.node) ?? 'here';
      if (presence === 'later') ends[here.index] = never;
      if (presence !== 'here') continue;
      const held = (before as Readonly<Record<string, unknown>> | undefined)?.[name];
      const had = port.many ? (held as readonly unknown[] | undefined)?.[here.index] : held;
      ends[here.index] = had === undefined || had === never || port.protocol === 'call' ? endAt(port, id, live()) : had;
    }
    return [name, port.many ? ends : (ends[0] ?? looseEnd(port))];
  });
  return Object.fromEntries(io) as AnyIo;
}
