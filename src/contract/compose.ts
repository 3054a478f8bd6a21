import { type Connection, type End, endText } from '#model/design.ts';
import { type EventWord, partsOfLabel } from './event-label.ts';
import { bufferLink, endLink, roughBuffer, smallBuffer } from './link.ts';
import type { Lts } from './lts.ts';
import { type Drawn, type Network, type NetworkEvent, type Part, type Shape, shapeOf } from './network.ts';
import { alone, drawNode, dropped, type EndRole, gone, leaves, owed } from './node-shape.ts';
import type { WiredNode } from './wiring.ts';

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
  return new Composer(nodes, rough, environment).network();
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

class Composer {
  readonly #nodes: readonly ReadyNode[];
  readonly #rough: boolean;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #mayReturn: ReadonlySet<string>;
  readonly #shapes: Shape[] = [];
  readonly #known = new Map<string, { readonly shape: number; readonly labels: readonly string[] }>();
  readonly #parts: Part[] = [];
  readonly #events: NetworkEvent[] = [];
  readonly #shared = new Map<string, number>();
  readonly #environment: Environment;
  /** The free events behind which somebody may refuse. */
  readonly #refusable: { readonly from: string; readonly event: number }[] = [];

  constructor(nodes: readonly ReadyNode[], rough: boolean, environment: Environment) {
    this.#nodes = nodes;
    this.#rough = rough;
    this.#environment = environment;
    this.#numbers = new Map(nodes.map(({ id }, number) => [id, number]));
    this.#mayReturn = mayReturn(nodes);
  }

  network(): Network {
    const connections = new Map(
      this.#nodes.flatMap(({ ends }) =>
        [...ends.values()].flatMap(({ connection }) => (connection ? [[connection.id, connection]] : [])),
      ),
    );
    const links = new Map(
      [...connections.values()].filter((c) => this.#needsLink(c)).map(({ id }, i) => [id, this.#nodes.length + i]),
    );
    for (const node of this.#nodes) this.#addNode(node, links);
    for (const id of links.keys()) {
      const connection = connections.get(id);
      if (connection !== undefined) this.#addLink(connection, links);
    }
    for (const { from, event } of this.#refusable) this.#addRefusing(from, event);
    return { shapes: this.#shapes, parts: this.#parts, processes: this.#nodes.length, events: this.#events };
  }

  #addRefusing(from: string, free: number): void {
    const part = this.#parts.length;
    const { shape, labels } = this.#shape('environment', () => refusing);
    const own = this.#add({ is: 'alone', parts: [part] });
    const {
      parts: [self = 0],
    } = this.#events[free] as NetworkEvent;
    this.#events[free] = { is: 'free', parts: [self, part], from };
    const events = Int32Array.from(labels, (label) => (label === 'free' ? free : own));
    this.#parts.push({ name: `what is behind ${from}`, shape, events });
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

  #addNode(node: ReadyNode, links: ReadonlyMap<string, number>): void {
    const roles = [...node.ends].map(([label, { port, connection }]): EndRole => {
      const { direction, optional } = port;
      const call = port.protocol === 'call';
      const silent = direction === 'in' && optional;
      const apart = this.#environment === 'seen' || this.#mayRefuse(optional);
      if (connection === undefined) return { label, direction, call, silent, apart };
      const { id, capacity, policy } = connection;
      const drops = capacity === 0 && policy !== 'block';
      const readerMayLeave = this.#mayReturn.has(connection.to.node);
      return {
        label,
        direction,
        call,
        silent: false,
        connection: { id, buffered: capacity > 0, tellsEnd: links.has(id), drops, readerMayLeave },
      };
    });
    const key = JSON.stringify([
      node.contract.text,
      roles.map((role) => ({ ...role, connection: { ...role.connection, id: '' } })),
    ]);
    const { shape, labels } = this.#shape(key, () => drawNode(node.contract.lts, roles));
    this.#parts.push({ name: node.id, shape, events: Int32Array.from(labels, (label) => this.#eventOfNode(node, label, links)) });
  }

  #mayRefuse(optional: boolean): boolean {
    return this.#environment === 'may-refuse' && !optional;
  }

  #addLink(connection: Connection, links: ReadonlyMap<string, number>): void {
    const { id, capacity, policy } = connection;
    const rough = this.#rough && capacity > smallBuffer;
    const key = `link ${capacity} ${policy} ${rough}`;
    const { shape, labels } = this.#shape(key, () =>
      capacity === 0 ? endLink : rough ? roughBuffer(policy) : bufferLink(capacity, policy),
    );
    const events = labels.map((label) => this.#eventOn(connection, label as NetworkEvent['is'], links));
    this.#parts.push({ name: id, shape, events: Int32Array.from(events) });
  }

  #shape(key: string, draw: () => Drawn): { readonly shape: number; readonly labels: readonly string[] } {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { shape, labels } = shapeOf(draw());
    const added = { shape: this.#shapes.push(shape) - 1, labels };
    this.#known.set(key, added);
    return added;
  }

  #eventOfNode(node: ReadyNode, label: string, links: ReadonlyMap<string, number>): number {
    const self = this.#numbers.get(node.id) ?? 0;
    if (label === alone) return this.#add({ is: 'alone', parts: [self] });
    const fate = [gone, dropped, leaves, owed].find((suffix) => label.endsWith(suffix)) ?? '';
    const { end: name, word } = partsOfLabel(label.slice(0, label.length - fate.length));
    const end = node.ends.get(name);
    if (end?.connection === undefined) {
      const from = `${node.id}.${label}`;
      const event = this.#add({ is: 'free', parts: [self], from });
      if (word !== 'end' && this.#mayRefuse(end?.port.optional ?? true)) this.#refusable.push({ from, event });
      return event;
    }
    if (word === 'quit' && end.port.direction === 'out' && fate === '') return this.#add({ is: 'alone', parts: [self] });
    return this.#eventOn(end.connection, happening(word, fate, end.port.direction, end.connection.capacity), links);
  }

  /** The event of a connection, made when first asked for. */
  #eventOn(connection: Connection, is: NetworkEvent['is'], links: ReadonlyMap<string, number>): number {
    const key = `${is} ${connection.id}`;
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const sender = this.#numbers.get(connection.from.node) ?? 0;
    const receiver = this.#numbers.get(connection.to.node) ?? 0;
    const link = links.get(connection.id);
    const made = this.#add({
      is,
      parts: partsOf(is, sender, receiver, link, connection.capacity),
      connection: connection.id,
      from: this.#endText(connection.from),
      to: this.#endText(connection.to),
      sender,
      receiver,
    });
    this.#shared.set(key, made);
    return made;
  }

  #endText(end: End): string {
    const node = this.#nodes[this.#numbers.get(end.node) ?? -1];
    return endText(end, node?.ports[end.port]?.many === true);
  }

  #add(event: NetworkEvent): number {
    return this.#events.push(event) - 1;
  }
}

function happening(word: EventWord, fate: string, direction: 'in' | 'out', capacity: number): NetworkEvent['is'] {
  if (word === 'ask') return fate === gone ? 'asks-gone' : 'ask';
  if (word === 'reply') return fate === gone ? 'hears-gone' : 'reply';
  if (word === 'quit') return 'quit';
  if (word === 'end') return direction === 'out' ? 'end' : 'sees';
  if (fate === gone) return 'gone';
  if (fate === dropped) return 'dropped';
  if (fate === leaves) return 'leaves';
  return capacity === 0 ? 'message' : direction === 'out' ? 'put' : 'take';
}

// Without a link the end concerns the sender alone, and a reader that waits for it waits for ever: itself and nobody, which is -1.
// A node that has to meet itself meets nobody either.
function partsOf(
  is: NetworkEvent['is'],
  sender: number,
  receiver: number,
  link: number | undefined,
  capacity: number,
): NetworkEvent['parts'] {
  const memory = link ?? -1;
  const peer = sender === receiver ? -1 : receiver;
  switch (is) {
    case 'put':
      return [sender, memory];
    case 'end':
      return link === undefined ? [sender] : [sender, memory];
    case 'take':
    case 'sees':
    case 'leaves':
      return [receiver, memory];
    case 'gone':
      return [sender, capacity === 0 ? peer : memory];
    case 'dropped':
      return [sender];
    default:
      return [sender, peer];
  }
}

/** The name of an end in the events of its node. */
function labelOf(node: WiredNode, { port, index }: End): string {
  return node.ports[port]?.many === true ? `${port}.${index}` : port;
}

// A process returns by its contract, or because a reader of it has. That a server has returned is an answer like another.
function mayReturn(nodes: readonly ReadyNode[]): ReadonlySet<string> {
  const ends = (lts: Lts): boolean => lts.final.includes(true);
  const returning = new Set(nodes.filter(({ contract }) => ends(contract.lts)).map(({ id }) => id));
  const readersOf = (node: ReadyNode): string[] =>
    [...node.ends.values()].flatMap(({ port, connection }) =>
      port.direction === 'out' && port.protocol === 'data' && connection ? [connection.to.node] : [],
    );
  for (let count = -1; count < returning.size; ) {
    count = returning.size;
    for (const node of nodes) if (readersOf(node).some((reader) => returning.has(reader))) returning.add(node.id);
  }
  return returning;
}
