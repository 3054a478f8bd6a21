import type { Copies, Growth } from '#kit/copies.ts';
import type { FarmPlan } from '#model/expand.ts';
import type { ChannelPlan } from '#runtime/channels/channel.ts';
import type { Group, Members } from '#runtime/group.ts';
import type { Network } from '#runtime/network.ts';
import type { ProcessPlan } from '#runtime/processes/process.ts';
import { Signal } from '#runtime/signal.ts';

/** The processes of a network, its channels and its calls. */
interface Whole {
  readonly processes: readonly ProcessPlan[];
  readonly channels: readonly ChannelPlan[];
  readonly calls: readonly ChannelPlan[];
}

/** Who hands processes their channel ends. */
export interface Hands {
  /** These channels are there now. */
  joined(channels: readonly ChannelPlan[]): void;
  /** These will never be. */
  closed(channels: readonly ChannelPlan[]): void;
}

/**
 * S23  The copies of farms in a run: those that are there from the start, and those that are started when they are needed, never more than
 * the plan has.
 */
export class Farms implements Growth {
  version = 0;
  readonly #changed = new Signal();
  readonly #dormant: Set<string>;
  readonly #givenUp = new Set<string>();
  #whole: Whole;
  readonly #farms = new Map<string, Farm>();
  readonly #groups = new Map<string, Group>();
  readonly #ordered: ReadonlySet<string>;
  readonly #network: () => Network;
  readonly #hands: Hands;

  constructor(plans: readonly FarmPlan[], whole: Whole, network: () => Network, hands: Hands) {
    this.#dormant = new Set(plans.flatMap(({ copies, atOnce }) => copies.slice(atOnce)));
    this.#ordered = new Set(plans.flatMap(({ copies, ordered }) => (ordered ? copies : [])));
    this.#whole = whole;
    this.#network = network;
    this.#hands = hands;
    for (const plan of plans) {
      const farm = new Farm(plan, this);
      this.#farms.set(plan.share, farm).set(plan.collect, farm);
    }
  }

  get none(): boolean {
    return this.#farms.size === 0;
  }

  /** Whether a node is there, will perhaps be, or will never be. */
  presence(node: string): 'here' | 'later' | 'never' {
    const missing = copiesAround(node).filter((copy) => this.#dormant.has(copy));
    if (missing.length === 0) return 'here';
    return missing.some((copy) => this.#givenUp.has(copy)) ? 'never' : 'later';
  }

  /** What is there from the start. */
  first(): Whole {
    const { processes, channels, calls } = this.#whole;
    return {
      processes: processes.filter(({ id }) => this.presence(id) === 'here'),
      channels: channels.filter(this.#stands),
      calls: calls.filter(this.#stands),
    };
  }

  /** The network has been made of what is there from the start. */
  begin(part: Whole): void {
    this.#join(part);
    // Without farms nothing is added later.
    if (this.none) this.#whole = { processes: [], channels: [], calls: [] };
  }

  copiesOf(node: string): Copies | undefined {
    return this.#farms.get(node);
  }

  changed(version: number): ReturnType<Signal['guard']> {
    return this.#changed.guard(() => this.version > version);
  }

  /** Adds a copy with all that is in it, but for copies in it that are not needed yet. */
  wake(copy: string): void {
    this.#dormant.delete(copy);
    const whole = this.#whole;
    const processes = whole.processes.filter(({ id }) => id.startsWith(`${copy}/`) && this.presence(id) === 'here');
    const added = new Set(processes.map(({ id }) => id));
    const isNew = (one: ChannelPlan): boolean => (added.has(one.from.process) || added.has(one.to.process)) && this.#stands(one);
    const [channels, calls] = [whole.channels.filter(isNew), whole.calls.filter(isNew)];
    if (!this.#network().add({ processes, channels, calls })) return;
    this.#hands.joined(channels);
    this.#join({ processes, channels, calls });
    this.#tell();
  }

  /** Copies that have not been started will never be. */
  giveUp(copies: readonly string[]): void {
    for (const copy of copies) this.#givenUp.add(copy);
    const inside = ({ process }: { readonly process: string }): boolean => copies.some((copy) => process.startsWith(`${copy}/`));
    this.#hands.closed(this.#whole.channels.filter(({ from, to }) => inside(from) !== inside(to)));
    this.#tell();
  }

  group(copy: string): Group {
    return this.#groups.get(copy) as Group;
  }

  readonly #stands = ({ from, to }: ChannelPlan): boolean =>
    this.presence(from.process) === 'here' && this.presence(to.process) === 'here';

  #tell(): void {
    this.version++;
    this.#changed.tell();
  }

  // A process counts in each ordered copy around it, a channel in those around either end.
  #join({ processes, channels, calls }: Whole): void {
    const members = new Map<string, { processes: string[]; channels: string[]; inlets: string[] }>();
    const of = (node: string) =>
      copiesAround(node).flatMap((copy) => {
        if (!this.#ordered.has(copy)) return [];
        const found = members.get(copy) ?? { processes: [], channels: [], inlets: [] };
        members.set(copy, found);
        return [found];
      });
    for (const { id } of processes) for (const list of of(id)) list.processes.push(id);
    // A call is within a copy (D11). A reply that nobody waits for may lie there, and is no work to be done.
    for (const { id, from, to } of [...channels, ...calls]) {
      const [outof, into] = [of(from.process), of(to.process)];
      for (const list of new Set([...outof, ...into])) list.channels.push(id);
      for (const list of into) if (!outof.includes(list)) list.inlets.push(id);
    }
    for (const [copy, list] of members) this.#include(copy, list);
  }

  #include(copy: string, members: Members): void {
    this.#groups.set(copy, this.#network().group(members, this.#groups.get(copy)));
  }
}

class Farm implements Copies {
  readonly most: number;
  started: number;
  readonly #plan: FarmPlan;
  readonly #farms: Farms;

  constructor(plan: FarmPlan, farms: Farms) {
    this.#plan = plan;
    this.#farms = farms;
    this.most = plan.copies.length;
    this.started = Math.min(plan.atOnce, this.most);
  }

  start(): void {
    const copy = this.#plan.copies[this.started];
    if (copy === undefined) return;
    this.started++;
    this.#farms.wake(copy);
  }

  close(): void {
    this.#farms.giveUp(this.#plan.copies.slice(this.started));
  }

  rested(copy: number, taken: number): ReturnType<Group['rested']> {
    return this.#farms.group(this.#plan.copies[copy] ?? '').rested(taken);
  }
}

/** `farm/1/inner/2/node` lies in `farm`, `farm/1`, … of which some are copies. */
function copiesAround(node: string): string[] {
  const found: string[] = [];
  for (let slash = node.indexOf('/'); slash >= 0; slash = node.indexOf('/', slash + 1)) found.push(node.slice(0, slash));
  return found;
}
