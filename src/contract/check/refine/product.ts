import { type Budget, usualBytes } from '#contract/check/engine.ts';
import { recurring } from '#contract/check/live/recurring.ts';
import type { System } from '#contract/network.ts';
import { findLoop } from './loop.ts';
import { type Normal, numbersIn } from './normal.ts';
import { Pairs } from './pairs.ts';
import { type Counterexample, type Model, type Refinement, tickLabel } from './refinement.ts';
import { Steps } from './steps.ts';

/** What is compared, and in what. */
export interface Sides {
  readonly system: System;
  /** Per event the number of its label; -1 for a hidden one. */
  readonly visible: Int32Array;
  readonly names: readonly string[];
  readonly normal: Normal;
  readonly model: Model;
  /** True: a stable state must offer all that may follow its trace, as for determinism; else only what some acceptance demands. */
  readonly exactly: boolean;
}

/** V50, V52  Breadth-first search over pairs of an implementation's state and a node of a normal form. */
export class Product {
  readonly #sides: Sides;
  readonly #budget: Budget;
  readonly #steps: Steps;
  readonly #pairs: Pairs;
  readonly #offers: Int32Array;
  readonly #started: number;
  #nodes = new Int32Array(64);
  #transitions = 0;
  #cut = false;

  constructor(sides: Sides, budget: Budget) {
    this.#sides = sides;
    this.#budget = budget;
    this.#steps = new Steps(sides.system);
    this.#pairs = new Pairs(this.#steps.words + 1);
    this.#offers = new Int32Array(sides.normal.words);
    this.#started = budget.now?.() ?? 0;
  }

  run(): Refinement {
    const { normal, model } = this.#sides;
    const pairs = this.#pairs;
    pairs.add(new Int32Array(this.#steps.words), 0, 0, 0, 0);
    for (let at = 0; at < pairs.size; at++) {
      if ((at & 1023) === 0) {
        const why = this.#stopped(at);
        if (why !== undefined) return this.#unknown(why);
      }
      const node = pairs.lastOf(at);
      // V50: a specification that may go on for ever by itself allows everything from there on.
      if (model === 'FD' && !this.#sides.exactly && normal.diverges[node] === 1) continue;
      normal.expandTo(node);
      const found = this.#look(at, node);
      if (found !== undefined) return { ...this.#counted(), ...found };
    }
    const loop = model === 'FD' ? this.#divergence() : undefined;
    if (typeof loop === 'string') return this.#unknown(loop);
    if (loop !== undefined) return { ...this.#counted(), ...loop };
    if (this.#cut) return this.#unknown('a buffer can hold more messages than are counted');
    return { ...this.#counted(), verdict: 'proved' };
  }

  // Adds what follows a pair; gives what is wrong with it.
  #look(at: number, node: number): Counterexample | undefined {
    const steps = this.#steps;
    const pairs = this.#pairs;
    const { visible, normal, model } = this.#sides;
    const offers = this.#offers;
    const count = steps.find(pairs.keys, at * (steps.words + 1));
    const row = node * normal.stride;
    const ended = steps.hasEnded();
    const cut = steps.isCut();
    if (cut) this.#cut = true;
    let stable = true;
    offers.fill(0);
    this.#transitions += count;
    if (this.#nodes.length < count) this.#nodes = new Int32Array(2 * count);
    const nodes = this.#nodes;
    for (let step = 0; step < count; step++) {
      const event = steps.events[step] as number;
      const label = visible[event] as number;
      if (label < 0) {
        stable = false;
        nodes[step] = node;
        continue;
      }
      const target = normal.after[row + label] as number;
      if (target < 0) return this.#noTrace(at, event);
      offers[label >>> 5] = (offers[label >>> 5] as number) | (1 << (label & 31));
      nodes[step] = target;
    }
    pairs.addAll(steps.next, count, nodes, at, steps.events);
    if (ended) {
      if ((normal.after[row + normal.tick] as number) < 0) return this.#noTrace(at);
      offers.fill(0);
      offers[normal.tick >>> 5] = 1 << (normal.tick & 31);
    }
    if (model === 'T' || (!ended && (!stable || cut)) || this.#isEnough(node)) return undefined;
    return this.#refusal(at, node);
  }

  #isEnough(node: number): boolean {
    const { normal, exactly } = this.#sides;
    const offers = this.#offers;
    const { words } = normal;
    if (exactly) return offers.every((word, i) => word === normal.initials[node]?.[i]);
    const sets = normal.acceptances[node] as Int32Array;
    for (let at = 0; at < sets.length; at += words) {
      let within = true;
      for (let i = 0; within && i < words; i++) within = ((sets[at + i] as number) & ~(offers[i] as number)) === 0;
      if (within) return true;
    }
    return false;
  }

  #refusal(at: number, node: number): Counterexample {
    const { normal, exactly } = this.#sides;
    const { words } = normal;
    const sets = exactly ? (normal.initials[node] as Int32Array) : (normal.acceptances[node] as Int32Array);
    const demands = Array.from({ length: sets.length / words }, (_, number) => this.#names(sets, number * words));
    return { ...this.#way(at), what: 'refusal', offers: this.#names(this.#offers, 0), demands };
  }

  #names(sets: Int32Array, at: number): string[] {
    const { normal, names } = this.#sides;
    return numbersIn(sets, normal.words, at).map((number) => names[number] ?? tickLabel);
  }

  #noTrace(at: number, event?: number): Counterexample {
    const way = this.#way(at);
    const last = event === undefined ? tickLabel : (this.#sides.names[this.#sides.visible[event] ?? 0] ?? '');
    const events = event === undefined ? way.events : [...way.events, event];
    return { ...way, what: 'trace', events, trace: [...way.trace, last] };
  }

  #way(at: number, more: readonly number[] = []): Pick<Counterexample, 'verdict' | 'events' | 'trace'> {
    const { visible, names } = this.#sides;
    const events = [...this.#pairs.way(at), ...more];
    const trace = events.flatMap((event) => ((visible[event] ?? -1) < 0 ? [] : [names[visible[event] ?? 0] ?? '']));
    return { verdict: 'refuted', events, trace };
  }

  // Every pair has been looked at and none was wrong: what is left is a cycle of hidden events.
  #divergence(): Counterexample | string | undefined {
    const { system, visible, normal, exactly } = this.#sides;
    const hidden = recurring(system, (event) => visible[event] === -1);
    if (hidden.every((one) => one === 0)) return undefined;
    const steps = this.#steps;
    const pairs = this.#pairs;
    const successors = (at: number, events: number[], targets: number[]): void => {
      const node = pairs.lastOf(at);
      if (!exactly && normal.diverges[node] === 1) return;
      const count = steps.find(pairs.keys, at * (steps.words + 1));
      for (let step = 0; step < count; step++) {
        const event = steps.events[step] as number;
        if (hidden[event] === 0) continue;
        events.push(event);
        targets.push(pairs.numberOf(steps.next, step * steps.words, node));
      }
    };
    const loop = findLoop(pairs.size, successors, (at) => this.#stopped(at));
    if (typeof loop === 'string' || loop === undefined) return loop;
    return { ...this.#way(loop.root, loop.way), what: 'divergence', cycle: loop.cycle };
  }

  #stopped(at: number): string | undefined {
    const { maxStates, maxMs, now, maxBytes = usualBytes, goOn } = this.#budget;
    const { normal } = this.#sides;
    const { size } = this.#pairs;
    if (size > maxStates) return `stopped after ${size.toLocaleString('en')} pairs of states`;
    if (normal.bytes > maxBytes / 2)
      return `the specification has too many sets of states: ${normal.size.toLocaleString('en')} were made`;
    if (this.#pairs.bytes + normal.bytes > maxBytes) return `out of memory after ${size.toLocaleString('en')} pairs of states`;
    if (now !== undefined && now() - this.#started > maxMs)
      return `stopped after ${Math.round(maxMs)} ms and ${size.toLocaleString('en')} pairs of states`;
    return goOn?.(at) === false ? 'cancelled' : undefined;
  }

  #unknown(why: string): Refinement {
    return { ...this.#counted(), verdict: 'unknown', why };
  }

  #counted(): { states: number; transitions: number; peakBytes: number } {
    return { states: this.#pairs.size, transitions: this.#transitions, peakBytes: this.#pairs.bytes + this.#sides.normal.bytes };
  }
}
