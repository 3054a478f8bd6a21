import { type Budget, type Engine, type Outcome, whileDrawing } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { Closure } from './closure.ts';
import { Witness, witnessed } from './evidence.ts';
import { Limits } from './limits.ts';
import { shortened } from './shortest.ts';
import { Steps, tooWide } from './steps.ts';
import { Visited } from './visited.ts';
import { hasEnded, World } from './world.ts';

/**
 * V30  Looks, in each state it comes to, only at what a closed set of parts can do there (stubborn sets, Valmari 1989): every state in which nothing is possible
 *      is reached all the same, and by as short a way. The trace to a deadlock is a shortest one, or said to be long.
 */
export const stubborn: Engine = { name: 'stubborn', run: (system, budget) => new Search(system, budget).run() };

/** Possible events that are begun with, at most, in the hope of a set with fewer steps. */
const mostTries = 12;

class Search {
  readonly #system: System;
  readonly #budget: Budget;
  readonly #limits: Limits;
  readonly #world: World;
  readonly #closure: Closure;
  readonly #visited: Visited;
  readonly #todo = new Steps();
  readonly #done = new Steps();
  readonly #scratch = new Steps();
  /** Where on `todo` the steps of each state on the way begin. */
  readonly #frames: number[] = [];
  /** How often an event is on the way. */
  readonly #fired: Int32Array;
  readonly #seeds: Int32Array;
  readonly #witness: Witness;
  #transitions = 0;
  #cut = false;
  #isWide = false;

  constructor(system: System, budget: Budget) {
    this.#system = system;
    this.#budget = budget;
    this.#limits = new Limits(budget);
    this.#world = new World(system);
    this.#closure = new Closure(this.#world);
    this.#witness = new Witness(system, budget.again ?? whileDrawing);
    this.#visited = new Visited(this.#world.layout.words);
    this.#fired = new Int32Array(system.events.length);
    this.#seeds = new Int32Array(system.events.length);
  }

  run(): Outcome {
    if (this.#open(this.#visited.add(this.#world.packed, this.#world.hash))) return this.#refuted();
    while (this.#frames.length > 0) {
      if (this.#isWide) return { ...this.#numbers(), verdict: 'unknown', why: tooWide };
      if (this.#todo.size === this.#frames.at(-1)) {
        this.#back();
        continue;
      }
      const why = this.#limits.stop(this.#visited.size, () => this.#bytes());
      if (why !== undefined) return { ...this.#numbers(), verdict: 'unknown', why };
      const event = this.#todo.take(this.#world, this.#done);
      this.#transitions++;
      this.#fired[event] = (this.#fired[event] ?? 0) + 1;
      const number = this.#visited.add(this.#world.packed, this.#world.hash);
      if (number < 0) this.#undo();
      else if (this.#open(number)) return this.#refuted();
    }
    if (this.#cut) return { ...this.#numbers(), verdict: 'unknown', why: 'a buffer can hold more messages than are counted' };
    const certificate = witnessed(this.#system, this.#visited, this.#witness);
    return { ...this.#numbers(), verdict: 'proved', certificate };
  }

  // Begins with the steps of a new state; true when it is a deadlock.
  #open(number: number): boolean {
    const world = this.#world;
    if (world.cuts > 0) this.#cut = true;
    const { events, ways } = this.#closure.choose(this.#seeds, this.#sow(), mostTries);
    if (!this.#witness.isFull) this.#witness.put(number, this.#closure.whole());
    this.#frames.push(this.#todo.size);
    if (!this.#todo.push(world, events)) this.#isWide = true;
    return ways === 0 && world.cuts === 0 && !hasEnded(this.#system, world.state);
  }

  // The possible events, the one that is least often on the way first: in a design that goes round, all have their turn before one has the next.
  #sow(): number {
    const { possible, possibleCount } = this.#world;
    let least = 0;
    for (let i = 0; i < possibleCount; i++) {
      const event = possible[i] ?? 0;
      this.#seeds[i] = event;
      if ((this.#fired[event] ?? 0) < (this.#fired[this.#seeds[least] ?? 0] ?? 0)) least = i;
    }
    const first = this.#seeds[least] ?? 0;
    this.#seeds[least] = this.#seeds[0] ?? 0;
    this.#seeds[0] = first;
    return possibleCount;
  }

  #back(): void {
    this.#frames.pop();
    if (this.#frames.length > 0) this.#undo();
  }

  #undo(): void {
    this.#scratch.size = 0;
    const event = this.#done.take(this.#world, this.#scratch);
    this.#fired[event] = (this.#fired[event] ?? 0) - 1;
  }

  #refuted(): Outcome {
    const found = { trace: this.#done.events(this.#world), dead: [...this.#world.state] };
    const budget = { ...this.#budget, maxMs: this.#limits.leftMs };
    return { ...this.#numbers(), verdict: 'refuted', ...shortened(this.#system, found, budget) };
  }

  #numbers(): { states: number; transitions: number; peakBytes: number } {
    return { states: this.#visited.size, transitions: this.#transitions, peakBytes: this.#bytes() };
  }

  #bytes(): number {
    return this.#visited.bytes + this.#todo.bytes + this.#done.bytes + 8 * this.#frames.length;
  }
}
