import type { Catalog } from '#host/catalog.ts';
import type { DesignBody, Node } from '#model/design.ts';
import { sameJson } from '#model/edits/diff.ts';
import { withDefaults } from '#model/settings.ts';
import type { Network } from '#runtime/network.ts';
import type { Swapped } from '#runtime/swap/swap.ts';
import type { SwapPlan } from '#runtime/swap/swap-outline.ts';
import { planOf, settingsOf, type Wiring } from './wire.ts';

/** How long a swap may wait for what it needs at rest; the session goes on meanwhile. */
const longestWaitMs = 5_000;

/**
 * Makes the network of a session one of another version of its design.
 *
 * @throws what `wire` throws of the new version.
 */
export async function swapNetwork(
  network: Network,
  before: Wiring['design'],
  after: Wiring,
  isRecorded: boolean,
): Promise<Swapped> {
  const refused = (message: string): Swapped => ({ ok: false, nodes: [], connections: [], message });
  if (isRecorded)
    return refused('The session is recorded, and a recording is of one design. Run it without recording to change it.');
  if ([before, after.design].some(({ farms = [] }) => farms.length > 0))
    return refused(
      'A design with a farm cannot be changed while it runs: its copies come and go. Stop the session and start it anew.',
    );
  const swapped = network.changes.swap(swapPlanOf(before, after, network));
  const message = `What would go has not come to rest within ${longestWaitMs / 1_000} s. Try again, or stop the session.`;
  const cancel = after.tools('').clock.after(longestWaitMs, () => network.changes.cancelSwap(message));
  const answer = await swapped;
  cancel();
  return answer;
}

/**
 * What makes a running session of one version of a design one of another (S29).
 *
 * A node goes on as it is when its kind, its settings (defaults filled in, older ones brought to the present version) and the ports it has
 * connected are the same. Where only the connected ports, or its priority and weight, differ, the new one takes up what the old one
 * remembers, if it rests. What a node is called, and what follows when it fails, may change.
 *
 * @throws what `wire` throws of the new version.
 */
function swapPlanOf(before: Wiring['design'], after: Wiring, network: Network): SwapPlan {
  const [was, is] = [portsIn(before), portsIn(after.design)];
  const shared = Object.values(after.design.nodes).flatMap((node) => {
    const old = Object.hasOwn(before.nodes, node.id) ? before.nodes[node.id] : undefined;
    if (old === undefined) return [];
    const sits = was.get(node.id) === is.get(node.id) && sameRank(old, node);
    return [{ id: node.id, isSame: sameNode(old, node, after.catalog), sits }];
  });
  return {
    ...planOf(after, () => network),
    changed: new Set(shared.filter(({ isSame, sits }) => !isSame || !sits).map(({ id }) => id)),
    handsOver: new Set(shared.filter(({ isSame, sits }) => isSame && !sits).map(({ id }) => id)),
  };
}

function sameNode(a: Node, b: Node, catalog: Catalog): boolean {
  const component = catalog.component(b.kind);
  if (component === undefined || a.kind !== b.kind) return false;
  const settings = (node: Node): unknown => withDefaults(component.spec, settingsOf(node, component));
  return sameJson(settings(a), settings(b));
}

const sameRank = (a: Node, b: Node): boolean =>
  (a.priority ?? 'normal') === (b.priority ?? 'normal') && (a.weight ?? 1) === (b.weight ?? 1);

/** The connected ports of each node, as a text. */
function portsIn({ connections }: Pick<DesignBody, 'connections'>): ReadonlyMap<string, string> {
  const ports = new Map<string, string[]>();
  for (const { from, to } of Object.values(connections)) {
    for (const [side, end] of [['out', from] as const, ['in', to] as const])
      ports.set(end.node, [...(ports.get(end.node) ?? []), `${side} ${end.port} ${end.index}`]);
  }
  return new Map([...ports].map(([node, list]) => [node, list.toSorted().join(', ')]));
}
