import { outerOf } from '#model/design.ts';
import type { ChannelStatus, ProcessState, ProcessStatus } from '#model/sessions/session.ts';

/** The processes of a session by the nodes that are drawn. */
export interface ByNode {
  /** Of a node that stands for others: their sums, and the state that asks most for a look. */
  readonly nodes: ReadonlyMap<string, ProcessStatus>;
  /** Of such a node: each of the others. */
  readonly inner: ReadonlyMap<string, readonly ProcessStatus[]>;
}

const byUrgency: readonly ProcessState[] = ['error', 'running', 'paused', 'idle', 'stopped', 'completed'];

/** What passed the wires of a node: what it received and sent as a whole. */
export function passedAt(
  wires: ReadonlyMap<string, { readonly status: ChannelStatus }>,
  ends: readonly { readonly direction: 'in' | 'out'; readonly connection: string | undefined }[],
): Pick<ProcessStatus, 'received' | 'sent'> {
  const count = { received: 0, sent: 0 };
  for (const { direction, connection = '' } of ends) {
    const status = wires.get(connection)?.status;
    if (direction === 'in') count.received += status?.received ?? 0;
    else count.sent += status?.sent ?? 0;
  }
  return count;
}

/** Puts the processes within a node together. */
export function byNode(processes: readonly ProcessStatus[]): ByNode {
  const nodes = new Map<string, ProcessStatus>();
  const inner = new Map<string, ProcessStatus[]>();
  for (const process of processes) {
    const outer = outerOf(process.node);
    if (outer === process.node) nodes.set(outer, process);
    else inner.set(outer, [...(inner.get(outer) ?? []), process]);
  }
  for (const [outer, list] of inner) nodes.set(outer, together(outer, list));
  return { nodes, inner };
}

function together(node: string, list: readonly ProcessStatus[]): ProcessStatus {
  const sum = (of: 'received' | 'sent' | 'failures' | 'restarts' | 'cpuMs') =>
    list.reduce((total, one) => total + (one[of] ?? 0), 0);
  const state = byUrgency.find((wanted) => list.some((one) => one.state === wanted)) ?? 'idle';
  const last = list
    .flatMap(({ lastFault }) => lastFault ?? [])
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1);
  return {
    node,
    state,
    received: sum('received'),
    sent: sum('sent'),
    failures: sum('failures'),
    restarts: sum('restarts'),
    cpuMs: sum('cpuMs'),
    waitingFor: [],
    ...(list.every(({ held }) => held === true) && { held: true }),
    ...(last !== undefined && { lastFault: last }),
  };
}
