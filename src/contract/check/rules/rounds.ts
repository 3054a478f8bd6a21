import type { PartType } from '#contract/check/structure/part-type.ts';
import type { Structure } from '#contract/check/structure/structure.ts';
import type { View } from '#contract/check/structure/view.ts';
import { type Round, roundOf } from './cycle.ts';
import { type Clusters, type Proof, shortened } from './proof.ts';

/**
 * V27  Parts that all make rounds are a marked graph (Commoner, Holt, Even, Pnueli 1971), whose tokens are what an event is still allowed to be ahead. No event
 * waits for ever exactly if no circle of events is without a token at the start. The rules about I/O-PAR and I/O-SEQ
 * (Welch, Justo, Willcock 1993) are its special cases: a node that does all at once has a token everywhere, one that reads and then writes has none from
 * its reads to its writes.
 *
 * @returns the order in which the events of a cluster come in a first round; each waits only for earlier ones.
 */
export function provedByRounds({ view, neighbours: { makers } }: Structure, clusters: Clusters): Proof[] {
  const inClass = new Uint8Array(clusters.count).fill(1);
  const rounds = roundsOf(view.types);
  for (let part = 0; part < rounds.length; part++) if (rounds[part] === undefined) inClass[clusters.of[part] ?? 0] = 0;
  if (!inClass.includes(1)) return [];
  for (let part = 0; part < rounds.length; part++) if (inClass[clusters.of[part] ?? 0] === 0) rounds[part] = undefined;
  const firstOf = (event: number): number => makers.parts[makers.first[event] ?? 0] ?? 0;
  // One that nobody makes is in nobody's way, and never happens.
  const isMade = (event: number): boolean =>
    view.live[event] === 1 && (makers.first[event] ?? 0) < (makers.first[event + 1] ?? 0);
  const order = firstRound(view, rounds, (event) => isMade(event) && rounds[firstOf(event)] !== undefined);
  const [ordered, all] = [new Int32Array(clusters.count), new Int32Array(clusters.count)];
  const clusterOf = (event: number): number => clusters.of[firstOf(event)] ?? 0;
  for (const event of order) ordered[clusterOf(event)] = (ordered[clusterOf(event)] ?? 0) + 1;
  for (let event = 0; event < view.live.length; event++)
    if (isMade(event)) all[clusterOf(event)] = (all[clusterOf(event)] ?? 0) + 1;
  const found: Proof[] = [];
  for (let cluster = 0; cluster < clusters.count; cluster++) {
    if (inClass[cluster] === 0 || all[cluster] === 0 || ordered[cluster] !== all[cluster]) continue;
    const events = clusters.count === 1 ? order : order.filter((event) => clusterOf(event) === cluster);
    found.push({
      cluster,
      lives: true,
      certificate: { by: 'io-order', words: wordsOf(view, clusters, cluster), data: { order: events } },
    });
  }
  return found;
}

/** Per part what it makes, as far as it is looked at. */
type Rounds = readonly (Round | undefined)[];

// Thousands of parts have few types: each is asked about once.
function roundsOf(types: readonly PartType[]): (Round | undefined)[] {
  const known: (Round | 'none' | undefined)[] = [];
  return types.map((type) => {
    const round = known[type.number] ?? roundOf(type) ?? 'none';
    known[type.number] = round;
    return round === 'none' ? undefined : round;
  });
}

// Kahn: an event comes when all have come that some part has to make before its first.
function firstRound(view: View, rounds: Rounds, isLookedAt: (event: number) => boolean): number[] {
  const waits = new Int32Array(view.live.length);
  const start = new Int32Array(view.live.length + 1);
  const pairs = waitsOf(view, rounds);
  for (let at = 0; at < pairs.length; at += 2) {
    const [before, after] = [pairs[at] as number, pairs[at + 1] as number];
    waits[after] = (waits[after] as number) + 1;
    start[before + 1] = (start[before + 1] as number) + 1;
  }
  for (let event = 0; event < view.live.length; event++) start[event + 1] = (start[event + 1] ?? 0) + (start[event] ?? 0);
  const fill = start.slice();
  const next = new Int32Array(pairs.length / 2);
  for (let at = 0; at < pairs.length; at += 2) {
    const before = pairs[at] as number;
    const place = fill[before] as number;
    next[place] = pairs[at + 1] as number;
    fill[before] = place + 1;
  }
  const order: number[] = [];
  for (let event = 0; event < view.live.length; event++) if (waits[event] === 0 && isLookedAt(event)) order.push(event);
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

/** What of a round comes only after what, two numbers of the part's events each. */
const knownWaits = new WeakMap<Round, Int32Array>();

// Two events each: the second comes after the first, for some part.
function waitsOf({ events }: View, rounds: Rounds): Int32Array {
  let count = 0;
  for (const round of rounds) if (round !== undefined) count += waitsIn(round).length;
  const found = new Int32Array(count);
  let at = 0;
  for (let part = 0; part < rounds.length; part++) {
    const round = rounds[part];
    if (round === undefined) continue;
    const own = events[part] as Int32Array;
    const waits = waitsIn(round);
    for (let i = 0; i < waits.length; i++) found[at++] = own[waits[i] as number] as number;
  }
  return found;
}

function waitsIn(round: Round): Int32Array {
  const known = knownWaits.get(round);
  if (known !== undefined) return known;
  const { events, ahead } = round;
  const found: number[] = [];
  for (const [a, before] of events.entries())
    for (const [b, after] of events.entries()) if (a !== b && ahead[a * events.length + b] === 0) found.push(before, after);
  const waits = Int32Array.from(found);
  knownWaits.set(round, waits);
  return waits;
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
