import fc from 'fast-check';
import { isReady, type ReadyNode } from '#contract/compose.ts';
import { wire } from '#contract/wiring.ts';
import type { DesignBody } from '#model/design.ts';
import { randomDesign } from './random.ts';

/** A random design as it is drawn, edit by edit: connections and nodes go and come back, capacities and policies change, nodes change places. */
export const drawnDesigns: fc.Arbitrary<{ readonly versions: readonly (readonly ReadyNode[])[] }> = fc
  .record({
    random: randomDesign,
    edits: fc.array(fc.record({ kind: fc.nat(5), at: fc.nat(9) }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ random: { body, lookup }, edits }) => {
    const bodies = [body];
    for (const edit of edits) bodies.push(edited(bodies.at(-1) ?? body, body, edit));
    // Cloned, as what comes from another thread is.
    return { versions: bodies.map((one) => wire(structuredClone(one), lookup).filter(isReady)) };
  });

function edited(now: DesignBody, whole: DesignBody, { kind, at }: { readonly kind: number; readonly at: number }): DesignBody {
  const connections = Object.entries(now.connections);
  const nodes = Object.entries(now.nodes);
  const picked = connections[at % Math.max(1, connections.length)];
  if (kind === 0) return { ...now, connections: whole.connections, nodes: whole.nodes };
  if (kind === 1) return { ...now, nodes: Object.fromEntries(nodes.toReversed()) };
  if (kind === 2) {
    const gone = nodes[at % nodes.length]?.[0];
    const left = connections.filter(([, { from, to }]) => from.node !== gone && to.node !== gone);
    if (nodes.length > 1)
      return { ...now, nodes: Object.fromEntries(nodes.filter(([id]) => id !== gone)), connections: Object.fromEntries(left) };
  }
  if (picked === undefined) return now;
  const [id, connection] = picked;
  if (kind === 3) return { ...now, connections: Object.fromEntries(connections.filter(([other]) => other !== id)) };
  const policy = kind === 4 ? 'drop-oldest' : 'block';
  return { ...now, connections: { ...now.connections, [id]: { ...connection, capacity: at % 5, policy } } };
}
