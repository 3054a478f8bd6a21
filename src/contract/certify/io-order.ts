import type { Ruled } from './client-server.ts';
import { Fault } from './plain.ts';
import { fieldOf, numbersOf } from './read.ts';
import type { StuckPairs } from './stuck-pairs.ts';

/**
 * V77  Rounds in order. Each part of these events makes all of its own equally often, so that in each of its states it is known how far each is ahead of the others.
 *      Of its events that are furthest behind it offers, in every state, the first in the order. Then of all events that are furthest behind
 *      the first in the order is offered by all its parts: it can happen.
 */
export function recheckRounds(pairs: StuckPairs, data: unknown): Ruled {
  const order = numbersOf(fieldOf(data, 'order'));
  const places = new Map(order.map((event, place) => [event, place]));
  if (places.size !== order.length || order.length === 0) throw new Fault('the order has an event twice, or none');
  const parts = new Set(order.flatMap((event) => [...pairs.plain.makers(event)]));
  for (const event of order)
    if (pairs.never.has(event) || pairs.plain.makers(event).length === 0) throw new Fault(`event ${event} never happens`);
  for (const part of parts) checkPart(pairs, part, places);
  return { lives: true, parts };
}

function checkPart(pairs: StuckPairs, part: number, places: ReadonlyMap<number, number>): void {
  const own = [...places.keys()].filter((event) => pairs.plain.makers(event).includes(part));
  pairs.plain.spend(places.size);
  own.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  const ahead = new Map<number, readonly number[]>([[0, own.map(() => 0)]]);
  for (const [state, counts] of ahead) {
    const last = own[counts.indexOf(0)] ?? -1;
    if (!pairs.plain.offers(part, state).has(last)) throw new Fault(`part ${part} refuses event ${last} though it is behind`);
    for (const event of pairs.offered(part, state)) {
      const at = own.indexOf(event);
      if (at < 0) throw new Fault(`event ${event} of part ${part} is not in the order`);
      for (const to of pairs.plain.after(part, state, event)) {
        const next = levelled(counts.with(at, (counts[at] ?? 0) + 1));
        const known = ahead.get(to);
        if (known !== undefined && known.join() !== next.join()) throw new Fault(`part ${part} does not make rounds`);
        ahead.set(to, next);
      }
    }
  }
}

// Only how far ahead of the last each is counts.
function levelled(counts: readonly number[]): readonly number[] {
  const least = Math.min(...counts);
  return counts.map((count) => count - least);
}
