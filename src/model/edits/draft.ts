import type { Connection, DesignBody, Group, Node, Position, Size } from '#model/design.ts';
import type { Edit, Refusal } from './edit.ts';

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

const many = 500;

/**
 * Names of the entries of large records that a draft made, which nobody changes (E1): to ask V8 for them takes as long as all the rest of
 * a copy.
 */
const namesOf = new WeakMap<object, readonly string[]>();

/**
 * With V8, `{ ...record }` is the fastest for a few entries; of thousands, written out it takes a sixth of that, if it is into an object
 * that has lost a field, and the names are known.
 */
function copyOf<T>(record: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  // Assigning to `__proto__` would not make such a field.
  if (names.length < many || Object.hasOwn(record, '__proto__')) return { ...record };
  const copy: Record<string, T> = { '': undefined as T };
  delete copy[''];
  for (const name of names) copy[name] = record[name] as T;
  return copy;
}

/** One record of a design: the given one until something is written, then a copy of it. */
export class Shelf<T> {
  #record: Readonly<Record<string, T>>;
  #copied = false;
  // Of the copy, as long as they are known.
  #names: readonly string[] | undefined;
  readonly #added: string[] = [];

  constructor(record: Readonly<Record<string, T>> = {}) {
    this.#record = record;
  }

  get(id: string): T | undefined {
    return own(this.#record, id);
  }

  set(id: string, value: T): void {
    const record = this.#writable();
    if (this.#names !== undefined && !Object.hasOwn(record, id)) this.#added.push(id);
    record[id] = value;
  }

  delete(id: string): void {
    if (!Object.hasOwn(this.#record, id)) return;
    delete this.#writable()[id];
    this.#names = undefined;
  }

  values(): T[] {
    return Object.values(this.#record);
  }

  entries(): [string, T][] {
    return Object.entries(this.#record);
  }

  /** The record as it is now, for good. */
  finish(): Readonly<Record<string, T>> {
    if (this.#names !== undefined && this.#names.length + this.#added.length >= many)
      namesOf.set(this.#record, this.#added.length === 0 ? this.#names : [...this.#names, ...this.#added]);
    return this.#record;
  }

  #writable(): Record<string, T> {
    if (!this.#copied) {
      this.#names = namesOf.get(this.#record) ?? Object.keys(this.#record);
      this.#record = copyOf(this.#record, this.#names);
      this.#copied = true;
    }
    return this.#record as Record<string, T>;
  }
}

/** Connections by the node at either end. */
type ByNode = Map<string, string[]>;

/**
 * The index of a record of many connections: it goes on from each record to the one made of it, since most drafts are made of the newest.
 * Drafts of one record would share it, so a draft lives no longer than a call.
 */
const indexes = new WeakMap<object, ByNode>();

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
  readonly #begun: object;
  // Made when first asked for.
  #byNode: ByNode | undefined;

  constructor({ name, description, nodes, connections, canvas }: DesignBody) {
    this.#begun = connections;
    this.#byNode = indexes.get(connections);
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
    return ids.flatMap((id) => this.#connections.get(id) ?? []);
  }

  setConnection(connection: Connection): void {
    this.deleteConnection(connection.id);
    this.#connections.set(connection.id, connection);
    indexes.delete(this.#begun);
    if (this.#byNode !== undefined) indexed(this.#byNode, connection);
  }

  deleteConnection(id: string): void {
    const before = this.#connections.get(id);
    if (before === undefined) return;
    this.#connections.delete(id);
    indexes.delete(this.#begun);
    for (const node of [before.from.node, before.to.node]) unindexed(this.#byNode, node, id);
  }

  /** The design as it is now. The draft must not be used after it. */
  finish(): DesignBody {
    const { name, description } = this;
    const [sizes, groups, members] = [this.sizes.finish(), this.groups.finish(), this.members.finish()];
    const connections = this.#connections.finish();
    if (this.#byNode !== undefined && this.#byNode.size >= many) indexes.set(connections, this.#byNode);
    return {
      name,
      description,
      nodes: this.nodes.finish(),
      connections,
      canvas: {
        positions: this.positions.finish(),
        ...(!isEmpty(sizes) && { sizes }),
        ...(!isEmpty(groups) && { groups }),
        ...(!isEmpty(members) && { members }),
      },
    };
  }

  #index(): ByNode {
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

function indexed(byNode: ByNode, { id, from, to }: Connection): void {
  for (const node of from.node === to.node ? [from.node] : [from.node, to.node]) {
    const ids = byNode.get(node);
    if (ids === undefined) byNode.set(node, [id]);
    else ids.push(id);
  }
}

function unindexed(byNode: ByNode | undefined, node: string, id: string): void {
  const ids = byNode?.get(node);
  const at = ids?.indexOf(id) ?? -1;
  if (at >= 0) ids?.splice(at, 1);
  if (ids?.length === 0) byNode?.delete(node);
}
