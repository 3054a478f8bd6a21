import type { Shape, System } from '#contract/network.ts';
import { Bonds } from './bonds.ts';
import { type Offers, offersOf } from './offers.ts';

/**
 * What the parts of a system offer in each state, laid out for a search. An *offer* is an event that a part could make in its state, listed once
 * however many ways there are. A *seat* is the place of a part in an event.
 */
export interface Tables {
  readonly parts: readonly PartTable[];
  /** The seats of event `e` are `seatFirst[e]` to `seatFirst[e+1]`, exclusive. */
  readonly seatFirst: Int32Array;
  /** Per seat, the part that takes it; -1: nobody ever will. */
  readonly seatPart: Int32Array;
  /** Per seat, what its part calls the event; -1 where the part never offers it. */
  readonly seatLabel: Int32Array;
  /** Per event, how many of its seats must be ready; more than there are when it is impossible. */
  readonly needed: Int32Array;
}

export interface PartTable {
  readonly offers: Offers;
  /** What holds of the offers alone, worked out when it is first asked for. */
  readonly bonds: Bonds;
  /** Per label of the offers, the event and the seat of the part in it. */
  readonly events: Int32Array;
  readonly seats: Int32Array;
}

export function tablesOf(system: System): Tables {
  const { events, parts, shapes } = system;
  const seatFirst = new Int32Array(events.length + 1);
  for (const [event, { parts: takers }] of events.entries()) seatFirst[event + 1] = (seatFirst[event] ?? 0) + takers.length;
  const seatPart = new Int32Array(seatFirst[events.length] ?? 0);
  const needed = new Int32Array(events.length);
  for (const [event, { parts: takers }] of events.entries()) {
    seatPart.set(takers, seatFirst[event]);
    needed[event] = takers.length + (takers.includes(-1) || takers.length === 0 ? 1 : 0);
  }
  const seatLabel = new Int32Array(seatPart.length).fill(-1);
  const known = new Map<string, { readonly offers: Offers; readonly bonds: Bonds }>();
  const tables = parts.map((part, number): PartTable => {
    const seats = part.events.map((event) => seatOf(event, number));
    const first = firstWithEvent(part.events, seats);
    const key = `${part.shape}|${first === undefined ? '' : first.join()}`;
    const shared = known.get(key) ?? withBonds(offersOf(shapes[part.shape] as Shape, first));
    known.set(key, shared);
    for (const label of namesOf(shared.offers, part.events, first))
      if ((seats[label] ?? -1) >= 0) seatLabel[seats[label] ?? 0] = label;
    return { ...shared, events: part.events, seats };
  });
  return { parts: tables, seatFirst, seatPart, seatLabel, needed };

  function seatOf(event: number, part: number): number {
    const [from = 0, to = 0] = [seatFirst[event], seatFirst[event + 1]];
    for (let seat = from; seat < to; seat++) if (seatPart[seat] === part) return seat;
    return -1;
  }
}

// The labels a part may ever offer: where its shape says less than the truth, any of its own.
function namesOf({ cutAt, labels }: Offers, events: Int32Array, first: Int32Array | undefined): Iterable<number> {
  if (cutAt === -1) return new Set(labels);
  return events.keys().filter((label) => first === undefined || first[label] === label);
}

function withBonds(offers: Offers): { readonly offers: Offers; readonly bonds: Bonds } {
  return { offers, bonds: new Bonds(offers) };
}

// For each label the first one with the same event, -1 where the part has no seat; undefined when all differ and have one.
function firstWithEvent(events: Int32Array, seats: Int32Array): Int32Array | undefined {
  const firsts = new Map<number, number>();
  const first = events.map((event, label) => {
    if (seats[label] === -1) return -1;
    const known = firsts.get(event) ?? label;
    firsts.set(event, known);
    return known;
  });
  return first.every((same, label) => same === label) ? undefined : first;
}
