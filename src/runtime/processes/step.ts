import type { SessionState } from '#model/sessions/session.ts';
import type { Channel } from '#runtime/channels/channel.ts';
import { shortly } from '#runtime/channels/shortly.ts';
import type { BreakpointHit } from '#runtime/holding/breakpoints.ts';
import type { Scheduler } from '#runtime/scheduler.ts';
import { Outside } from '#runtime/until.ts';
import type { Process } from './process.ts';
import { ripe, type Strand } from './strand.ts';

export interface StepDone {
  /** One sentence without a full stop, such as `7 passes c0 from a to b`. */
  readonly says: string;
  readonly passed: readonly { readonly connection: string; readonly number: number }[];
  /** The breakpoint that the step met. */
  readonly hit?: BreakpointHit;
}

/** What may go on without anything to tell before a step is over: times that a process goes on, and messages that pass elsewhere. */
const mostSilent = 10_000;
/** Processes named when nothing can go on. */
const mostNamed = 8;

/** What a step hears of what its network says. */
interface Said {
  readonly is: string;
  readonly process?: string;
  readonly state?: string;
  readonly fault?: { readonly node?: string | undefined; readonly message: string };
}

/** What a step needs of its network. */
export interface Steppable {
  readonly state: SessionState;
  readonly processes: ReadonlyMap<string, Process>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly scheduler: Scheduler;
  onEvent(listener: (event: Said) => void): () => void;
}

/**
 * One step of a paused network (S40). It goes on as it would, and is held again with the first thing that happens: a message passes,
 * an end is told, the clock or the outside is heard, a process ends or fails. Of one node: with the first of these in which it takes
 * part.
 */
export class Step {
  readonly #network: Steppable;
  readonly #node: string | undefined;
  readonly #leaves: (() => void)[] = [];
  readonly #said: string[] = [];
  readonly #passed: { connection: string; number: number }[] = [];
  #silent = 0;
  #exhausted = false;

  constructor(network: Steppable, node: string | undefined) {
    this.#network = network;
    this.#node = node;
    for (const channel of network.channels.values()) this.#listen(channel);
    this.#leaves.push(network.onEvent((event) => this.#event(event)));
  }

  /** Goes on for one turn; true when the step is over. */
  turn(): boolean {
    this.#exhausted = !this.#network.scheduler.stride((strand) => this.#about(strand));
    return this.#exhausted || this.#said.length > 0 || this.#silent >= mostSilent;
  }

  /** Stops listening, and tells what happened. */
  done(): StepDone {
    for (const leave of this.#leaves) leave();
    return { says: this.#said.join('; ') || this.#nothing(), passed: this.#passed };
  }

  #listen(channel: Channel): void {
    const { id, from, to } = channel.plan;
    const ends = [from.process, to.process];
    this.#leaves.push(
      channel.onSample(({ number, value }) => {
        const ended = this.#happened(ends, () => `${shortly(value)} passes ${id} from ${from.process} to ${to.process}`);
        if (ended) this.#passed.push({ connection: id, number });
      }),
      // The reader hears of an end when it next looks.
      channel.onEnd(() => {
        if (channel.poisoned !== undefined) this.#happened(ends, () => `${id} is given up`);
        else this.#happened([from.process], () => `${from.process} tells ${to.process} the end of ${id}`);
      }),
    );
  }

  #event({ is, process, state, fault }: Said): void {
    if (is === 'fault') this.#happened([fault?.node], () => `${fault?.node} fails: ${fault?.message}`);
    if (is === 'process' && (state === 'completed' || state === 'stopped'))
      this.#happened([process], () => `${process} has ended`);
  }

  /** Somebody goes on: what he was told from outside is heard only now. */
  #about({ owner, inbox }: Strand): void {
    if (inbox === ripe) this.#happened([owner.id], () => `${owner.id} has waited long enough`);
    else if (inbox instanceof Outside) this.#happened([owner.id], () => `${owner.id} is answered from outside`);
    else this.#count();
  }

  /** True when it ends the step. */
  #happened(who: readonly (string | undefined)[], words: () => string): boolean {
    if (this.#network.state !== 'paused') return false;
    if (this.#node !== undefined && !who.includes(this.#node)) {
      this.#count();
      return false;
    }
    this.#said.push(words());
    this.#network.scheduler.hold();
    return true;
  }

  #count(): void {
    if (++this.#silent >= mostSilent) this.#network.scheduler.hold();
  }

  #nothing(): string {
    if (!this.#exhausted)
      return `nothing to tell${this.#node === undefined ? '' : ` of ${this.#node}`} after ${mostSilent} steps of others`;
    const waiting = [...this.#network.processes.values()].filter(({ over }) => !over);
    if (waiting.length === 0) return 'every process has ended';
    const named = waiting.slice(0, mostNamed).map((process) => {
      const ports = process.held ? ['being resumed'] : process.waiting().ports;
      return `${process.id} waits on ${[...new Set(ports)].join(' or ')}`;
    });
    const more = waiting.length > mostNamed ? ` and ${waiting.length - mostNamed} more wait` : '';
    return `nothing can go on now: ${named.join(', ')}${more}`;
  }
}
