import type { Connection, DesignBody, Group, Node, Position, Size } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edit.ts';

/** What an edit led to within a draft: the edits that take it back, in the order to apply them, or why nothing was done. */
export type Outcome = readonly Edit[] | Refusal;

export const refuse = (code: Refusal['code'], message: string, pointer: string): Refusal => ({ code, message, pointer });
export const unknownNode = (id: string, pointer: string): Refusal =>
  refuse('UNKNOWN_NODE', `there is no node ${id} in this design`, pointer);
export const unknownConnection = (id: string): Refusal =>
  refuse('UNKNOWN_CONNECTION', `there is no connection ${id} in this design`, '/id');
export const unknownGroup = (id: string, pointer: string): Refusal =>
  refuse('UNKNOWN_GROUP', `there is no group ${id} in this design`, pointer);

export const refused = (outcome: Outcome): outcome is Refusal => 'code' in outcome;

/** A field that is there but undefined says the same as one that is not there. */
export function defined<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}

/** Own properties only: an id such as "constructor" must not find what every object inherits. */
export function own<T>(record: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}

/** Records known to be of many entries: counting them takes as long as a third of copying them. */
const large = new WeakSet<object>();
const many = 500;

/**
 * With V8, `{ ...record }` is the fastest for a few entries; of thousands, written out it takes a third of that, if it is into an object
 * that has lost a field.
 */
function copyOf<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  if (!large.has(record) && Object.keys(record).length < many) return { ...record };
  // Assigning to it would not make such a field.
  if (Object.hasOwn(record, '__proto__')) return { ...record };
  const copy: Record<string, T> = { '': undefined as T };
  delete copy[''];
  for (const name in record) copy[name] = record[name] as T;
  large.add(copy);
  return copy;
}

/** One record of a design: the given one until something is written, then a copy of it. */
export class Shelf<T> {
  #record: Readonly<Record<string, T>>;
  #copied = false;

  constructor(record: Readonly<Record<string, T>> = {}) {
    this.#record = record;
  }

  get(id: string): T | undefined {
    return own(this.#record, id);
  }

  set(id: string, value: T): void {
    this.#writable()[id] = value;
  }

  delete(id: string): void {
    if (Object.hasOwn(this.#record, id)) delete this.#writable()[id];
  }

  values(): T[] {
    return Object.values(this.#record);
  }

  entries(): [string, T][] {
    return Object.entries(this.#record);
  }

  get record(): Readonly<Record<string, T>> {
    return this.#record;
  }

  #writable(): Record<string, T> {
    if (!this.#copied) {
      this.#record = copyOf(this.#record);
      this.#copied = true;
    }
    return this.#record as Record<string, T>;
  }
}

/**
 * A design while edits are applied to it. The given design is never changed, and what no edit touches is shared with the result:
 * each record is copied once however many edits there are, so a thousand edits do not copy it a thousand times.
 */
export class Draft {
  name: string;
  description: string;
  readonly nodes: Shelf<Node>;
  readonly positions: Shelf<Position>;
  readonly sizes: Shelf<Size>;
  readonly groups: Shelf<Group>;
  readonly members: Shelf<string>;
  readonly #connections: Shelf<Connection>;
  // Connections by the node at either end; made when first asked for.
  #byNode: Map<string, Set<string>> | undefined;

  constructor({ name, description, nodes, connections, canvas }: DesignBody) {
    this.name = name;
    this.description = description;
    this.nodes = new Shelf(nodes);
    this.#connections = new Shelf(connections);
    this.positions = new Shelf(canvas.positions);
    this.sizes = new Shelf(canvas.sizes);
    this.groups = new Shelf(canvas.groups);
    this.members = new Shelf(canvas.members);
  }

  connection(id: string): Connection | undefined {
    return this.#connections.get(id);
  }

  /** The connections of a node, in no order. */
  connectionsOf(node: string): Connection[] {
    const ids = this.#index().get(node) ?? [];
    return [...ids].flatMap((id) => this.#connections.get(id) ?? []);
  }

  setConnection(connection: Connection): void {
    this.deleteConnection(connection.id);
    this.#connections.set(connection.id, connection);
    if (this.#byNode !== undefined) indexed(this.#byNode, connection);
  }

  deleteConnection(id: string): void {
    const before = this.#connections.get(id);
    if (before === undefined) return;
    this.#connections.delete(id);
    for (const node of [before.from.node, before.to.node]) this.#byNode?.get(node)?.delete(id);
  }

  /** The design as it is now. The draft must not be used after it. */
  finish(): DesignBody {
    const { name, description } = this;
    const [sizes, groups, members] = [this.sizes.record, this.groups.record, this.members.record];
    return {
      name,
      description,
      nodes: this.nodes.record,
      connections: this.#connections.record,
      canvas: {
        positions: this.positions.record,
        ...(!isEmpty(sizes) && { sizes }),
        ...(!isEmpty(groups) && { groups }),
        ...(!isEmpty(members) && { members }),
      },
    };
  }

  #index(): Map<string, Set<string>> {
    if (this.#byNode === undefined) {
      this.#byNode = new Map();
      for (const connection of this.#connections.values()) indexed(this.#byNode, connection);
    }
    return this.#byNode;
  }
}

function isEmpty(record: object): boolean {
  for (const _name in record) return false;
  return true;
}

function indexed(byNode: Map<string, Set<string>>, { id, from, to }: Connection): void {
  for (const node of [from.node, to.node]) {
    const ids = byNode.get(node);
    if (ids === undefined) byNode.set(node, new Set([id]));
    else ids.add(id);
  }
}
