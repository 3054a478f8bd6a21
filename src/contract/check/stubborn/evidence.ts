import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/certificate.ts';
import { Steps } from './steps.ts';
import { Visited } from './visited.ts';
import { World } from './world.ts';

/** States of which a certificate says what was looked at, and events it names in all, at most. */
const mostWitnessed = 5_000;
const mostNamed = 200_000;

/** The closed sets of the visited states by their numbers, kept while they are few. */
export class Witness {
  #sets: (readonly number[])[] | undefined = [];
  #named = 0;

  get isFull(): boolean {
    return this.#sets === undefined;
  }

  /** @param set ascending. */
  add(set: readonly number[]): void {
    this.#named += set.length;
    this.#sets?.push(set);
    if (this.#named > mostNamed || (this.#sets?.length ?? 0) > mostWitnessed) this.#sets = undefined;
  }

  get sets(): readonly (readonly number[])[] | undefined {
    return this.#sets;
  }
}

/** V32  What the search looked at; with few states so that it can be checked again. */
export function witnessed(system: System, visited: Visited, witness: Witness): Certificate {
  const states = visited.size;
  const sets = witness.sets === undefined ? undefined : inOrder(system, visited, witness.sets);
  return {
    by: 'stubborn',
    words: [
      `${states === 1 ? 'One state was' : `${states.toLocaleString('en')} states were`} looked at. In each only some events were followed: the others neither take these away nor make more of their kind possible, so whatever they do first can as well be done later.`,
      'In each of the states something is possible, or all processes have ended.',
    ],
    data: { states, ...(sets !== undefined && { sets }) },
  };
}

// Follows the sets as a re-check does: that gives the states their numbers.
function inOrder(system: System, visited: Visited, chosen: readonly (readonly number[])[]): number[][] {
  const world = new World(system);
  const order = new Visited(world.layout.words);
  const words = new Int32Array(world.layout.words);
  const [steps, undo, bin] = [new Steps(), new Steps(), new Steps()];
  const sets: number[][] = [];
  order.add(world.packed, world.hash);
  for (let at = 0; at < order.size; at++) {
    order.read(at, words);
    world.become(words);
    const set = chosen[-1 - visited.add(world.packed, world.hash)] ?? [];
    sets.push([...set]);
    steps.push(world, set.toReversed());
    while (steps.size > 0) {
      steps.take(world, undo);
      order.add(world.packed, world.hash);
      bin.size = 0;
      undo.take(world, bin);
    }
  }
  return sets;
}
