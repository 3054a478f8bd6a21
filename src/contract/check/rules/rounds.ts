import type { PartType } from '#contract/check/structure/part-type.ts';
import type { Structure } from '#contract/check/structure/structure.ts';
import type { View } from '#contract/check/structure/view.ts';
import { roundOf } from './cycle.ts';
import { type Clusters, type Proof, shortened } from './proof.ts';

/**
 * V27  Parts that all make rounds are a marked graph (Commoner, Holt, Even, Pnueli 1971), whose tokens are what an event is still allowed to be ahead. No event
 * waits for ever exactly if no circle of events is without a token at the start. The rules about I/O-PAR and I/O-SEQ
 * (Welch, Justo, Willcock 1993) are its special cases: a node that does all at once has a token everywhere, one that reads and then writes has none from
 * its reads to its writes.
 *
 * @returns the order in which the events of a cluster come in a first round; each waits only for earlier ones.
 */
export function provedByRounds({ view }: Structure, clusters: Clusters): Proof[] {
  const inClass = new Uint8Array(clusters.count).fill(1);
  for (let part = 0; part < view.types.length; part++)
    if (roundOf(view.types[part] as PartType) === undefined) inClass[clusters.of[part] ?? 0] = 0;
  if (!inClass.includes(1)) return [];
  const order = firstRound(view, (part) => inClass[clusters.of[part] ?? 0] === 1);
  const [ordered, all] = [new Int32Array(clusters.count), new Int32Array(clusters.count)];
  const clusterOf = (event: number): number => clusters.of[view.system.events[event]?.parts[0] ?? 0] ?? 0;
  for (const event of order) ordered[clusterOf(event)] = (ordered[clusterOf(event)] ?? 0) + 1;
  for (let event = 0; event < view.live.length; event++)
    if (view.live[event] === 1) all[clusterOf(event)] = (all[clusterOf(event)] ?? 0) + 1;
  const found: Proof[] = [];
  for (let cluster = 0; cluster < clusters.count; cluster++) {
    if (inClass[cluster] === 0 || all[cluster] === 0 || ordered[cluster] !== all[cluster]) continue;
    const events = order.filter((event) => clusterOf(event) === cluster);
    found.push({
      cluster,
      lives: true,
      certificate: { by: 'io-order', words: wordsOf(view, clusters, cluster), data: { order: events } },
    });
  }
  return found;
}

// Kahn: an event comes when all have come that some part has to make before its first.
function firstRound(view: View, looksAt: (part: number) => boolean): number[] {
  const waits = new Int32Array(view.live.length);
  eachWait(view, looksAt, (_, after) => {
    waits[after] = (waits[after] ?? 0) + 1;
  });
  const start = new Int32Array(view.live.length + 1);
  eachWait(view, looksAt, (before) => {
    start[before + 1] = (start[before + 1] ?? 0) + 1;
  });
  for (let event = 0; event < view.live.length; event++) start[event + 1] = (start[event + 1] ?? 0) + (start[event] ?? 0);
  const fill = start.slice();
  const next = new Int32Array(start[view.live.length] ?? 0);
  eachWait(view, looksAt, (before, after) => {
    const at = fill[before] ?? 0;
    next[at] = after;
    fill[before] = at + 1;
  });
  const order: number[] = [];
  for (let event = 0; event < view.live.length; event++)
    if (view.live[event] === 1 && waits[event] === 0 && looksAt(view.system.events[event]?.parts[0] ?? 0)) order.push(event);
  for (let at = 0; at < order.length; at++) {
    const event = order[at] ?? 0;
    for (let to = start[event] ?? 0; to < (start[event + 1] ?? 0); to++) {
      const after = next[to] ?? 0;
      waits[after] = (waits[after] ?? 0) - 1;
      if (waits[after] === 0) order.push(after);
    }
  }
  return order;
}

function eachWait(
  { types, events }: View,
  looksAt: (part: number) => boolean,
  visit: (before: number, after: number) => void,
): void {
  for (let part = 0; part < types.length; part++) {
    const round = looksAt(part) ? roundOf(types[part] as PartType) : undefined;
    if (round === undefined) continue;
    const own = events[part] as Int32Array;
    const { length } = round.events;
    for (let a = 0; a < length; a++)
      for (let b = 0; b < length; b++)
        if (a !== b && round.ahead[a * length + b] === 0) visit(own[round.events[a] ?? 0] ?? 0, own[round.events[b] ?? 0] ?? 0);
  }
}

function wordsOf(view: View, clusters: Clusters, cluster: number): string[] {
  const members = clusters.partsOf(cluster);
  const kinds = new Map<string, string[]>();
  for (const part of members) {
    const kind = roundOf(view.types[part] as PartType)?.kind ?? 'round';
    const names = kinds.get(kind) ?? [];
    kinds.set(kind, names);
    names.push(view.system.parts[part]?.name ?? '');
  }
  const says: Readonly<Record<string, string>> = {
    'io-par': 'does everything of a round at once',
    'io-seq': 'does one half of a round at once, then the other at once',
    round: 'does everything once a round, in an order of its own',
  };
  return [
    ...[...kinds].map(([kind, names]) => `${shortened(names)}: ${says[kind]}.`),
    'There is no circle in which each waits for the one before it, so every round can be made.',
  ];
}
