import type { System } from '#contract/network.ts';
import { naiveSteps } from './naive.ts';

/** More states than this take too long here: then there is no answer. */
const most = 2_000;

/** The reachable states of a system and who can follow whom, in the plainest way. */
export interface Plain {
  readonly states: readonly (readonly number[])[];
  readonly next: readonly (readonly { readonly event: number; readonly to: number }[])[];
}

export function plainGraph(system: System): Plain | undefined {
  const states = [system.parts.map(() => 0)];
  const numbers = new Map([[states[0]?.join(), 0]]);
  const next: { event: number; to: number }[][] = [];
  for (const state of states) {
    if (states.length > most) return undefined;
    next.push(
      naiveSteps(system, state).map(({ event, to }) => {
        const number = numbers.get(to.join()) ?? states.push(to) - 1;
        numbers.set(to.join(), number);
        return { event, to: number };
      }),
    );
  }
  return { states, next };
}

/** Every state that can be come to from one, itself among them. */
export function after({ next }: Plain, from: number): ReadonlySet<number> {
  const met = new Set([from]);
  for (const state of met) for (const { to } of next[state] ?? []) met.add(to);
  return met;
}

/** The greatest set of V33, by taking out whoever does not belong until all do. */
export function naiveFrozen(system: System, state: readonly number[]): number[] {
  const offers = (part: number, event: number): boolean => naiveOffers(system, part, state[part] ?? 0).includes(event);
  let members = [...system.parts.keys()].filter((part) => system.shapes[system.parts[part]?.shape ?? 0]?.cutAt !== state[part]);
  for (let before = -1; before !== members.length; ) {
    before = members.length;
    members = members.filter((part) =>
      naiveOffers(system, part, state[part] ?? 0).every((event) =>
        system.events[event]?.parts.some((other) => other < 0 || (members.includes(other) && !offers(other, event))),
      ),
    );
  }
  return members;
}

function naiveOffers({ parts, shapes, events }: System, part: number, at: number): number[] {
  const own = parts[part];
  const shape = shapes[own?.shape ?? 0];
  const labels = [...(shape?.labels.subarray(shape.first[at], shape.first[at + 1]) ?? [])];
  return labels.map((label) => own?.events[label] ?? -1).filter((event) => events[event]?.parts.includes(part));
}

/** V34 read as a program: whether a process is stuck in some state from which nothing can come to a stop. */
export function naivePartial(system: System, graph: Plain): boolean {
  return graph.states.some((state, number) => {
    const stuck = naiveFrozen(system, state).some(
      (part) => part < system.processes && system.shapes[system.parts[part]?.shape ?? 0]?.final[state[part] ?? 0] !== 1,
    );
    return stuck && [...after(graph, number)].every((later) => (graph.next[later]?.length ?? 0) > 0);
  });
}
