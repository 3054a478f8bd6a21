import { has, type PartType } from '#contract/check/structure/part-type.ts';
import type { ManyEvent, Neighbours } from '#contract/check/structure/structure.ts';
import type { View } from '#contract/check/structure/view.ts';
import type { Group } from './groups.ts';
import type { Sum } from './sums.ts';

/** Why a state of a part is in no deadlock that is still possible; what came before may be relied on. */
export type Step = { readonly part: number; readonly state: number } & (
  | { readonly against: number }
  | { readonly event: number }
  | { readonly among: readonly number[] }
  | { readonly sum: number }
  | Contradiction
);

/** What follows if the state is assumed: these steps, and then that a part is left without a state, or that all processes have ended. */
export interface Contradiction {
  readonly steps: readonly Step[];
  readonly empty: number;
}

/** In place of a part without a state: every process can only be in a final state, and that is the end. */
export const allEnded = -1;

/**
 * V23  The states in which each part may be stuck. A state goes when a neighbour has none left that it can be stuck with (AC-3, Mackworth
 * 1977), or when it offers an event that all others of the event surely offer. What goes can be brought back, level by level.
 */
export class Domains {
  readonly view: View;
  readonly neighbours: Neighbours;
  readonly start: Int32Array;
  readonly words: Int32Array;
  /** Steps in their order, those of deeper levels last. */
  steps: Step[] = [];
  /** The part that has no state left; -1 as long as there is none. */
  empty = -1;
  /** What states must add up to; steps name them by their place. */
  sums: readonly Sum[] = [];
  /** How often a pair of parts was looked at; a pair with many states counts for more. */
  work = 0;
  readonly #manyOf: readonly (readonly ManyEvent[])[];
  readonly #groupsOf: Group[][] = [];
  readonly #sumsOf: number[][] = [];
  /** Of which sums a part has lost states. */
  readonly #due = new Set<number>();
  readonly #queue: number[] = [];
  readonly #queued: Uint8Array;
  readonly #trailAt: number[] = [];
  readonly #trailWas: number[] = [];
  readonly #levels: { readonly trail: number; readonly steps: Step[] }[] = [];

  constructor(view: View, neighbours: Neighbours) {
    this.view = view;
    this.neighbours = neighbours;
    const { types } = view;
    this.start = new Int32Array(types.length + 1);
    for (let part = 0; part < types.length; part++)
      this.start[part + 1] = (this.start[part] ?? 0) + (types[part] as PartType).words;
    this.words = new Int32Array(this.start[types.length] ?? 0);
    this.#queued = new Uint8Array(types.length);
    this.#manyOf = manyOf(types.length, neighbours.many);
    this.#fill();
  }

  // Where a part can go on alone it is never stuck.
  #fill(): void {
    const { types, events, live } = this.view;
    const { first } = this.neighbours.makers;
    for (let part = 0; part < types.length; part++) {
      const { words, offers, reachable } = types[part] as PartType;
      const own = events[part] as Int32Array;
      const start = this.start[part] ?? 0;
      for (let word = 0; word < words; word++) this.words[start + word] = reachable[word] ?? 0;
      for (let event = 0; event < own.length; event++) {
        const number = own[event] ?? 0;
        if (live[number] === 0 || (first[number + 1] ?? 0) - (first[number] ?? 0) !== 1) continue;
        for (let word = 0; word < words; word++)
          this.words[start + word] = (this.words[start + word] ?? 0) & ~(offers[event * words + word] ?? 0);
      }
      this.touch(part);
      if (this.isEmpty(part)) this.empty = part;
    }
    this.#queue.reverse();
  }

  isEmpty(part: number): boolean {
    for (let at = this.start[part] ?? 0; at < (this.start[part + 1] ?? 0); at++) if (this.words[at] !== 0) return false;
    return true;
  }

  holds(part: number, state: number): boolean {
    return has(this.words, this.start[part] ?? 0, state);
  }

  statesOf(part: number): number[] {
    const { states } = this.view.types[part] as PartType;
    const found: number[] = [];
    for (let state = 0; state < states; state++) if (this.holds(part, state)) found.push(state);
    return found;
  }

  /** 0, 1, or 2 for more. */
  size(part: number): number {
    let size = 0;
    for (let at = this.start[part] ?? 0; at < (this.start[part + 1] ?? 0); at++) {
      const word = this.words[at] ?? 0;
      if (word !== 0) size += (word & (word - 1)) === 0 ? 1 : 2;
    }
    return Math.min(size, 2);
  }

  push(): void {
    this.#levels.push({ trail: this.#trailAt.length, steps: this.steps });
    this.steps = [];
  }

  /** Back to before the last `push`; gives the steps made since then. */
  pop(): Step[] {
    const level = this.#levels.pop();
    if (level === undefined) throw new Error('There is no level to leave.');
    while (this.#trailAt.length > level.trail) this.words[this.#trailAt.pop() ?? 0] = this.#trailWas.pop() ?? 0;
    while (this.#queue.length > 0) this.#queued[this.#queue.pop() ?? 0] = 0;
    this.#due.clear();
    const { steps } = this;
    this.steps = level.steps;
    this.empty = -1;
    return steps;
  }

  /** Leaves the part this one state, by assumption. */
  assume(part: number, state: number): void {
    const start = this.start[part] ?? 0;
    for (let at = start; at < (this.start[part + 1] ?? 0); at++)
      this.#set(at, at === start + (state >>> 5) ? 1 << (state & 31) : 0);
    this.touch(part);
  }

  remove(step: Step): void {
    const at = (this.start[step.part] ?? 0) + (step.state >>> 5);
    this.#set(at, (this.words[at] ?? 0) & ~(1 << (step.state & 31)));
    this.steps.push(step);
    this.touch(step.part);
    if (this.empty < 0 && this.words[at] === 0 && this.isEmpty(step.part)) this.empty = step.part;
  }

  touch(part: number): void {
    for (const sum of this.#sumsOf[part] ?? []) this.#due.add(sum);
    if (this.#queued[part] === 1) return;
    this.#queued[part] = 1;
    this.#queue.push(part);
  }

  /** From now on these are looked at together as well. */
  join(group: Group): void {
    for (const part of group.parts) {
      const list = this.#groupsOf[part] ?? [];
      this.#groupsOf[part] = list;
      list.push(group);
      this.touch(part);
    }
  }

  /** From now on these have to add up as well. */
  keepTo(sums: readonly Sum[]): void {
    this.sums = sums;
    for (const [number, { parts }] of sums.entries()) {
      this.#due.add(number);
      for (const part of parts) {
        const list = this.#sumsOf[part] ?? [];
        this.#sumsOf[part] = list;
        list.push(number);
      }
    }
  }

  /** Until nothing more follows, a part is empty, or more than `most` steps were made: true when nothing more follows. */
  propagate(most = Number.POSITIVE_INFINITY): boolean {
    const limit = this.steps.length + most;
    while (this.empty < 0) {
      const part = this.#queue.pop();
      if (part === undefined) {
        const [sum] = this.#due;
        if (sum === undefined) return true;
        this.#due.delete(sum);
        this.#addUp(sum);
        continue;
      }
      this.#queued[part] = 0;
      const { first, others } = this.neighbours;
      for (let at = first[part] ?? 0; at < (first[part + 1] ?? 0); at++) {
        this.#revise(others[at] ?? 0, part, at);
        if (this.empty >= 0) return false;
      }
      for (const many of this.#manyOf[part] ?? []) this.#somebodyRefuses(many);
      for (const group of this.#groupsOf[part] ?? []) this.#narrow(group);
      if (this.steps.length > limit) return false;
    }
    return false;
  }

  #set(at: number, to: number): void {
    const was = this.words[at] ?? 0;
    if (was === to) return;
    if (this.#levels.length > 0) {
      this.#trailAt.push(at);
      this.#trailWas.push(was);
    }
    this.words[at] = to;
  }

  // Takes from `part` the states that `other` has no state for; `at` is where the neighbour stands with `other`.
  #revise(part: number, other: number, at: number): void {
    const { relations, isRight } = this.neighbours;
    const { fromLeft, fromRight } = relations[at] as Neighbours['relations'][number];
    const rows = isRight[at] === 1 ? fromLeft : fromRight;
    const from = this.start[other] ?? 0;
    const width = (this.start[other + 1] ?? 0) - from;
    const start = this.start[part] ?? 0;
    const end = this.start[part + 1] ?? 0;
    this.work += (end - start) * width > 1 ? 8 * (end - start) * width : 1;
    for (let word = start; word < end; word++) {
      for (let left = this.words[word] ?? 0; left !== 0; left &= left - 1) {
        const state = ((word - start) << 5) + 31 - Math.clz32(left & -left);
        if (!this.#meets(rows, state * width, from, width)) this.remove({ part, state, against: other });
      }
    }
  }

  #meets(rows: Int32Array, row: number, from: number, width: number): boolean {
    for (let word = 0; word < width; word++) if (((rows[row + word] ?? 0) & (this.words[from + word] ?? 0)) !== 0) return true;
    return false;
  }

  // Where only one of the parts of an event has a state that refuses it, it is in such a state.
  #somebodyRefuses({ event, parts, own }: ManyEvent): void {
    let only = -1;
    for (let at = 0; at < parts.length; at++) {
      this.work++;
      if (!this.#mayRefuse(parts[at] ?? 0, own[at] ?? 0)) continue;
      if (only >= 0) return;
      only = at;
    }
    const part = parts[Math.max(0, only)] ?? 0;
    const label = own[Math.max(0, only)] ?? 0;
    const { offers, words } = this.view.types[part] as PartType;
    for (const state of this.statesOf(part)) if (has(offers, label * words, state)) this.remove({ part, state, event });
  }

  // Takes out what is in none of the states that the group can still be stuck in.
  #narrow({ parts, stuck }: Group): void {
    const left = parts.map(() => new Set<number>());
    this.work += stuck.length;
    for (let row = 0; row < stuck.length; row += parts.length) {
      let fits = true;
      for (let at = 0; at < parts.length && fits; at++) fits = this.holds(parts[at] ?? 0, stuck[row + at] ?? 0);
      if (fits) for (let at = 0; at < parts.length; at++) left[at]?.add(stuck[row + at] ?? 0);
    }
    for (const [at, part] of parts.entries())
      for (const state of this.statesOf(part)) if (left[at]?.has(state) === false) this.remove({ part, state, among: parts });
  }

  // V129  Takes out what is too much, or too little, whatever the other parts of the sum have left.
  #addUp(sum: number): void {
    const { parts, weights, total } = this.sums[sum] as Sum;
    this.work += 4 * parts.length;
    const ranges = parts.map((part, at) => this.#range(part, weights[at] as Int32Array));
    const over = total - ranges.reduce((least, range) => least + range.least, 0);
    const under = ranges.reduce((most, range) => most + range.most, 0) - total;
    for (const [at, { least, most }] of ranges.entries()) {
      if (most - least <= Math.min(over, under)) continue;
      const part = parts[at] ?? 0;
      for (const state of this.statesOf(part)) {
        const weight = weights[at]?.[state] ?? 0;
        if (weight - least > over || most - weight > under) this.remove({ part, state, sum });
      }
      if (this.empty >= 0) return;
    }
  }

  #range(part: number, weights: Int32Array): { readonly least: number; readonly most: number } {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const [start, end] = [this.start[part] ?? 0, this.start[part + 1] ?? 0];
    for (let word = start; word < end; word++)
      for (let left = this.words[word] ?? 0; left !== 0; left &= left - 1) {
        const weight = weights[((word - start) << 5) + 31 - Math.clz32(left & -left)] ?? 0;
        if (weight < least) least = weight;
        if (weight > most) most = weight;
      }
    return { least, most };
  }

  #mayRefuse(part: number, label: number): boolean {
    const { offers, words } = this.view.types[part] as PartType;
    const start = this.start[part] ?? 0;
    for (let word = 0; word < words; word++)
      if (((this.words[start + word] ?? 0) & ~(offers[label * words + word] ?? 0)) !== 0) return true;
    return false;
  }
}

function manyOf(parts: number, many: readonly ManyEvent[]): ManyEvent[][] {
  const lists = Array.from({ length: many.length === 0 ? 0 : parts }, (): ManyEvent[] => []);
  for (const one of many) for (const part of one.parts) lists[part]?.push(one);
  return lists;
}
