import type { Channel } from '#runtime/channels/channel.ts';
import type { Process } from '#runtime/processes/process.ts';
import type { Outline } from './swap-outline.ts';
import { knotsInOrder } from './topology.ts';

/**
 * Loops that go as a whole. They cannot be drained: none of their members ends before the others. So they go when they are empty.
 * `members`: they, and every process that goes and leads to them; when quiet, they may be stopped without a loss.
 */
export type Loops =
  | { readonly quiet: true; readonly members: ReadonlySet<string> }
  | {
      readonly quiet: false;
      readonly nodes: readonly string[];
      readonly connections: readonly string[];
      readonly message: string;
    };

export function loopsOf({ leaving, removed }: Outline, processes: ReadonlyMap<string, Process>): Loops {
  const ends = [...removed].map((channel) => ({ channel, from: channel.plan.from.process, to: channel.plan.to.process }));
  const within = ends.filter(({ from, to }) => leaving.has(from) && leaving.has(to));
  const members = new Set<string>();
  for (const { members: loop, isLoop } of knotsInOrder(
    [...leaving],
    within.map(({ from, to }) => [from, to] as const),
  )) {
    if (!isLoop) continue;
    const lead = leadingTo(loop, within);
    const busy = [...lead].filter((id) => !isQuiet(processes.get(id) as Process));
    const full = ends.filter(({ channel, to }) => lead.has(to) && channel.holds).map(({ channel }) => channel.id);
    if (busy.length > 0 || full.length > 0) return unquiet(loop, busy, full);
    for (const id of lead) members.add(id);
  }
  return { quiet: true, members };
}

function leadingTo(
  loop: readonly string[],
  edges: readonly { readonly channel: Channel; readonly from: string; readonly to: string }[],
): Set<string> {
  const found = new Set(loop);
  for (const id of found) for (const { from, to } of edges) if (to === id) found.add(from);
  return found;
}

// What a source remembers is its place, which nobody needs any more.
function isQuiet(process: Process): boolean {
  return process.over || (process.atRest && (process.inputs.length === 0 || !process.holds));
}

function unquiet(loop: readonly string[], busy: readonly string[], full: readonly string[]): Loops {
  const held = full.length > 0 ? `there are messages on ${full.join(', ')}` : `${busy.join(', ')} holds something or works`;
  const message = `The loop of ${loop.join(', ')} would go, but ${held}, and a loop cannot run empty by itself. Leave a way out of it in the new design, or stop the session.`;
  return { quiet: false, nodes: [...new Set([...loop, ...busy])], connections: full, message };
}
