import { Fault, type Plain, TooMuch, type Whole } from './plain.ts';
import { fieldOf, hasField, listOf, numbersOf } from './read.ts';

/**
 * V73  Follows the search again, in each state only the events of its set. A set is right when, whatever happens first outside of it, none of its events becomes
 *      possible that is not, and each that is possible stays so and may as well be made before: then who comes to a deadlock by a way that leaves the set
 *      out comes to it by one that begins in it.
 */
export function recheckStubborn(plain: Plain, data: unknown): void {
  if (!hasField(data, 'sets')) throw new TooMuch('there were too many states to list what was looked at in each');
  const sets = listOf(fieldOf(data, 'sets'));
  const start: Whole = plain.system.parts.map(() => 0);
  const seen = new Map([[start.join(), start]]);
  let number = 0;
  for (const state of seen.values()) {
    const set = new Set(numbersOf(sets[number++]));
    if (state.some((at, part) => plain.isCut(part, at))) throw new Fault('a part can say less than the truth');
    checkSet(plain, state, set);
    for (const event of [...set].sort((a, b) => a - b))
      for (const { to } of plain.ways(state, event)) if (!seen.has(to.join())) seen.set(to.join(), to);
  }
  if (seen.size !== sets.length) throw new Fault(`there are ${seen.size} states and ${sets.length} sets`);
  if (seen.size !== fieldOf(data, 'states')) throw new Fault(`there are ${seen.size} states, not as many as said`);
}

function checkSet(plain: Plain, state: Whole, set: ReadonlySet<number>): void {
  const possible = new Set(plain.steps(state).map(({ event }) => event));
  if (possible.size === 0) {
    if (!plain.hasEnded(state)) throw new Fault('there is a state in which nothing can happen');
    return;
  }
  if (possible.isDisjointFrom(set)) throw new Fault('a set has no event that can happen');
  for (const event of set) {
    const makers = plain.makers(event);
    const isRight = possible.has(event)
      ? makers.every((part) => staysPossible(plain, part, state[part] ?? 0, event, set))
      : makers.some((part) => part < 0 || staysRefused(plain, part, state[part] ?? 0, event, set));
    if (!isRight) throw new Fault(`what happens outside a set may change what event ${event} of it can do`);
  }
}

// Where a part can come to by events outside the set.
function range(plain: Plain, part: number, state: number, set: ReadonlySet<number>): ReadonlySet<number> {
  const met = new Set([state]);
  for (const at of met)
    for (const [event, targets] of plain.offers(part, at)) {
      plain.spend(1);
      if (!set.has(event)) for (const to of targets) met.add(to);
    }
  return met;
}

function staysRefused(plain: Plain, part: number, state: number, event: number, set: ReadonlySet<number>): boolean {
  return [...range(plain, part, state, set)].every((at) => !plain.offers(part, at).has(event) && !plain.isCut(part, at));
}

function staysPossible(plain: Plain, part: number, state: number, event: number, set: ReadonlySet<number>): boolean {
  return [...range(plain, part, state, set)].every((at) => {
    if (!plain.offers(part, at).has(event) || plain.isCut(part, at)) return false;
    return [...plain.offers(part, at)].every(
      ([other, targets]) => set.has(other) || targets.every((between) => mayComeFirst(plain, part, at, event, other, between)),
    );
  });
}

// Each way of the other event, then this one, can be had with this one first.
function mayComeFirst(plain: Plain, part: number, at: number, event: number, other: number, between: number): boolean {
  return plain.after(part, between, event).every((end) =>
    plain.after(part, at, event).some((first) => {
      plain.spend(1);
      return plain.after(part, first, other).includes(end);
    }),
  );
}
