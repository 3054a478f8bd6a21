import type { Again } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { Steps } from './steps.ts';
import { Visited } from './visited.ts';
import { World } from './world.ts';

/** Checking an event of a set takes several looks. */
const looksOfName = 15;

/** The closed sets of the visited states by their numbers, each different one once; kept while they are few. */
export class Witness {
  readonly #mostStates: number;
  readonly #mostNumbers: number;
  /** Numbers of sets that are still looked at. */
  #patience: number;
  readonly #sets: (readonly number[])[] = [];
  readonly #numbers = new Map<string, number>();
  #of: number[] = [];
  #named = 0;
  #isFull = false;

  /** What could not be checked again with so many looks is not kept either. */
  constructor({ parts }: System, { looks, states, numbers }: Again) {
    this.#mostStates = Math.min(states, looks / parts.length);
    this.#mostNumbers = numbers;
    this.#patience = looks / looksOfName;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Gives a state its set, or adds to the one it has. @param set ascending. */
  put(state: number, set: readonly number[]): void {
    if (this.#isFull) return;
    const before = this.#sets[this.#of[state] ?? -1];
    const whole = before === undefined ? set : [...new Set([...before, ...set])].sort((a, b) => a - b);
    this.#patience -= whole.length;
    const text = whole.join();
    const number = this.#numbers.get(text) ?? this.#sets.push(whole) - 1;
    if (!this.#numbers.has(text)) this.#named += whole.length;
    this.#numbers.set(text, number);
    this.#of[state] = number;
    const isSmall = this.#of.length <= this.#mostStates && this.#named + this.#of.length <= this.#mostNumbers;
    if (isSmall && this.#patience >= 0) return;
    this.#isFull = true;
    this.#of = [];
  }

  /** The different sets, and the number of each state's; undefined when they are too many. */
  get all(): { readonly sets: readonly (readonly number[])[]; readonly of: readonly number[] } | undefined {
    return this.#isFull ? undefined : { sets: this.#sets, of: this.#of };
  }
}

/** V32  What the search looked at; with few states so that it can be checked again. */
export function witnessed(system: System, visited: Visited, witness: Witness): Certificate {
  const states = visited.size;
  return {
    by: 'stubborn',
    words: [
      `${states === 1 ? 'One state was' : `${states.toLocaleString('en')} states were`} looked at. In each only some events were followed: the others neither take these away nor make more of their kind possible, so whatever they do first can as well be done later.`,
      'In each of the states something is possible, or all processes have ended.',
    ],
    data: { states, ...setsInOrder(system, visited, witness)?.data },
  };
}

/** V32  The sets by the numbers that a re-check gives the states, and what these are by those that the search gave them. */
export interface InOrder {
  readonly data: { readonly sets: readonly (readonly number[])[]; readonly of: readonly number[] };
  readonly numberOf: (state: number) => number;
}

/** V32  Undefined when the sets are too many. */
export function setsInOrder(system: System, visited: Visited, witness: Witness): InOrder | undefined {
  const { all } = witness;
  if (all === undefined) return undefined;
  const order = inOrder(system, visited, (state) => all.sets[all.of[state] ?? -1] ?? []);
  // Numbered anew by their first use, since some were added to and are no longer used.
  const numbers = new Map<number, number>();
  const of = order.map((state) => {
    const set = all.of[state] ?? 0;
    if (!numbers.has(set)) numbers.set(set, numbers.size);
    return numbers.get(set) ?? 0;
  });
  const places = new Int32Array(order.length);
  for (const [place, state] of order.entries()) places[state] = place;
  return {
    data: { sets: [...numbers.keys()].map((set) => all.sets[set] ?? []), of },
    numberOf: (state) => places[state] ?? 0,
  };
}

// Follows the sets as a re-check does: that gives the states their numbers. The numbers of the search, in this order.
function inOrder(system: System, visited: Visited, chosen: (state: number) => readonly number[]): number[] {
  const world = new World(system);
  const order = new Visited(world.layout.words);
  const words = new Int32Array(world.layout.words);
  const [steps, undo, bin] = [new Steps(), new Steps(), new Steps()];
  const numbers: number[] = [];
  order.add(world.packed, world.hash);
  for (let at = 0; at < order.size; at++) {
    order.read(at, words);
    world.become(words);
    const state = -1 - visited.add(world.packed, world.hash);
    numbers.push(state);
    steps.push(world, chosen(state).toReversed());
    while (steps.size > 0) {
      steps.take(world, undo);
      order.add(world.packed, world.hash);
      bin.size = 0;
      undo.take(world, bin);
    }
  }
  return numbers;
}
