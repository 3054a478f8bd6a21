import fc from 'fast-check';
import { type Drawing, part } from './flow.ts';

/** A random design in layers: every node but those of the last has a way out, every node but those of the first a way in. */
export const drawing: fc.Arbitrary<Drawing> = fc
  .record({
    sources: fc.uniqueArray(fc.constantFrom('s0', 's1', 's2'), { minLength: 1 }),
    middle: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
    last: fc.uniqueArray(fc.constantFrom('d', 'e'), { maxLength: 2 }),
    sinks: fc.uniqueArray(fc.constantFrom('y', 'z'), { minLength: 1 }),
    choices: fc.array(fc.nat(100), { minLength: 30, maxLength: 30 }),
    capacities: fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }),
    keeps: fc.array(fc.nat(3), { minLength: 10, maxLength: 10 }),
  })
  .map(({ choices, capacities, keeps, ...named }) => {
    const { sources, middle, last, sinks } = named as Record<'sources' | 'middle' | 'last' | 'sinks', string[]>;
    const layers = [sources, middle, last, sinks].filter((layer) => layer.length > 0).map((layer) => layer.toSorted());
    const [outs, ins] = [new Map<string, number>(), new Map<string, number>()];
    const wires: [string, readonly [string, number]][] = [];
    const next = (book: Map<string, number>, id: string): number => {
      book.set(id, (book.get(id) ?? -1) + 1);
      return book.get(id) ?? 0;
    };
    const connect = (from: string, to: string): void => {
      const path = `${from}.${next(outs, from)} -> ${to}.${next(ins, to)}`;
      wires.push([path.replaceAll(/[^a-z0-9]+/g, '-'), [path, capacities[wires.length % 30] ?? 0]]);
    };
    let choice = 0;
    const pick = (from: readonly string[]): string => from[(choices[choice++ % 30] ?? 0) % from.length] as string;
    for (const [at, layer] of layers.entries()) {
      for (const id of layer) if (at < layers.length - 1) connect(id, pick(layers.slice(at + 1).flat()));
      if (at > 0) for (const id of layer) if (!ins.has(id)) connect(pick(at > 1 ? layers.slice(1, at).flat() : sources), id);
    }
    // A source has one output here: a second one is made a worker's.
    const several = sources.filter((id) => (outs.get(id) ?? 0) > 0);
    const nodes = Object.fromEntries(
      layers.flat().map((id, at) => [id, { count: sources.includes(id) ? 15 : (keeps[at % 10] ?? 0) }]),
    );
    return several.length > 0
      ? firstOutputsOnly({ nodes, wires: Object.fromEntries(wires) }, several)
      : { nodes, wires: Object.fromEntries(wires) };
  });

/** Takes away the further outputs of these, and every node that nothing reaches then. */
function firstOutputsOnly({ nodes, wires }: Drawing, sources: readonly string[]): Drawing {
  const kept = Object.fromEntries(
    Object.entries(wires).filter(([, [path]]) => !sources.some((id) => path.startsWith(`${id}.`) && !path.startsWith(`${id}.0`))),
  );
  return tidied({ nodes, wires: kept });
}

/** Ports numbered without gaps, nodes without a wire gone. */
function tidied({ nodes, wires }: Drawing): Drawing {
  const [outs, ins] = [new Map<string, number>(), new Map<string, number>()];
  const next = (book: Map<string, number>, id: string): number => {
    book.set(id, (book.get(id) ?? -1) + 1);
    return book.get(id) ?? 0;
  };
  const renumbered = Object.values(wires).map(([path, capacity]) => {
    const [from = '', to = ''] = path.split(' -> ').map((end) => part(end).node);
    const now = `${from}.${next(outs, from)} -> ${to}.${next(ins, to)}`;
    return [now.replaceAll(/[^a-z0-9]+/g, '-'), [now, capacity]] as const;
  });
  const isReached = (id: string): boolean => outs.has(id) || ins.has(id);
  return {
    nodes: Object.fromEntries(Object.entries(nodes).filter(([id]) => isReached(id))),
    wires: Object.fromEntries(renumbered),
  };
}
