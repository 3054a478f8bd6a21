import { Value } from 'typebox/value';
import type { ComponentSpec } from './component.ts';
import { faultsOf, type SchemaFault } from './schema-check.ts';

/** The settings of a node with every default filled in. The given ones are not changed. */
export function withDefaults(
  spec: Pick<ComponentSpec, 'settings'>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Value.Default(spec.settings, structuredClone(given)) as Record<string, unknown>;
}

/** What is wrong with the settings of a node, defaults filled in; pointers are into the settings. */
export function settingFaults(
  spec: Pick<ComponentSpec, 'settings'>,
  given: Readonly<Record<string, unknown>>,
): readonly SchemaFault[] {
  return faultsOf(spec.settings, withDefaults(spec, given));
}
