import { has, type PartType } from '#contract/check/structure/part-type.ts';
import type { Structure } from '#contract/check/structure/structure.ts';
import { type Clusters, type Proof, shortened } from './proof.ts';

/** Per state who alone is offered anything there, as a place among the neighbours; -1 where nobody alone is. */
type Holders = Int32Array;

/**
 * V29  Resources in order (Havender 1968). A resource is held by the one part that it offers anything to; where it is free it offers something to all. A
 * user that is stuck waits for a resource that another user holds, and holds only resources that come before it. So who holds that one
 * waits for one that comes later still, and that has an end: nobody is stuck.
 */
export function provedByOrder(structure: Structure, clusters: Clusters): Proof[] {
  return new Resources(structure, clusters).proofs();
}

class Resources {
  readonly #structure: Structure;
  readonly #clusters: Clusters;
  /** Undefined for users. */
  readonly #holders: (Holders | undefined)[];
  readonly #fails: Uint8Array;
  readonly #lives: Uint8Array;
  /** Resource before, resource after, one pair after the other. */
  readonly #before: number[] = [];

  constructor(structure: Structure, clusters: Clusters) {
    this.#structure = structure;
    this.#clusters = clusters;
    this.#holders = structure.view.types.map((_, part) => this.#holdersOf(part));
    this.#fails = new Uint8Array(clusters.count);
    this.#lives = new Uint8Array(clusters.count);
  }

  proofs(): Proof[] {
    const { system, types } = this.#structure.view;
    for (let part = 0; part < types.length; part++) {
      const cluster = this.#clusters.of[part] ?? 0;
      if (this.#holders[part] === undefined) {
        if (!this.#isOrderly(part)) this.#fails[cluster] = 1;
      } else if (this.#meetsResources(part)) this.#fails[cluster] = 1;
      else if (part < system.processes && !this.#restsFree(part)) this.#lives[cluster] = (this.#lives[cluster] ?? 0) | 2;
    }
    const order = orderOf(types.length, this.#before);
    const found: Proof[] = [];
    for (let cluster = 0; cluster < this.#clusters.count; cluster++) {
      const lives = ((this.#lives[cluster] ?? 0) & 1) === 1;
      // Where all users may have ended, the resources must be allowed to as well.
      if (this.#fails[cluster] === 1 || (!lives && this.#lives[cluster] !== 0)) continue;
      const members = order.filter((part) => this.#clusters.of[part] === cluster && this.#holders[part] !== undefined);
      const all = this.#clusters.partsOf(cluster).filter((part) => this.#holders[part] !== undefined);
      if (members.length === all.length && members.length > 0) found.push(this.#proof(cluster, members, lives));
    }
    return found;
  }

  #proof(cluster: number, order: number[], lives: boolean): Proof {
    const { parts } = this.#structure.view.system;
    const words = [
      `Each user waits only for a resource that comes after all it holds: ${shortened(order.map((part) => parts[part]?.name ?? ''))}, in this order.`,
      'The holder of the last one that is waited for waits for nobody.',
    ];
    return { cluster, lives, certificate: { by: 'resource-order', words, data: { order, lives } } };
  }

  // A resource has several users; in each of its states it is there for all of them, or for one.
  #holdersOf(part: number): Holders | undefined {
    const { view, neighbours } = this.#structure;
    const { first, others, makers } = neighbours;
    const [from, to] = [first[part] ?? 0, first[part + 1] ?? 0];
    if (to - from < 2) return undefined;
    const { offers, words, states } = view.types[part] as PartType;
    const own = view.events[part] as Int32Array;
    const found = new Int32Array(states).fill(-2);
    for (let event = 0; event < own.length; event++) {
      const number = own[event] ?? 0;
      if (view.live[number] === 0) continue;
      const at = makers.first[number] ?? 0;
      if (makers.first[number + 1] !== at + 2) return undefined;
      const other = (makers.parts[at] ?? 0) + (makers.parts[at + 1] ?? 0) - part;
      let place = from;
      while (place < to && others[place] !== other) place++;
      for (let state = 0; state < states; state++)
        if (has(offers, event * words, state)) found[state] = found[state] === -2 || found[state] === place ? place : -1;
    }
    return found[0] === -1 && found.some((holder) => holder >= 0) ? found : undefined;
  }

  #meetsResources(part: number): boolean {
    const { first, others } = this.#structure.neighbours;
    for (let place = first[part] ?? 0; place < (first[part + 1] ?? 0); place++)
      if (this.#holders[others[place] ?? 0] !== undefined) return true;
    return false;
  }

  /** Whether it may have ended where nobody holds it. */
  #restsFree(part: number): boolean {
    const { final, states, reachable } = this.#structure.view.types[part] as PartType;
    const holders = this.#holders[part] as Holders;
    for (let state = 0; state < states; state++)
      if (has(reachable, 0, state) && (holders[state] ?? 0) < 0 && !has(final, 0, state)) return false;
    return true;
  }

  // Whether wherever the user is stuck it waits for a resource that another has.
  #isOrderly(part: number): boolean {
    const { system, types, events, live } = this.#structure.view;
    const { states, reachable, final, offers, words } = types[part] as PartType;
    const own = events[part] as Int32Array;
    let mayEnd = false;
    for (let state = 0; state < states; state++) {
      if (!has(reachable, 0, state)) continue;
      const alone = own.some(
        (number, event) => live[number] === 1 && system.events[number]?.parts.length === 1 && has(offers, event * words, state),
      );
      if (alone) continue;
      if (part < system.processes && has(final, 0, state)) {
        mayEnd = true;
        if (this.#held(part, state).length > 0) return false;
      } else if (!this.#waitsInOrder(part, state)) return false;
    }
    if (!mayEnd) {
      const cluster = this.#clusters.of[part] ?? 0;
      this.#lives[cluster] = (this.#lives[cluster] ?? 0) | 1;
    }
    return true;
  }

  #waitsInOrder(part: number, state: number): boolean {
    if (this.#isNeverStuck(part, state)) return true;
    const { first, others } = this.#structure.neighbours;
    const held = this.#held(part, state);
    for (let place = first[part] ?? 0; place < (first[part + 1] ?? 0); place++) {
      const resource = others[place] ?? 0;
      if (this.#holders[resource] === undefined || held.includes(resource)) continue;
      if (this.#stuckIn(state, place).every((holder) => holder >= 0 && others[holder] !== part)) {
        for (const before of held) this.#before.push(before, resource);
        return true;
      }
    }
    return false;
  }

  /** Whether some neighbour goes along with the part whatever state it is in itself. */
  #isNeverStuck(part: number, state: number): boolean {
    const { first, others, relations, isRight } = this.#structure.neighbours;
    for (let place = first[part] ?? 0; place < (first[part + 1] ?? 0); place++) {
      const { words } = this.#structure.view.types[others[place] ?? 0] as PartType;
      const { fromLeft, fromRight } = relations[place] as (typeof relations)[number];
      const rows = isRight[place] === 1 ? fromRight : fromLeft;
      let stuck = 0;
      for (let word = 0; word < words; word++) stuck |= rows[state * words + word] ?? 0;
      if (stuck === 0) return true;
    }
    return false;
  }

  #held(part: number, state: number): number[] {
    const { first, others } = this.#structure.neighbours;
    const found: number[] = [];
    for (let place = first[part] ?? 0; place < (first[part + 1] ?? 0); place++)
      if (this.#stuckIn(state, place).some((holder) => holder >= 0 && others[holder] === part)) found.push(others[place] ?? 0);
    return found;
  }

  // Who may hold the resource while the two are stuck with each other: a place of the resource each, -1 for all and -2 for nobody.
  #stuckIn(state: number, place: number): number[] {
    const { others, relations, isRight } = this.#structure.neighbours;
    const other = others[place] ?? 0;
    const holders = this.#holders[other];
    const { fromLeft, fromRight } = relations[place] as (typeof relations)[number];
    const rows = isRight[place] === 1 ? fromRight : fromLeft;
    const { states, words } = this.#structure.view.types[other] as PartType;
    const found: number[] = [];
    if (holders === undefined) return found;
    for (let at = 0; at < states; at++) if (has(rows, state * words, at)) found.push(holders[at] ?? -2);
    return found;
  }
}

// Kahn; what stands in a circle is missing.
function orderOf(parts: number, before: readonly number[]): number[] {
  const waits = new Int32Array(parts);
  const after = new Map<number, number[]>();
  for (let at = 0; at < before.length; at += 2) {
    const [first = 0, then = 0] = [before[at], before[at + 1]];
    waits[then] = (waits[then] ?? 0) + 1;
    const list = after.get(first) ?? [];
    after.set(first, list);
    list.push(then);
  }
  const order = [...waits.keys()].filter((part) => waits[part] === 0);
  for (let at = 0; at < order.length; at++)
    for (const then of after.get(order[at] ?? 0) ?? []) {
      waits[then] = (waits[then] ?? 0) - 1;
      if (waits[then] === 0) order.push(then);
    }
  return order;
}
