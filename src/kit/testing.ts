import { isDeepStrictEqual } from 'node:util';
import { ManualClock } from '#base/clock.ts';
import { messageOf } from '#base/errors.ts';
import { errPort } from '#model/component.ts';
import { withDefaults } from '#model/settings.ts';
import type { ChannelPlan } from '#runtime/channel.ts';
import { Network, type Outcome } from '#runtime/network.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import type { ProcessPlan } from '#runtime/process.ts';
import type { SavedNetwork } from '#runtime/saved-network.ts';
import { sleep } from '#runtime/sleep.ts';
import { discardSender, endedReceiver } from '#runtime/unconnected.ts';
import type { AnyComponent, Arity, Example } from './define-component.ts';
import type { FailedMessage } from './ports.ts';
import { rememberingPlan, type State } from './state.ts';
import { MemoryFiles } from './testing/memory-files.ts';
import { TracedReceiver, TracedSender } from './testing/traced.ts';
import type { Http, Reject, Tools } from './tools.ts';

/** What the tests of a component stand on: real channels and a real network around it, time by hand, files in memory. */

/** Tools a test can look into. */
export interface ManualTools extends Tools {
  readonly clock: ManualClock;
  readonly files: MemoryFiles;
  readonly logged: { readonly level: string; readonly message: string; readonly facts?: Readonly<Record<string, unknown>> }[];
  /** Counters and gauges by name. */
  readonly numbers: Map<string, number>;
}

/** Tools without the outside: a manual clock, files in memory, no network, random numbers that repeat. Any can be replaced. */
export function manualTools(given: Partial<Omit<Tools, 'clock' | 'files'>> & { files?: MemoryFiles } = {}): ManualTools {
  const clock = new ManualClock();
  const logged: ManualTools['logged'] = [];
  const numbers = new Map<string, number>();
  const noHttp: Http = async ({ url }) => {
    throw new TypeError(`this test has no network, so nothing answers at ${url}`);
  };
  return {
    clock,
    random: seeded(1),
    http: noHttp,
    secret: async () => undefined,
    log: (level, message, facts) => void logged.push({ level, message, ...(facts !== undefined && { facts }) }),
    metrics: {
      count: (name, by = 1) => void numbers.set(name, (numbers.get(name) ?? 0) + by),
      gauge: (name, value) => void numbers.set(name, value),
    },
    signal: new AbortController().signal,
    ...given,
    files: given.files ?? new MemoryFiles({}, () => clock.now()),
    logged,
    numbers,
  };
}

/** Numbers in [0, 1) that repeat for the same seed (mulberry32, public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Put among the messages given to an input: the next one is sent this much later. */
export class Pause {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

export function pause(ms: number): Pause {
  return new Pause(ms);
}

export interface RigOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Channels of each port; those left out: one on each port, none on `err` and on an optional input that is given nothing. */
  readonly arity?: Arity;
  readonly tools?: ManualTools;
  /** Reads only so many messages of an output (`out`, `out[1]`), then goes away; 0 goes away at once. */
  readonly takes?: Readonly<Record<string, number>>;
  /** Waits this long before each message is read from an output. */
  readonly slowMs?: Readonly<Record<string, number>>;
  /** Files that are there before, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** What ends a run of a component that would never end: the time, in milliseconds, after which it is stopped. */
  readonly stopAfterMs?: number;
  /** Lets time go on while outside work is under way, for work that itself waits for the clock. */
  readonly hasty?: boolean;
  /** After so many communications of the component everything is brought to rest, saved, and goes on in a fresh network. */
  readonly restoreAfter?: readonly number[];
}

/** What a run gave. */
export interface Ran {
  /** Messages by output: `out`, or `out[1]` on a many port. */
  readonly gives: Readonly<Record<string, readonly unknown[]>>;
  /** When each of them was read, in milliseconds of the manual clock. */
  readonly timesMs: Readonly<Record<string, readonly number[]>>;
  /** Events in the words of contracts, for `allows`. */
  readonly trace: readonly string[];
  /** How it ended; stuck: everybody waits for somebody. */
  readonly ended: Outcome | { readonly state: 'stuck' };
  readonly tools: ManualTools;
  /** The contract of the node as it was wired. */
  readonly contract: string;
  /** What was saved, each time everything came to rest. */
  readonly saved: readonly SavedNetwork[];
}

/** One component with real channels around it. */
export function rig(component: AnyComponent, options: RigOptions = {}): { run: (given?: Example['given']) => Promise<Ran> } {
  return { run: (given = {}) => new Run(component, options, given).run() };
}

const inner = 'component';

/** `port[index]` in its parts. */
function partsOf(name: string): { readonly port: string; readonly index: number } {
  const [, port = name, index = '0'] = /^([^[]+)\[(\d+)\]$/.exec(name) ?? [];
  return { port, index: Number(index) };
}

function arityOf({ spec }: AnyComponent, named: readonly string[], given: Arity): Arity {
  const arity: Record<string, number> = {};
  for (const [port, { direction, optional }] of Object.entries(spec.ports)) {
    const indexes = named.map(partsOf).filter((part) => part.port === port);
    const least = port === errPort || (optional && direction === 'in') ? 0 : 1;
    arity[port] = given[port] ?? Math.max(least, ...indexes.map(({ index }) => index + 1));
  }
  return arity;
}

/** What is given to an input: it lies outside, so that a restored run goes on with it. */
class Feed {
  readonly messages: Iterator<unknown>;
  next: IteratorResult<unknown>;

  constructor(messages: Iterator<unknown>) {
    this.messages = messages;
    this.next = messages.next();
  }
}

/** What a process around the component remembers: messages received, and when a wait ends. */
interface Around {
  number: number;
  dueMs: number | null;
}

class Run {
  readonly #component: AnyComponent;
  readonly #options: RigOptions;
  readonly #given: Example['given'];
  readonly #arity: Arity;
  readonly #tools: ManualTools;
  readonly #trace: string[] = [];
  readonly #gives: Record<string, unknown[]> = {};
  readonly #timesMs: Record<string, number[]> = {};
  readonly #outside = new Map<string, { readonly plan: ChannelPlan; readonly process: ProcessPlan }>();
  readonly #saved: SavedNetwork[] = [];
  readonly #restores: number[];
  readonly #feeds = new Map<string, Feed>();
  #network: Network;
  #freezing = false;

  constructor(component: AnyComponent, options: RigOptions, given: Example['given']) {
    this.#component = component;
    this.#options = options;
    this.#given = given;
    this.#tools = options.tools ?? manualTools();
    for (const [path, text] of Object.entries(options.files ?? {})) this.#tools.files.put(path, text);
    this.#arity = arityOf(component, Object.keys(given), options.arity ?? {});
    this.#restores = [...(options.restoreAfter ?? [])];
    for (const [port, { direction, many }] of Object.entries(component.spec.ports)) {
      for (let index = 0; index < (this.#arity[port] ?? 0); index++)
        this.#wire(many ? `${port}[${index}]` : port, direction, many ? index : 0);
    }
    this.#network = this.#make();
  }

  async run(): Promise<Ran> {
    let ended = await this.#toTheEnd();
    while (ended === 'frozen') {
      const saved = this.#network.changes.save();
      await this.#network.stop();
      this.#saved.push(saved);
      this.#network = this.#make(saved);
      ended = await this.#toTheEnd();
    }
    return {
      gives: this.#gives,
      timesMs: this.#timesMs,
      trace: this.#trace,
      ended,
      tools: this.#tools,
      contract: this.#component.contractOf(this.#options.settings ?? {}, this.#arity),
      saved: this.#saved,
    };
  }

  #make(saved?: SavedNetwork): Network {
    const settings = withDefaults(this.#component.spec, this.#options.settings ?? {});
    const begin = (state: State<unknown>): Operation<void> => this.#body(settings, state);
    const around = [...this.#outside.values()];
    const others = around.map(({ process }) => process);
    const component = { id: inner, onFailure: 'stop' as const, ...rememberingPlan(this.#component, settings, inner, begin) };
    return new Network({
      // What had been offered when it was saved is offered again before the component chooses.
      processes: saved === undefined ? [component, ...others] : [...others, component],
      channels: around.map(({ plan }) => plan),
      clock: this.#tools.clock,
      defer: (turn) => void setImmediate(turn),
      ...(saved !== undefined && { saved }),
    });
  }

  #wire(name: string, direction: 'in' | 'out', index: number): void {
    const id = `w-${name}`;
    const ours = { process: inner, port: name };
    const theirs = { process: name, port: direction === 'in' ? 'out' : 'in' };
    const [from, to] = direction === 'in' ? [theirs, ours] : [ours, theirs];
    if (direction === 'out') [this.#gives[name], this.#timesMs[name]] = [[], []];
    let at: Around = { number: 0, dueMs: null };
    const process: ProcessPlan = {
      id: name,
      onFailure: 'stop',
      rests: [theirs.port, 'clock'],
      body: (from) => {
        at = (from as Around | undefined) ?? { number: 0, dueMs: null };
        return direction === 'in' ? this.#feed(name, index, at) : this.#collect(name, at);
      },
      save: () => at,
    };
    this.#outside.set(name, { plan: { id, capacity: 0, policy: 'block', from, to }, process });
  }

  *#feed(name: string, index: number, at: Around): Operation<void> {
    const { port } = partsOf(name);
    const { sender } = this.#network.channel(`w-${name}`);
    const messages = this.#given[name] ?? (index === 0 ? this.#given[port] : undefined) ?? [];
    const feed = this.#feeds.get(name) ?? new Feed(messages[Symbol.iterator]());
    this.#feeds.set(name, feed);
    for (; feed.next.done !== true; feed.next = feed.messages.next()) {
      const { value: message } = feed.next;
      if (message instanceof Pause) {
        yield* this.#sleep(message.ms, at);
        at.dueMs = null;
      } else if (!(yield* sender.send(message))) return;
    }
  }

  *#collect(name: string, at: Around): Operation<void> {
    const { receiver } = this.#network.channel(`w-${name}`);
    const gives = this.#gives[name] as unknown[];
    const most = this.#options.takes?.[name] ?? Number.POSITIVE_INFINITY;
    const slowMs = this.#options.slowMs?.[name] ?? 0;
    for (; at.number < most; at.number++) {
      if (slowMs > 0) yield* this.#sleep(slowMs, at);
      const item = yield* receiver.receive();
      if (item.ended) return;
      at.dueMs = null;
      gives.push(item.value);
      this.#timesMs[name]?.push(this.#tools.clock.now());
    }
  }

  /** Once for each number, whatever comes between. */
  *#sleep(ms: number, at: Around): Operation<void> {
    const { clock } = this.#tools;
    at.dueMs ??= clock.now() + ms;
    yield* sleep(clock, at.dueMs - clock.now());
  }

  #record(event: string): void {
    this.#trace.push(event);
    if (this.#trace.length !== this.#restores[0]) return;
    this.#restores.shift();
    void this.#network.pause();
  }

  *#body(settings: Record<string, unknown>, state: State<unknown>): Operation<void> {
    const senders: TracedSender<unknown>[] = [];
    const record = (event: string): void => this.#record(event);
    const io: Record<string, unknown> = {};
    for (const [port, { direction, many }] of Object.entries(this.#component.spec.ports)) {
      const count = this.#arity[port] ?? 0;
      const ends = Array.from({ length: many ? count : 1 }, (_, index) => {
        const channel = count === 0 ? undefined : this.#network.channel(`w-${many ? `${port}[${index}]` : port}`);
        const event = many ? `${port}.${index}` : port;
        if (direction === 'in')
          return new TracedReceiver((channel?.receiver ?? endedReceiver()) as Receiver<unknown>, event, record);
        const sender = new TracedSender((channel?.sender ?? discardSender()) as Sender<unknown>, event, record);
        if (port !== errPort) senders.push(sender);
        return sender;
      });
      io[port] = many ? ends : ends[0];
    }
    const err = (this.#arity[errPort] ?? 0) > 0 ? (io[errPort] as Sender<FailedMessage>) : undefined;
    yield* this.#component.run({ ...this.#tools, settings, io: io as never, state, reject: rejectTo(err) });
    // A generator stopped inside another whose finally awaits something goes on here as if that had returned.
    if (this.#network.state !== 'stopping' && !this.#freezing) for (const sender of senders) sender.close();
  }

  // Turns of the network come by setImmediate; between two of them it is seen whether all it waits for is the clock.
  async #toTheEnd(): Promise<Ran['ended'] | 'frozen'> {
    const network = this.#network;
    let ended: Ran['ended'] | 'frozen' | undefined;
    void network.outcome.then((outcome) => (ended ??= outcome));
    const { clock } = this.#tools;
    network.start();
    while (ended === undefined) {
      await nextTurn(this.#waitsOutside(network));
      if (network.state === 'paused') {
        this.#freezing = true;
        void network.changes.freeze().then(({ ok }) => {
          this.#freezing = false;
          if (ok) ended ??= 'frozen';
        });
        network.resume();
        continue;
      }
      if (ended !== undefined || network.processes().some(({ state }) => state === 'running')) continue;
      if (network.stuck !== undefined) {
        ended = { state: 'stuck' };
        await network.stop();
      } else if (clock.now() >= (this.#options.stopAfterMs ?? Number.POSITIVE_INFINITY)) {
        await network.stop();
      } else if (clock.pending > 0 && (this.#options.hasty === true || !this.#waitsOutside(network))) {
        clock.advanceToNext();
      }
    }
    return ended;
  }

  #waitsOutside(network: Network): boolean {
    return network.processes().some(({ waitingFor }) => waitingFor.includes('outside'));
  }
}

function nextTurn(outside: boolean): Promise<void> {
  return new Promise((resolve) => (outside ? setTimeout(resolve, 1) : setImmediate(resolve)));
}

function rejectTo(err: Sender<FailedMessage> | undefined): Reject {
  return function* reject(original, error) {
    if (err === undefined) throw error instanceof Error ? error : new Error(messageOf(error));
    const code = (error as { code?: unknown } | null)?.code;
    yield* err.send({ error: { code: typeof code === 'string' ? code : 'FAILED', message: messageOf(error) }, original });
  };
}

/** Runs an example as it is written, and says in sentences where it does not hold; none is right. */
export async function runExample(
  component: AnyComponent,
  example: Example,
  tools?: ManualTools,
): Promise<{ readonly faults: readonly string[]; readonly ran: Ran }> {
  const used = tools ?? manualTools();
  const arity = { ...arityOf(component, [...Object.keys(example.given), ...Object.keys(example.gives)], {}), [errPort]: 1 };
  const settings = example.settings ?? {};
  const ran = await rig(component, { settings, arity, tools: used, files: example.files?.given ?? {} }).run(example.given);
  const faults: string[] = [];
  if (ran.ended.state !== 'completed') faults.push(`it ended ${JSON.stringify(ran.ended)}`);
  const wanted = new Map(Object.entries(example.gives).map(([name, list]) => [nameOf(component, name), list]));
  for (const [name, got] of Object.entries(ran.gives)) {
    const list = wanted.get(name) ?? [];
    if (!isDeepStrictEqual(got, list)) faults.push(`${name} gave ${JSON.stringify(got)}, not ${JSON.stringify(list)}`);
  }
  const texts = used.files.texts();
  for (const [path, text] of Object.entries(example.files?.gives ?? {}))
    if (texts[path] !== text) faults.push(`${path} holds ${JSON.stringify(texts[path])}, not ${JSON.stringify(text)}`);
  return { faults, ran };
}

/** `out` on a many port is its first channel. */
function nameOf({ spec }: AnyComponent, name: string): string {
  const { port, index } = partsOf(name);
  return spec.ports[port]?.many === true ? `${port}[${index}]` : name;
}
