import { Alike, type Kind, Together } from './alike.ts';
import { Fault, type Plain } from './plain.ts';

/**
 * V74  What parts can be stuck in, as far as each knows by itself and with one other. `never` are events that do not happen. In a deadlock a part is in a state
 *      that it can come to without them and in which it offers no event of its own; and any two parts are in states that they can come to
 *      together and in which they do not both offer an event that is between the two alone.
 */
export class StuckPairs {
  readonly plain: Plain;
  readonly never: ReadonlySet<number>;
  readonly #alike: Alike;
  /** By the two parts, and by what these have in common with others. */
  readonly #ofParts = new Map<number, Together>();
  readonly #together = new Map<string, Together>();
  readonly #neighbours = new Map<number, ReadonlySet<number>>();

  constructor(plain: Plain, alike: Alike) {
    this.plain = plain;
    this.never = alike.never;
    this.#alike = alike;
  }

  /** The events of a state that may happen. */
  offered(part: number, state: number): number[] {
    return [...this.plain.offers(part, state).keys()].filter((event) => !this.never.has(event));
  }

  /** All states that a part can come to by itself. */
  local(part: number): ReadonlySet<number> {
    return this.#kindOf(part).local;
  }

  /** Those of them in which it cannot go on alone. */
  waiting(part: number): readonly number[] {
    return this.#kindOf(part).waiting;
  }

  /** The events that it may take part in. */
  eventsOf(part: number): readonly number[] {
    const events = this.plain.system.parts[part]?.events;
    return this.#kindOf(part).open.map((label) => events?.[label] ?? -1);
  }

  neighbours(part: number): ReadonlySet<number> {
    const known = this.#neighbours.get(part);
    if (known !== undefined) return known;
    const found = new Set(this.eventsOf(part).flatMap((event) => [...this.plain.makers(event)]));
    found.delete(part);
    this.#neighbours.set(part, found);
    return found;
  }

  /** Whether two parts can both be stuck, each in its state. */
  areStuck(one: number, a: number, other: number, b: number): boolean {
    return this.#of(one, other).areStuck(a, b);
  }

  /** The states in which the other waits, where a part is stuck with it in this one. */
  stuckWith(one: number, a: number, other: number): readonly number[] {
    return this.#of(one, other).stuckWith(a);
  }

  /** V74  No part comes to a state after which its shape says less than the truth: the first to do so would have to in spite of a neighbour. */
  checkCuts(): void {
    for (const part of this.plain.system.parts.keys()) {
      const { shape, local } = this.#kindOf(part);
      const cut = shape.cutAt;
      if (cut === undefined || !local.has(cut)) continue;
      const prevented = [...this.neighbours(part)].some((other) => !this.#of(part, other).hasState(cut));
      if (!prevented) throw new Fault('a part can say less than the truth');
    }
  }

  #kindOf(part: number): Kind {
    return this.#alike.kindOf(part);
  }

  #of(one: number, other: number): Together {
    const number = one * this.plain.system.parts.length + other;
    const known = this.#ofParts.get(number);
    if (known !== undefined) return known;
    const pair = this.#alike.pairOf(one, other);
    const wiring = [...pair.links, ...pair.linksBack].join();
    const key = `${pair.one.number} ${pair.other.number} ${wiring}`;
    const found = this.#together.get(key) ?? new Together(this.plain, pair);
    this.#together.set(key, found);
    this.#ofParts.set(number, found);
    return found;
  }
}

/** V74  Checks that events never happen: each has nobody to make it with, or a part that never comes to offer it without the others of the set. */
export function checkNever(plain: Plain, alike: Alike): void {
  for (const event of alike.never) {
    const isBarred = plain.makers(event).some((part) => part < 0 || !offeredBy(plain, alike, part).includes(event));
    if (!isBarred) throw new Fault(`event ${event} may happen`);
  }
}

/** What parts can do without the events that never happen, which are found by taking away again and again what somebody never offers. */
export function aliveIn(plain: Plain): Alike {
  const { events, parts } = plain.system;
  let never = new Set(events.keys().filter((event) => plain.makers(event).includes(-1)));
  for (;;) {
    const alike = new Alike(plain, never);
    const offers = new Uint32Array(events.length);
    for (const part of parts.keys())
      for (const event of new Set(offeredBy(plain, alike, part)))
        for (const maker of plain.makers(event)) if (maker === part) offers[event] = (offers[event] ?? 0) + 1;
    const isNever = (event: number): boolean =>
      plain.makers(event).includes(-1) || (offers[event] ?? 0) < plain.makers(event).length;
    const next = new Set(events.keys().filter(isNever));
    if (next.size === never.size) return alike;
    never = next;
  }
}

// Also those that are said never to happen: it is by not coming to offer them that a part prevents them.
function offeredBy(plain: Plain, alike: Alike, part: number): number[] {
  const events = plain.system.parts[part]?.events;
  return alike.kindOf(part).offered.map((label) => events?.[label] ?? -1);
}
