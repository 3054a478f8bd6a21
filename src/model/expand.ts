import { errPort, type FarmNesting, type Kinds, type NestedEnd, type Nesting } from './component.ts';
import type { Connection, DesignBody, End, Node } from './design.ts';
import { openEnd } from './open-end.ts';
import { parametersIn, withParameters } from './parameters.ts';
import { escapePointer } from './schema-check.ts';
import { settingFaults } from './settings.ts';

/** D13: a design may hold designs that hold designs this deep. */
export const deepestNesting = 16;
/** D13: nodes of a design and of all its parts. */
export const mostNodes = 10_000;
/** Ends that the process which gathers the results of a farm can listen to: its contract counts them. */
const mostFarmEnds = 1_300;

/** A design that is used as a part. `key` tells revisions apart. */
export interface InnerDesign {
  readonly key: string;
  readonly body: DesignBody;
}

/** A design as a node names it, and the key of the design the node is in; that of the outermost is ''. */
export interface Wanted {
  readonly within: string;
  readonly design: string;
  readonly version: number | undefined;
}

/** Why a design cannot be expanded. The pointer is into the outermost design. */
export interface NestingFault {
  readonly rule:
    | 'subdesign-missing'
    | 'subdesign-cycle'
    | 'subdesign-depth'
    | 'subdesign-size'
    | 'subdesign-end'
    | 'subdesign-parameter';
  readonly message: string;
  readonly pointer: string;
  /** Of the outermost design. */
  readonly node: string;
}

/** D17: copies of a part of which `atOnce` are there from the start. A node is in copy `c` when its id begins with `c/`. */
export interface FarmPlan {
  readonly share: string;
  readonly collect: string;
  readonly copies: readonly string[];
  readonly atOnce: number;
  /** Whether somebody asks when a copy has done its work. */
  readonly ordered: boolean;
}

/** A flat design: no node of it stands for others. */
export interface FlatDesign extends DesignBody {
  readonly farms: readonly FarmPlan[];
}

export interface Expansion {
  readonly flat: FlatDesign;
  /** When there are any, `flat` is not whole. */
  readonly faults: readonly NestingFault[];
  /** Keys of the designs that are in it. */
  readonly used: ReadonlySet<string>;
  /** The end in `flat` that an end of the design is. */
  readonly endOf: (end: End, direction: 'in' | 'out') => End;
}

/** Looks for a design: gives it, or says why not. */
export type FindInner = (wanted: Wanted) => InnerDesign | string | undefined;

/** A design with all that it has as parts, however deep: plain data. */
export interface WholeDesign extends InnerDesign {
  readonly inner: readonly (Wanted & InnerDesign)[];
  /** What could not be read, and why not. */
  readonly unread: readonly (Wanted & { readonly why: string })[];
}

/** A design that has no parts, or whose parts are not known. */
export function alone(body: DesignBody, key = ''): WholeDesign {
  return { body, key, inner: [], unread: [] };
}

/** Expands a design with what is known of its parts. */
export function expandWhole({ body, key, inner, unread }: WholeDesign, kinds: Kinds): Expansion {
  const byWanted = new Map<string, InnerDesign | string>(inner.map((part) => [wantedKey(part), part]));
  for (const { why, ...wanted } of unread) byWanted.set(wantedKey(wanted), why);
  return expand(body, kinds, (wanted) => byWanted.get(wantedKey(wanted)), key);
}

/** Tells what is wanted apart. */
export function wantedKey({ within, design, version }: Wanted): string {
  return JSON.stringify([within, design, version ?? null]);
}

/**
 * D10 to D17  Puts designs in the place of the nodes that stand for them. Pure; the same for the run, the check and the export.
 *
 * @param key of the design itself, so that one that contains itself is noticed.
 */
export function expand(body: DesignBody, kinds: Kinds, find: FindInner, key = ''): Expansion {
  const expander = new Expander(kinds, find);
  const { resolve } = expander.place(body, { prefix: '', within: key, path: [key], values: {}, root: undefined });
  const { nodes, connections, farms, faults, used } = expander;
  const flat = { ...body, nodes, connections, farms };
  return { flat, faults, used, endOf: (end, direction) => resolve(end, direction) ?? end };
}

interface Around {
  readonly prefix: string;
  readonly within: string;
  readonly path: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
  /** The node of the outermost design this is in; undefined in that design itself. */
  readonly root: string | undefined;
}

type Resolve = (end: End, direction: 'in' | 'out') => End | undefined;

class Expander {
  readonly nodes: Record<string, Node> = {};
  readonly connections: Record<string, Connection> = {};
  readonly farms: FarmPlan[] = [];
  readonly faults: NestingFault[] = [];
  readonly used = new Set<string>();
  readonly #kinds: Kinds;
  readonly #find: FindInner;
  /** Nodes whose err leads somewhere, and processes of parts that have nothing to say there. */
  readonly #quiet = new Set<string>();
  #count = 0;

  constructor(kinds: Kinds, find: FindInner) {
    this.#kinds = kinds;
    this.#find = find;
  }

  place(body: DesignBody, around: Around): { readonly resolve: Resolve } {
    const { prefix } = around;
    const nested = new Map<string, Resolve>();
    for (const node of Object.values(body.nodes)) {
      const settings = withParameters(node.settings, around.values);
      const nesting = this.#kinds.nesting?.(node.kind, settings);
      if (nesting === undefined) this.#add(node, settings, around);
      else nested.set(node.id, this.#nest(body, node, nesting, around));
    }
    const resolve: Resolve = (end, direction) => {
      const inner = nested.get(end.node);
      return inner === undefined ? { ...end, node: prefix + end.node } : inner(end, direction);
    };
    for (const connection of Object.values(body.connections)) this.#connect(connection, resolve, around);
    return { resolve };
  }

  #add(node: Node, settings: Node['settings'], around: Around): void {
    const id = around.prefix + node.id;
    const { root } = around;
    if (root !== undefined && settings !== node.settings) this.#checkValues(node, settings, around, root);
    if (this.#counted(node.id, around))
      this.nodes[id] = id === node.id && settings === node.settings ? node : { ...node, id, settings };
  }

  #counted(node: string, around: Around): boolean {
    if (++this.#count === mostNodes + 1)
      this.#fault(
        'subdesign-size',
        `the design has more than ${mostNodes.toLocaleString('en')} nodes with its parts`,
        around,
        node,
      );
    return this.#count <= mostNodes;
  }

  #checkValues({ id, kind }: Node, settings: Node['settings'], around: Around, root: string): void {
    const spec = this.#kinds.get(kind);
    if (spec === undefined) return;
    const fault = settingFaults(spec, settings)[0] ?? this.#kinds.check?.(kind, settings);
    if (fault !== undefined)
      this.#fault(
        'subdesign-parameter',
        `with its parameters, setting ${fault.pointer || '(whole)'} of ${around.prefix}${id} is wrong: ${fault.message}`,
        around,
        id,
        '/settings',
        // Deeper, the value may have come from any of the designs on the way.
        around.path.length === 2 ? `/nodes/${escapePointer(root)}/settings/parameters` : undefined,
      );
  }

  #connect(connection: Connection, resolve: Resolve, around: Around): void {
    const id = around.prefix + connection.id;
    const [from, to] = [resolve(connection.from, 'out'), resolve(connection.to, 'in')];
    if (from === undefined || to === undefined) {
      const [end, side] = from === undefined ? [connection.from, 'from'] : [connection.to, 'to'];
      const lists = side === 'from' ? 'outputs' : 'inputs';
      const message = `${around.prefix}${end.node}.${end.port}[${end.index}] is connected, but its ${lists} name no end for it`;
      const pointer = around.root === undefined ? `/connections/${escapePointer(connection.id)}/${side}` : undefined;
      this.#fault('subdesign-end', message, around, end.node, '/settings', pointer);
      return;
    }
    this.#wire({ ...connection, id, from, to });
  }

  #wire(connection: Connection): void {
    if (connection.from.port === errPort) this.#quiet.add(connection.from.node);
    this.connections[connection.id] = connection;
  }

  #nest(body: DesignBody, node: Node, nesting: Nesting, around: Around): Resolve {
    const nowhere: Resolve = () => ({ node: around.prefix + node.id, port: 'none', index: 0 });
    this.#counted(node.id, around);
    const inner = this.#inner(node, nesting, around);
    if (inner === undefined) return nowhere;
    this.used.add(inner.key);
    this.#checkNames(node, nesting, inner.body, around);
    const inside = { within: inner.key, path: [...around.path, inner.key], root: around.root ?? node.id };
    const values = nesting.parameters;
    const ends = this.#ends(node, nesting, inner.body, around);
    const err = Object.values(body.connections).some(({ from }) => from.node === node.id && from.port === errPort);
    const id = around.prefix + node.id;
    if (nesting.farm !== undefined)
      return ends.every((list) => list.length === 1 && list[0] !== undefined)
        ? this.#farm(id, node, nesting.farm, inner.body, { ...inside, prefix: '', values }, ends, err)
        : nowhere;
    const { resolve } = this.place(inner.body, { ...inside, prefix: `${id}/`, values });
    const errEnd = { node: `${id}/.err`, port: 'out', index: 0 };
    if (err) this.#gather(errEnd.node, 'in', `${id}/`, { ...node, kind: nesting.errKind, version: 1, settings: {} }, around);
    return ({ port, index }, direction) => {
      if (port === errPort) return errEnd;
      const end = (direction === 'in' ? ends[0] : ends[1])[index];
      return end === undefined ? undefined : resolve(end, direction);
    };
  }

  #inner(node: Node, { design, version }: Nesting, around: Around): InnerDesign | undefined {
    const id = around.prefix + node.id;
    const named = `the design ${design}${version === undefined ? '' : `, version ${version}`}`;
    const fault = (rule: NestingFault['rule'], message: string): undefined =>
      this.#fault(rule, message, around, node.id, '/settings/design');
    if (design === '') return fault('subdesign-missing', `${id} names no design`);
    if (this.#count > mostNodes) return undefined;
    const inner = this.#find({ within: around.within, design, version });
    if (typeof inner === 'string') return fault('subdesign-missing', `${id} stands for ${named}: ${inner}`);
    if (inner === undefined) return fault('subdesign-missing', `${id} stands for ${named}, which is not there`);
    if (around.path.includes(inner.key))
      return fault('subdesign-cycle', `${id} stands for ${named}, which contains ${id} itself: this would never end`);
    if (around.path.length > deepestNesting)
      return fault('subdesign-depth', `${id} lies deeper than ${deepestNesting} designs within each other`);
    return inner;
  }

  #checkNames(node: Node, { parameters }: Nesting, inner: DesignBody, around: Around): void {
    const known = new Set(Object.values(inner.nodes).flatMap(({ settings }) => parametersIn(settings)));
    for (const name of Object.keys(parameters)) {
      if (known.has(name)) continue;
      const there = known.size === 0 ? 'it has none' : `it has ${[...known].join(', ')}`;
      const message = `${around.prefix}${node.id} gives the parameter ${name}, which ${inner.name} does not have; ${there}`;
      this.#fault('subdesign-parameter', message, around, node.id, `/settings/parameters/${escapePointer(name)}`);
    }
  }

  #ends(node: Node, nesting: Nesting, inner: DesignBody, around: Around): readonly [(End | undefined)[], (End | undefined)[]] {
    const of = (list: readonly NestedEnd[], direction: 'in' | 'out'): (End | undefined)[] => {
      const seen = new Set<string>();
      return list.map(({ end, pointer }) => {
        const open = seen.has(end) ? `${end} is named twice` : openEnd(inner, end, direction, this.#kinds);
        seen.add(end);
        if (typeof open !== 'string') return open;
        const message = `${around.prefix}${node.id}: ${open}`;
        return this.#fault('subdesign-end', message, around, node.id, `/settings${pointer}`);
      });
    };
    return [of(nesting.inputs, 'in'), of(nesting.outputs, 'out')];
  }

  #farm(
    id: string,
    node: Node,
    farm: FarmNesting,
    inner: DesignBody,
    inside: Around,
    [[input], [output]]: readonly [readonly (End | undefined)[], readonly (End | undefined)[]],
    err: boolean,
  ): Resolve {
    const { copies, atOnce, share, collect, ordered } = farm;
    const [sharer, collector] = [`${id}/share`, `${id}/collect`];
    const part = (of: { readonly kind: string; readonly settings: Node['settings'] }): Node => ({ ...node, version: 1, ...of });
    const around = { ...inside, prefix: `${id}/` };
    this.#wireFarm(`${id}/order`, ordered ? { node: sharer, port: 'order', index: 0 } : undefined, collector, 'order', 0);
    const plan: string[] = [];
    const faults = this.faults.length;
    // What is wrong in one copy is wrong in all.
    for (let copy = 0; copy < copies && this.faults.length === faults; copy++) {
      const name = `${id}/${copy + 1}`;
      const { resolve } = this.place(inner, { ...inside, prefix: `${name}/` });
      const to = resolve(input as End, 'in');
      if (to !== undefined) this.#wire(plain(`${name}.in`, { node: sharer, port: 'to', index: copy }, to));
      this.#wireFarm(`${name}.out`, resolve(output as End, 'out'), collector, 'from', copy);
      plan.push(name);
    }
    this.farms.push({ share: sharer, collect: collector, copies: plan, atOnce, ordered });
    // After the copies, so that those that are there from the start wait for messages before any is dealt.
    this.#add({ ...part(share), id: 'share' }, share.settings, around);
    if (err) this.#gather(collector, 'failed', `${id}/`, { ...part(collect), id: 'collect' }, around);
    else this.#add({ ...part(collect), id: 'collect' }, collect.settings, around);
    this.#quiet.add(collector);
    const ends = Object.values(this.connections).filter(({ to }) => to.node === collector).length;
    if (ends > mostFarmEnds)
      this.#fault('subdesign-size', `${id} has ${ends} ends to gather from; the most is ${mostFarmEnds}`, inside, node.id);
    return ({ port }) => (port === 'in' ? { node: sharer, port, index: 0 } : { node: collector, port, index: 0 });
  }

  #wireFarm(id: string, from: End | undefined, node: string, port: string, index: number): void {
    if (from !== undefined) this.#wire(plain(id, from, { node, port, index }));
  }

  // D14: what leaves at the err of inner nodes that lead nowhere comes together in one process.
  #gather(id: string, port: string, within: string, part: Node, around: Around): void {
    const open = Object.keys(this.nodes).filter((name) => name.startsWith(within) && !this.#quiet.has(name));
    for (const [index, from] of open.entries())
      this.#wire(plain(`${from}.err`, { node: from, port: errPort, index: 0 }, { node: id, port, index }));
    this.#quiet.add(id);
    this.#add({ ...part, id: id.slice(around.prefix.length) }, part.settings, around);
  }

  #fault(rule: NestingFault['rule'], message: string, { root }: Around, node: string, place = '', pointer?: string): undefined {
    const outer = root ?? node;
    const at = root === undefined ? place : '/settings/design';
    this.faults.push({ rule, message, pointer: pointer ?? `/nodes/${escapePointer(outer)}${at}`, node: outer });
    return undefined;
  }
}

function plain(id: string, from: End, to: End): Connection {
  return { id, from, to, capacity: 0, policy: 'block' };
}
