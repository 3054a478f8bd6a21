import type { Budget } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { Closure } from './closure.ts';
import { Limits } from './limits.ts';
import { Steps } from './steps.ts';
import { Visited } from './visited.ts';
import { hasEnded, World } from './world.ts';

/** A way to a state, and that state. */
export interface Way {
  readonly trace: readonly number[];
  readonly dead: readonly number[];
}

/** States that are looked at, at most, for a shorter way: first with the events of the known way alone, then with all. */
const mostStates = 100_000;
/** Wide states cost more. */
const mostWords = 4_000_000;

/**
 * V31  A shortest way to a deadlock, or as short a one as the budget allows. Each way to a state in which nothing is possible has a reordering among those
 *      that stubborn sets leave, so looking for the nearest first, with such sets, finds one that no other is shorter than.
 */
export function shortened(system: System, found: Way, budget: Budget): Way {
  const maxStates = Math.min(budget.maxStates, mostStates, Math.ceil(mostWords / new World(system).layout.words));
  const started = budget.now?.() ?? 0;
  const left = (): Budget => ({
    ...budget,
    maxStates,
    maxMs: Math.max(0, budget.maxMs - ((budget.now?.() ?? 0) - started)),
  });
  const onlyThese = restricted(system, new Set(found.trace));
  const first = nearest(onlyThese, system, found.trace.length, left()) ?? found;
  return nearest(system, system, first.trace.length, left()) ?? first;
}

// The same system, with all other events impossible: what it can do, the whole can.
function restricted(system: System, events: ReadonlySet<number>): System {
  return {
    ...system,
    events: system.events.map((event, number) => (events.has(number) ? event : { parts: [...event.parts, -1] })),
  };
}

// A way of less than `below` steps within a system to what is a deadlock of the whole; undefined when there is none, or the budget is used up.
function nearest(within: System, whole: System, below: number, budget: Budget): Way | undefined {
  const all = new World(whole);
  return new Nearest(within, below, (world, isDead) => isDead && isDeadlock(whole, all, world.state), true).run(budget);
}

/** A shortest way of less than `below` steps to a state, when only some parts may move. */
export function nearestTo(
  system: System,
  goal: readonly number[],
  movers: ReadonlySet<number>,
  below: number,
  budget: Budget,
): Way | undefined {
  const events = new Set(system.events.flatMap(({ parts }, event) => (parts.every((part) => movers.has(part)) ? [event] : [])));
  const isThere = (world: World): boolean => goal.every((state, part) => world.state[part] === state);
  return new Nearest(restricted(system, events), below, isThere, false).run(budget);
}

class Nearest {
  readonly #world: World;
  readonly #closure: Closure;
  readonly #visited: Visited;
  readonly #isGoal: (world: World, isDead: boolean) => boolean;
  readonly #reduced: boolean;
  readonly #below: number;
  readonly #steps = new Steps();
  readonly #undo = new Steps();
  readonly #parents: number[] = [-1];
  readonly #events: number[] = [-1];
  readonly #depths: number[] = [0];
  readonly #words: Int32Array;

  constructor(within: System, below: number, isGoal: (world: World, isDead: boolean) => boolean, reduced: boolean) {
    this.#world = new World(within);
    this.#closure = new Closure(this.#world);
    this.#visited = new Visited(this.#world.layout.words);
    this.#isGoal = isGoal;
    this.#reduced = reduced;
    this.#below = below;
    this.#words = new Int32Array(this.#world.layout.words);
  }

  run(budget: Budget): Way | undefined {
    const limits = new Limits(budget);
    const world = this.#world;
    this.#visited.add(world.packed, world.hash);
    for (let at = 0; at < this.#visited.size; at++) {
      if (limits.stop(this.#visited.size, () => this.#visited.bytes + 24 * this.#visited.size) !== undefined) return undefined;
      const depth = this.#depths[at] ?? 0;
      if (depth >= this.#below) return undefined;
      this.#visited.read(at, this.#words);
      world.become(this.#words);
      if (this.#isGoal(world, world.possibleCount === 0)) return { trace: this.#way(at), dead: [...world.state] };
      if (depth + 1 < this.#below && !this.#follow(at, depth + 1, this.#chosen())) return undefined;
    }
    return undefined;
  }

  #chosen(): readonly number[] {
    const { possible, possibleCount } = this.#world;
    if (!this.#reduced) return [...possible.subarray(0, possibleCount)];
    return this.#closure.choose(possible, possibleCount, possibleCount).events;
  }

  // False where they are too many to be followed.
  #follow(from: number, depth: number, events: readonly number[]): boolean {
    if (!this.#steps.push(this.#world, events)) return false;
    while (this.#steps.size > 0) {
      const event = this.#steps.take(this.#world, this.#undo);
      if (this.#visited.add(this.#world.packed, this.#world.hash) >= 0) {
        this.#parents.push(from);
        this.#events.push(event);
        this.#depths.push(depth);
      }
      this.#undo.take(this.#world, discarded());
    }
    return true;
  }

  #way(number: number): number[] {
    const events: number[] = [];
    for (let at = number; at > 0; at = this.#parents[at] ?? 0) events.push(this.#events[at] ?? 0);
    return events.reverse();
  }
}

const bin = new Steps();

function discarded(): Steps {
  bin.size = 0;
  return bin;
}

/** Nothing is possible, not all have ended, and no part is in a state that says less than the truth. */
function isDeadlock(system: System, world: World, state: Int32Array): boolean {
  for (let part = 0; part < state.length; part++) if (world.state[part] !== state[part]) world.move(part, state[part] ?? 0);
  return world.possibleCount === 0 && world.cuts === 0 && !hasEnded(system, state);
}
