import { type Budget, type Engine, type Outcome, usualBytes } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { type Layout, layoutOf, PackedStates } from './packed.ts';

/**
 * K14  Looks at every reachable state, nearest first, so the trace to a deadlock is a shortest one. A state without a possible
 *      event is a deadlock unless every node has ended.
 */
export const full: Engine = { name: 'full', run: (system, budget) => new Search(system, budget).run() };

class Search {
  readonly #system: System;
  readonly #budget: Budget;
  readonly #layout: Layout;
  readonly #states: PackedStates;
  readonly #state: Int32Array;
  readonly #next: Int32Array;
  readonly #vector: Int32Array;
  readonly #moves: readonly MoveTable[];
  readonly #together: readonly (readonly number[])[];
  readonly #cuts: readonly { readonly part: number; readonly at: number }[];
  #at = 0;
  #transitions = 0;
  #cut = false;

  constructor(system: System, budget: Budget) {
    this.#system = system;
    this.#budget = budget;
    this.#layout = layoutOf(system);
    this.#states = new PackedStates(this.#layout.words);
    this.#state = new Int32Array(this.#layout.words);
    this.#next = new Int32Array(this.#layout.words);
    this.#vector = new Int32Array(system.parts.length);
    this.#moves = tablesOf(system);
    this.#together = system.events.map(({ parts }) => parts);
    this.#cuts = system.parts.flatMap(({ shape }, part) => {
      const at = system.shapes[shape]?.cutAt;
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
      if (this.#at % 65_536 === 0 && this.#budget.goOn?.(this.#states.size) === false) return this.#unknown('cancelled');
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
        const parts = this.#together[event] ?? [];
        if (parts[0] !== part || parts.includes(-1)) continue;
        this.#next.set(this.#state);
        this.#put(part, targets[move] ?? 0);
        this.#meet(event, parts, 1);
      }
    }
    return this.#transitions > before;
  }

  // Each way in which the parts from `from` on can make the event; those before have moved.
  #meet(event: number, parts: readonly number[], from: number): void {
    const part = parts[from];
    if (part === undefined) {
      this.#transitions++;
      this.#states.add(this.#next, this.#at, event);
      return;
    }
    const { first, events, targets } = this.#moves[part] as MoveTable;
    const state = this.#vector[part] ?? 0;
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      if (events[move] !== event) continue;
      this.#put(part, targets[move] ?? 0);
      this.#meet(event, parts, from + 1);
    }
  }

  #put(part: number, target: number): void {
    const { word, shift, mask } = this.#layout;
    const [at, by] = [word[part] ?? 0, shift[part] ?? 0];
    this.#next[at] = ((this.#next[at] ?? 0) & ~((mask[part] ?? 0) << by)) | (target << by);
  }

  #hasEnded(): boolean {
    return this.#system.parts.every(
      ({ shape }, part) => part >= this.#system.processes || this.#system.shapes[shape]?.final[this.#vector[part] ?? 0] === 1,
    );
  }
}

interface MoveTable {
  readonly first: Int32Array;
  readonly events: Int32Array;
  readonly targets: Int32Array;
}

function tablesOf({ parts, shapes }: System): MoveTable[] {
  return parts.map((part) => {
    const { first, labels, targets } = shapes[part.shape] as (typeof shapes)[number];
    return { first, targets, events: labels.map((label) => part.events[label] ?? 0) };
  });
}

function count(number: number): string {
  return number.toLocaleString('en');
}
