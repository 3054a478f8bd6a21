import type { Network } from '#contract/network.ts';
import type { Budget, Engine, Outcome } from './engine.ts';
import { type Layout, layoutOf, PackedStates } from './packed.ts';

/**
 * K14  Looks at every reachable state, nearest first, so the trace to a deadlock is a shortest one. A state without a possible
 *      event is a deadlock unless every node has ended.
 */
export const full: Engine = { name: 'full', run: (network, budget) => new Search(network, budget).run() };

const usualBytes = 512 * 1024 * 1024;

class Search {
  readonly #network: Network;
  readonly #budget: Budget;
  readonly #layout: Layout;
  readonly #states: PackedStates;
  readonly #state: Int32Array;
  readonly #next: Int32Array;
  readonly #vector: Int32Array;
  readonly #moves: readonly MoveTable[];
  readonly #partner: Int32Array;
  readonly #first: Int32Array;
  readonly #cuts: readonly { readonly part: number; readonly at: number }[];
  #at = 0;
  #transitions = 0;
  #cut = false;

  constructor(network: Network, budget: Budget) {
    this.#network = network;
    this.#budget = budget;
    this.#layout = layoutOf(network);
    this.#states = new PackedStates(this.#layout.words);
    this.#state = new Int32Array(this.#layout.words);
    this.#next = new Int32Array(this.#layout.words);
    this.#vector = new Int32Array(network.parts.length);
    this.#moves = tablesOf(network);
    this.#first = Int32Array.from(network.events, ({ parts }) => parts[0]);
    this.#partner = Int32Array.from(network.events, ({ parts }) => (parts.length === 2 ? parts[1] : nobody));
    this.#cuts = network.parts.flatMap(({ shape }, part) => {
      const at = network.shapes[shape]?.cutAt;
      return at === undefined ? [] : [{ part, at }];
    });
  }

  run(): Outcome {
    const { maxStates, maxMs, now, maxBytes = usualBytes } = this.#budget;
    const most = Math.min(maxStates, Math.floor(maxBytes / (4 * this.#layout.words + 16)));
    const started = now?.() ?? 0;
    this.#states.add(this.#state, 0, 0);
    for (; this.#at < this.#states.size; this.#at++) {
      if (this.#states.size > most) return this.#unknown(`stopped after ${count(most)} states`);
      if (now !== undefined && this.#at % 1024 === 0 && now() - started > maxMs)
        return this.#unknown(`stopped after ${maxMs} ms and ${count(this.#states.size)} states`);
      this.#read();
      if (this.#goOn() || this.#hasEnded()) continue;
      if (!this.#isCut())
        return { ...this.#numbers(), verdict: 'refuted', trace: this.#states.way(this.#at), dead: [...this.#vector] };
    }
    if (this.#cut) return this.#unknown(`a buffer can hold more messages than are counted`);
    return { ...this.#numbers(), verdict: 'proved' };
  }

  #numbers(): { states: number; transitions: number } {
    return { states: this.#states.size, transitions: this.#transitions };
  }

  #unknown(why: string): Outcome {
    return { ...this.#numbers(), verdict: 'unknown', why };
  }

  #read(): void {
    this.#states.read(this.#at, this.#state);
    const { word, shift, mask } = this.#layout;
    for (let part = 0; part < this.#vector.length; part++) {
      this.#vector[part] = ((this.#state[word[part] ?? 0] ?? 0) >>> (shift[part] ?? 0)) & (mask[part] ?? 0);
    }
    if (this.#cuts.length > 0 && this.#isCut()) this.#cut = true;
  }

  #isCut(): boolean {
    return this.#cuts.some(({ part, at }) => this.#vector[part] === at);
  }

  // Adds every state one event away; false when there is none.
  #goOn(): boolean {
    const before = this.#transitions;
    for (let part = 0; part < this.#vector.length; part++) {
      const { first, events, targets } = this.#moves[part] as MoveTable;
      const state = this.#vector[part] ?? 0;
      for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
        const event = events[move] ?? 0;
        const partner = this.#partner[event] ?? nobody;
        const target = targets[move] ?? 0;
        if (partner === nobody) this.#step(event, part, target, part, target);
        else if (this.#first[event] === part && partner >= 0) this.#meet(event, part, target, partner);
      }
    }
    return this.#transitions > before;
  }

  #meet(event: number, part: number, target: number, partner: number): void {
    const { first, events, targets } = this.#moves[partner] as MoveTable;
    const state = this.#vector[partner] ?? 0;
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      if (events[move] === event) this.#step(event, part, target, partner, targets[move] ?? 0);
    }
  }

  #step(event: number, part: number, target: number, partner: number, partnerTarget: number): void {
    this.#transitions++;
    this.#next.set(this.#state);
    this.#put(part, target);
    this.#put(partner, partnerTarget);
    this.#states.add(this.#next, this.#at, event);
  }

  #put(part: number, target: number): void {
    const { word, shift, mask } = this.#layout;
    const [at, by] = [word[part] ?? 0, shift[part] ?? 0];
    this.#next[at] = ((this.#next[at] ?? 0) & ~((mask[part] ?? 0) << by)) | (target << by);
  }

  #hasEnded(): boolean {
    return this.#network.parts.every(
      ({ shape }, part) => part >= this.#network.nodeCount || this.#network.shapes[shape]?.final[this.#vector[part] ?? 0] === 1,
    );
  }
}

const nobody = -2;

interface MoveTable {
  readonly first: Int32Array;
  readonly events: Int32Array;
  readonly targets: Int32Array;
}

function tablesOf({ parts, shapes }: Network): MoveTable[] {
  return parts.map((part) => {
    const { first, labels, targets } = shapes[part.shape] as (typeof shapes)[number];
    return { first, targets, events: labels.map((label) => part.events[label] ?? 0) };
  });
}

function count(number: number): string {
  return number.toLocaleString('en');
}
