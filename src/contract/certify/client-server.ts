import { Fault } from './plain.ts';
import { booleanOf, fieldOf, listOf, numbersOf } from './read.ts';
import type { StuckPairs } from './stuck-pairs.ts';

/** What a rule says of some parts: that one of them can always go on, or that they only come to a stop when their processes have ended. */
export interface Ruled {
  readonly lives: boolean;
  readonly parts: ReadonlySet<number>;
}

interface Roles {
  readonly busy: ReadonlySet<number>;
  readonly open: ReadonlySet<number>;
}

/**
 * V76  Clients and servers. The parts are in a row. Of each some states are *busy*, some *open*; in all others it rests. Who is busy is kept waiting by a later part that is
 *      busy too, and as the row ends nobody is. Then who is open is kept waiting by an earlier part that is open too, and as the row begins nobody
 *      is. So all rest, and a process rests only where it has ended. Where some part is neither open nor rests, something can always happen.
 */
export function recheckClientServer(pairs: StuckPairs, data: unknown): Ruled {
  const kinds = listOf(fieldOf(data, 'kinds')).map(rolesOf);
  const roles = new Map<number, Roles>();
  for (const entry of listOf(fieldOf(data, 'rank'))) {
    const [part = -1, kind = -1] = numbersOf(entry);
    const found = kinds[kind];
    if (found === undefined || roles.has(part)) throw new Fault(`part ${part} has no place in the row`);
    roles.set(part, found);
  }
  const lives = booleanOf(fieldOf(data, 'lives'));
  const row = new Row(pairs, roles);
  for (const part of roles.keys()) {
    row.checkBusy(part);
    if (!lives) row.checkOpen(part);
  }
  if (lives && ![...roles.keys()].some((part) => row.isAlwaysBusy(part))) throw new Fault('each part may come to rest');
  return { lives, parts: new Set(roles.keys()) };
}

function rolesOf(kind: unknown): Roles {
  return { busy: new Set(numbersOf(fieldOf(kind, 'busy'))), open: new Set(numbersOf(fieldOf(kind, 'open'))) };
}

class Row {
  readonly #pairs: StuckPairs;
  readonly #roles: ReadonlyMap<number, Roles>;
  readonly #places: ReadonlyMap<number, number>;

  constructor(pairs: StuckPairs, roles: ReadonlyMap<number, Roles>) {
    this.#pairs = pairs;
    this.#roles = roles;
    this.#places = new Map([...roles.keys()].map((part, place) => [part, place]));
  }

  isAlwaysBusy(part: number): boolean {
    return this.#pairs.waiting(part).every((state) => this.#roles.get(part)?.busy.has(state) === true);
  }

  checkBusy(part: number): void {
    for (const state of this.#pairs.waiting(part)) {
      if (!this.#is('busy', part, state)) continue;
      const waits = this.#others(part).some(
        (other) => this.#isLater(other, part) && this.#stuckOnly(part, state, other, ['busy']),
      );
      if (!waits) throw new Fault(`part ${part} may be kept waiting while it is busy`);
    }
  }

  checkOpen(part: number): void {
    for (const state of this.#pairs.waiting(part)) {
      if (this.#is('busy', part, state)) continue;
      if (!this.#is('open', part, state)) {
        if (this.#pairs.plain.isProcess(part) && !this.#pairs.plain.isFinal(part, state))
          throw new Fault(`part ${part} rests in state ${state} and has not ended`);
        continue;
      }
      const waits = this.#others(part).some((other) =>
        this.#stuckOnly(part, state, other, this.#isLater(other, part) ? ['busy'] : ['busy', 'open']),
      );
      if (!waits) throw new Fault(`part ${part} may be kept waiting for one that rests`);
    }
  }

  #others(part: number): number[] {
    return [...this.#pairs.neighbours(part)].filter((other) => this.#roles.has(other));
  }

  #isLater(one: number, other: number): boolean {
    return (this.#places.get(one) ?? -1) > (this.#places.get(other) ?? -1);
  }

  #is(role: keyof Roles, part: number, state: number): boolean {
    return this.#roles.get(part)?.[role].has(state) === true;
  }

  // Whether the other, where the two are stuck, is only in states of these roles. What stands between the two alone must fit both.
  #stuckOnly(part: number, state: number, other: number, roles: readonly (keyof Roles)[]): boolean {
    return this.#pairs.stuckWith(part, state, other).every((there) => {
      if (roles.some((role) => this.#is(role, other, there))) return true;
      return this.#between(part, other).some((third) =>
        this.#pairs
          .waiting(third)
          .every((at) => !this.#pairs.areStuck(part, state, third, at) || !this.#pairs.areStuck(other, there, third, at)),
      );
    });
  }

  #between(one: number, other: number): number[] {
    return [...this.#pairs.neighbours(one)].filter((third) => {
      const own = this.#pairs.neighbours(third);
      return own.size === 2 && own.has(one) && own.has(other);
    });
  }
}
