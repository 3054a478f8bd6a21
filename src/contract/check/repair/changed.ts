import type { ReadyNode } from '#contract/compose.ts';
import type { ChannelEnd } from '#contract/wiring.ts';
import type { Repair } from '#model/checks/finding.ts';
import type { Connection, DesignBody, End } from '#model/design.ts';
import { mayFit } from '#model/schema-check.ts';

/** A change that might help, and what the design then is. */
export interface Candidate extends Repair {
  /** What kind of change it is: a few of each are offered, so that one which has many does not hide the others. */
  readonly sort: 'capacity' | 'order' | 'choice' | 'first message';
  /** What it changes: when less of the same has helped, more is not offered. */
  readonly touches: readonly string[];
  /** Made only for those that are tried. */
  readonly changed: () => Changed;
}

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

/** Whether it is of the design itself, and not of one nested in it. */
export function isOwn(id: string): boolean {
  return !id.includes('/');
}

/** Whether some message that is sent there may be one that is taken. */
export function mayCarry(nodes: readonly ReadyNode[], { from, to }: Connection): boolean {
  const portAt = ({ node, port }: End) => nodes.find(({ id }) => id === node)?.ports[port];
  return mayFit(portAt(from)?.schema, portAt(to)?.schema);
}
