import type { Budget } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { frozen } from './frozen.ts';
import { nearestTo } from './shortest.ts';
import { World } from './world.ts';

/** A step that was done: an event, and the state it put each part into that makes it, in the order of the event's parts. */
export interface Done {
  readonly event: number;
  readonly to: readonly number[];
}

/** States that are looked at, at most, for a shorter way. */
const mostStates = 20_000;
/** Stuck processes of which each is tried as the one whose knot is to be reached. */
const mostTried = 50;

/**
 * V35  A short way to a state in which somebody is stuck. Of a long one only those steps are kept that the smallest set of parts that are stuck by themselves had
 *      to do with, directly or by those they had to do with: that is a run of the system too, and the steps left out can still follow it. Then a shorter one to the same state is looked for.
 */
export function shortestTo(
  system: System,
  steps: readonly Done[],
  state: readonly number[],
  budget: Budget,
): { readonly trace: readonly number[]; readonly state: readonly number[] } {
  const knot = smallestKnot(system, state);
  const kept = sliced(system, steps, knot);
  const goal = after(system, kept);
  const movers = new Set(kept.flatMap(({ event }) => system.events[event]?.parts ?? []));
  const shorter = nearestTo(system, goal, movers, kept.length, { ...budget, maxStates: mostStates });
  return { trace: shorter?.trace ?? kept.map(({ event }) => event), state: goal };
}

function sliced(system: System, steps: readonly Done[], knot: ReadonlySet<number>): Done[] {
  const needed = new Set(knot);
  return steps
    .toReversed()
    .filter(({ event }) => {
      const parts = system.events[event]?.parts ?? [];
      if (!parts.some((part) => needed.has(part))) return false;
      for (const part of parts) needed.add(part);
      return true;
    })
    .reverse();
}

function after(system: System, steps: readonly Done[]): number[] {
  const state = system.parts.map(() => 0);
  for (const { event, to } of steps)
    for (const [at, part] of (system.events[event]?.parts ?? []).entries()) state[part] = to[at] ?? 0;
  return state;
}

// Of each event that a member offers one part that refuses it is a member; of several the one that is a member already, or else the first.
function smallestKnot(system: System, state: readonly number[]): ReadonlySet<number> {
  const world = new World(system);
  for (const [part, at] of state.entries()) world.move(part, at);
  const stuck = frozen(system, state);
  const isStuck = new Set(stuck);
  const isFinal = (part: number): boolean => system.shapes[system.parts[part]?.shape ?? 0]?.final[state[part] ?? 0] === 1;
  let best: ReadonlySet<number> = isStuck;
  for (const part of stuck.filter((one) => one < system.processes && !isFinal(one)).slice(0, mostTried)) {
    const knot = new Set([part]);
    for (const member of knot) for (const other of refusers(world, member, knot, isStuck)) knot.add(other);
    if (knot.size < best.size) best = knot;
  }
  return best;
}

function refusers(world: World, member: number, knot: ReadonlySet<number>, isStuck: ReadonlySet<number>): number[] {
  const { parts, seatFirst, seatPart } = world.tables;
  const { offers, events } = parts[member] as (typeof parts)[number];
  const at = world.state[member] ?? 0;
  return [...offers.labels.subarray(offers.first[at], offers.first[at + 1])].flatMap((label) => {
    const [first, end] = [seatFirst[events[label] ?? 0] ?? 0, seatFirst[(events[label] ?? 0) + 1] ?? 0];
    const refusing = [...seatPart.subarray(first, end)].filter((part, seat) => world.ready[first + seat] === 0 || part < 0);
    if (refusing.some((part) => part < 0 || knot.has(part))) return [];
    const one = refusing.find((part) => isStuck.has(part));
    return one === undefined ? [] : [one];
  });
}
