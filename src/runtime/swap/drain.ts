import { Channel, type ChannelPlan } from '#runtime/channels/channel.ts';
import type { Process } from '#runtime/processes/process.ts';
import { type Follow, writersAtLoss } from './drain-knot.ts';
import { endKey, type Outline } from './swap-outline.ts';

export interface DrainPlan extends Outline {
  /** As they are from now on. */
  readonly processes: ReadonlyMap<string, Process>;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Those that leave. */
  readonly old: readonly Process[];
  /** The new ones, by id. */
  readonly successors: ReadonlyMap<string, Process>;
  /** Those of the old that are stopped where they rest. */
  readonly stops: ReadonlySet<string>;
  /** True while nothing can go on without the clock or the outside. */
  readonly quiet: () => boolean;
}

/**
 * A swap from the moment it takes effect until nothing is left of what was before (S30).
 *
 * What a removed channel holds is received by the reader it was sent to. A reader that stays goes on with its new channel when its old
 * one is empty and nobody writes to it any more, so that what was sent before is received before. Where that order would be a knot (who
 * still writes waits for somebody who waits for this reader), the reader takes from both, and each of them stays in its order.
 */
export class Drain {
  readonly #plan: DrainPlan;
  readonly #leaving: Set<Process>;
  readonly #draining: Set<Channel>;
  readonly #follows = new Set<Follow>();

  constructor(plan: DrainPlan) {
    this.#plan = plan;
    this.#leaving = new Set(plan.old);
    this.#draining = new Set(plan.removed);
    for (const [channel, wanted] of plan.kept) this.#keep(channel, wanted);
    for (const wanted of plan.added) this.#add(plan.channels.get(wanted.id) as Channel, wanted);
    for (const channel of plan.removed) if (!plan.leaving.has(channel.plan.from.process)) this.#wasWritten(channel);
    const awaited = new Set(plan.old.filter(({ id, isDown }) => isDown || plan.stops.has(id)).map(({ id }) => id));
    for (const [id, process] of plan.successors) if (!awaited.has(id)) process.start();
  }

  get leaving(): readonly Process[] {
    return [...this.#leaving];
  }

  get draining(): readonly Channel[] {
    return [...this.#draining];
  }

  look(): 'closely' | 'often' | 'no more' {
    let closely = false;
    for (const process of this.#leaving) {
      if (this.#plan.stops.has(process.id) && !process.over && !process.isDown) {
        if (process.atRest || !process.canRest) process.stop();
        else closely = true;
      }
      if (process.over || process.lies) this.#gone(process);
    }
    for (const follow of this.#follows) this.#lookAt(follow);
    if (this.#follows.size > 0 && this.#plan.quiet()) this.#loosenKnots();
    if (closely) return 'closely';
    return this.#leaving.size > 0 || this.#follows.size > 0 ? 'often' : 'no more';
  }

  #keep(channel: Channel, wanted: ChannelPlan): void {
    const leaver = this.#plan.old.find(({ id }) => id === wanted.to.process);
    if (leaver !== undefined) {
      // What the channel holds is its successor's; the one that leaves is told the end.
      const ended = new Channel(channel.plan, leaver.account);
      ended.end();
      ended.takeReceiver(channel.releaseReceiver());
      leaver.letGo(channel, 'inputs');
    }
    const successor = this.#plan.successors.get(wanted.to.process);
    if (successor !== undefined) {
      channel.account = successor.account;
      successor.take(channel, 'inputs');
    }
    channel.replan(wanted);
  }

  #add(channel: Channel, { from, to }: ChannelPlan): void {
    const { successors, processes } = this.#plan;
    const writer = successors.get(from.process) ?? (processes.get(from.process) as Process);
    if (!successors.has(from.process)) {
      const before = this.#removedAt('from', from);
      channel.takeSender(before.releaseSender());
      writer.letGo(before, 'outputs');
      if (writer.over) channel.end();
    }
    writer.take(channel, 'outputs');
    const reader = successors.get(to.process);
    if (reader !== undefined) reader.take(channel, 'inputs');
    else this.#follow(this.#removedAt('to', to), channel, processes.get(to.process) as Process);
  }

  #removedAt(side: 'from' | 'to', end: ChannelPlan['from']): Channel {
    return [...this.#plan.removed].find(({ plan }) => endKey(plan[side]) === endKey(end)) as Channel;
  }

  #follow(before: Channel, next: Channel, reader: Process): void {
    before.continued = true;
    const writer = this.#plan.old.find(({ id }) => id === before.plan.from.process);
    this.#follows.add({ before, next, reader, writer, written: false, loose: false });
  }

  #wasWritten(channel: Channel): void {
    const follow = [...this.#follows].find(({ before }) => before === channel);
    if (follow === undefined) channel.end();
    else follow.written = true;
  }

  #gone(process: Process): void {
    this.#leaving.delete(process);
    const saved = process.lies ? process.save() : undefined;
    if (saved !== undefined) process.stop();
    for (const channel of process.inputs) {
      channel.closeReader();
      this.#draining.delete(channel);
    }
    for (const channel of process.outputs) this.#wasWritten(channel);
    const successor = this.#plan.successors.get(process.id);
    if (saved !== undefined) successor?.startFrom(saved);
    else if (this.#plan.stops.has(process.id)) successor?.start();
  }

  #lookAt(follow: Follow): void {
    const { before, next, reader, written } = follow;
    if (reader.over || (written && !before.holds)) this.#goOn(follow);
    else if (follow.loose) {
      // Who reads now is moved to where something is.
      const [from, to] = before.receiver === follow.end ? [before, next] : [next, before];
      if (!from.holds && to.holds) to.takeReceiver(from.releaseReceiver());
    }
  }

  #goOn(follow: Follow): void {
    const { before, next, reader } = follow;
    this.#follows.delete(follow);
    this.#draining.delete(before);
    reader.letGo(before, 'inputs');
    if (!follow.loose) {
      if (next.id === before.id) next.countOn(before);
      reader.take(next, 'inputs');
    }
    if (reader.over) next.closeReader();
    else if (next.receiver !== follow.end) next.takeReceiver(before.releaseReceiver());
  }

  #loosenKnots(): void {
    const { processes, channels } = this.#plan;
    const all = [...processes.values(), ...this.#leaving];
    const strict = [...this.#follows].filter(({ loose }) => !loose);
    const atLoss = writersAtLoss(all, [...channels.values(), ...this.#draining], strict);
    for (const follow of strict) {
      if (follow.written || follow.writer === undefined || !atLoss.has(follow.writer)) continue;
      follow.loose = true;
      follow.end = follow.before.receiver;
      follow.reader.take(follow.next, 'inputs');
      this.#lookAt(follow);
    }
  }
}
