import process from 'node:process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { System } from '#contract/network.ts';
import { bentSystem } from '#contract/testing/bent-system.ts';
import { milner, philosophers } from '#contract/testing/models.ts';
import { Alike } from './alike.ts';
import { Plain } from './plain.ts';
import { aliveIn, StuckPairs } from './stuck-pairs.ts';

const runs = { numRuns: Number(process.env.CHECK_RUNS ?? 80), seed: Number(process.env.CHECK_SEED ?? Date.now() % 2 ** 31) };

/** Two copies of a system that have some events in common: parts of one shape whose surroundings are alike, or nearly. */
const twins: fc.Arbitrary<System> = fc
  .tuple(bentSystem, fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }))
  .map(([system, dice]) => {
    const { parts, events } = system;
    const isCommon = (event: number): boolean => dice[event % dice.length] === true;
    const moved = (event: number): number => (isCommon(event) ? event : event + events.length);
    const copies = parts.map((part) => ({ ...part, name: `${part.name}'`, events: part.events.map(moved) }));
    const shifted = ({ parts: makers }: { readonly parts: readonly number[] }) =>
      makers.map((part) => (part < 0 ? part : part + parts.length));
    return {
      ...system,
      processes: 2 * parts.length,
      parts: [...parts, ...copies],
      events: [
        ...events.map((event, number) => ({ parts: isCommon(number) ? [...event.parts, ...shifted(event)] : event.parts })),
        ...events.map((event) => ({ parts: shifted(event) })),
      ],
    };
  });

/** What the definitions of V74 say, read off part by part and pair by pair. */
class Plainly {
  readonly #plain: Plain;
  readonly #never: ReadonlySet<number>;

  constructor(system: System, never: ReadonlySet<number>) {
    this.#plain = new Plain(system, 10_000_000);
    this.#never = never;
  }

  offered(part: number, state: number): number[] {
    return [...this.#plain.offers(part, state).keys()].filter((event) => !this.#never.has(event));
  }

  local(part: number): ReadonlySet<number> {
    const met = new Set([0]);
    for (const at of met)
      for (const event of this.offered(part, at)) for (const to of this.#plain.after(part, at, event)) met.add(to);
    return met;
  }

  waiting(part: number): number[] {
    return [...this.local(part)].filter((at) => this.offered(part, at).every((event) => this.#plain.makers(event).length > 1));
  }

  stuck(one: number, other: number): Set<string> {
    const met = new Map<string, readonly [number, number]>([['0 0', [0, 0]]]);
    const meet = (a: number, b: number) => met.set(`${a} ${b}`, [a, b]);
    for (const [a, b] of met.values()) {
      for (const event of this.offered(one, a)) {
        const theirs = this.#plain.makers(event).includes(other) ? this.#plain.after(other, b, event) : [b];
        for (const to of this.#plain.after(one, a, event)) for (const there of theirs) meet(to, there);
      }
      for (const event of this.offered(other, b))
        if (!this.#plain.makers(event).includes(one)) for (const there of this.#plain.after(other, b, event)) meet(a, there);
    }
    const isStuck = ([a, b]: readonly [number, number]): boolean =>
      this.offered(one, a).every((event) => {
        const makers = this.#plain.makers(event);
        return makers.length !== 2 || !makers.includes(other) || !this.#plain.offers(other, b).has(event);
      });
    return new Set([...met].flatMap(([key, states]) => (isStuck(states) ? [key] : [])));
  }
}

// By what a part never comes to offer, until nothing more is never made.
function neverPlainly(system: System): Set<number> {
  let never = new Set<number>();
  for (;;) {
    const plainly = new Plainly(system, never);
    const all = new Plainly(system, new Set());
    const offers = system.parts.map((_, part) => new Set([...plainly.local(part)].flatMap((at) => all.offered(part, at))));
    const next = new Set(
      system.events.flatMap(({ parts }, event) => (parts.some((part) => part < 0 || !offers[part]?.has(event)) ? [event] : [])),
    );
    if (next.size === never.size) return next;
    never = next;
  }
}

function expectAsPlainly(system: System): void {
  const plain = new Plain(system, 10_000_000);
  const alike = aliveIn(plain);
  expect([...alike.never].sort()).toEqual([...neverPlainly(system)].sort());
  expectPairs(system, plain, alike);
  // A certificate may name fewer of them, or none.
  expectPairs(system, plain, new Alike(plain, new Set()));
}

function expectPairs(system: System, plain: Plain, alike: Alike): void {
  const pairs = new StuckPairs(plain, alike);
  const plainly = new Plainly(system, alike.never);
  for (const one of system.parts.keys()) {
    expect(new Set(pairs.local(one))).toEqual(plainly.local(one));
    expect([...pairs.waiting(one)].sort()).toEqual(plainly.waiting(one).sort());
    for (const other of system.parts.keys()) {
      if (one === other) continue;
      const stuck = plainly.stuck(one, other);
      for (const a of [-1, ...plainly.local(one)]) {
        const there = [...plainly.local(other)].filter((b) => stuck.has(`${a} ${b}`));
        expect([...plainly.local(other), -1, 99].filter((b) => pairs.areStuck(one, a, other, b))).toEqual(there);
        const waiting = plainly.waiting(other);
        expect([...pairs.stuckWith(one, a, other)].sort()).toEqual(there.filter((b) => waiting.includes(b)).sort());
      }
    }
  }
}

test('[V147] what is looked at once for all that are alike is what the definitions say of each', () => {
  fc.assert(fc.property(fc.oneof(bentSystem, twins), expectAsPlainly), runs);
});

test('[V147] so it is where thousands are alike but for one', () => {
  for (const { system } of [philosophers(5), philosophers(5, true), milner(5)]) expectAsPlainly(system);
});
