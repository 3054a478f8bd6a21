import type { PortSpec } from '#model/component.ts';
import type { Connection, End } from '#model/design.ts';
import { partsOfLabel } from './event-label.ts';
import { bufferLink, endLink, roughBuffer, smallBuffer } from './link.ts';
import { type Drawn, type Network, type NetworkEvent, type Part, type Shape, shapeOf } from './network.ts';
import { alone, drawNode, dropped, type EndRole, gone, leaves, owed } from './node-shape.ts';
import { happening, isSamePlace, type Slot, type Standing, slotOf, slotOn } from './standing.ts';
import type { ChannelEnd, WiredNode } from './wiring.ts';

/** A node whose contract means something. */
export interface ReadyNode extends WiredNode {
  readonly contract: Extract<WiredNode['contract'], { ok: true }>;
}

export function isReady(node: WiredNode): node is ReadyNode {
  return node.contract.ok;
}

/**
 * K6 to K11, K17  The network of a design whose every contract is known.
 *
 * @param rough buffers of more than three messages know only whether they are empty or full (K9): a proof then holds for the
 *   counted network too, a deadlock need not.
 * @param environment what is behind mandatory ports that nothing is connected to; a part each when it may refuse.
 */
export function compose(nodes: readonly ReadyNode[], rough: boolean, environment: Environment = 'ready'): Network {
  return new Composing(rough, environment).compose(nodes);
}

/** V66  What is behind a mandatory port that nothing is connected to; `seen`: it is ready, and what passes at any open port is an event of its own (V53). */
export type Environment = 'ready' | 'may-refuse' | 'seen';

/** Takes and gives, until it decides for ever to do neither. */
const refusing: Drawn = {
  moves: [
    [
      { label: 'free', to: 0 },
      { label: 'refuses', to: 1 },
    ],
    [],
  ],
  final: new Set(),
};

/** A node where it stands in a network; its plan holds as long as nothing else here differs. */
interface Placed {
  readonly self: number;
  readonly text: string;
  readonly ends: readonly { readonly label: string; readonly port: PortSpec; readonly standing: Standing | undefined }[];
  readonly shape: Known;
  readonly plan: readonly Slot[];
  part?: Part;
}

interface Known {
  readonly shape: Shape;
  readonly labels: readonly string[];
}

/** What is kept from one network to the next. */
interface Before {
  readonly known: Map<string, Known>;
  readonly placed: ReadonlyMap<string, Placed>;
  readonly standing: ReadonlyMap<string, Standing>;
  readonly round: number;
}

/** More shapes than this are not kept from one network to the next. */
const mostShapes = 2_000;

/**
 * V19  Networks of one design after another, each little different from the one before, as while drawing. The network is the one from scratch, number by number;
 * what stands as it stood is not made again, and parts and events that are the same are the same objects.
 */
export class Composing {
  readonly #rough: boolean;
  readonly #environment: Environment;
  readonly #known = new Map<string, Known>();
  #placed = new Map<string, Placed>();
  #standing = new Map<string, Standing>();
  #round = 0;

  constructor(rough: boolean, environment: Environment) {
    this.#rough = rough;
    this.#environment = environment;
  }

  compose(nodes: readonly ReadyNode[]): Network {
    if (this.#known.size > mostShapes) {
      this.#known.clear();
      this.#placed.clear();
      this.#standing.clear();
    }
    const before = { known: this.#known, placed: this.#placed, standing: this.#standing, round: this.#round++ };
    const composer = new Composer(nodes, this.#rough, this.#environment, before);
    const network = composer.network();
    [this.#placed, this.#standing] = [composer.placed, composer.standing];
    return network;
  }
}

class Composer {
  readonly #nodes: readonly ReadyNode[];
  readonly #rough: boolean;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #mayReturn: ReadonlySet<string>;
  readonly #shapes = new Map<Shape, number>();
  readonly #parts: Part[] = [];
  readonly #events: NetworkEvent[] = [];
  readonly #environment: Environment;
  /** The free events behind which somebody may refuse. */
  readonly #refusable: { readonly from: string; readonly event: number }[] = [];
  readonly #before: Before;
  readonly placed = new Map<string, Placed>();
  readonly standing = new Map<string, Standing>();

  constructor(nodes: readonly ReadyNode[], rough: boolean, environment: Environment, before: Before) {
    this.#nodes = nodes;
    this.#rough = rough;
    this.#environment = environment;
    this.#before = before;
    this.#numbers = new Map(nodes.map(({ id }, number) => [id, number]));
    this.#mayReturn = mayReturn(nodes);
  }

  network(): Network {
    let links = 0;
    for (const connection of this.#connections()) {
      const link = this.#needsLink(connection) ? this.#nodes.length + links++ : undefined;
      this.standing.set(connection.id, this.#stand(connection, link));
    }
    for (const [self, node] of this.#nodes.entries()) this.#addNode(node, self);
    for (const standing of this.standing.values()) if (standing.link !== undefined) this.#addLink(standing);
    for (const { from, event } of this.#refusable) this.#addRefusing(from, event);
    return { shapes: [...this.#shapes.keys()], parts: this.#parts, processes: this.#nodes.length, events: this.#events };
  }

  // Each once, in the order in which they are first met; of two of one id the later.
  #connections(): Iterable<Connection> {
    const found = new Map<string, Connection>();
    for (const { ends } of this.#nodes)
      for (const { connection } of ends.values()) if (connection) found.set(connection.id, connection);
    return found.values();
  }

  #stand(connection: Connection, link: number | undefined): Standing {
    const { from, to } = connection;
    const now = {
      connection,
      fromMany: this.#isMany(from),
      toMany: this.#isMany(to),
      sender: this.#numbers.get(from.node) ?? 0,
      receiver: this.#numbers.get(to.node) ?? 0,
      link,
      readerMayLeave: this.#mayReturn.has(to.node),
    };
    const before = this.#before.standing.get(connection.id);
    return before !== undefined && isSamePlace(before, now) ? before : { ...now, slots: new Map() };
  }

  #isMany({ node, port }: End): boolean {
    return this.#nodes[this.#numbers.get(node) ?? -1]?.ports[port]?.many === true;
  }

  #addRefusing(from: string, free: number): void {
    const part = this.#parts.length;
    const known = this.#shape('environment', () => refusing);
    const own = this.#add({ is: 'alone', parts: [part] });
    const {
      parts: [self = 0],
    } = this.#events[free] as NetworkEvent;
    this.#events[free] = { is: 'free', parts: [self, part], from };
    const events = Int32Array.from(known.labels, (label) => (label === 'free' ? free : own));
    this.#parts.push({ name: `what is behind ${from}`, shape: this.#numberOf(known), events });
  }

  // A rendezvous has something to remember only if its stream can end and someone asks whether it has.
  #needsLink({ capacity, from, to }: Connection): boolean {
    return capacity > 0 || (this.#maySay(from, '.end') && this.#maySay(to, '.end'));
  }

  #maySay(end: End, suffix: string): boolean {
    const node = this.#nodes[this.#numbers.get(end.node) ?? -1];
    if (node === undefined) return false;
    const isOutput = node.ports[end.port]?.direction === 'out';
    return node.contract.lts.labels.includes(labelOf(node, end) + suffix) || (isOutput && this.#mayReturn.has(node.id));
  }

  #addNode(node: ReadyNode, self: number): void {
    const before = this.#before.placed.get(node.id);
    const placed = before !== undefined && this.#isPlaced(before, node, self) ? before : this.#place(node, self);
    this.placed.set(node.id, placed);
    placed.part = this.#partOf(node.id, placed.shape, placed.plan, placed.part);
    this.#parts.push(placed.part);
  }

  // By the standing of its connections, all that is drawn of a node is then the same.
  #isPlaced(before: Placed, { contract, ends }: ReadyNode, self: number): boolean {
    if (before.self !== self || before.text !== contract.text || before.ends.length !== ends.size) return false;
    let at = 0;
    for (const [label, { port, connection }] of ends) {
      const was = before.ends[at++];
      const standing = connection && this.standing.get(connection.id);
      if (was?.label !== label || was.port !== port || was.standing !== standing) return false;
    }
    return true;
  }

  #place(node: ReadyNode, self: number): Placed {
    const { text, lts } = node.contract;
    const ends = [...node.ends].map(([label, { port, connection }]) => ({
      label,
      port,
      standing: connection && this.standing.get(connection.id),
    }));
    const roles = ends.map(({ label, standing }) => this.#roleOf(label, node.ends.get(label) as ChannelEnd, standing));
    const key = JSON.stringify([text, roles.map((role) => ({ ...role, connection: { ...role.connection, id: '' } }))]);
    const shape = this.#shape(key, () => drawNode(lts, roles));
    const standing = new Map(ends.map((end) => [end.label, end.standing]));
    const plan = shape.labels.map((label) => this.#planned(node, self, label, standing));
    return { self, text, ends, shape, plan };
  }

  // The same part as before where that would be equal to it.
  #partOf(name: string, known: Known, plan: readonly Slot[], before: Part | undefined): Part {
    const shape = this.#numberOf(known);
    const events = new Int32Array(plan.length);
    let same = before?.shape === shape;
    for (let label = 0; label < plan.length; label++) {
      const number = this.#numberIn(plan[label] as Slot);
      events[label] = number;
      if (same && before?.events[label] !== number) same = false;
    }
    return same && before !== undefined && before.events.length === plan.length ? before : { name, shape, events };
  }

  #numberIn(slot: Slot): number {
    if (slot.round === this.#before.round) return slot.number;
    slot.round = this.#before.round;
    slot.number = this.#add(slot.event);
    if (slot.refusable) this.#refusable.push({ from: slot.event.from ?? '', event: slot.number });
    return slot.number;
  }

  #roleOf(label: string, { port, connection }: ChannelEnd, standing: Standing | undefined): EndRole {
    const { direction, optional } = port;
    const call = port.protocol === 'call';
    const silent = direction === 'in' && optional;
    const apart = this.#environment === 'seen' || this.#mayRefuse(optional);
    if (connection === undefined) return { label, direction, call, silent, apart };
    const { id, capacity, policy } = connection;
    const drops = capacity === 0 && policy !== 'block';
    const readerMayLeave = this.#mayReturn.has(connection.to.node);
    const tellsEnd = standing?.link !== undefined;
    return {
      label,
      direction,
      call,
      silent: false,
      connection: { id, buffered: capacity > 0, tellsEnd, drops, readerMayLeave },
    };
  }

  #mayRefuse(optional: boolean): boolean {
    return this.#environment === 'may-refuse' && !optional;
  }

  #addLink(standing: Standing): void {
    const { id, capacity, policy } = standing.connection;
    const rough = this.#rough && capacity > smallBuffer;
    const known = this.#shape(`link ${capacity} ${policy} ${rough}`, () =>
      capacity === 0 ? endLink : rough ? roughBuffer(policy) : bufferLink(capacity, policy),
    );
    standing.plan ??= known.labels.map((label) => slotOn(standing, label as NetworkEvent['is']));
    standing.part = this.#partOf(id, known, standing.plan, standing.part);
    this.#parts.push(standing.part);
  }

  #shape(key: string, draw: () => Drawn): Known {
    const known = this.#before.known.get(key) ?? shapeOf(draw());
    this.#before.known.set(key, known);
    return known;
  }

  #numberOf({ shape }: Known): number {
    const number = this.#shapes.get(shape) ?? this.#shapes.size;
    this.#shapes.set(shape, number);
    return number;
  }

  /** The event of a label of a node. */
  #planned(node: ReadyNode, self: number, label: string, standing: ReadonlyMap<string, Standing | undefined>): Slot {
    if (label === alone) return slotOf({ is: 'alone', parts: [self] });
    const fate = [gone, dropped, leaves, owed].find((suffix) => label.endsWith(suffix)) ?? '';
    const { end: name, word } = partsOfLabel(label.slice(0, label.length - fate.length));
    const [end, on] = [node.ends.get(name), standing.get(name)];
    if (end?.connection === undefined || on === undefined) {
      const refusable = word !== 'end' && this.#mayRefuse(end?.port.optional ?? true);
      return slotOf({ is: 'free', parts: [self], from: `${node.id}.${label}` }, refusable);
    }
    const { direction } = end.port;
    if (word === 'quit' && direction === 'out' && fate === '') return slotOf({ is: 'alone', parts: [self] });
    return slotOn(on, happening(word, fate, direction, end.connection.capacity));
  }

  #add(event: NetworkEvent): number {
    return this.#events.push(event) - 1;
  }
}

/** The name of an end in the events of its node. */
function labelOf(node: WiredNode, { port, index }: End): string {
  return node.ports[port]?.many === true ? `${port}.${index}` : port;
}

// A process returns by its contract, or because a reader of it has. That a server has returned is an answer like another.
function mayReturn(nodes: readonly ReadyNode[]): ReadonlySet<string> {
  const returning = new Set(nodes.filter(({ contract }) => contract.lts.final.includes(true)).map(({ id }) => id));
  if (returning.size === 0) return returning;
  const writersTo = new Map<string, string[]>();
  for (const { id, ends } of nodes) {
    for (const { port, connection } of ends.values()) {
      if (port.direction !== 'out' || port.protocol !== 'data' || !connection) continue;
      const list = writersTo.get(connection.to.node) ?? [];
      writersTo.set(connection.to.node, list);
      list.push(id);
    }
  }
  for (const reader of returning) for (const writer of writersTo.get(reader) ?? []) returning.add(writer);
  return returning;
}
