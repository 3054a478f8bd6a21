import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { incompatibility } from '#model/edits/connections.ts';
import { fuzzy } from '../base/fuzzy.ts';
import type { LooseEnd } from '../canvas/shapes.ts';
import { groupOf } from '../theme/icon.tsx';

/** The kinds a query finds, best first; without a query in the order given. */
export function findKinds(specs: readonly ComponentSpec[], query: string): readonly ComponentSpec[] {
  if (query.trim() === '') return specs;
  return specs
    .flatMap((spec) => {
      const scores = [
        fuzzy(query, spec.title)?.score,
        more(fuzzy(query, spec.kind)?.score, -4),
        spec.summary.toLowerCase().includes(query.trim().toLowerCase()) ? 2 : undefined,
      ].filter((score) => score !== undefined);
      return scores.length === 0 ? [] : [{ spec, score: Math.max(...scores) }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ spec }) => spec);
}

const more = (score: number | undefined, by: number): number | undefined => (score === undefined ? undefined : score + by);

/** The kinds that have a port for the other end of a wire. */
export function fittingKinds(
  specs: readonly ComponentSpec[],
  design: DesignBody,
  kinds: Kinds,
  from: LooseEnd | undefined,
): readonly ComponentSpec[] {
  const node = from === undefined ? undefined : design.nodes[from.node];
  const port = from === undefined || node === undefined ? undefined : kinds.get(node.kind)?.ports[from.port];
  if (port === undefined) return specs;
  return specs.filter((spec) =>
    Object.entries(spec.ports).some(([name, other]) => {
      if (name === 'err') return false;
      return (port.direction === 'out' ? incompatibility(port, other) : incompatibility(other, port)) === undefined;
    }),
  );
}

const groupOrder = ['io', 'data', 'flow', 'control', 'monitor', 'compute'];
const groupWords: Readonly<Record<string, string>> = {
  io: 'In and out',
  data: 'Data',
  flow: 'Flow',
  control: 'Control',
  monitor: 'Watch',
  compute: 'Compute',
};

/** Kinds by group, in the order a design is usually drawn; groups of plugins last. */
export function groupKinds(specs: readonly ComponentSpec[]): readonly { word: string; specs: readonly ComponentSpec[] }[] {
  const groups = new Map<string, ComponentSpec[]>();
  for (const spec of specs) groups.set(groupOf(spec.kind), [...(groups.get(groupOf(spec.kind)) ?? []), spec]);
  const place = (group: string) => (groupOrder.includes(group) ? groupOrder.indexOf(group) : groupOrder.length);
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b))
    .map(([group, of]) => ({ word: groupWords[group] ?? group.charAt(0).toUpperCase() + group.slice(1), specs: of }));
}
