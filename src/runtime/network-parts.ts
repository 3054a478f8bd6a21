import type { Clock } from '#base/clock.ts';
import { Barrier, type BarrierPlan } from './channels/barrier.ts';
import { Call, type CallPlan } from './channels/call.ts';
import { Channel, type ChannelPlan } from './channels/channel.ts';
import type { Process, ProcessPlan } from './processes/process.ts';
import { type Growth, planBroken, refuseBroken } from './swap/growth.ts';

/** What a network consists of, by name; each of the getters throws RUNTIME_PLAN_BROKEN for a name that is not there. */
export class NetworkParts {
  readonly processes = new Map<string, Process>();
  /** With the two of each call: the requests by its id, the replies by its id and the word reply. */
  readonly channels = new Map<string, Channel>();
  readonly calls = new Map<string, Call>();
  readonly barriers = new Map<string, Barrier>();
  readonly #clock: Clock;
  readonly #make: (plan: ProcessPlan) => Process;

  constructor(clock: Clock, make: (plan: ProcessPlan) => Process) {
    this.#clock = clock;
    this.#make = make;
  }

  process(id: string): Process {
    return found(this.processes, id, 'process');
  }

  channel(id: string): Channel {
    return found(this.channels, id, 'channel');
  }

  call(id: string): Call {
    return found(this.calls, id, 'call');
  }

  barrier(id: string): Barrier {
    return found(this.barriers, id, 'barrier');
  }

  /** The channels of a connection: one, or for a call the requests and the replies. */
  lines(connection: string): readonly Channel[] {
    return this.calls.has(connection)
      ? [this.channel(connection), this.channel(`${connection} reply`)]
      : [this.channel(connection)];
  }

  /** The channels by the ids of the connections: the replies of a call are counted with its requests. */
  connections(): [string, Channel][] {
    return [...this.channels].filter(([key, { id }]) => key === id);
  }

  /** All of it, or, where a name does not fit, nothing: RUNTIME_PLAN_BROKEN. */
  add(growth: Growth, barriers: readonly BarrierPlan[] = []): void {
    refuseBroken(growth, this.processes, this.channels);
    for (const process of growth.processes) this.processes.set(process.id, this.#make(process));
    for (const channel of growth.channels) this.#addChannel(channel);
    for (const call of growth.calls ?? []) this.#addCall(call);
    for (const barrier of barriers) this.barriers.set(barrier.id, new Barrier(barrier));
  }

  #addChannel(plan: ChannelPlan): void {
    const [from, to] = [this.process(plan.from.process), this.process(plan.to.process)];
    const channel = new Channel(plan, to.account);
    this.channels.set(plan.id, channel);
    join(channel, from, to);
  }

  #addCall(plan: CallPlan): void {
    const [from, to] = [this.process(plan.from.process), this.process(plan.to.process)];
    const call = new Call(plan, this.#clock, from.account, to.account);
    const [requests, replies] = [call.requests, call.replies] as unknown as readonly [Channel, Channel];
    this.calls.set(plan.id, call);
    this.channels.set(plan.id, requests).set(`${plan.id} reply`, replies);
    join(requests, from, to);
    join(replies, to, from);
  }
}

function join(channel: Channel, sender: Process, reader: Process): void {
  sender.take(channel, 'outputs');
  reader.take(channel, 'inputs');
  // A process that has ended has let go of its ends (C10).
  if (sender.over) channel.end();
  if (reader.over) channel.closeReader();
}

function found<T>(parts: ReadonlyMap<string, T>, id: string, what: string): T {
  const part = parts.get(id);
  if (part === undefined) throw planBroken({ detail: `There is no ${what} ${id}.`, facts: { id } });
  return part;
}
