import { Value } from 'typebox/value';
import type { ComponentSpec } from './component.ts';
import { withParameters } from './parameters.ts';
import { escapePointer, faultsOf, type SchemaFault } from './schema-check.ts';

/** D6: levels a setting may nest, far below what exhausts the stack of whoever walks it. */
export const greatestDepth = 64;

/** Why a value cannot be written as JSON and read back the same; undefined when it can. */
function jsonFault(value: unknown, pointer: string, depth: number): SchemaFault | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { pointer, message: 'must be a finite number' };
  if (typeof value !== 'object') return { pointer, message: `must be a JSON value, not a ${typeof value}` };
  if (depth === 0) return { pointer, message: `must not nest deeper than ${greatestDepth} levels` };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    return { pointer, message: 'must be a JSON value, not an instance of a class' };
  for (const [name, part] of Object.entries(value)) {
    const fault = jsonFault(part, `${pointer}/${escapePointer(name)}`, depth - 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The settings of a node with every default filled in. The given ones are not changed. */
export function withDefaults(
  spec: Pick<ComponentSpec, 'settings'>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Value.Default(spec.settings, structuredClone(given)) as Record<string, unknown>;
}

/** What is wrong with the settings of a node, defaults filled in, parameters at theirs (D15); pointers are into the settings. */
export function settingFaults(
  spec: Pick<ComponentSpec, 'settings'>,
  given: Readonly<Record<string, unknown>>,
): readonly SchemaFault[] {
  const fault = jsonFault(given, '', greatestDepth);
  if (fault !== undefined) return [fault];
  return faultsOf(spec.settings, withDefaults(spec, withParameters(given, {})));
}
