import type { System } from '#contract/network.ts';
import { neighboursOf } from './neighbours.ts';
import { PartTypes } from './part-type.ts';
import { patched } from './patch.ts';
import { Relations } from './relation.ts';
import type { Structure } from './structure.ts';
import { viewOf } from './view.ts';

/** A design has a network with large buffers and one without; repairs have others. */
const mostLatest = 4;

/** What is known of types and pairs of types, whatever system they stand in. */
export class Known {
  readonly types = new PartTypes();
  readonly relations = new Relations();
  readonly #structures = new WeakMap<System, Structure>();
  /** The last ones, the latest first. */
  #latest: readonly Structure[] = [];

  /** Whether it is time to begin anew. */
  isLarge(): boolean {
    return this.types.all.length > 2_000;
  }

  /** @param before of an earlier system, made by this too: only what differs from it is looked at. One that shares parts with the system when left out. */
  structureOf(system: System, before: Structure | undefined = this.#like(system)): Structure {
    const known = this.#structures.get(system);
    if (known !== undefined) return known;
    const found = (before && patched(system, before, this.types, this.relations)) ?? this.#fromAll(system, before);
    const made = { ...found, hints: { rulesFirst: before?.hints.rulesFirst ?? false } };
    this.#structures.set(system, made);
    this.#latest = [made, ...this.#latest.filter((one) => one !== before)].slice(0, mostLatest);
    return made;
  }

  // The same parts at some of the same places: not every edit can be at all of these.
  #like({ parts }: System): Structure | undefined {
    const places = [0, parts.length >> 1, parts.length - 1];
    return this.#latest.find(({ view }) => places.some((at) => parts[at] !== undefined && view.system.parts[at] === parts[at]));
  }

  #fromAll(system: System, before: Structure | undefined): Omit<Structure, 'hints'> {
    const view = viewOf(system, this.types);
    return { view, neighbours: neighboursOf(view, this.relations, before) };
  }
}

let shared = new Known();

/** What earlier checks have found out; begun anew when it has grown large. */
export function sharedKnown(): Known {
  if (shared.isLarge()) shared = new Known();
  return shared;
}
