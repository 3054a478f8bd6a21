import type { Automaton, Named } from '#contract/automata.ts';
import { knotOf } from '#contract/check/knot.ts';

/** A component in the dead state. */
export interface ComponentEnd {
  readonly component: string;
  /** Its number in the file. */
  readonly state: number;
  readonly final: boolean;
  /** The events it could make, each with those who must make it too and do not. */
  readonly waits: readonly { readonly event: string; readonly for: readonly string[] }[];
}

/** V84  Where every component stands in a dead state, and the knot: a smallest set of components each of which waits only for members. */
export function tellEnd(
  { system, labels }: Named,
  automata: readonly Automaton[],
  dead: readonly number[],
): { readonly end: readonly ComponentEnd[]; readonly knot: readonly string[] } {
  const offers = system.parts.map(({ shape: number, events }, part) => {
    const shape = system.shapes[number];
    const state = dead[part] ?? 0;
    const moves = shape?.labels.subarray(shape.first[state], shape.first[state + 1]) ?? new Int32Array();
    return new Set([...moves].map((label) => events[label] ?? 0));
  });
  const end = system.parts.map(({ name, shape }, part): ComponentEnd => {
    const state = dead[part] ?? 0;
    return {
      component: name,
      state: stateInFile(automata[part], state),
      final: system.shapes[shape]?.final[state] === 1,
      waits: [...(offers[part] ?? [])].map((event) => ({
        event: labels[event] ?? '',
        for: (system.events[event]?.parts ?? []).flatMap((other) =>
          offers[other]?.has(event) ? [] : [system.parts[other]?.name ?? ''],
        ),
      })),
    };
  });
  const waiting = end
    .filter(({ final, waits }) => !final || waits.length > 0)
    .map(({ component, waits }) => ({
      node: component,
      on: waits.flatMap(({ event, for: others }) =>
        others.map((peer) => ({ connection: event, direction: 'send' as const, peer })),
      ),
    }));
  return { end, knot: knotOf(waiting).nodes };
}

// A system starts in state 0: the initial state and it have changed places.
function stateInFile(automaton: Automaton | undefined, state: number): number {
  const initial = automaton?.initial ?? 0;
  return state === 0 ? initial : state === initial ? 0 : state;
}
