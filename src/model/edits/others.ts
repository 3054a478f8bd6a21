import type { Edit } from './edit.ts';
import { type ElementKey, sharedOf } from './touched.ts';

/** Edits that others are carried over, found by what they share: two that share nothing leave each other as they are. */
export class Others {
  readonly #edits: (Edit | undefined)[];
  readonly #places: ReadonlyMap<ElementKey, readonly number[]> | undefined;

  /** @param sorted false: each is looked at, which is cheaper when they are gone through once. */
  constructor(edits: readonly Edit[], sorted: boolean) {
    this.#edits = [...edits];
    this.#places = sorted ? placesOf(edits) : undefined;
  }

  /** The places of those that may concern an edit, in their order. */
  near(edit: Edit): Iterable<number> {
    if (this.#places === undefined) return this.#edits.keys();
    const [first, ...more] = sharedOf(edit).map((key) => this.#places?.get(key) ?? []);
    if (more.length === 0) return first ?? [];
    return [...new Set([...(first ?? []), ...more.flat()])].sort((a, b) => a - b);
  }

  /** The one at a place; undefined when nothing of it is left. */
  at(place: number): Edit | undefined {
    return this.#edits[place];
  }

  put(place: number, edit: Edit | undefined): void {
    this.#edits[place] = edit;
  }

  /** What is left of them, in their order. */
  left(): readonly Edit[] {
    return this.#edits.filter((edit) => edit !== undefined);
  }
}

function placesOf(edits: readonly Edit[]): Map<ElementKey, number[]> {
  const places = new Map<ElementKey, number[]>();
  for (const [place, edit] of edits.entries())
    for (const key of new Set(sharedOf(edit))) {
      const some = places.get(key);
      if (some === undefined) places.set(key, [place]);
      else some.push(place);
    }
  return places;
}

/**
 * E58  What it costs to carry edits over others, about: pairs that share something, each as much as what is gone through in both.
 * Four million take about a second.
 */
export function workOver(edits: readonly Edit[], over: readonly Edit[]): number {
  const shared = new Map<ElementKey, { count: number; size: number }>();
  for (const other of over)
    for (const key of sharedOf(other)) {
      const { count = 0, size = 0 } = shared.get(key) ?? {};
      shared.set(key, { count: count + 1, size: size + sizeOf(other) });
    }
  let work = 0;
  for (const edit of edits)
    for (const key of sharedOf(edit)) {
      const { count = 0, size = 0 } = shared.get(key) ?? {};
      work += count * sizeOf(edit) + size;
    }
  return work;
}

/** E58  More than this is not done for one transaction: meanwhile nobody else is answered. */
export const mostWork = 4_000_000;

/** Characters of a text that cost as much as one step. */
const charactersOfStep = 64;

function sizeOf(edit: Edit): number {
  switch (edit.do) {
    case 'text.edit': {
      let size = edit.change.length;
      for (const step of edit.change) {
        const text = typeof step === 'object' ? step.d : step;
        if (typeof text === 'string') size += text.length / charactersOfStep;
      }
      return 1 + size;
    }
    case 'node.set':
    case 'node.kind':
      return 1 + Object.keys(edit.settings ?? {}).length;
    default:
      return 1;
  }
}
