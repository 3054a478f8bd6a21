import { has, type PartType } from '#contract/check/structure/part-type.ts';
import type { Structure } from '#contract/check/structure/structure.ts';

/** Parts that are looked at together, and in which states they can be stuck together, `parts.length` numbers each. */
export interface Group {
  readonly parts: readonly number[];
  readonly stuck: Int32Array;
}

/** A group that can be in more states together is left out. */
const mostStates = 8_192;
/** All groups that differ can be in so many together; further ones are left out. */
const mostInAll = 400_000;

/**
 * V24  Each process with the memories of its connections, and each of these with the processes at its ends. What a process has counted (how many of its streams have
 * ended), what they remember, and who has ended, no two of them know.
 */
export function groupsOf(structure: Structure): Group[] {
  const { view, neighbours } = structure;
  const found: Group[] = [];
  const known = new Map<string, Int32Array>();
  let left = mostInAll;
  for (let part = 0; part < view.types.length; part++) {
    const parts = [part];
    let size = view.types[part]?.states ?? 0;
    for (let at = neighbours.first[part] ?? 0; at < (neighbours.first[part + 1] ?? 0); at++) {
      const other = neighbours.others[at] ?? 0;
      if (part < view.system.processes && other < view.system.processes) continue;
      parts.push(other);
      size *= view.types[other]?.states ?? 0;
    }
    if (parts.length < 3 || size > mostStates) continue;
    const group = new Members(structure, parts);
    const key = group.key();
    if (!known.has(key)) left -= size;
    if (left < 0) break;
    const stuck = known.get(key) ?? group.stuck();
    known.set(key, stuck);
    found.push({ parts, stuck });
  }
  return found;
}

/** An event of the group: for each member its own number of it, -1 for one that has no part in it. */
interface Inner {
  readonly own: readonly number[];
  /** Nobody outside makes it. */
  readonly only: boolean;
}

class Members {
  readonly #types: readonly PartType[];
  readonly #events: readonly Inner[];

  constructor({ view, neighbours }: Structure, parts: readonly number[]) {
    this.#types = parts.map((part) => view.types[part] as PartType);
    const { first, parts: makers, own } = neighbours.makers;
    const numbers = new Set(parts.flatMap((part) => [...(view.events[part] ?? [])].filter((event) => view.live[event] === 1)));
    this.#events = [...numbers].map((event) => {
      const [from, to] = [first[event] ?? 0, first[event + 1] ?? 0];
      const inner = new Array<number>(parts.length).fill(-1);
      let only = true;
      for (let at = from; at < to; at++) {
        const member = parts.indexOf(makers[at] ?? -1);
        if (member < 0) only = false;
        else inner[member] = own[at] ?? -1;
      }
      return { own: inner, only };
    });
  }

  key(): string {
    return JSON.stringify([this.#types.map(({ number }) => number), this.#events]);
  }

  /** The states that can be reached while everybody else goes along with everything, and in which nothing is possible in the group alone. */
  stuck(): Int32Array {
    const seen = new Map<string, number[]>();
    const start = this.#types.map(() => 0);
    seen.set(start.join(), start);
    const found: number[] = [];
    for (const state of seen.values()) {
      let isStuck = true;
      for (const event of this.#events) {
        const ways = this.#waysOf(state, event);
        if (event.only && ways.length > 0) isStuck = false;
        for (const to of ways) if (!seen.has(to.join())) seen.set(to.join(), to);
      }
      if (isStuck) found.push(...state);
    }
    return Int32Array.from(found);
  }

  #waysOf(state: readonly number[], { own }: Inner): number[][] {
    let ways = [[...state]];
    for (const [member, event] of own.entries()) {
      if (event < 0) continue;
      const { first, labels, targets, offers, words } = this.#types[member] as PartType;
      const at = state[member] ?? 0;
      if (!has(offers, event * words, at)) return [];
      const next: number[][] = [];
      for (let move = first[at] ?? 0; move < (first[at + 1] ?? 0); move++)
        if (labels[move] === event) for (const way of ways) next.push(way.with(member, targets[move] ?? 0));
      ways = next;
    }
    return ways;
  }
}
