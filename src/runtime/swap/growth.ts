import { defineError } from '#base/errors.ts';
import type { CallPlan } from '#runtime/channels/call.ts';
import type { ChannelPlan } from '#runtime/channels/channel.ts';
import type { ProcessPlan } from '#runtime/processes/process.ts';

export const planBroken = defineError(
  'RUNTIME_PLAN_BROKEN',
  'bug',
  'The plan of a network names a process or channel twice, or one that is not there.',
);

/** What is added to a network, at its beginning or while it runs (S20). */
export interface Growth {
  readonly processes: readonly ProcessPlan[];
  readonly channels: readonly ChannelPlan[];
  readonly calls?: readonly CallPlan[];
}

type Names = { has(name: string): boolean };

/** Throws RUNTIME_PLAN_BROKEN for a name that is there already, or twice, and for an end at a process that is not there. */
export function refuseBroken({ processes, channels, calls = [] }: Growth, there: Names, joined: Names): void {
  const known = new Set<string>();
  for (const { id } of processes) {
    if (there.has(id) || known.has(id)) throw planBroken({ detail: `Process ${id} is there twice.` });
    known.add(id);
  }
  const taken = new Set<string>();
  for (const { id, from, to } of [...channels, ...calls]) {
    if (joined.has(id) || taken.has(id)) throw planBroken({ detail: `Channel ${id} is there twice.` });
    for (const { process } of [from, to])
      if (!there.has(process) && !known.has(process))
        throw planBroken({ detail: `Channel ${id} joins a process that is not there.` });
    taken.add(id);
  }
}
