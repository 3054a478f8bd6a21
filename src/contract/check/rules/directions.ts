import type { Structure } from '#contract/check/structure/known.ts';
import type { Neighbours } from '#contract/check/structure/neighbours.ts';
import { has, type PartType } from '#contract/check/structure/part-type.ts';
import type { NetworkEvent, SystemEvent } from '#contract/network.ts';

/** What happens only after a peer has returned; nobody asks for it. */
const passive: ReadonlySet<NetworkEvent['is']> = new Set(['gone', 'leaves', 'asks-gone', 'hears-gone', 'quit']);

/** Which of two neighbours asks and which serves. In a design messages and requests flow from one to the other; elsewhere it is a guess, which the rule then tries. */
export interface Directions {
  /** Per place among the neighbours: 1 where the part asks the other. */
  readonly down: Uint8Array;
  /** The parts in an order in which each comes before all it asks; undefined when they ask each other in a circle. */
  readonly order: Int32Array | undefined;
}

/** Of an event of two parts that is asked for, the one that asks; -1 of any other. */
export function askerOf(structure: Structure, event: number): number {
  const { system, live } = structure.view;
  const { parts, ...rest } = system.events[event] as SystemEvent & Partial<NetworkEvent>;
  const [one = -1, two = -1] = parts;
  if (live[event] === 0 || parts.length !== 2) return -1;
  if (rest.is === undefined) return guessed(structure, event, one, two);
  if (passive.has(rest.is)) return -1;
  if (rest.is === 'take' || rest.is === 'sees') return one === rest.receiver ? two : one;
  return rest.sender ?? -1;
}

// Who offers an event first waits for others to ask for it; of two that both do, the one with more neighbours serves.
function guessed({ view, neighbours }: Structure, event: number, one: number, two: number): number {
  const [a, b] = [one, two].map((part) => offersAtStart(view.types[part] as PartType, view.events[part] as Int32Array, event));
  if (a !== b) return a ? two : one;
  const count = (part: number): number => (neighbours.first[part + 1] ?? 0) - (neighbours.first[part] ?? 0);
  return count(one) > count(two) ? two : one;
}

function offersAtStart({ offers, words }: PartType, events: Int32Array, event: number): boolean {
  return has(offers, events.indexOf(event) * words, 0);
}

export function directionsOf(structure: Structure): Directions {
  const { view, neighbours } = structure;
  const down = new Uint8Array(neighbours.others.length);
  for (let event = 0; event < view.live.length; event++) {
    const asker = askerOf(structure, event);
    if (asker < 0) continue;
    const { parts } = view.system.events[event] as SystemEvent;
    const at = placeOf(neighbours, asker, parts[0] === asker ? (parts[1] ?? 0) : (parts[0] ?? 0));
    if (at >= 0) down[at] = 1;
  }
  return { down, order: orderOf(neighbours, down, view.types.length) };
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
