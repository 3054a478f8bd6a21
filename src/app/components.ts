import type { ComponentSpec } from '#model/component.ts';
import { componentUnknown } from './app-errors.ts';
import type { Caller, Work } from './parts.ts';

/** Every component kind, sorted by kind. */
export function listComponents({ catalog }: Work, _caller: Caller): readonly ComponentSpec[] {
  return catalog.list();
}

/**
 * One component kind.
 *
 * @throws APP_COMPONENT_UNKNOWN.
 */
export function getComponent({ catalog }: Work, _caller: Caller, kind: string): ComponentSpec {
  const spec = catalog.get(kind);
  if (spec === undefined) throw componentUnknown({ detail: `There is no component kind ${kind}.`, facts: { kind } });
  return spec;
}
