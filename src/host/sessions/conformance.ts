import { type CodedError, defineError } from '#base/errors.ts';
import { contractMonitor, type Monitor } from '#contract/monitor.ts';
import { wire as wiredNodes } from '#contract/wiring.ts';
import type { Catalog } from '#host/catalog.ts';
import type { AnyComponent } from '#kit/define-component.ts';
import { TracedReceiver, TracedSender, tracedServer } from '#kit/traced.ts';
import type { PortSpec } from '#model/component.ts';
import type { FlatDesign } from '#model/expand.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';

/** The code of what `contractBroken` makes. */
export const contractBrokenCode = 'HOST_CONTRACT_BROKEN';
const broken = defineError(
  contractBrokenCode,
  'bug',
  'A component did what its contract does not allow there; what was checked of the design does not hold for it. Mend the component, or its contract.',
);

/** What a process is handed. */
export type AnyIo = Parameters<AnyComponent['run']>[0]['io'];

type Design = Pick<FlatDesign, 'nodes' | 'connections'> & Partial<Pick<FlatDesign, 'farms'>>;

/** A process has done what its contract does not allow there. */
export interface Violation {
  readonly node: string;
  /** In the words of contracts: `out`, `in.end`, `out.2.gone`. */
  readonly event: string;
  /** What the contract allowed instead. */
  readonly expected: readonly string[];
}

export function contractBroken({ node, event, expected }: Violation): CodedError {
  const instead = expected.length === 0 ? 'nothing more' : expected.join(', ');
  const detail = `${node} did ${event}, where its contract allows ${instead}.`;
  return broken({ detail, facts: { node, event, expected: [...expected] } });
}

/**
 * S82  Holds what the processes of a session do against their contracts, an event at a time. Each life of a process begins at the beginning of its contract; after an
 *      exception nothing is expected of it. Not watched are nodes without a contract, parts of farms, clients of calls (when their request is
 *      taken is not seen at their end), and further lives of a process that remembers.
 */
export class Conformance {
  readonly #catalog: Catalog;
  readonly #broken: (violation: Violation) => void;
  readonly #watched = new WeakMap<Design, ReadonlyMap<string, WatchedNode>>();
  readonly #begun = new Set<string>();

  constructor(catalog: Catalog, broken: (violation: Violation) => void) {
    this.#catalog = catalog;
    this.#broken = broken;
  }

  /** A life of a node, with ends that tell what passes; undefined when it is not watched. */
  life(design: Design, node: string, io: AnyIo, run: (io: AnyIo) => Operation<void>): Operation<void> | undefined {
    const watched = this.#nodesOf(design).get(node);
    const isFirst = !this.#begun.has(node);
    this.#begun.add(node);
    if (watched === undefined || (watched.remembers && !isFirst)) return undefined;
    const watch = new Watch(node, watched.monitor(), this.#broken);
    return watch.over(run(watch.ends(io, watched)));
  }

  #nodesOf(design: Design): ReadonlyMap<string, WatchedNode> {
    const known = this.#watched.get(design) ?? this.#compiled(design);
    this.#watched.set(design, known);
    return known;
  }

  #compiled(design: Design): ReadonlyMap<string, WatchedNode> {
    const nodes = new Map<string, WatchedNode>();
    if ((design.farms ?? []).length > 0) return nodes;
    for (const { id, kind, contract } of wiredNodes({ notes: {}, groups: {}, ...design } as never, this.#catalog.component)) {
      const component = this.#catalog.component(kind);
      if (!contract.ok || component === undefined) continue;
      const ports: Readonly<Record<string, PortSpec>> = component.spec.ports;
      if (Object.values(ports).some(({ direction, protocol }) => protocol === 'call' && direction === 'out')) continue;
      const { lts } = contract;
      const remembers = component.state.declared !== undefined;
      nodes.set(id, { ports, remembers, labels: new Set(lts.labels), monitor: () => contractMonitor(lts) });
    }
    return nodes;
  }
}

interface WatchedNode {
  readonly ports: Readonly<Record<string, PortSpec>>;
  readonly labels: ReadonlySet<string>;
  readonly remembers: boolean;
  readonly monitor: () => Monitor;
}

class Watch {
  readonly #node: string;
  readonly #monitor: Monitor;
  readonly #broken: (violation: Violation) => void;
  readonly #senders: TracedSender<unknown>[] = [];
  #off = false;

  constructor(node: string, monitor: Monitor, broken: (violation: Violation) => void) {
    this.#node = node;
    this.#monitor = monitor;
    this.#broken = broken;
  }

  ends(io: AnyIo, { ports, labels }: WatchedNode): AnyIo {
    const wrapped = Object.entries(io).map(([name, ends]) => {
      const port = ports[name];
      if (port === undefined) return [name, ends];
      const list = (port.many ? ends : [ends]) as readonly unknown[];
      const told = list.map((end, index) => this.#end(port, port.many ? `${name}.${index}` : name, end, labels));
      return [name, port.many ? told : told[0]];
    });
    return Object.fromEntries(wrapped) as AnyIo;
  }

  *over(life: Operation<void>): Operation<void> {
    try {
      yield* life;
    } catch (thrown) {
      this.#off = true;
      throw thrown;
    }
    // A process that returns ends its outputs.
    for (const sender of this.#senders) sender.close();
  }

  #end({ direction, protocol }: PortSpec, event: string, end: unknown, labels: ReadonlySet<string>): unknown {
    if (protocol === 'call')
      return tracedServer(end as Parameters<typeof tracedServer>[0], event, this.#heard, labels.has(`${event}.quit`));
    if (direction === 'in') return new TracedReceiver(end as Receiver<unknown>, event, this.#heard);
    const sender = new TracedSender(end as Sender<unknown>, event, this.#heard);
    this.#senders.push(sender);
    return sender;
  }

  readonly #heard = (event: string): void => {
    if (this.#off || this.#monitor.accepts(event)) return;
    const expected = this.#monitor.expected();
    this.#monitor.recover(event);
    this.#broken({ node: this.#node, event, expected });
  };
}
