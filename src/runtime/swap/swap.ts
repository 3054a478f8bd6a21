import type { SwapReport } from '#model/sessions/session.ts';
import type { Call } from '#runtime/channels/call.ts';
import { Channel } from '#runtime/channels/channel.ts';
import type { Process, ProcessPlan } from '#runtime/processes/process.ts';
import { Drain } from './drain.ts';
import { callsAtOdds, channelsOfCalls } from './swap-calls.ts';
import { loopsOf } from './swap-loops.ts';
import { type Outline, outlineOf, type SwapPlan } from './swap-outline.ts';

/** What came of a swap that was asked for. A refusal leaves everything as it was. */
export type Swapped = { readonly ok: true; readonly report: SwapReport } | ({ readonly ok: false } & SwapRefusal);

interface SwapRefusal {
  readonly nodes: readonly string[];
  readonly connections: readonly string[];
  readonly message: string;
}

/** What a swap needs of its network. */
export interface Swappable {
  readonly processes: Map<string, Process>;
  readonly channels: Map<string, Channel>;
  readonly calls: ReadonlyMap<string, Call>;
  /** True while nothing can go on and nothing is awaited from the clock or the outside. */
  readonly idle: () => boolean;
  /** True while nothing can go on at once. */
  readonly quiet: () => boolean;
  readonly make: (plan: ProcessPlan) => Process;
}

/** Communications of the network for which a swap waits until what it needs at rest is so. */
const mostMoves = 20_000;
/** The same for a process that would hand over what it remembers; drained is then good enough. */
const patience = 2_000;

/**
 * Makes a running network another one (S29 to S34). Nobody who stays is stopped: between two communications the ends of wires are
 * given to other wires, with whoever is parked there. It takes effect at one moment; what is in the wires that go, and in the
 * processes that go, drains afterwards.
 *
 * `look` is to be called after each turn, and once nothing can go on.
 */
export class Swap {
  readonly answer: Promise<Swapped>;
  readonly #settle: (answer: Swapped) => void;
  readonly #network: Swappable;
  readonly #plan: SwapPlan;
  #moves = 0;
  #drain: Drain | undefined;
  #over = false;

  constructor(network: Swappable, plan: SwapPlan) {
    const { promise, resolve } = Promise.withResolvers<Swapped>();
    this.answer = promise;
    this.#settle = resolve;
    this.#network = network;
    this.#plan = plan;
  }

  /** Processes that leave, and have not ended. */
  get leaving(): readonly Process[] {
    return this.#drain?.leaving ?? [];
  }

  /** Channels that go, and are not empty yet. */
  get draining(): readonly Channel[] {
    return this.#drain?.draining ?? [];
  }

  /** True from the moment it takes effect. */
  get begun(): boolean {
    return this.#drain !== undefined;
  }

  /** How it must be looked again: after each communication, after each turn, or no more. */
  look(): 'closely' | 'often' | 'no more' {
    if (this.#over) return 'no more';
    if (this.#drain === undefined) this.#tryToBegin();
    const next = this.#drain?.look() ?? 'closely';
    if (next === 'no more') this.#over = true;
    return this.#over ? 'no more' : next;
  }

  /** Gives it up, unless it has taken effect. */
  cancel(message: string): void {
    if (this.#drain === undefined) this.#refuse({ nodes: [], connections: [], message });
  }

  #tryToBegin(): void {
    const { processes, channels, calls } = this.#network;
    const ofCalls = channelsOfCalls(calls);
    const plain = new Map([...channels].filter(([, channel]) => !ofCalls.has(channel)));
    const outline = outlineOf({ processes, channels: plain }, this.#plan);
    const odds = callsAtOdds(calls, this.#plan.calls, outline.leaving);
    if (odds !== undefined) {
      this.#refuse(odds);
      return;
    }
    const loops = loopsOf(outline, processes);
    this.#moves++;
    const idle = this.#network.idle();
    if (!loops.quiet) {
      if (idle || this.#moves > mostMoves) this.#refuse(loops);
      return;
    }
    const heirs = this.#heirs(outline);
    if (!heirs.every(({ atRest }) => atRest) && !idle && this.#moves <= patience) return;
    const handsOver = new Set(heirs.filter(({ atRest, id }) => atRest && !loops.members.has(id)).map(({ id }) => id));
    this.#begin(outline, handsOver, loops.members);
  }

  /** Processes that would hand over what they remember: nothing may still come to them that their successor would not get. */
  #heirs({ leaving, removed }: Outline): Process[] {
    const awaited = (channel: Channel): boolean => channel.holds || leaving.has(channel.plan.from.process);
    return [...this.#plan.handsOver].flatMap((id) => {
      const process = this.#network.processes.get(id);
      if (process === undefined || !process.canRest || process.over || !leaving.has(id)) return [];
      return process.inputs.some((channel) => removed.has(channel) && awaited(channel)) ? [] : [process];
    });
  }

  #begin(outline: Outline, handsOver: ReadonlySet<string>, looped: ReadonlySet<string>): void {
    const { processes, channels, quiet } = this.#network;
    const old = [...outline.leaving].map((id) => processes.get(id) as Process);
    const gone = old.filter((process) => !process.over && !handsOver.has(process.id)).map(({ id }) => id);
    const stops = new Set(gone.filter((id) => looped.has(id) || processes.get(id)?.inputs.length === 0));
    const report = {
      kept: [...processes.keys()].filter((id) => !outline.leaving.has(id)),
      handedOver: [...handsOver],
      drained: gone.filter((id) => !stops.has(id)),
      closed: [...stops],
      started: outline.coming.map(({ id }) => id),
    };
    for (const process of old) {
      process.isLeaving = true;
      if (handsOver.has(process.id)) process.layDown();
    }
    const successors = this.#presentProcesses(outline);
    this.#presentChannels(outline);
    this.#drain = new Drain({ ...outline, processes, channels, old, successors, stops, quiet });
    const draining = this.#drain.draining.filter(({ holds }) => holds).map(({ id }) => id);
    this.#settle({ ok: true, report: { ...report, draining } });
  }

  /** Puts the processes of the plan in the place of those there were; gives the new ones. */
  #presentProcesses({ coming }: Outline): ReadonlyMap<string, Process> {
    const { processes, make } = this.#network;
    const before = new Map(processes);
    const made = new Map(coming.map((plan) => [plan.id, make(plan)]));
    processes.clear();
    for (const { id, onFailure } of this.#plan.processes) {
      const process = made.get(id) ?? (before.get(id) as Process);
      process.onFailure = onFailure;
      processes.set(id, process);
    }
    return made;
  }

  #presentChannels({ kept }: Outline): void {
    const { processes, channels, calls } = this.#network;
    const ofCalls = channelsOfCalls(calls);
    const fixed = [...channels].filter(([, channel]) => ofCalls.has(channel));
    const stay = new Map([...kept.keys()].map((channel) => [channel.id, channel]));
    channels.clear();
    for (const [id, channel] of fixed) channels.set(id, channel);
    for (const plan of this.#plan.channels)
      channels.set(plan.id, stay.get(plan.id) ?? new Channel(plan, processes.get(plan.to.process)?.account));
  }

  #refuse(refusal: SwapRefusal): void {
    if (this.#over) return;
    this.#over = true;
    this.#settle({ ok: false, ...refusal });
  }
}
