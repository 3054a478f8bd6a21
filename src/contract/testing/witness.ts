import type { System } from '#contract/network.ts';
import { allEnded, naiveSteps } from './naive.ts';

/** Reads the certificate of stubborn sets as a program (V32), in the plainest way. @returns what is wrong with it; undefined: nothing. */
export function faultOfSets(system: System, sets: readonly (readonly number[])[]): string | undefined {
  const start = system.parts.map(() => 0);
  const states = [start];
  const numbers = new Map([[start.join(), 0]]);
  for (const [number, state] of states.entries()) {
    const set = sets[number];
    if (set === undefined) return `state ${number} has no set`;
    if (state.some((at, part) => system.shapes[system.parts[part]?.shape ?? 0]?.cutAt === at)) return `state ${number} is cut`;
    const fault = faultOfSet(system, state, new Set(set));
    if (fault !== undefined) return `state ${number}: ${fault}`;
    for (const { event, to } of naiveSteps(system, state))
      if (set.includes(event) && !numbers.has(to.join())) {
        numbers.set(to.join(), states.length);
        states.push(to);
      }
  }
  return states.length === sets.length ? undefined : `${sets.length} sets for ${states.length} states`;
}

function faultOfSet(system: System, state: readonly number[], set: ReadonlySet<number>): string | undefined {
  const possible = new Set(naiveSteps(system, state).map(({ event }) => event));
  if (possible.size === 0) return allEnded(system, state) ? undefined : 'a deadlock';
  if (![...set].some((event) => possible.has(event))) return 'nothing of the set is possible';
  for (const event of set) {
    const parts = system.events[event]?.parts ?? [];
    if (parts.includes(-1)) continue;
    const ranges = parts.map((part) => within(system, part, state[part] ?? 0, set));
    const holds = possible.has(event)
      ? parts.every((part, at) => ranges[at]?.every((from) => keeps(system, part, from, event, set)))
      : parts.some((part, at) => ranges[at]?.every((from) => after(system, part, from, event).length === 0));
    if (!holds) return `event ${event} ${possible.has(event) ? 'may be taken away' : 'may become possible'}`;
  }
  return undefined;
}

// Where a part may come to by events outside the set.
function within(system: System, part: number, from: number, set: ReadonlySet<number>): number[] {
  const met = new Set([from]);
  for (const at of met)
    for (const event of offered(system, part, at))
      if (!set.has(event)) for (const to of after(system, part, at, event)) met.add(to);
  return [...met];
}

function keeps(system: System, part: number, at: number, event: number, set: ReadonlySet<number>): boolean {
  const next = (from: number, by: number): number[] => after(system, part, from, by);
  if (next(at, event).length === 0) return false;
  return offered(system, part, at).every((other) => {
    if (set.has(other)) return true;
    return next(at, other).every(
      (between) =>
        next(between, event).every((end) => next(at, event).some((mid) => next(mid, other).includes(end))) &&
        next(at, event).every((mid) => next(mid, other).some((end) => next(between, event).includes(end))),
    );
  });
}

// Events that the part takes part in, and has a move for.
function offered({ parts, shapes, events }: System, part: number, at: number): number[] {
  const own = parts[part];
  const shape = shapes[own?.shape ?? 0];
  const labels = shape?.labels.subarray(shape.first[at], shape.first[at + 1]) ?? [];
  return [...new Set([...labels].map((label) => own?.events[label] ?? -1))].filter((event) =>
    events[event]?.parts.includes(part),
  );
}

function after({ parts, shapes }: System, part: number, at: number, event: number): number[] {
  const own = parts[part];
  const shape = shapes[own?.shape ?? 0];
  const to: number[] = [];
  for (let move = shape?.first[at] ?? 0; move < (shape?.first[at + 1] ?? 0); move++)
    if (own?.events[shape?.labels[move] ?? 0] === event) to.push(shape?.targets[move] ?? 0);
  return to;
}
