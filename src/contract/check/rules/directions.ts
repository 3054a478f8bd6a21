import type { PartType } from '#contract/check/structure/part-type.ts';
import type { Neighbours, Structure } from '#contract/check/structure/structure.ts';
import type { NetworkEvent } from '#contract/network.ts';

/** What happens only after a peer has returned; nobody asks for it. */
const passive: ReadonlySet<NetworkEvent['is']> = new Set(['gone', 'leaves', 'asks-gone', 'hears-gone', 'quit']);

/** Which of two neighbours asks and which serves. In a design messages and requests flow from one to the other; elsewhere it is a guess, which the rule then tries. */
export interface Directions {
  /** Per place among the neighbours: 1 where the part asks the other. */
  readonly down: Uint8Array;
  /** Of each event of two parts that is asked for, the one that asks; -1 of any other. */
  readonly askers: Int32Array;
  /** The parts in an order in which each comes before all it asks; undefined when they ask each other in a circle. */
  readonly order: Int32Array | undefined;
}

export function directionsOf(structure: Structure): Directions {
  const { view, neighbours } = structure;
  const { makers, others } = neighbours;
  const down = new Uint8Array(others.length);
  const askers = new Int32Array(view.live.length).fill(-1);
  for (let event = 0; event < view.live.length; event++) {
    const at = makers.first[event] ?? 0;
    if (view.live[event] === 0 || makers.first[event + 1] !== at + 2) continue;
    const asker = askerOf(structure, event, at);
    if (asker < 0) continue;
    // That a stream has ended is there to be seen; nobody waits for its being seen.
    if ((view.system.events[event] as Partial<NetworkEvent>).is !== 'sees') askers[event] = asker;
    const place = placeOf(neighbours, asker, (makers.parts[at] ?? 0) + (makers.parts[at + 1] ?? 0) - asker);
    if (place >= 0) down[place] = 1;
  }
  return { down, askers, order: orderOf(neighbours, down, view.types.length) };
}

function askerOf(structure: Structure, event: number, at: number): number {
  const { is, sender, receiver } = structure.view.system.events[event] as Partial<NetworkEvent>;
  const { parts } = structure.neighbours.makers;
  const [one, two] = [parts[at] ?? 0, parts[at + 1] ?? 0];
  if (is === undefined) return guessed(structure, at, one, two);
  if (passive.has(is)) return -1;
  if (is === 'take' || is === 'sees') return one === receiver ? two : one;
  return sender ?? -1;
}

// Who offers an event first waits for others to ask for it; of two that both do, the one with more neighbours serves.
function guessed({ view, neighbours }: Structure, at: number, one: number, two: number): number {
  const { first, makers } = neighbours;
  const a = offersAtStart(view.types[one] as PartType, makers.own[at] ?? 0);
  if (a !== offersAtStart(view.types[two] as PartType, makers.own[at + 1] ?? 0)) return a ? two : one;
  const more = (first[one + 1] ?? 0) - (first[one] ?? 0) > (first[two + 1] ?? 0) - (first[two] ?? 0);
  return more ? two : one;
}

function offersAtStart({ offers, words }: PartType, event: number): boolean {
  return ((offers[event * words] ?? 0) & 1) === 1;
}

/** Where a part stands with one of its neighbours. */
function placeOf({ first, others }: Neighbours, part: number, other: number): number {
  for (let at = first[part] ?? 0; at < (first[part + 1] ?? 0); at++) if (others[at] === other) return at;
  return -1;
}

// Kahn (1962).
function orderOf({ first, others }: Neighbours, down: Uint8Array, parts: number): Int32Array | undefined {
  const waits = new Int32Array(parts);
  for (let at = 0; at < others.length; at++) if (down[at] === 1) waits[others[at] ?? 0] = (waits[others[at] ?? 0] ?? 0) + 1;
  const order = new Int32Array(parts);
  let size = 0;
  for (let part = 0; part < parts; part++) if (waits[part] === 0) order[size++] = part;
  for (let next = 0; next < size; next++) {
    const part = order[next] ?? 0;
    for (let at = first[part] ?? 0; at < (first[part + 1] ?? 0); at++) {
      if (down[at] === 0) continue;
      const other = others[at] ?? 0;
      waits[other] = (waits[other] ?? 0) - 1;
      if (waits[other] === 0) order[size++] = other;
    }
  }
  return size === parts ? order : undefined;
}
