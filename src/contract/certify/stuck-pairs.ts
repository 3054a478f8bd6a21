import { Fault, type Plain } from './plain.ts';

const bytesOfPair = 100;

/**
 * V74  What parts can be stuck in, as far as each knows by itself and with one other. `never` are events that do not happen. In a deadlock a part is in a state
 *      that it can come to without them and in which it offers no event of its own; and any two parts are in states that they can come to
 *      together and in which they do not both offer an event that is between the two alone.
 */
export class StuckPairs {
  readonly plain: Plain;
  readonly never: ReadonlySet<number>;
  readonly #local = new Map<number, ReadonlySet<number>>();
  readonly #reached = new Map<string, ReadonlySet<string>>();
  readonly #neighbours = new Map<number, ReadonlySet<number>>();

  constructor(plain: Plain, never: ReadonlySet<number>) {
    this.plain = plain;
    this.never = never;
  }

  /** The events of a state that may happen. */
  offered(part: number, state: number): number[] {
    return [...this.plain.offers(part, state).keys()].filter((event) => !this.never.has(event));
  }

  /** All states that a part can come to by itself. */
  local(part: number): ReadonlySet<number> {
    const known = this.#local.get(part);
    if (known !== undefined) return known;
    const met = new Set([0]);
    for (const at of met)
      for (const event of this.offered(part, at)) for (const to of this.plain.after(part, at, event)) met.add(to);
    this.plain.spend(met.size);
    this.#local.set(part, met);
    return met;
  }

  /** Those of them in which it cannot go on alone. */
  waiting(part: number): number[] {
    return [...this.local(part)].filter((at) => this.offered(part, at).every((event) => this.plain.makers(event).length > 1));
  }

  neighbours(part: number): ReadonlySet<number> {
    const known = this.#neighbours.get(part);
    if (known !== undefined) return known;
    const events = new Set([...this.local(part)].flatMap((at) => this.offered(part, at)));
    const found = new Set([...events].flatMap((event) => [...this.plain.makers(event)]));
    found.delete(part);
    this.#neighbours.set(part, found);
    return found;
  }

  /** Whether two parts can both be stuck, each in its state. */
  areStuck(one: number, a: number, other: number, b: number): boolean {
    this.plain.spend(1);
    if (!this.#together(one, other).has(`${a} ${b}`)) return false;
    return this.offered(one, a).every((event) => {
      const makers = this.plain.makers(event);
      return makers.length !== 2 || !makers.includes(other) || !this.plain.offers(other, b).has(event);
    });
  }

  /** V74  No part comes to a state after which its shape says less than the truth: the first to do so would have to in spite of a neighbour. */
  checkCuts(): void {
    for (const part of this.plain.system.parts.keys()) {
      const cut = [...this.local(part)].find((at) => this.plain.isCut(part, at));
      if (cut === undefined) continue;
      const prevented = [...this.neighbours(part)].some((other) =>
        [...this.#together(part, other)].every((pair) => !pair.startsWith(`${cut} `)),
      );
      if (!prevented) throw new Fault('a part can say less than the truth');
    }
  }

  // Pairs that two can come to when everybody else does what they like.
  #together(one: number, other: number): ReadonlySet<string> {
    const key = `${one} ${other}`;
    const known = this.#reached.get(key);
    if (known !== undefined) return known;
    const met = new Map<string, readonly [number, number]>([['0 0', [0, 0]]]);
    const meet = (a: number, b: number): void => {
      this.plain.spend(1);
      if (!met.has(`${a} ${b}`)) this.plain.meter.keep(bytesOfPair);
      met.set(`${a} ${b}`, [a, b]);
    };
    for (const [a, b] of met.values()) {
      for (const event of this.offered(one, a)) {
        const theirs = this.plain.makers(event).includes(other) ? this.plain.after(other, b, event) : [b];
        for (const to of this.plain.after(one, a, event)) for (const there of theirs) meet(to, there);
      }
      for (const event of this.offered(other, b))
        if (!this.plain.makers(event).includes(one)) for (const there of this.plain.after(other, b, event)) meet(a, there);
    }
    const found = new Set(met.keys());
    this.#reached.set(key, found);
    return found;
  }
}

/** V74  Checks that events never happen: each has nobody to make it with, or a part that never comes to offer it without the others of the set. */
export function checkNever(plain: Plain, never: ReadonlySet<number>): void {
  const pairs = new StuckPairs(plain, never);
  for (const event of never) {
    const makers = plain.makers(event);
    const isBarred = makers.some((part) => part < 0 || [...pairs.local(part)].every((at) => !plain.offers(part, at).has(event)));
    if (!isBarred) throw new Fault(`event ${event} may happen`);
  }
}

/** The events that never happen, found by taking away again and again what somebody never offers. */
export function neverIn(plain: Plain): ReadonlySet<number> {
  let never = new Set(plain.system.events.keys().filter((event) => plain.makers(event).includes(-1)));
  for (let size = -1; size !== never.size; ) {
    size = never.size;
    const pairs = new StuckPairs(plain, never);
    const offered = plain.system.parts.map(
      (_, part) => new Set([...pairs.local(part)].flatMap((at) => [...plain.offers(part, at).keys()])),
    );
    never = new Set(
      plain.system.events
        .keys()
        .filter((event) => plain.makers(event).some((part) => part < 0 || offered[part]?.has(event) !== true)),
    );
  }
  return never;
}
