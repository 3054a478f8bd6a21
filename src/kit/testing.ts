import { isDeepStrictEqual } from 'node:util';
import { ManualClock } from '#base/clock.ts';
import { randomFrom } from '#base/random.ts';
import { compile } from '#contract/compile.ts';
import { errPort, type PortSpec } from '#model/component.ts';
import { withDefaults } from '#model/settings.ts';
import { goneCaller, type Server } from '#runtime/channels/call.ts';
import type { ChannelPlan } from '#runtime/channels/channel.ts';
import { discardSender, endedReceiver } from '#runtime/channels/unconnected.ts';
import { Network, type Outcome } from '#runtime/network.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import type { ProcessPlan } from '#runtime/processes/process.ts';
import type { SavedNetwork } from '#runtime/swap/saved-network.ts';
import type { AnyComponent, Arity, Example } from './define-component.ts';
import type { FailedMessage } from './ports.ts';
import { rememberingPlan, type State } from './state.ts';
import { MemoryFiles } from './testing/memory-files.ts';
import { type Around, answer, ask, collect, Feed, feed, Impatient, type Part, Pause, rejectTo } from './testing/outside.ts';
import type { Http, Tools } from './tools.ts';
import { TracedCaller, TracedReceiver, TracedSender, tracedServer } from './traced.ts';

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
    random: randomFrom(1),
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

/** Put among the messages given to a port: the next one comes this much later. */
export function pause(ms: number): Pause {
  return new Pause(ms);
}

/** Put among the requests given to a serving port: the client waits at most this long for the reply. */
export function impatient(request: unknown, deadlineMs: number): Impatient {
  return new Impatient(request, deadlineMs);
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
  /** Messages by output: `out`, or `out[1]` on a many port. Of a serving port the answers, of an asking one the requests. */
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

/** What stands at the other end of a port. */
interface Outside {
  readonly plan: ChannelPlan;
  readonly call: boolean;
  readonly process: ProcessPlan;
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
  readonly #outside = new Map<string, Outside>();
  readonly #callers = new Map<string, TracedCaller<unknown, unknown>>();
  readonly #feeds = new Map<string, Feed>();
  readonly #saved: SavedNetwork[] = [];
  readonly #restores: number[];
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
    for (const [port, spec] of Object.entries(component.spec.ports)) {
      for (let index = 0; index < (this.#arity[port] ?? 0); index++)
        this.#wire(spec.many ? `${port}[${index}]` : port, spec, spec.many ? index : 0);
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
      contract: this.#contract(),
      saved: this.#saved,
    };
  }

  #make(saved?: SavedNetwork): Network {
    const settings = withDefaults(this.#component.spec, this.#options.settings ?? {});
    const begin = (state: State<unknown>): Operation<void> => this.#body(settings, state);
    const around = [...this.#outside.values()];
    const others = around.map(({ process }) => process);
    const component = { id: inner, onFailure: 'stop' as const, ...rememberingPlan(this.#component, settings, inner, begin) };
    const plans = (call: boolean): ChannelPlan[] => around.filter((one) => one.call === call).map(({ plan }) => plan);
    return new Network({
      // What had been offered when it was saved is offered again before the component chooses.
      processes: saved === undefined ? [component, ...others] : [...others, component],
      channels: plans(false),
      calls: plans(true),
      clock: this.#tools.clock,
      defer: (turn) => void setImmediate(turn),
      ...(saved !== undefined && { saved }),
    });
  }

  #wire(name: string, { direction, protocol }: PortSpec, index: number): void {
    const id = `w-${name}`;
    const ours = { process: inner, port: name };
    const theirs = { process: name, port: direction === 'in' ? 'out' : 'in' };
    const [from, to] = direction === 'in' ? [theirs, ours] : [ours, theirs];
    const call = protocol === 'call';
    let at: Around = { count: 0, dueMs: null };
    const process: ProcessPlan = {
      id: name,
      onFailure: 'stop',
      rests: call ? [] : [theirs.port, 'clock'],
      body: (from) => {
        at = (from as Around | undefined) ?? { count: 0, dueMs: null };
        return this.#part(name, index, { direction, call, at });
      },
      save: () => at,
    };
    this.#outside.set(name, { plan: { id, capacity: 0, policy: 'block', from, to }, call, process });
  }

  #part(
    name: string,
    index: number,
    { direction, call: isCall, at }: { direction: 'in' | 'out'; call: boolean; at: Around },
  ): Operation<void> {
    const messages = this.#messages(name, index);
    const given = this.#feeds.get(name) ?? new Feed(isCall ? [] : messages);
    this.#feeds.set(name, given);
    const part: Part = {
      clock: this.#tools.clock,
      messages,
      given,
      at,
      most: this.#options.takes?.[name] ?? Number.POSITIVE_INFINITY,
      slowMs: this.#options.slowMs?.[name] ?? 0,
      taken: () => this.#callers.get(name)?.taken(),
      note: isCall || direction === 'out' ? this.#notes(name) : () => undefined,
    };
    const id = `w-${name}`;
    if (isCall) {
      const call = this.#network.call(id);
      return direction === 'in' ? ask(call.caller(), part) : answer(call.server(), part);
    }
    const { sender, receiver } = this.#network.channel(id);
    return direction === 'in' ? feed(sender, part) : collect(receiver, part);
  }

  #messages(name: string, index: number): readonly unknown[] {
    return this.#given[name] ?? (index === 0 ? this.#given[partsOf(name).port] : undefined) ?? [];
  }

  #notes(name: string): (message: unknown) => void {
    const [gives, timesMs] = [this.#gives[name] ?? [], this.#timesMs[name] ?? []];
    [this.#gives[name], this.#timesMs[name]] = [gives, timesMs];
    return (message) => {
      gives.push(message);
      timesMs.push(this.#tools.clock.now());
    };
  }

  *#body(settings: Record<string, unknown>, state: State<unknown>): Operation<void> {
    const outputs: { close(): void }[] = [];
    const io: Record<string, unknown> = {};
    for (const [port, spec] of Object.entries(this.#component.spec.ports)) {
      const count = this.#arity[port] ?? 0;
      const ends = Array.from({ length: spec.many ? count : 1 }, (_, index) => {
        const name = spec.many ? `${port}[${index}]` : port;
        const event = spec.many ? `${port}.${index}` : port;
        const end = spec.protocol === 'call' ? this.#callEnd(name, event, spec, count) : this.#end(name, event, spec, count);
        if ('close' in end && port !== errPort) outputs.push(end);
        return end;
      });
      io[port] = spec.many ? ends : ends[0];
    }
    const err = (this.#arity[errPort] ?? 0) > 0 ? (io[errPort] as Sender<FailedMessage>) : undefined;
    yield* this.#component.run({ ...this.#tools, settings, io: io as never, state, reject: rejectTo(err) });
    // A generator stopped inside another whose finally awaits something goes on here as if that had returned.
    if (this.#network.state !== 'stopping' && !this.#freezing) for (const output of outputs) output.close();
  }

  readonly #record = (event: string): void => {
    this.#trace.push(event);
    if (this.#trace.length !== this.#restores[0]) return;
    this.#restores.shift();
    void this.#network.pause();
  };

  #end(name: string, event: string, { direction }: PortSpec, count: number): TracedReceiver<unknown> | TracedSender<unknown> {
    const channel = count === 0 ? undefined : this.#network.channel(`w-${name}`);
    if (direction === 'in')
      return new TracedReceiver((channel?.receiver ?? endedReceiver()) as Receiver<unknown>, event, this.#record);
    return new TracedSender((channel?.sender ?? discardSender()) as Sender<unknown>, event, this.#record);
  }

  #callEnd(
    name: string,
    event: string,
    { direction }: PortSpec,
    count: number,
  ): Server<unknown, unknown> | TracedCaller<unknown, unknown> {
    const call = count === 0 ? undefined : this.#network.call(`w-${name}`);
    if (direction === 'in') return tracedServer(call?.server() ?? endedReceiver(), event, this.#record, this.#tellsQuit(event));
    const caller = new TracedCaller(call?.caller() ?? goneCaller(), event, this.#record);
    this.#callers.set(name, caller);
    return caller;
  }

  #tellsQuit(event: string): boolean {
    const compiled = compile(this.#contract());
    return compiled.ok && compiled.lts.labels.includes(`${event}.quit`);
  }

  #contract(): string {
    return this.#component.contractOf(this.#options.settings ?? {}, this.#arity);
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
