import type { Structure } from '#contract/check/structure/structure.ts';
import type { Certificate } from '#model/checks/certificate.ts';

/** What a rule says of a cluster: that something in it can always go on, or at least that it only stops when all its processes have ended. */
export interface Proof {
  readonly cluster: number;
  readonly lives: boolean;
  readonly certificate: Certificate;
}

/** Parts that have to do with each other, however far apart; what is in different clusters has nothing to do with each other. */
export interface Clusters {
  readonly count: number;
  /** Per part. */
  readonly of: Int32Array;
  partsOf(cluster: number): readonly number[];
}

export function clustersOf({ view: { types, live }, neighbours: { makers } }: Structure): Clusters {
  const parent = new Int32Array(types.length);
  for (let part = 0; part < parent.length; part++) parent[part] = part;
  const rootOf = (part: number): number => {
    let at = part;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? 0] ?? 0;
      at = parent[at] ?? 0;
    }
    return at;
  };
  for (let event = 0; event < live.length; event++) {
    if (live[event] === 0) continue;
    const from = makers.first[event] ?? 0;
    for (let at = from + 1; at < (makers.first[event + 1] ?? 0); at++)
      parent[rootOf(makers.parts[at] ?? 0)] = rootOf(makers.parts[from] ?? 0);
  }
  const numbers = new Int32Array(parent.length).fill(-1);
  let count = 0;
  const of = parent.map((_, part) => {
    const root = rootOf(part);
    if (numbers[root] === -1) numbers[root] = count++;
    return numbers[root] ?? 0;
  });
  return { count, of, partsOf: (cluster) => [...of.keys()].filter((part) => of[part] === cluster) };
}

/** Names for a sentence; of many the first ones. */
export function shortened(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
}
