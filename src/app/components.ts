import { classesOf } from '#contract/check/rules/classes.ts';
import type { Catalog } from '#host/catalog.ts';
import type { ComponentSpec } from '#model/component.ts';
import { componentUnknown } from './app-errors.ts';
import type { Caller, Work } from './parts.ts';

/** Every component kind, sorted by kind. */
export function listComponents({ catalog }: Work, _caller: Caller): readonly ComponentSpec[] {
  return catalog.list().map((spec) => withClasses(catalog, spec));
}

/**
 * One component kind.
 *
 * @throws APP_COMPONENT_UNKNOWN.
 */
export function getComponent({ catalog }: Work, _caller: Caller, kind: string): ComponentSpec {
  const spec = catalog.get(kind);
  if (spec === undefined) throw componentUnknown({ detail: `There is no component kind ${kind}.`, facts: { kind } });
  return withClasses(catalog, spec);
}

const classified = new WeakMap<ComponentSpec, ComponentSpec>();

function withClasses(catalog: Catalog, spec: ComponentSpec): ComponentSpec {
  const known = classified.get(spec);
  if (known !== undefined) return known;
  const component = catalog.component(spec.kind);
  const full = { ...spec, classes: component === undefined ? [] : [...classesOf(component)] };
  classified.set(spec, full);
  return full;
}
