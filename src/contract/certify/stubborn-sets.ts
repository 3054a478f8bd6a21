import { Fault, type Plain, type Whole } from './plain.ts';
import { Reached } from './reached.ts';
import { fieldOf, listedIn, listOf, numbersOf } from './read.ts';

/** As far as memory goes. */
const [bytesOfList, bytesOfTarget] = [50, 8];

/** A search that followed in each state only the possible events of its set: the states that a step leads to are `targets[state]`. */
export interface Followed {
  readonly reached: Reached;
  readonly targets: readonly (readonly number[])[];
  readonly setOf: (state: number) => ReadonlySet<number>;
}

/**
 * V73  Follows the search again, in each state only the events of its set. A set is right when, whatever happens first outside of it, none of its events becomes
 *      possible that is not, and each that is possible stays so and may as well be made before: then who comes to a deadlock by a way that leaves the set
 *      out comes to it by one that begins in it.
 */
export function recheckStubborn(plain: Plain, data: unknown): void {
  const { reached, targets } = followSets(plain, data, 'first');
  for (const [state, list] of targets.entries())
    if (list.length === 0 && !plain.hasEnded(reached.stateOf(state)))
      throw new Fault('there is a state in which nothing can happen');
}

/**
 * V73  The states that are come to, once every set was looked at.
 *
 * @param order `either`: also, whatever happens outside a set, what was possible there is possible after an event of the set, and the two come together again.
 */
export function followSets(plain: Plain, data: unknown, order: 'first' | 'either'): Followed {
  const sets = listOf(listedIn(data, 'sets')).map((set) => new Set(numbersOf(set)));
  const numbers = numbersOf(fieldOf(data, 'of'));
  plain.meter.expect(numbers.length * plain.system.parts.length);
  const setOf = (state: number): ReadonlySet<number> => {
    const set = sets[numbers[state] ?? -1];
    if (set === undefined) throw new Fault(`state ${state} has no set`);
    return set;
  };
  const reached = new Reached(plain);
  const targets: number[][] = [];
  for (let number = 0; number < reached.size; number++) {
    const state = reached.stateOf(number);
    const set = setOf(number);
    if (state.some((at, part) => plain.isCut(part, at))) throw new Fault('a part can say less than the truth');
    new StateSet(plain, state, set, order).check();
    const followed = [...set].sort((a, b) => a - b).flatMap((event) => plain.ways(state, event));
    plain.meter.keep(bytesOfList + bytesOfTarget * followed.length);
    targets.push(followed.map(({ to }) => reached.add(to)));
  }
  if (reached.size !== numbers.length) throw new Fault(`there are ${reached.size} states, and ${numbers.length} have a set`);
  if (reached.size !== fieldOf(data, 'states')) throw new Fault(`there are ${reached.size} states, not as many as said`);
  return { reached, targets, setOf };
}

/** The set of one state. */
class StateSet {
  readonly #plain: Plain;
  readonly #state: Whole;
  readonly #set: ReadonlySet<number>;
  readonly #order: 'first' | 'either';

  constructor(plain: Plain, state: Whole, set: ReadonlySet<number>, order: 'first' | 'either') {
    this.#plain = plain;
    this.#state = state;
    this.#set = set;
    this.#order = order;
  }

  check(): void {
    const possible = new Set(this.#plain.steps(this.#state).map(({ event }) => event));
    if (possible.size === 0) return;
    if (possible.isDisjointFrom(this.#set)) throw new Fault('a set has no event that can happen');
    for (const event of this.#set) {
      const makers = this.#plain.makers(event);
      const isRight = possible.has(event)
        ? makers.every((part) => this.#staysPossible(part, event))
        : makers.some((part) => part < 0 || this.#staysRefused(part, event));
      if (!isRight) throw new Fault(`what happens outside a set may change what event ${event} of it can do`);
    }
  }

  // Where a part can come to by events outside the set.
  #range(part: number): ReadonlySet<number> {
    const met = new Set([this.#state[part] ?? 0]);
    for (const at of met)
      for (const [event, targets] of this.#plain.offers(part, at)) {
        this.#plain.spend(1);
        if (!this.#set.has(event)) for (const to of targets) met.add(to);
      }
    return met;
  }

  #staysRefused(part: number, event: number): boolean {
    return [...this.#range(part)].every((at) => !this.#plain.offers(part, at).has(event) && !this.#plain.isCut(part, at));
  }

  #staysPossible(part: number, event: number): boolean {
    return [...this.#range(part)].every((at) => {
      if (!this.#plain.offers(part, at).has(event) || this.#plain.isCut(part, at)) return false;
      return [...this.#plain.offers(part, at)].every(
        ([other, targets]) =>
          this.#set.has(other) ||
          targets.every(
            (between) =>
              this.#mayComeFirst(part, at, event, other, between) &&
              (this.#order === 'first' || this.#meetAgain(part, at, event, other, between)),
          ),
      );
    });
  }

  // Each way of the other event, then this one, can be had with this one first.
  #mayComeFirst(part: number, at: number, event: number, other: number, between: number): boolean {
    return this.#after(part, between, event).every((end) =>
      this.#after(part, at, event).some((first) => this.#after(part, first, other).includes(end)),
    );
  }

  // Whichever way each of the two goes, the other one can follow, and some ways of these end in the same state.
  #meetAgain(part: number, at: number, event: number, other: number, between: number): boolean {
    return this.#after(part, at, event).every((first) =>
      this.#after(part, first, other).some((end) => this.#after(part, between, event).includes(end)),
    );
  }

  #after(part: number, state: number, event: number): readonly number[] {
    this.#plain.spend(1);
    return this.#plain.after(part, state, event);
  }
}
