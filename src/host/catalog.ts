import { defineError } from '#base/errors.ts';
import type { AnyComponent } from '#kit/define-component.ts';
import type { ComponentSpec, Kinds } from '#model/component.ts';

export const kindTaken = defineError('HOST_KIND_TAKEN', 'input', 'Two components declare the same kind. Rename one of them.');

/** The component kinds of this program and its plugins, by kind; what `apply`, the checks and a run look things up in. */
export interface Catalog extends Kinds {
  /** With the kinds that only expansions use. */
  component(kind: string): AnyComponent | undefined;
  /** Sorted by kind. */
  list(): readonly ComponentSpec[];
}

/**
 * Puts components together; one that is listed twice counts once.
 *
 * @throws HOST_KIND_TAKEN when two different ones declare the same kind.
 */
export function createCatalog(components: readonly AnyComponent[]): Catalog {
  const byKind = new Map<string, AnyComponent>();
  for (const component of components) {
    const { kind } = component.spec;
    if ((byKind.get(kind) ?? component) !== component)
      throw kindTaken({ detail: `Two components declare the kind ${kind}. Rename one of them.`, facts: { kind } });
    byKind.set(kind, component);
  }
  const parts = new Map([...byKind.values()].flatMap((one) => (one.parts ?? []).map((part) => [part.spec.kind, part])));
  const component = (kind: string): AnyComponent | undefined => byKind.get(kind) ?? parts.get(kind);
  const sorted = [...byKind.values()].map(({ spec }) => spec).sort((a, b) => (a.kind < b.kind ? -1 : 1));
  return {
    get: (kind) => byKind.get(kind)?.spec,
    check: (kind, settings) => byKind.get(kind)?.check(settings),
    nesting: (kind, settings) => byKind.get(kind)?.nesting?.(settings),
    component,
    list: () => sorted,
  };
}
