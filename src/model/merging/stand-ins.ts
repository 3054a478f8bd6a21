import { Type } from 'typebox';
import type { ComponentSpec, Kinds, PortSpec } from '#model/component.ts';
import type { Connection, DesignBody, End, Node } from '#model/design.ts';
import { readEnd } from '#model/open-end.ts';

/**
 * Kinds that this catalogue does not hold, or holds in an older version, made of how designs use them: a stand-in has the ports
 * that are connected somewhere, takes any settings and any message. So a design with components of others can be read, compared and
 * merged; what then cannot be said is whether a setting or a message fits.
 */

/** A node and the kind it has, or has at some time. */
type UsedNode = Pick<Node, 'id' | 'kind' | 'version'>;

export interface Uses {
  readonly nodes: readonly UsedNode[];
  readonly connections: readonly Pick<Connection, 'from' | 'to'>[];
}

/** How one design uses kinds. */
export function usesOf({ nodes, connections }: Pick<DesignBody, 'nodes' | 'connections'>): Uses {
  return { nodes: Object.values(nodes), connections: Object.values(connections) };
}

/** The same of the text of a design file, whose kinds need not be known; of any other text nothing. */
export function usesInText(text: string): Uses {
  const file = parsed(text) as { readonly nodes?: unknown; readonly connections?: unknown } | null | undefined;
  const nodes = entriesOf(file?.nodes).flatMap(([id, node]): UsedNode[] => {
    const { kind, version = 1 } = (node ?? {}) as { readonly kind?: unknown; readonly version?: unknown };
    return typeof kind === 'string' && typeof version === 'number' ? [{ id, kind, version }] : [];
  });
  const connections = entriesOf(file?.connections).flatMap(([, connection]) => {
    const { from, to } = (connection ?? {}) as { readonly from?: unknown; readonly to?: unknown };
    return typeof from === 'string' && typeof to === 'string' ? [{ from: readEnd(from), to: readEnd(to) }] : [];
  });
  return { nodes, connections };
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/**
 * The catalogue with a stand-in for each kind of these uses that it cannot vouch for.
 *
 * @param uses of one design each, for ids are unique within a design only.
 */
export function withStandIns(kinds: Kinds, uses: readonly Uses[]): Kinds {
  const missing = missingKinds(kinds, uses);
  if (missing.size === 0) return kinds;
  const ports = new Map<string, Map<string, PortSpec>>();
  const ends = uses.flatMap((used) => endsOf(used));
  for (const { kind, direction, end } of ends) {
    if (!missing.has(kind)) continue;
    const known = ports.get(kind) ?? new Map<string, PortSpec>();
    ports.set(kind, known.set(end.port, standInPort(direction)));
  }
  spreadCalls(kinds, ports, uses);
  const specs = new Map([...missing].map(([kind, version]) => [kind, standIn(kind, version, ports.get(kind) ?? new Map())]));
  return {
    get: (kind) => specs.get(kind) ?? kinds.get(kind),
    check: (kind, settings) => (specs.has(kind) ? undefined : kinds.check?.(kind, settings)),
    ...(kinds.nesting !== undefined && {
      nesting: (kind, settings) => (specs.has(kind) ? undefined : kinds.nesting?.(kind, settings)),
    }),
  };
}

/** A catalogue that knows no kind. */
export const noKinds: Kinds = { get: () => undefined };

function missingKinds(kinds: Kinds, uses: readonly Uses[]): Map<string, number> {
  const missing = new Map<string, number>();
  for (const { kind, version } of uses.flatMap(({ nodes }) => nodes)) {
    const known = kinds.get(kind);
    if (known !== undefined && known.version >= version) continue;
    missing.set(kind, Math.max(version, missing.get(kind) ?? 1));
  }
  return missing;
}

interface UsedEnd {
  readonly kind: string;
  readonly direction: 'in' | 'out';
  readonly end: End;
}

function kindsById({ nodes }: Uses): Map<string, string[]> {
  const byId = new Map<string, string[]>();
  for (const { id, kind } of nodes) byId.set(id, [...(byId.get(id) ?? []), kind]);
  return byId;
}

function endsOf(uses: Uses): UsedEnd[] {
  const byId = kindsById(uses);
  const at = (end: End, direction: 'in' | 'out'): UsedEnd[] =>
    (byId.get(end.node) ?? []).map((kind) => ({ kind, direction, end }));
  return uses.connections.flatMap(({ from, to }) => [...at(from, 'out'), ...at(to, 'in')]);
}

// A port that is connected to a call port is one; through other stand-ins, too.
function spreadCalls(kinds: Kinds, ports: Map<string, Map<string, PortSpec>>, uses: readonly Uses[]): void {
  const links = uses.flatMap((used) => {
    const byId = kindsById(used);
    return used.connections.flatMap(({ from, to }) => {
      const [senders, receivers] = [byId.get(from.node) ?? [], byId.get(to.node) ?? []];
      return senders.flatMap((sender) => receivers.map((receiver) => ({ from, to, sender, receiver })));
    });
  });
  const isCall = (kind: string, port: string): boolean =>
    (ports.get(kind)?.get(port) ?? kinds.get(kind)?.ports[port])?.protocol === 'call';
  const makeCall = (kind: string, port: string): boolean => {
    const known = ports.get(kind)?.get(port);
    if (known === undefined || known.protocol === 'call') return false;
    ports.get(kind)?.set(port, { ...known, protocol: 'call' });
    return true;
  };
  for (let spread = true; spread; ) {
    spread = links
      .map(({ from, to, sender, receiver }) => {
        if (isCall(sender, from.port)) return makeCall(receiver, to.port);
        return isCall(receiver, to.port) && makeCall(sender, from.port);
      })
      .includes(true);
  }
}

// Whether it takes more than one connection is not known; whoever connected it has seen to that.
function standInPort(direction: 'in' | 'out'): PortSpec {
  return { direction, protocol: 'data', many: true, optional: true, description: '', schema: {} };
}

function standIn(kind: string, version: number, ports: ReadonlyMap<string, PortSpec>): ComponentSpec {
  const settings = Type.Object({});
  const words = { title: kind, icon: 'box', summary: 'Not known here.', contract: '', examples: [] };
  return { kind, version, ...words, settings, ports: Object.fromEntries(ports) };
}
