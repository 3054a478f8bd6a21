import type { System } from '#contract/network.ts';
import { World } from './world.ts';

/**
 * V33  The parts that can never move again from a state on: the greatest set such that each event that a member offers is impossible, or needs a part
 *      that does not offer it now and is a member itself. A member that is a process and not in a final state is stuck. A part in
 *      a state that says less than the truth is no member.
 *
 * @param state of each part.
 * @returns the numbers of the parts, ascending. Takes time linear in the events and offers of the parts.
 */
export function frozen(system: System, state: ArrayLike<number>): number[] {
  const world = new World(system);
  for (let part = 0; part < world.state.length; part++) world.move(part, state[part] ?? 0);
  return frozenIn(world, system);
}

/** The same of a world that is in the state already. */
export function frozenIn(world: World, system: System): number[] {
  const { parts, events } = system;
  const { tables, ready } = world;
  const member = new Uint8Array(parts.length).fill(1);
  const seatsOf = parts.map((): number[] => []);
  const eventOf = new Int32Array(tables.seatPart.length);
  const blockers = new Int32Array(events.length);
  for (let event = 0; event < events.length; event++)
    for (let seat = tables.seatFirst[event] ?? 0; seat < (tables.seatFirst[event + 1] ?? 0); seat++) {
      const part = tables.seatPart[seat] ?? -1;
      eventOf[seat] = event;
      if (part >= 0) seatsOf[part]?.push(seat);
      if (part < 0 || ready[seat] === 0) blockers[event] = (blockers[event] ?? 0) + 1;
    }
  const leaving: number[] = [];
  const leave = (part: number): void => {
    if (part < 0 || member[part] === 0) return;
    member[part] = 0;
    leaving.push(part);
  };
  const free = (event: number): void => {
    for (let seat = tables.seatFirst[event] ?? 0; seat < (tables.seatFirst[event + 1] ?? 0); seat++)
      if (ready[seat] === 1) leave(tables.seatPart[seat] ?? -1);
  };
  for (const [part, { shape }] of parts.entries()) if (system.shapes[shape]?.cutAt === world.state[part]) leave(part);
  for (let event = 0; event < events.length; event++) if (blockers[event] === 0) free(event);
  for (let part = leaving.pop(); part !== undefined; part = leaving.pop())
    for (const seat of seatsOf[part] ?? []) {
      if (ready[seat] === 1) continue;
      const event = eventOf[seat] ?? 0;
      const left = (blockers[event] ?? 0) - 1;
      blockers[event] = left;
      if (left === 0) free(event);
    }
  return parts.flatMap((_, part) => (member[part] === 1 ? [part] : []));
}
