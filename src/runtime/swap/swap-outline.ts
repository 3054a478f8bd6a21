import type { CallPlan } from '#runtime/channels/call.ts';
import type { Channel, ChannelEndPlan, ChannelPlan } from '#runtime/channels/channel.ts';
import type { Process, ProcessPlan } from '#runtime/processes/process.ts';

/** What a running network is to become. Rules S29… in `docs/spec/session.md`. */
export interface SwapPlan {
  /** The whole new network, as for a new one. */
  readonly processes: readonly ProcessPlan[];
  readonly channels: readonly ChannelPlan[];
  readonly calls: readonly CallPlan[];
  /** Processes that are there and do not go on as they are, although the plan has one of that name. */
  readonly changed: ReadonlySet<string>;
  /** Those of the changed whose successor takes up what they remember. */
  readonly handsOver: ReadonlySet<string>;
}

export interface Present {
  readonly processes: ReadonlyMap<string, Process>;
  readonly channels: ReadonlyMap<string, Channel>;
}

/** What goes, what stays and what comes. */
export interface Outline {
  readonly leaving: ReadonlySet<string>;
  readonly coming: readonly ProcessPlan[];
  /** Channels that stay, with their new plan. */
  readonly kept: ReadonlyMap<Channel, ChannelPlan>;
  readonly removed: ReadonlySet<Channel>;
  readonly added: readonly ChannelPlan[];
}

/**
 * Compares what there is with a plan. A channel stays when both ends are where they were and its writer stays; when its reader is a new
 * one, what it holds is for that. What has ended is not begun again by itself: a process that has ended, or may have been told of the end
 * of an input, is replaced when it is to read from another channel; and so is a channel that nobody reads any more, when its reader is
 * a new one.
 */
export function outlineOf({ processes, channels }: Present, plan: SwapPlan): Outline {
  const planned = new Set(plan.processes.map(({ id }) => id));
  const leaving = new Set([...processes.keys()].filter((id) => !planned.has(id) || plan.changed.has(id)));
  const writtenAt = new Set([...channels.values()].map((channel) => endKey(channel.plan.from)));
  const readAt = new Map([...channels.values()].map((channel) => [endKey(channel.plan.to), channel]));
  const isKept = (wanted: ChannelPlan): boolean => {
    const channel = channels.get(wanted.id);
    if (channel === undefined || !sameEnds(channel.plan, wanted)) return false;
    const isNew = (id: string): boolean => leaving.has(id) || !processes.has(id);
    return !isNew(wanted.from.process) && !(channel.readerGone && isNew(wanted.to.process));
  };
  for (let before = -1; before < leaving.size; ) {
    before = leaving.size;
    for (const wanted of plan.channels) {
      if (isKept(wanted)) continue;
      const [writer, reader] = [processes.get(wanted.from.process), processes.get(wanted.to.process)];
      if (writer !== undefined && !writtenAt.has(endKey(wanted.from))) leaving.add(writer.id);
      if (reader === undefined) continue;
      if (reader.over || readAt.get(endKey(wanted.to))?.ended !== false) leaving.add(reader.id);
    }
  }
  const kept = new Map<Channel, ChannelPlan>();
  for (const wanted of plan.channels) if (isKept(wanted)) kept.set(channels.get(wanted.id) as Channel, wanted);
  return {
    leaving,
    coming: plan.processes.filter(({ id }) => leaving.has(id) || !processes.has(id)),
    kept,
    removed: new Set([...channels.values()].filter((channel) => !kept.has(channel))),
    added: plan.channels.filter((wanted) => !isKept(wanted)),
  };
}

export const endKey = ({ process, port }: ChannelEndPlan): string => `${process} ${port}`;

function sameEnds(a: ChannelPlan, b: ChannelPlan): boolean {
  return endKey(a.from) === endKey(b.from) && endKey(a.to) === endKey(b.to);
}
