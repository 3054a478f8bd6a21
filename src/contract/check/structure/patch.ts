import type { Shape, System } from '#contract/network.ts';
import type { PartType, PartTypes } from './part-type.ts';
import type { Relation, Relations, Shared } from './relation.ts';
import type { Makers, Neighbours, Structure } from './structure.ts';
import { typeOfPart, type View } from './view.ts';

/** When more parts than one in this many, and a few, are made anew, it is as good to look at all. */
const oneIn = 8;
const few = 16;

/**
 * V20  The structure of a system that shares most of its parts and events with an earlier one, each the same object at the same place: only what stands around
 * the others is looked at.
 *
 * @returns undefined where too much is new, or where events of many parts are concerned; then it has to be made from scratch.
 */
export function patched(
  system: System,
  before: Structure,
  types: PartTypes,
  relations: Relations,
): Omit<Structure, 'hints'> | undefined {
  if (before.neighbours.many.length > 0) return undefined;
  const patch = new Patch(system, before, types, relations);
  return patch.find() ? patch.made() : undefined;
}

class Patch {
  readonly #system: System;
  readonly #before: Structure;
  readonly #known: PartTypes;
  readonly #relations: Relations;
  readonly #types: PartType[];
  readonly #events: Int32Array[];
  readonly #live: Uint8Array;
  /** Events whose makers are looked up again. */
  readonly #freshEvents = new Set<number>();
  /** Parts of which the relations to neighbours are looked up again. */
  readonly #fresh = new Set<number>();
  /** Parts whose type is found anew. */
  readonly #region = new Set<number>();
  #fits = true;

  constructor(system: System, before: Structure, known: PartTypes, relations: Relations) {
    this.#system = system;
    this.#before = before;
    this.#known = known;
    this.#relations = relations;
    const { view } = before;
    this.#types = view.types.slice(0, system.parts.length);
    this.#events = view.events.slice(0, system.parts.length);
    this.#live = new Uint8Array(system.events.length);
    this.#live.set(view.live.subarray(0, this.#live.length));
  }

  /** Finds what is new, and the types and events that follow from it; false when that is too much. */
  find(): boolean {
    const most = few + this.#system.parts.length / oneIn;
    this.#findNew(most);
    if (!this.#fits) return false;
    this.#close(most);
    if (!this.#fits) return false;
    for (const part of this.#region) this.#setType(part);
    const lookAgain = new Set(this.#freshEvents);
    for (const part of this.#region) for (const event of this.#events[part] ?? []) lookAgain.add(event);
    const queue = [...this.#region];
    for (const event of lookAgain) {
      const lives = this.#mayHappen(event) ? 1 : 0;
      if (this.#live[event] !== lives || this.#freshEvents.has(event)) this.#turn(event, lives, queue);
    }
    for (let part = queue.pop(); part !== undefined; part = queue.pop()) this.#narrow(part, queue);
    for (const part of this.#region) this.#fresh.add(part);
    return this.#fits && this.#fresh.size <= 4 * most;
  }

  made(): Omit<Structure, 'hints'> | undefined {
    const view: View = { system: this.#system, types: this.#types, events: this.#events, live: this.#live };
    const makers = this.#makers();
    const neighbours = this.#neighbours(view, makers);
    return neighbours === undefined ? undefined : { view, neighbours };
  }

  #shapeOf({ parts, shapes }: System, part: number): Shape | undefined {
    return shapes[parts[part]?.shape ?? -1];
  }

  // Whatever is another object than before, or gone, with all who make events with it.
  #findNew(most: number): void {
    const [now, old] = [this.#system, this.#before.view.system];
    const length = Math.max(now.parts.length, old.parts.length);
    const changed: number[] = [];
    for (let part = 0; part < length && changed.length <= most; part++)
      if (now.parts[part] !== old.parts[part] || this.#shapeOf(now, part) !== this.#shapeOf(old, part)) changed.push(part);
    this.#fits = changed.length <= most;
    for (const part of this.#fits ? changed : []) {
      if (part < now.parts.length) this.#region.add(part);
      for (const event of old.parts[part]?.events ?? []) this.#freshen(event);
      for (const event of now.parts[part]?.events ?? []) this.#freshen(event);
    }
    const events = Math.max(now.events.length, old.events.length);
    for (let event = 0; event < events && this.#fits; event++) {
      if (now.events[event] !== old.events[event]) this.#freshen(event);
      this.#fits = this.#freshEvents.size <= 8 * most;
    }
  }

  #freshen(event: number): void {
    for (const { events } of [this.#system, this.#before.view.system])
      for (const part of events[event]?.parts ?? []) if (part >= 0 && part < this.#system.parts.length) this.#region.add(part);
    if (event < this.#system.events.length) this.#freshEvents.add(event);
  }

  // What was found never to happen may rest on what is new: whoever makes such events is looked at again, and so on.
  #close(most: number): void {
    const { live } = this.#before.view;
    for (const part of this.#region) {
      if (this.#region.size > most) this.#fits = false;
      if (!this.#fits) return;
      for (const event of this.#system.parts[part]?.events ?? []) {
        const makers: readonly number[] = this.#system.events[event]?.parts ?? [];
        if (!makers.includes(part)) this.#fits = false;
        if (live[event] === 1) continue;
        for (const other of makers) if (other >= 0) this.#region.add(other);
      }
    }
  }

  #setType(part: number): void {
    const { type, events } = typeOfPart(this.#system, part, this.#known);
    this.#types[part] = type;
    this.#events[part] = events;
  }

  #mayHappen(event: number): boolean {
    const makers = this.#system.events[event]?.parts ?? [];
    return makers.every((part) => part >= 0 && this.#types[part]?.offered[this.#ownOf(part, event)] === 1);
  }

  #ownOf(part: number, event: number): number {
    return this.#events[part]?.indexOf(event) ?? -1;
  }

  #turn(event: number, live: number, queue: number[]): void {
    this.#live[event] = live;
    for (const maker of this.#system.events[event]?.parts ?? []) {
      if (maker < 0) continue;
      this.#fresh.add(maker);
      if (live === 0) queue.push(maker);
    }
  }

  // V20 as in the view from scratch.
  #narrow(part: number, queue: number[]): void {
    const events = this.#events[part] as Int32Array;
    const { offered } = this.#types[part] as PartType;
    if (!events.some((event, at) => offered[at] === 1 && this.#live[event] === 0)) return;
    const { events: labels } = this.#system.parts[part] as System['parts'][number];
    const own = labels.map((event) => (this.#live[event] === 1 ? events.indexOf(event) : -1));
    const type = this.#known.of(this.#shapeOf(this.#system, part) as Shape, own, events.length);
    this.#types[part] = type;
    this.#fresh.add(part);
    for (const [at, event] of events.entries())
      if (type.offered[at] === 0 && this.#live[event] === 1) this.#turn(event, 0, queue);
  }

  #makers(): Makers {
    const { makers: old } = this.#before.neighbours;
    const { events } = this.#system;
    const first = new Int32Array(events.length + 1);
    for (let event = 0; event < events.length; event++) {
      const count = this.#freshEvents.has(event)
        ? (events[event]?.parts.length ?? 0)
        : (old.first[event + 1] ?? 0) - (old.first[event] ?? 0);
      first[event + 1] = (first[event] ?? 0) + count;
    }
    const parts = new Int32Array(first[events.length] ?? 0);
    const own = new Int32Array(parts.length);
    let from = 0;
    const copy = (to: number): void => {
      const [start, end] = [old.first[from] ?? 0, old.first[to] ?? 0];
      parts.set(old.parts.subarray(start, end), first[from]);
      own.set(old.own.subarray(start, end), first[from]);
    };
    for (const event of [...this.#freshEvents].sort((a, b) => a - b)) {
      if (event > from) copy(event);
      for (const [at, part] of (events[event]?.parts ?? []).entries()) {
        parts[(first[event] ?? 0) + at] = part;
        own[(first[event] ?? 0) + at] = part < 0 ? -1 : this.#ownOf(part, event);
      }
      from = event + 1;
    }
    if (from < events.length) copy(events.length);
    return { first, parts, own };
  }

  // Undefined where events of many parts, or parts of too many states, come in.
  #neighbours(view: View, makers: Makers): Neighbours | undefined {
    const added = new Map<number, { other: number; relation: Relation; isRight: number }[]>();
    const add = (part: number, other: number, relation: Relation, isRight: number): void => {
      const list = added.get(part) ?? [];
      added.set(part, list);
      list.push({ other, relation, isRight });
    };
    for (const part of this.#fresh) {
      const shared = this.#sharedBy(part, makers);
      if (shared === undefined) return undefined;
      for (const [other, list] of shared) {
        const [left, right] = part < other ? [part, other] : [other, part];
        if (part > other && this.#fresh.has(other)) continue;
        const turned = part < other ? list : list.map((one) => ({ left: one.right, right: one.left, only: one.only }));
        turned.sort((a, b) => a.left - b.left || a.right - b.right);
        const relation = this.#relations.of(this.#types[left] as PartType, this.#types[right] as PartType, turned);
        if (relation === undefined) return undefined;
        add(left, right, relation, 0);
        add(right, left, relation, 1);
      }
    }
    const table = this.#table(added);
    return { ...table, many: [], makers, cut: isCut(view, table) };
  }

  // Per neighbour what the part makes with it; undefined where more than two make an event.
  #sharedBy(part: number, { first, parts, own }: Makers): Map<number, Shared[]> | undefined {
    const found = new Map<number, Shared[]>();
    for (const [left, event] of (this.#events[part] as Int32Array).entries()) {
      const [from, to] = [first[event] ?? 0, first[event + 1] ?? 0];
      if (this.#live[event] === 0 || to - from < 2) continue;
      if (to - from > 2) return undefined;
      const at = parts[from] === part ? from + 1 : from;
      const other = parts[at] ?? 0;
      const list = found.get(other) ?? [];
      found.set(other, list);
      list.push({ left, right: own[at] ?? 0, only: true });
    }
    return found;
  }

  #table(
    added: ReadonlyMap<number, readonly { other: number; relation: Relation; isRight: number }[]>,
  ): Pick<Neighbours, 'first' | 'others' | 'relations' | 'isRight'> {
    const old = this.#before.neighbours;
    const { length } = this.#types;
    const first = new Int32Array(length + 1);
    const most = old.others.length + 2 * [...added.values()].reduce((sum, list) => sum + list.length, 0);
    const [others, isRight, relations] = [new Int32Array(most), new Uint8Array(most), [] as Relation[]];
    let size = 0;
    const put = (other: number, relation: Relation, right: number): void => {
      others[size] = other;
      isRight[size++] = right;
      relations.push(relation);
    };
    const fresh = new Uint8Array(Math.max(length, this.#before.view.types.length)).fill(1, length);
    for (const part of this.#fresh) fresh[part] = 1;
    for (let part = 0; part < length; part++) {
      if (fresh[part] === 0) {
        for (let at = old.first[part] ?? 0; at < (old.first[part + 1] ?? 0); at++)
          if (fresh[old.others[at] ?? 0] === 0) put(old.others[at] ?? 0, old.relations[at] as Relation, old.isRight[at] ?? 0);
      }
      for (const { other, relation, isRight: right } of added.get(part) ?? []) put(other, relation, right);
      first[part + 1] = size;
    }
    return { first, others: others.subarray(0, size), isRight: isRight.subarray(0, size), relations };
  }
}

// Whether some part may come to its cut with no neighbour to keep it from there.
function isCut({ types }: View, { first, relations, isRight }: Pick<Neighbours, 'first' | 'relations' | 'isRight'>): boolean {
  for (let part = 0; part < types.length; part++) {
    if ((types[part] as PartType).cut < 0) continue;
    let safe = false;
    for (let at = first[part] ?? 0; at < (first[part + 1] ?? 0) && !safe; at++)
      safe = isRight[at] === 1 ? relations[at]?.cutsRight === false : relations[at]?.cutsLeft === false;
    if (!safe) return true;
  }
  return false;
}
