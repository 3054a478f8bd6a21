import type { Outcome } from '#contract/check/engine.ts';
import { has, type PartType } from '#contract/check/structure/part-type.ts';
import type { View } from '#contract/check/structure/view.ts';

export type Reached = Pick<Extract<Outcome, { verdict: 'refuted' }>, 'trace' | 'dead'>;

/**
 * V25  Goes from the start towards a state of all parts, always by an event that brings the parts it moves nearest to theirs; never
 * into the same state twice. Where nothing is possible any more it has found a deadlock, that one or another.
 */
export function walkTo(view: View, goal: Int32Array, maxSteps: number, known = new Distances()): Reached | undefined {
  return new Walk(view, goal, known).run(maxSteps);
}

/** The same, given up where the way is not plain: when it was not clear so often what helps. */
export function walkStraightTo(view: View, goal: Int32Array, maxSteps: number): Reached | undefined {
  return new Walk(view, goal, new Distances()).run(maxSteps, mostDoubts);
}

const mostDoubts = 8;

/** A state that was come to, and how. */
export interface Start {
  readonly state: Int32Array;
  readonly trace: readonly number[];
}

/** The same from a state that was come to already. */
export function walkFrom(view: View, goal: Int32Array, start: Start, maxSteps: number): Reached | undefined {
  return new Walk(view, goal, new Distances(), start).run(maxSteps);
}

/** How many moves of its own a part is from a state at least, by type and state. */
export class Distances {
  readonly #known = new Map<PartType, Map<number, Int32Array>>();

  of(type: PartType, to: number): Int32Array {
    const byState = this.#known.get(type) ?? new Map<number, Int32Array>();
    this.#known.set(type, byState);
    const found = byState.get(to) ?? distancesTo(type, to);
    byState.set(to, found);
    return found;
  }
}

/** As far as a state from which there is no way. */
const far = 1 << 20;

function distancesTo({ states, first, targets }: PartType, to: number): Int32Array {
  const start = new Int32Array(states + 1);
  for (let move = 0; move < targets.length; move++) start[(targets[move] ?? 0) + 1] = (start[(targets[move] ?? 0) + 1] ?? 0) + 1;
  for (let state = 0; state < states; state++) start[state + 1] = (start[state + 1] ?? 0) + (start[state] ?? 0);
  const [fill, before] = [start.slice(), new Int32Array(targets.length)];
  for (let state = 0; state < states; state++)
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const target = targets[move] ?? 0;
      const at = fill[target] ?? 0;
      before[at] = state;
      fill[target] = at + 1;
    }
  const found = new Int32Array(states).fill(far);
  const queue = [to];
  found[to] = 0;
  for (let next = 0; next < queue.length; next++) {
    const state = queue[next] ?? 0;
    for (let at = start[state] ?? 0; at < (start[state + 1] ?? 0); at++) {
      const from = before[at] ?? 0;
      if ((found[from] ?? far) < far) continue;
      found[from] = (found[state] ?? 0) + 1;
      queue.push(from);
    }
  }
  return found;
}

class Walk {
  readonly #view: View;
  readonly #state: Int32Array;
  readonly #distances: Int32Array[];
  readonly #trace: number[];
  readonly #seen = new Set<number>();
  readonly #possible = new Set<number>();
  readonly #ready: number[] = [];
  #hash = 0;
  #doubts = 0;

  constructor(view: View, goal: Int32Array, known: Distances, start?: Start) {
    this.#view = view;
    this.#state = start?.state.slice() ?? new Int32Array(view.types.length);
    this.#trace = [...(start?.trace ?? [])];
    this.#distances = view.types.map((type, part) => known.of(type, goal[part] ?? 0));
    for (let part = 0; part < view.types.length; part++) this.#look(part);
  }

  run(maxSteps: number, mostDoubts = Number.POSITIVE_INFINITY): Reached | undefined {
    this.#seen.add(this.#hash);
    for (let step = 0; step <= maxSteps && this.#doubts <= mostDoubts; step++) {
      if (this.#possible.size === 0) return this.#isDeadlock() ? { trace: this.#trace, dead: [...this.#state] } : undefined;
      if (!this.#step()) return undefined;
    }
    return undefined;
  }

  #isDeadlock(): boolean {
    const { system, types } = this.#view;
    if (types.some(({ cut }, part) => cut >= 0 && this.#state[part] === cut)) return false;
    return types.slice(0, system.processes).some(({ final }, part) => !has(final, 0, this.#state[part] ?? 0));
  }

  // An event that certainly helps is made at once; otherwise the best of all that lead to a state not seen before.
  #step(): boolean {
    for (let event = this.#ready.pop(); event !== undefined; event = this.#ready.pop()) {
      if (!this.#possible.has(event) || this.#gain(event) <= 0) continue;
      if (this.#make(event)) return true;
    }
    this.#doubts++;
    const ranked = [...this.#possible].map((event) => ({ event, gain: this.#gain(event) })).sort((a, b) => b.gain - a.gain);
    return ranked.some(({ event }) => this.#make(event));
  }

  #gain(event: number): number {
    let gain = 0;
    for (const part of this.#view.system.events[event]?.parts ?? []) {
      const distances = this.#distances[part] as Int32Array;
      const move = this.#bestMove(part, event);
      gain += (distances[this.#state[part] ?? 0] ?? far) - (distances[this.#view.types[part]?.targets[move] ?? 0] ?? far);
    }
    return gain;
  }

  #bestMove(part: number, event: number): number {
    const { first, labels, targets } = this.#view.types[part] as PartType;
    const events = this.#view.events[part] as Int32Array;
    const distances = this.#distances[part] as Int32Array;
    const state = this.#state[part] ?? 0;
    let best = -1;
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      if (events[labels[move] ?? 0] !== event) continue;
      if (best < 0 || (distances[targets[move] ?? 0] ?? far) < (distances[targets[best] ?? 0] ?? far)) best = move;
    }
    return best;
  }

  #make(event: number): boolean {
    const parts = this.#view.system.events[event]?.parts ?? [];
    const targets = parts.map((part) => this.#view.types[part]?.targets[this.#bestMove(part, event)] ?? 0);
    let hash = this.#hash;
    for (const [at, part] of parts.entries()) hash += mixed(part, targets[at] ?? 0) - mixed(part, this.#state[part] ?? 0);
    if (this.#seen.has(hash)) return false;
    this.#seen.add(hash);
    this.#hash = hash;
    for (const [at, part] of parts.entries()) this.#state[part] = targets[at] ?? 0;
    this.#trace.push(event);
    for (const part of parts) this.#look(part);
    return true;
  }

  // Only events of a part that has moved can have become possible or impossible.
  #look(part: number): void {
    const events = this.#view.events[part] as Int32Array;
    for (let own = 0; own < events.length; own++) {
      const event = events[own] ?? 0;
      if (this.#view.live[event] === 0) continue;
      if (this.#isPossible(event)) {
        this.#possible.add(event);
        this.#ready.push(event);
      } else this.#possible.delete(event);
    }
  }

  #isPossible(event: number): boolean {
    for (const part of this.#view.system.events[event]?.parts ?? []) if (this.#bestMove(part, event) < 0) return false;
    return true;
  }
}

// Of integers below 2⁵³ sums are exact, so a hash can be changed part by part.
function mixed(part: number, state: number): number {
  let h = Math.imul(part + 1, 0x9e3779b1) ^ Math.imul(state + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}
