import type { Structure } from '#contract/check/structure/structure.ts';
import { allEnded, type Contradiction, type Domains } from './domains.ts';

/** What a search came to: a contradiction that no deadlock survives, states that could be one, or neither within its means. */
export type Searched =
  | { readonly is: 'free'; readonly empty: number }
  | { readonly is: 'candidate'; readonly states: Int32Array }
  | { readonly is: 'open' };

/** How often pairs of parts may be looked at. */
export interface Means {
  readonly probes: number;
  readonly search: number;
  readonly goOn: () => boolean;
}

/** An assumption is first followed over a few steps only, so that what is refuted near by costs the same in a design of any size. */
const reaches = [12, 96];
/** A part with more states is not probed state by state. */
const mostProbed = 256;
/** Deeper than this no search goes. */
const deepest = 2_000;

/**
 * V24  Looks for states of all parts that fit together two by two and in which some process has not ended. All that is found impossible on
 * the way stays taken out of the domains, with its reason.
 */
export class Search {
  readonly #domains: Domains;
  readonly #means: Means;
  #solution: Int32Array | undefined;
  #order: Int32Array = new Int32Array(0);
  #left = 0;

  constructor(domains: Domains, means: Means) {
    this.#domains = domains;
    this.#means = means;
  }

  /** Whether the domains alone show that there is no deadlock. */
  settled(): Searched | undefined {
    const { empty } = this.#domains;
    if (empty >= 0) return { is: 'free', empty };
    return this.openProcess(0) < 0 ? { is: 'free', empty: allEnded } : undefined;
  }

  /** The first process from a number on that may be stuck without having ended; -1 when there is none. */
  openProcess(from: number): number {
    for (let part = from; part < this.#domains.view.system.processes; part++) if (this.#openStates(part).length > 0) return part;
    return -1;
  }

  /** One way straight down: a candidate where none of the first choices has to be taken back. */
  glance(): Searched {
    this.#left = this.#domains.work + 40 * this.#domains.view.types.length + 10_000;
    for (let part = this.openProcess(0), tries = 0; part >= 0 && tries < 3; part = this.openProcess(part + 1), tries++) {
      const found = this.#candidate(part, this.#openStates(part)[0] ?? 0, 3);
      if (found !== undefined) return found;
      if (this.#domains.empty >= 0) break;
    }
    return this.settled() ?? { is: 'open' };
  }

  /** Takes out states from which a contradiction follows near by, as long as that leads to more of the same. */
  probe(): Searched | undefined {
    for (const most of reaches) {
      this.#probeAll(most, this.#domains.work + this.#means.probes);
      const settled = this.settled();
      if (settled !== undefined) return settled;
    }
    return undefined;
  }

  /** Every open process in turn, with backtracking. */
  exhaust(): Searched {
    this.#left = this.#domains.work + this.#means.search;
    for (let part = this.openProcess(0); part >= 0; part = this.openProcess(part + 1)) {
      for (const state of this.#openStates(part)) {
        if (!this.#domains.holds(part, state)) continue;
        const found = this.#candidate(part, state, deepest);
        if (found !== undefined) return found;
        if (this.#domains.empty >= 0) return { is: 'free', empty: this.#domains.empty };
        if (this.#isSpent()) return { is: 'open' };
      }
    }
    return this.settled() ?? { is: 'open' };
  }

  #isSpent(): boolean {
    return this.#domains.work > this.#left || !this.#means.goOn();
  }

  #openStates(part: number): number[] {
    const { final } = this.#domains.view.types[part] as { final: Int32Array };
    const start = this.#domains.start[part] ?? 0;
    let open = 0;
    for (let word = 0; word < final.length; word++) open |= (this.#domains.words[start + word] ?? 0) & ~(final[word] ?? 0);
    if (open === 0) return [];
    return this.#domains.statesOf(part).filter((state) => (((final[state >>> 5] ?? 0) >>> (state & 31)) & 1) === 0);
  }

  // Undefined when the state is refuted, and then taken out, or when the means do not suffice.
  #candidate(part: number, state: number, conflicts: number): Searched | undefined {
    this.#order = orderFrom(this.#domains, part);
    const refuted = this.#refute(part, state, 0, { conflicts });
    if (refuted === 'solved') return { is: 'candidate', states: this.#solution as Int32Array };
    if (refuted === 'open') return undefined;
    this.#domains.remove({ part, state, ...refuted });
    this.#domains.propagate();
    return undefined;
  }

  // The maintained arc consistency of Sabin and Freuder (1994), its reasons kept as a tree.
  #refute(part: number, state: number, from: number, left: { conflicts: number }, depth = 0): Contradiction | 'solved' | 'open' {
    const domains = this.#domains;
    domains.push();
    domains.assume(part, state);
    domains.propagate();
    let at = from;
    while (domains.empty < 0) {
      while (at < this.#order.length && domains.size(this.#order[at] ?? 0) < 2) at++;
      const next = this.#order[at];
      if (next === undefined) return this.#solved();
      const found = this.#split(next, at, left, depth + 1);
      if (found !== undefined) {
        domains.pop();
        return found;
      }
    }
    const { empty } = domains;
    left.conflicts--;
    return { steps: domains.pop(), empty };
  }

  // Tries the first state of a part; undefined when it is refuted and taken out.
  #split(part: number, at: number, left: { conflicts: number }, depth: number): 'solved' | 'open' | undefined {
    if (depth > deepest || left.conflicts <= 0 || this.#isSpent()) return 'open';
    const [state = 0] = this.#domains.statesOf(part);
    const found = this.#refute(part, state, at, left, depth);
    if (found === 'solved' || found === 'open') return found;
    this.#domains.remove({ part, state, ...found });
    this.#domains.propagate();
    return undefined;
  }

  #solved(): 'solved' {
    const { types } = this.#domains.view;
    this.#solution = Int32Array.from(types, (_, part) => this.#domains.statesOf(part)[0] ?? 0);
    this.#domains.pop();
    return 'solved';
  }

  #probeAll(most: number, until: number): void {
    const domains = this.#domains;
    const parts = domains.view.types.length;
    const queued = new Uint8Array(parts).fill(1);
    const queue = Array.from({ length: parts }, (_, at) => parts - 1 - at);
    const again = (part: number): void => {
      if (queued[part] === 1) return;
      queued[part] = 1;
      queue.push(part);
    };
    for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
      queued[part] = 0;
      if (domains.work > until || !this.#means.goOn()) return;
      if (domains.size(part) < 2 || (domains.view.types[part]?.states ?? 0) > mostProbed) continue;
      for (const state of domains.statesOf(part)) {
        const before = domains.steps.length;
        if (!domains.holds(part, state) || !this.#isImpossible(part, state, most)) continue;
        if (domains.empty >= 0) return;
        for (let step = before; step < domains.steps.length; step++) this.#around(domains.steps[step]?.part ?? 0, again);
      }
    }
  }

  #isImpossible(part: number, state: number, most: number): boolean {
    const domains = this.#domains;
    domains.push();
    domains.assume(part, state);
    domains.propagate(most);
    const { empty } = domains;
    const steps = domains.pop();
    if (empty < 0) return false;
    domains.remove({ part, state, steps, empty });
    domains.propagate();
    return true;
  }

  #around(part: number, again: (part: number) => void): void {
    const { first, others } = this.#domains.neighbours;
    again(part);
    for (let at = first[part] ?? 0; at < (first[part + 1] ?? 0); at++) again(others[at] ?? 0);
  }
}

/** All parts, those near the given one first. */
export function orderFrom({ view, neighbours }: Pick<Structure, 'view' | 'neighbours'>, part: number): Int32Array {
  const { first, others } = neighbours;
  const order = new Int32Array(view.types.length);
  const seen = new Uint8Array(view.types.length);
  let [size, root] = [0, 0];
  const add = (one: number): void => {
    if (seen[one] === 1) return;
    seen[one] = 1;
    order[size++] = one;
  };
  add(part);
  for (let at = 0; at < order.length; at++) {
    while (at >= size) add(root++);
    const one = order[at] ?? 0;
    for (let next = first[one] ?? 0; next < (first[one + 1] ?? 0); next++) add(others[next] ?? 0);
  }
  return order;
}
