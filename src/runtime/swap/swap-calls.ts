import type { Call, CallPlan } from '#runtime/channels/call.ts';
import type { Channel } from '#runtime/channels/channel.ts';
import { endKey } from './swap-outline.ts';

/** Why calls forbid a swap: they stay as they are, with both their ends (S29). Undefined when nothing does. */
export function callsAtOdds(
  calls: ReadonlyMap<string, Call>,
  wanted: readonly CallPlan[],
  leaving: ReadonlySet<string>,
): { readonly nodes: readonly string[]; readonly connections: readonly string[]; readonly message: string } | undefined {
  const key = ({ id, from, to }: CallPlan): string => `${id} ${endKey(from)} ${endKey(to)}`;
  const present = [...calls.values()].map(({ plan }) => plan);
  const [was, is] = [new Set(present.map(key)), new Set(wanted.map(key))];
  const others = [...present, ...wanted].filter((plan) => was.has(key(plan)) !== is.has(key(plan))).map(({ id }) => id);
  const ends = present.flatMap(({ from, to }) => [from.process, to.process]).filter((id) => leaving.has(id));
  if (others.length === 0 && ends.length === 0) return undefined;
  const what =
    others.length > 0 ? `Calls would come or go: ${others.join(', ')}` : `Nodes with calls would change: ${ends.join(', ')}`;
  const message = `${what}. Request and reply belong together, so calls and the nodes at their ends stay while the session runs; stop it to change them.`;
  return { nodes: [...new Set(ends)], connections: [...new Set(others)], message };
}

/** The channels that calls are made of. */
export function channelsOfCalls(calls: ReadonlyMap<string, Call>): ReadonlySet<Channel> {
  return new Set([...calls.values()].flatMap(({ requests, replies }) => [requests, replies] as unknown as Channel[]));
}
