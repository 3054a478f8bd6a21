import type { System } from '#contract/network.ts';
import { neighboursOf } from './neighbours.ts';
import { PartTypes } from './part-type.ts';
import { patched } from './patch.ts';
import { Relations } from './relation.ts';
import type { Structure } from './structure.ts';
import { viewOf } from './view.ts';

/** What is known of types and pairs of types, whatever system they stand in. */
export class Known {
  readonly types = new PartTypes();
  readonly relations = new Relations();
  readonly #structures = new WeakMap<System, Structure>();

  /** Whether it is time to begin anew. */
  isLarge(): boolean {
    return this.types.all.length > 2_000;
  }

  /** @param before of an earlier system, made by this too: only what differs from it is looked at. */
  structureOf(system: System, before?: Structure): Structure {
    const known = this.#structures.get(system);
    if (known !== undefined) return known;
    const made = (before && patched(system, before, this.types, this.relations)) ?? this.#fromAll(system, before);
    this.#structures.set(system, made);
    return made;
  }

  #fromAll(system: System, before: Structure | undefined): Structure {
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
