import { defineError } from '#base/errors.ts';
import type { SessionState } from '#model/sessions/session.ts';
import type { Call } from '#runtime/channels/call.ts';
import type { Channel } from '#runtime/channels/channel.ts';
import type { Process, ProcessPlan } from '#runtime/processes/process.ts';
import type { Scheduler } from '#runtime/scheduler.ts';
import { Freeze, type Frozen } from './freeze.ts';
import { copied, copiedState, type SavedNetwork } from './saved-network.ts';
import { Swap, type Swapped } from './swap.ts';
import type { SwapPlan } from './swap-outline.ts';

const notFrozen = defineError(
  'RUNTIME_NOT_FROZEN',
  'bug',
  'A network is saved only while all its processes are at rest: freeze it first.',
);

/** What changes need of their network. */
export interface Changed {
  readonly state: SessionState;
  readonly processes: Map<string, Process>;
  readonly channels: Map<string, Channel>;
  readonly calls: ReadonlyMap<string, Call>;
  readonly scheduler: Scheduler;
  /** True while nodes or connections are held. */
  holding(): boolean;
  make(plan: ProcessPlan): Process;
  /** A swap has taken effect. */
  begun(): void;
  /** Nothing is left of what a swap has replaced. */
  swapped(): void;
}

/** What is done to a running network as a whole: it comes to rest, is saved, becomes another one. Rules S25… in `docs/spec/session.md`. */
export class Changes {
  readonly #network: Changed;
  #freeze: Freeze | undefined;
  #swap: Swap | undefined;

  constructor(network: Changed) {
    this.#network = network;
  }

  /** Brings every process to rest (S27); until `thaw` nothing goes on. Resolves with a refusal when the run ends meanwhile. */
  freeze(): Promise<Frozen> {
    const { processes, channels, scheduler } = this.#network;
    this.#freeze ??= new Freeze({ processes, channels, idle: () => scheduler.idle });
    const { answer } = this.#freeze;
    scheduler.watch(() => this.#lookAtFreeze(), true);
    if (!scheduler.turning) this.#lookAtFreeze();
    return answer;
  }

  /** Goes on after a freeze, or gives it up; as if it had not been. */
  thaw(): void {
    this.#freeze?.cancel();
    this.#lookAtFreeze();
    this.#freeze = undefined;
    for (const process of this.#network.processes.values()) process.takeUp();
  }

  /**
   * Everything that a network of the same plan goes on from (`saved`): copies, nothing is changed by it. Only while frozen.
   *
   * @throws RUNTIME_NOT_FROZEN, RUNTIME_STATE_NOT_PLAIN, RUNTIME_MESSAGE_NOT_PLAIN.
   */
  save(): SavedNetwork {
    const processes = [...this.#network.processes.values()];
    if (processes.some((process) => !process.lies && !process.over)) throw notFrozen();
    return {
      processes: Object.fromEntries(processes.map((process) => [process.id, copiedState(process.id, process.save())])),
      channels: Object.fromEntries([...this.#network.channels].map(([id, channel]) => [id, copied(id, channel.save())])),
    };
  }

  /**
   * Makes this network another one while it runs (S29). Resolves when that has taken effect, or was refused and nothing has changed;
   * what goes drains afterwards: `swapping`.
   */
  swap(plan: SwapPlan): Promise<Swapped> {
    const hindrance = this.#hindrance();
    if (hindrance !== undefined) return Promise.resolve({ ok: false, nodes: [], connections: [], message: hindrance });
    const { processes, channels, calls, scheduler, make } = this.#network;
    const [idle, quiet] = [(): boolean => scheduler.idle, (): boolean => scheduler.quiet];
    this.#swap = new Swap({ processes, channels, calls, idle, quiet, make }, plan);
    const { answer } = this.#swap;
    this.#lookAtSwap(this.#swap);
    return answer;
  }

  /** Gives up a swap that has not taken effect; it is then refused with these words. */
  cancelSwap(message: string): void {
    this.#swap?.cancel(message);
    if (this.#swap !== undefined && !this.#network.scheduler.turning) this.#lookAtSwap(this.#swap);
  }

  /** What a swap has left behind that is not over: processes, and connections with messages. Undefined when nothing. */
  get swapping(): { readonly nodes: readonly string[]; readonly connections: readonly string[] } | undefined {
    if (this.#swap?.begun !== true) return undefined;
    const connections = this.#swap.draining.filter(({ holds }) => holds).map(({ id }) => id);
    return { nodes: this.#swap.leaving.map(({ id }) => id), connections };
  }

  /** Processes that a swap takes out, and have not ended. */
  get leaving(): readonly Process[] {
    return this.#swap?.leaving ?? [];
  }

  /** Channels that a swap takes out, and whose messages have not all been received. */
  get draining(): readonly Channel[] {
    return this.#swap?.draining ?? [];
  }

  /** True while it is being found out whether the network can rest, or be changed: it is not stuck then. */
  get deciding(): boolean {
    return this.#freeze !== undefined || this.#swap?.begun === false;
  }

  /** The run ends. */
  end(): void {
    if (this.#freeze !== undefined) this.thaw();
    this.#swap?.cancel('The session ends.');
    this.#network.scheduler.watch(undefined, false);
  }

  #hindrance(): string | undefined {
    const { state } = this.#network;
    if (state !== 'running' && state !== 'paused')
      return `The session is ${state}; only one that runs or is paused can be changed.`;
    if (this.#freeze !== undefined) return 'The session is being saved. Try again when that is done.';
    if (this.#network.holding()) return 'Nodes or connections are held. Let them go on, then try again.';
    if (this.#swap === undefined) return undefined;
    const { nodes, connections } = this.swapping ?? { nodes: [], connections: [] };
    const left = [...nodes, ...connections].join(', ') || 'it waits';
    return `The change before this one is still under way: ${left}. Try again when that is done.`;
  }

  #lookAtSwap(swap: Swap): void {
    const had = swap.begun;
    const next = swap.look();
    if (swap.begun && !had) this.#network.begun();
    if (next === 'no more') this.#swap = undefined;
    this.#network.scheduler.watch(next === 'no more' ? undefined : () => this.#lookAtSwap(swap), next === 'closely');
    if (next === 'no more' && swap.begun) this.#network.swapped();
  }

  #lookAtFreeze(): void {
    if (this.#freeze?.look() === true) return;
    this.#network.scheduler.watch(undefined, false);
    if (this.#freeze?.given === false) this.#freeze = undefined;
  }
}
