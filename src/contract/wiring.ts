import type { ComponentSpec, PortSpec } from '#model/component.ts';
import type { Connection, DesignBody, End, Node } from '#model/design.ts';
import { readContract } from './faults.ts';
import type { Lts } from './lts.ts';
import { faultText } from './term.ts';

/** How many channels each `many` port of a node has; 1 for any other connected port, 0 for one that is not connected. */
export type Arity = Readonly<Record<string, number>>;

/** What the checks need of a component kind. */
export interface KnownKind {
  readonly spec: ComponentSpec;
  /** The contract text of a node; settings may leave out defaults. */
  contractOf(settings: Readonly<Record<string, unknown>>, arity: Arity): string;
  /** Brings settings of an older version of the kind to the present one. */
  migrate?(settings: Readonly<Record<string, unknown>>, fromVersion: number): Readonly<Record<string, unknown>>;
}

export type Lookup = (kind: string) => KnownKind | undefined;

/** A node with its contract for the channels it has in this design. */
export interface WiredNode {
  readonly id: string;
  readonly kind: string;
  readonly ports: Readonly<Record<string, PortSpec>>;
  readonly arity: Arity;
  /** Every channel end by the name events have, `out.2`; undefined where nothing is connected. */
  readonly ends: ReadonlyMap<string, ChannelEnd>;
  /** Or why there is none: one sentence each. */
  readonly contract:
    | { readonly ok: true; readonly text: string; readonly lts: Lts }
    | { readonly ok: false; readonly faults: readonly string[] };
}

export interface ChannelEnd {
  readonly port: PortSpec;
  readonly connection?: Connection;
}

/** The nodes of a design in the order of the design, each with the contract that its settings and connections give. */
export function wire(design: DesignBody, lookup: Lookup): readonly WiredNode[] {
  const byEnd = new Map<string, Connection>();
  const channels = new Map<string, number>();
  for (const connection of Object.values(design.connections)) {
    for (const end of [connection.from, connection.to]) {
      byEnd.set(endKey(end), connection);
      const port = `${end.node}.${end.port}`;
      channels.set(port, Math.max(channels.get(port) ?? 0, end.index + 1));
    }
  }
  return Object.values(design.nodes).map((node) => {
    const known = lookup(node.kind);
    const nothing = { id: node.id, kind: node.kind, ports: {}, arity: {}, ends: new Map() };
    if (known === undefined)
      return { ...nothing, contract: { ok: false, faults: [`there is no component kind ${node.kind} here`] } };
    const { ports } = known.spec;
    const arity = arityOf(channels, node.id, ports);
    const ends = new Map<string, ChannelEnd>();
    for (const [name, port] of Object.entries(ports)) {
      for (let index = 0; index < Math.max(1, arity[name] ?? 0); index++) {
        if (port.many && index >= (arity[name] ?? 0)) continue;
        const drawn = byEnd.get(endKey({ node: node.id, port: name, index }));
        // Q9: nothing is held on a call, whatever an older design says.
        const connection = drawn && port.protocol === 'call' ? { ...drawn, capacity: 0, policy: 'block' as const } : drawn;
        ends.set(port.many ? `${name}.${index}` : name, { port, ...(connection !== undefined && { connection }) });
      }
    }
    return { id: node.id, kind: node.kind, ports, arity, ends, contract: contractFor(known, node, arity) };
  });
}

function endKey({ node, port, index }: End): string {
  return `${node}.${port}.${index}`;
}

// K13: a mandatory port that nothing is connected to counts as one channel, so that the contract still makes sense.
function arityOf(channels: ReadonlyMap<string, number>, node: string, ports: Readonly<Record<string, PortSpec>>): Arity {
  const arity: Record<string, number> = {};
  for (const [name, { many, optional }] of Object.entries(ports)) {
    const here = channels.get(`${node}.${name}`) ?? 0;
    arity[name] = Math.max(optional ? 0 : 1, many ? here : Math.min(1, here));
  }
  return arity;
}

type Contract = WiredNode['contract'];

// While a design is drawn, the same nodes are asked about at every edit. A kind that is loaded again is another object.
const read = new WeakMap<KnownKind, Map<string, Contract>>();
const greatestRead = 500;

function contractFor(known: KnownKind, node: Node, arity: Arity): Contract {
  const ofKind = read.get(known) ?? new Map<string, Contract>();
  read.set(known, ofKind);
  const key = JSON.stringify([node.version, node.settings, arity]);
  const contract = ofKind.get(key) ?? readFor(known, node, arity);
  if (ofKind.size >= greatestRead) ofKind.clear();
  ofKind.set(key, contract);
  return contract;
}

function readFor(known: KnownKind, { settings, version }: Node, arity: Arity): Contract {
  let text: string;
  try {
    const present = version < known.spec.version ? (known.migrate?.(settings, version) ?? settings) : settings;
    text = known.contractOf(present, arity);
  } catch (thrown) {
    return {
      ok: false,
      faults: [`its contract cannot be made of its settings: ${thrown instanceof Error ? thrown.message : String(thrown)}`],
    };
  }
  const ports = Object.fromEntries(
    Object.entries(known.spec.ports).map(([name, port]) => [name, { ...port, ...(port.many && { channels: arity[name] ?? 0 }) }]),
  );
  const meant = readContract(text, ports);
  return meant.ok ? { ok: true, text, lts: meant.lts } : { ok: false, faults: meant.faults.map(faultText) };
}
