import { type AppliedAll, applyAll } from './apply.ts';
import type { ComponentSpec, Kinds } from './component.ts';
import type { DesignBody } from './design.ts';
import type { Edit } from './edit.ts';
import { noKinds, usesOfEdits, withStandIns } from './stand-ins.ts';

/**
 * E27  Applies edits that were applied before, to the same effect: they held when they were made, so what today's catalogue thinks of
 * them is not asked. Only the defaults of settings are, for a text or list that was edited from its default.
 *
 * @param kinds today's catalogue; kinds that have left it are replayed all the same.
 */
export function replay(body: DesignBody, edits: readonly Edit[], kinds: Kinds): AppliedAll {
  const shown = withStandIns(noKinds, [usesOfEdits(body, edits)]);
  const specs = new Map<string, ComponentSpec>();
  const get = (kind: string): ComponentSpec | undefined => {
    const known = specs.get(kind) ?? withDefaultsOf(shown.get(kind), kinds.get(kind));
    if (known !== undefined) specs.set(kind, known);
    return known;
  };
  return applyAll(body, edits, { get });
}

function withDefaultsOf(standIn: ComponentSpec | undefined, today: ComponentSpec | undefined): ComponentSpec | undefined {
  if (standIn === undefined || today === undefined) return standIn;
  const { properties = {} } = today.settings as {
    readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
  };
  const defaults = Object.entries(properties).map(([name, setting]) => [
    name,
    setting.default === undefined ? {} : { default: setting.default },
  ]);
  const settings = { type: 'object', properties: Object.fromEntries(defaults) } as unknown as ComponentSpec['settings'];
  return { ...standIn, settings };
}
