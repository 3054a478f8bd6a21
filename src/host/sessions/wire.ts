import { defineError, messageOf } from '#base/errors.ts';
import type { Catalog } from '#host/catalog.ts';
import type { AnyComponent } from '#kit/define-component.ts';
import type { Ports } from '#kit/ports.ts';
import type { Tools } from '#kit/tools.ts';
import type { PortSpec } from '#model/component.ts';
import type { Connection, End, Node } from '#model/design.ts';
import { endText } from '#model/design.ts';
import type { FlatDesign } from '#model/expand.ts';
import { faultText } from '#model/sessions/session.ts';
import { withDefaults } from '#model/settings.ts';
import type { ChannelEndPlan, ChannelPlan } from '#runtime/channels/channel.ts';
import { discardSender, endedReceiver } from '#runtime/channels/unconnected.ts';
import { Network } from '#runtime/network.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import type { ProcessPlan } from '#runtime/processes/process.ts';
import type { Steering } from '#runtime/replay/steering.ts';
import type { Growth } from '#runtime/swap/growth.ts';
import { isCall } from './call-wiring.ts';
import type { Conformance } from './conformance.ts';
import { Farms, type Hands } from './farms.ts';
import { NodeProcess, Surroundings } from './node-process.ts';

const kindUnknown = defineError('HOST_KIND_UNKNOWN', 'input', 'The design uses a component kind that is not known here.');
const versionNewer = defineError(
  'HOST_VERSION_NEWER',
  'input',
  'The design uses a newer version of a component kind than is known here. Run it with the program, or the components, that saved it.',
);
const migrationFailed = defineError(
  'HOST_MIGRATION_FAILED',
  'input',
  'Settings of an older version of a component kind could not be brought to the present one. Enter them anew.',
);
const portUnconnected = defineError('HOST_PORT_UNCONNECTED', 'input', 'A port that must be connected is not.');
const endTaken = defineError(
  'HOST_END_TAKEN',
  'input',
  'The port already has a connection, so nothing can be fed to or read from it.',
);
const portUnknown = defineError('HOST_PORT_UNKNOWN', 'input', 'The design has no such port.');
/** Something outside the design at one of its unconnected ports: `body` is handed the other end of the channel. */
export type Attachment =
  | { readonly is: 'feed'; readonly to: End; readonly body: (out: Sender<unknown>) => Operation<void> }
  | { readonly is: 'collect'; readonly from: End; readonly body: (into: Receiver<unknown>) => Operation<void> };

export interface Wiring {
  /** Expanded; without farms it has none. */
  readonly design: Pick<FlatDesign, 'nodes' | 'connections'> & Partial<Pick<FlatDesign, 'farms'>>;
  readonly catalog: Catalog;
  /** What the processes reach the outside with; made for each node, so that a log line knows its node. */
  readonly tools: (node: string) => Tools;
  readonly defer: (turn: () => void) => void;
  readonly attachments?: readonly Attachment[];
  /** Decides in place of the scheduler, in a search or a replay. */
  readonly steering?: Steering;
  /** Holds what processes do against their contracts (S82). */
  readonly watch?: Pick<Conformance, 'life'>;
}

/**
 * Turns a design into a network that is ready to start: a process a node, a channel a connection.
 *
 * H1  A process is handed the channels of a many port in the order of their index.
 * H2  Where nothing is connected an optional input is at its end, an optional output discards and an optional call is answered with
 *     gone; so is each index of a many port that lies below a used one.
 * H3  A kind that is not known and a mandatory port that is not connected are refused, with the place.
 * H4  Settings come with their defaults; those of an older version are brought to the present one first, those of a newer refused.
 * H5  A rejected message leaves at `err`. With `err` unconnected, policy skip counts it and the process goes on with all it
 *     remembers; the other policies see an exception. What an exception does to the message at hand: H26 in `failed-message.ts`.
 * H6  An attachment feeds or reads a port that is not connected, and ends with it.
 *
 * @throws HOST_KIND_UNKNOWN, HOST_VERSION_NEWER, HOST_MIGRATION_FAILED, HOST_PORT_UNCONNECTED (pointer to the node and port), HOST_END_TAKEN, HOST_PORT_UNKNOWN.
 */
export function wire(wiring: Wiring): Network {
  let network: Network | undefined;
  const { defer, steering } = wiring;
  const { clock } = wiring.tools('');
  const { farms } = planOf(wiring, () => network as Network);
  const first = farms.first();
  network = new Network({ ...first, clock, defer, ...(steering && { steering }) });
  farms.begin(first);
  return network;
}

/** The processes and channels of a design, for the network that `live` gives once they start; errors as with `wire`. */
export function planOf(wiring: Wiring, live: () => Network): Required<Growth> & { readonly farms: Farms } {
  const attached = (wiring.attachments ?? []).map(attachmentPlan);
  const connections = [...Object.values(wiring.design.connections), ...attached.map(({ connection }) => connection)];
  const wires = new Wires(connections);
  for (const { connection } of attached) refuseBadAttachment(wiring, wires, connection);
  const around = new Surroundings(live, wiring.tools, watchOf(wiring));
  const processes = Object.values(wiring.design.nodes).map((node) => processOf(node, wiring, wires, around));
  const outside = attached.map(
    ({ process, start }): ProcessPlan => ({ id: process, body: () => start(live()), onFailure: 'stop' }),
  );
  const spellings = new Spellings();
  for (const { id } of processes) spellings.of(id);
  const plans = (call: boolean): ChannelPlan[] =>
    connections
      .filter((connection) => isCall(connection, wiring.design, wiring.catalog) === call)
      .map((connection) => channelOf(connection, wiring, spellings));
  const whole = { processes: [...processes, ...outside], channels: plans(false), calls: plans(true) };
  const farms = new Farms(wiring.design.farms ?? [], whole, live, handsOf(processes, live));
  around.farms = farms;
  return { ...whole, farms };
}

/** Outside of where the rest is made, so that the design is kept by those alone who watch. */
function watchOf({ watch, design }: Wiring): Surroundings['watch'] {
  return watch && ((node, io, run) => watch.life(design, node, io, run));
}

function handsOf(processes: readonly NodeProcess[], live: () => Network): Hands {
  let byId: ReadonlyMap<string, NodeProcess> | undefined;
  const put = ({ process, port }: ChannelEndPlan, end: Receiver<unknown> | Sender<unknown>): void => {
    const [, name = port, index] = /^([^[]+)\[(\d+)\]$/.exec(port) ?? [];
    byId ??= new Map(processes.map((one) => [one.id, one]));
    const held = (byId.get(process)?.io as Record<string, unknown> | undefined)?.[name];
    if (index !== undefined && Array.isArray(held)) held[Number(index)] = end;
  };
  return {
    joined(channels) {
      for (const { id, from, to } of channels) {
        put(from, live().channel(id).sender);
        put(to, live().channel(id).receiver);
      }
    },
    closed(channels) {
      for (const { from, to } of channels) {
        put(from, discardSender());
        put(to, endedReceiver());
      }
    },
  };
}

/** The connections of a design, by the nodes they join. */
class Wires {
  readonly #byNode = new Map<string, readonly Connection[]>();

  constructor(connections: readonly Connection[]) {
    const byNode = new Map<string, Connection[]>();
    for (const connection of connections) {
      for (const node of new Set([connection.from.node, connection.to.node])) {
        const list = byNode.get(node);
        if (list === undefined) byNode.set(node, [connection]);
        else list.push(connection);
      }
    }
    // Lists of just their length: one that was pushed to keeps room for sixteen more.
    for (const [node, list] of byNode) this.#byNode.set(node, [...list]);
  }

  /** In no order, as with `at`. */
  of(node: string): readonly Connection[] {
    return this.#byNode.get(node) ?? [];
  }

  at(direction: 'in' | 'out', node: string, port: string): readonly Connection[] {
    const isHere = ({ from, to }: Connection): boolean => {
      const end = direction === 'in' ? to : from;
      return end.node === node && end.port === port;
    };
    return (this.#byNode.get(node) ?? []).filter(isHere);
  }
}

/** One string for each text: a connection names its nodes and ports with strings of its own, which would live as long as the network. */
class Spellings {
  readonly #known = new Map<string, string>();

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, text);
    return text;
  }
}

function channelOf({ id, capacity, policy, from, to }: Connection, { design, catalog }: Wiring, same: Spellings): ChannelPlan {
  const label = ({ node, port, index }: End): ChannelEndPlan => {
    const kind = design.nodes[node]?.kind ?? '';
    const many = catalog.component(kind)?.spec.ports[port]?.many === true;
    return { process: same.of(node), port: same.of(many ? `${port}[${index}]` : port) };
  };
  return { id, capacity, policy, from: label(from), to: label(to) };
}

function processOf(node: Node, wiring: Wiring, wires: Wires, around: Surroundings): NodeProcess {
  const component = wiring.catalog.component(node.kind);
  if (component === undefined) {
    const detail = `Node ${node.id} is a ${node.kind}, a component kind that is not known here. Load its folder with --components.`;
    throw kindUnknown({ detail, pointer: `/nodes/${node.id}/kind`, facts: { kind: node.kind } });
  }
  refuseNewer(node, component);
  for (const [name, port] of Object.entries(component.spec.ports)) refuseUnconnected(node, name, port, wires);
  const settings = withDefaults(component.spec, settingsOf(node, component));
  return new NodeProcess(node, component, settings, wires.of(node.id), around);
}

function refuseNewer({ id, kind, version }: Node, { spec }: AnyComponent): void {
  if (version <= spec.version) return;
  const detail = `Node ${id} has settings of ${kind} version ${version}; here it is known up to version ${spec.version}. Run it with the program, or the components, that saved it.`;
  throw versionNewer({ detail, pointer: `/nodes/${id}/version`, facts: { node: id, kind, version, known: spec.version } });
}

export function settingsOf({ id, kind, version, settings }: Node, component: AnyComponent): Record<string, unknown> {
  if (version === component.spec.version) return settings;
  try {
    return component.migrate(settings, version);
  } catch (cause) {
    const detail = `The settings of node ${id} could not be brought from version ${version} of ${kind} to ${component.spec.version}: ${faultText(messageOf(cause))}. Enter them anew.`;
    throw migrationFailed({ detail, pointer: `/nodes/${id}/settings`, facts: { node: id, kind, version }, cause });
  }
}

function refuseUnconnected(node: Node, name: string, port: PortSpec, wires: Wires): void {
  if (port.optional || wires.at(port.direction, node.id, name).length > 0) return;
  const detail = `${node.id}.${name} must be connected before the design can run.`;
  throw portUnconnected({ detail, pointer: `/nodes/${node.id}`, facts: { node: node.id, port: name } });
}

interface AttachmentPlan {
  readonly process: string;
  readonly connection: Connection;
  readonly start: (network: Network) => Operation<void>;
}

// Ids with a colon or a space cannot be those of a node or a connection, so nothing collides.
function attachmentPlan(attachment: Attachment): AttachmentPlan {
  const inner = attachment.is === 'feed' ? attachment.to : attachment.from;
  const process = `${attachment.is}: ${endText(inner, inner.index > 0)}`;
  const outer: End = { node: process, port: attachment.is === 'feed' ? 'out' : 'in', index: 0 };
  const [from, to] = attachment.is === 'feed' ? [outer, inner] : [inner, outer];
  const start = (network: Network): Operation<void> => {
    const { sender, receiver } = network.channel(process);
    return attachment.is === 'feed' ? attachment.body(sender) : attachment.body(receiver);
  };
  return { process, connection: { id: process, from, to, capacity: 0, policy: 'block' }, start };
}

function refuseBadAttachment({ design, catalog }: Wiring, wires: Wires, { id, from, to }: Connection): void {
  const direction = id.startsWith('feed') ? 'in' : 'out';
  const inner = direction === 'in' ? to : from;
  const text = endText(inner, inner.index > 0);
  const node = design.nodes[inner.node];
  const port: PortSpec | undefined = (catalog.component(node?.kind ?? '')?.spec.ports as Ports | undefined)?.[inner.port];
  if (port?.protocol === 'call') {
    throw portUnknown({ detail: `${text} is a call port; messages are fed to and read from data ports.`, facts: { end: text } });
  }
  if (port === undefined || port.direction !== direction || (inner.index > 0 && !port.many)) {
    throw portUnknown({ detail: `The design has no ${direction}put ${text}.`, facts: { end: text } });
  }
  const others = wires
    .at(direction, inner.node, inner.port)
    .filter((other) => (direction === 'in' ? other.to : other.from).index === inner.index);
  if (others.length > 1) throw endTaken({ detail: `${text} already has a connection.`, facts: { end: text } });
}
