import type { Ruled } from './client-server.ts';
import { Fault } from './plain.ts';
import { booleanOf, fieldOf, numbersOf } from './read.ts';
import type { StuckPairs } from './stuck-pairs.ts';

/**
 * V78  Resources in order. A resource is *held* by the one part that it offers anything to. A user that is stuck waits for a resource that another user holds, and
 *      that comes after all it holds itself: that one waits for one that comes later still, and the order ends. Or it has ended and holds nothing.
 */
export function recheckResources(pairs: StuckPairs, data: unknown): Ruled {
  const order = numbersOf(fieldOf(data, 'order'));
  const check = new Resources(pairs, new Map(order.map((part, place) => [part, place])));
  const parts = check.parts();
  for (const part of order) check.checkResource(part);
  const users = [...parts].filter((part) => !order.includes(part));
  for (const user of users) check.checkUser(user);
  const lives = booleanOf(fieldOf(data, 'lives'));
  if (lives && !users.some((user) => check.neverEnds(user))) throw new Fault('each user may end');
  if (!lives) for (const part of order) check.checkRests(part);
  return { lives, parts };
}

const nobody = -1;

class Resources {
  readonly #pairs: StuckPairs;
  readonly #places: ReadonlyMap<number, number>;

  constructor(pairs: StuckPairs, places: ReadonlyMap<number, number>) {
    this.#pairs = pairs;
    this.#places = places;
  }

  /** The resources and all that have to do with them, however far. */
  parts(): ReadonlySet<number> {
    const met = new Set(this.#places.keys());
    for (const part of met) for (const other of this.#pairs.neighbours(part)) met.add(other);
    return met;
  }

  checkResource(part: number): void {
    for (const other of this.#pairs.neighbours(part))
      if (this.#places.has(other)) throw new Fault(`resources ${part} and ${other} have to do with each other`);
    for (const state of this.#pairs.local(part))
      for (const event of this.#pairs.offered(part, state))
        if (this.#pairs.plain.makers(event).length !== 2) throw new Fault(`event ${event} of a resource is not between two`);
  }

  checkUser(user: number): void {
    for (const state of this.#pairs.waiting(user)) {
      if (this.#hasEnded(user, state)) {
        if (this.#held(user, state).length > 0) throw new Fault(`part ${user} may end with a resource`);
      } else if (!this.#isNeverStuck(user, state) && !this.#waitsInOrder(user, state))
        throw new Fault(`part ${user} may be stuck in state ${state}`);
    }
  }

  neverEnds(user: number): boolean {
    return this.#pairs.waiting(user).every((state) => !this.#hasEnded(user, state));
  }

  checkRests(part: number): void {
    if (!this.#pairs.plain.isProcess(part)) return;
    for (const state of this.#pairs.waiting(part))
      if (this.#holder(part, state) === nobody && !this.#pairs.plain.isFinal(part, state))
        throw new Fault(`resource ${part} may be free without having ended`);
  }

  #hasEnded(user: number, state: number): boolean {
    return this.#pairs.plain.isProcess(user) && this.#pairs.plain.isFinal(user, state);
  }

  #holder(resource: number, state: number): number {
    const offeredTo = new Set(this.#pairs.offered(resource, state).flatMap((event) => [...this.#pairs.plain.makers(event)]));
    offeredTo.delete(resource);
    const [only = nobody, ...more] = offeredTo;
    return more.length === 0 ? only : nobody;
  }

  // Who may hold a resource where a user is stuck with it.
  #holders(user: number, state: number, resource: number): number[] {
    return this.#pairs.stuckWith(user, state, resource).map((there) => this.#holder(resource, there));
  }

  #held(user: number, state: number): number[] {
    return this.#resourcesOf(user).filter((resource) => this.#holders(user, state, resource).includes(user));
  }

  #isNeverStuck(user: number, state: number): boolean {
    return [...this.#pairs.neighbours(user)].some((other) => this.#pairs.stuckWith(user, state, other).length === 0);
  }

  #waitsInOrder(user: number, state: number): boolean {
    const held = this.#held(user, state);
    return this.#resourcesOf(user).some((resource) => {
      const isHeld = this.#holders(user, state, resource).every((holder) => holder !== nobody && holder !== user);
      return isHeld && held.every((before) => this.#placeOf(before) < this.#placeOf(resource));
    });
  }

  #resourcesOf(user: number): number[] {
    return [...this.#pairs.neighbours(user)].filter((other) => this.#places.has(other));
  }

  #placeOf(resource: number): number {
    return this.#places.get(resource) ?? -1;
  }
}
