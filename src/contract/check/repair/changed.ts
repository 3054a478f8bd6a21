import type { ReadyNode } from '#contract/compose.ts';
import type { ChannelEnd } from '#contract/wiring.ts';
import type { Connection, DesignBody, End } from '#model/design.ts';

/** A design with other connections, and perhaps nodes more, as the checks see it: contracts stay what they are. */
export interface Changed {
  readonly design: DesignBody;
  readonly nodes: readonly ReadyNode[];
}

/**
 * The same nodes joined by these connections. A node keeps its channel ends, so no connection may use one that was not used before, but those of `added`.
 */
export function joinedBy(
  { design, nodes }: Changed,
  connections: readonly Connection[],
  added: readonly ReadyNode[] = [],
): Changed {
  const byEnd = new Map<string, Connection>();
  for (const connection of connections) for (const end of [connection.from, connection.to]) byEnd.set(keyOf(end), connection);
  return {
    design: { ...design, connections: Object.fromEntries(connections.map((connection) => [connection.id, connection])) },
    nodes: [...nodes, ...added].map((node) => ({ ...node, ends: endsOf(node, byEnd) })),
  };
}

function endsOf({ id, ends, ports }: ReadyNode, byEnd: ReadonlyMap<string, Connection>): ReadonlyMap<string, ChannelEnd> {
  return new Map(
    [...ends].map(([label, { port }]) => {
      const [name = '', index = '0'] = label.split('.');
      const connection = byEnd.get(keyOf({ node: id, port: name, index: ports[name]?.many ? Number(index) : 0 }));
      return [label, { port, ...(connection !== undefined && { connection }) }];
    }),
  );
}

function keyOf({ node, port, index }: End): string {
  return `${node}.${port}.${index}`;
}
