import type { ChannelPlan } from './channels/channel.ts';
import type { Process } from './processes/process.ts';

/** S10, S80  Processes that wait for each other for ever, and on which connections. */
export interface Stuck {
  readonly is: 'stuck';
  readonly nodes: readonly string[];
  readonly connections: readonly string[];
  /** Others still run, or may; when the last of these was first seen waiting as it does. Left out: all that have not ended are stuck. */
  readonly partly?: { readonly sinceMs: number };
}

/** What is looked at: the processes of a network, and which two a connection joins. */
export interface Parts {
  readonly processes: Iterable<Process>;
  readonly plan: (connection: string) => ChannelPlan | undefined;
}

interface Seen {
  readonly passed: number;
  readonly sinceMs: number;
}

/**
 * S80  Finds processes none of which anybody can wake, from what each waits for. The greatest such set: whoever waits for the clock, the outside, a barrier, or to be told
 *      something is not in it, nor whoever waits, among others, for a process that is not in it. Exact between turns: who is parked has nothing to take, and
 *      its partners are parked too.
 */
export class StandstillWatch {
  readonly #seen = new WeakMap<Process, Seen>();

  /** @returns those that have waited for `leastMs` and are in the set; undefined when there are none. */
  look({ processes, plan }: Parts, nowMs: number, leastMs: number): Stuck | undefined {
    const waits = new Map<string, readonly string[]>();
    const since = new Map<string, number>();
    for (const process of processes) {
      const connections = process.over || !process.passive ? [] : onPartners(process);
      if (connections.length === 0) {
        this.#seen.delete(process);
        continue;
      }
      const passed = passedBy(process);
      const before = this.#seen.get(process);
      const seen = before?.passed === passed ? before : { passed, sinceMs: nowMs };
      this.#seen.set(process, seen);
      if (nowMs - seen.sinceMs < leastMs) continue;
      waits.set(process.id, connections);
      since.set(process.id, seen.sinceMs);
    }
    const partnersOf = (node: string, connections: readonly string[]): string[] =>
      connections.map((id) => partner(plan(id), node));
    const stuck = closedWithin(new Map([...waits].map(([node, connections]) => [node, partnersOf(node, connections)])));
    if (stuck.length === 0) return undefined;
    const connections = new Set(stuck.flatMap((node) => waits.get(node) ?? []));
    const sinceMs = stuck.reduce((last, node) => Math.max(last, since.get(node) ?? nowMs), 0);
    return { is: 'stuck', nodes: stuck, connections: [...connections], partly: { sinceMs } };
  }
}

// None when something besides a partner may wake it.
function onPartners(process: Process): readonly string[] {
  const { connections, told = 0 } = process.waiting();
  return told > 0 ? [] : connections;
}

function passedBy({ inputs, outputs }: Process): number {
  let passed = 0;
  for (const channel of inputs) passed += channel.received;
  for (const channel of outputs) passed += channel.sent;
  return passed;
}

function partner(plan: ChannelPlan | undefined, node: string): string {
  if (plan === undefined) return '';
  return plan.from.process === node ? plan.to.process : plan.from.process;
}

// The greatest set of which each member waits for members alone: whoever waits for another is taken out, then whoever waits for that one.
function closedWithin(partners: ReadonlyMap<string, readonly string[]>): string[] {
  const waiters = new Map<string, string[]>();
  for (const [node, others] of partners)
    for (const other of others) {
      const list = waiters.get(other) ?? [];
      if (list.length === 0) waiters.set(other, list);
      list.push(node);
    }
  const out = new Set<string>();
  const leaving = [...waiters.keys()].filter((node) => !partners.has(node));
  for (let node = leaving.pop(); node !== undefined; node = leaving.pop())
    for (const waiter of waiters.get(node) ?? [])
      if (!out.has(waiter)) {
        out.add(waiter);
        leaving.push(waiter);
      }
  return [...partners.keys()].filter((node) => !out.has(node));
}
