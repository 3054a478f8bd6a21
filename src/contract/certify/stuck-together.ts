import { Fault } from './plain.ts';
import type { StuckPairs } from './stuck-pairs.ts';

/**
 * V75  The states that several parts can come to together when everybody else does what they like, and in which no event that is among them alone can happen. In a
 *      deadlock they are in one of these.
 */
export class StuckTogether {
  readonly #pairs: StuckPairs;
  readonly #known = new Map<string, readonly (readonly number[])[]>();

  constructor(pairs: StuckPairs) {
    this.#pairs = pairs;
  }

  of(parts: readonly number[]): readonly (readonly number[])[] {
    if (parts.length === 0 || new Set(parts).size !== parts.length) throw new Fault('a part is named twice, or none is');
    const key = parts.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const met = new Map([[parts.map(() => 0).join(), parts.map(() => 0)]]);
    const stuck: number[][] = [];
    for (const states of met.values()) {
      let own = false;
      for (const event of this.#offeredIn(parts, states)) {
        const after = this.#after(parts, states, event);
        own ||= after.length > 0 && this.#pairs.plain.makers(event).every((part) => parts.includes(part));
        for (const to of after) met.set(to.join(), to);
      }
      if (!own) stuck.push(states);
    }
    this.#known.set(key, stuck);
    return stuck;
  }

  #offeredIn(parts: readonly number[], states: readonly number[]): ReadonlySet<number> {
    return new Set(parts.flatMap((part, place) => this.#pairs.offered(part, states[place] ?? 0)));
  }

  // Every way in which those of the parts that take part in the event make it; the others of the event may always be ready.
  #after(parts: readonly number[], states: readonly number[], event: number): number[][] {
    const { plain } = this.#pairs;
    let ways = [[...states]];
    for (const [place, part] of parts.entries()) {
      if (!plain.makers(event).includes(part)) continue;
      const targets = plain.after(part, states[place] ?? 0, event);
      ways = ways.flatMap((way) => targets.map((to) => way.with(place, to)));
    }
    plain.spend(ways.length * parts.length);
    plain.meter.keep(ways.length * parts.length);
    return ways;
  }
}
