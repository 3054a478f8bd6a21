import type { PartType } from '#contract/check/structure/part-type.ts';
import { has } from '#contract/check/structure/part-type.ts';
import type { View } from '#contract/check/structure/view.ts';

/** From how many parts of a knot a smaller one within it is looked for. */
const mostRounds = 4;

/**
 * V143  Some parts that, in these states, are stuck whatever the others do: each event that one of them offers is refused by another of them. As few as are found
 *       soon; undefined when an event can be made by all, or all processes have ended.
 */
export function knotOf(view: View, states: Int32Array): readonly number[] | undefined {
  let start = openProcess(view, states);
  let best: readonly number[] | undefined;
  for (let round = 0; start >= 0 && round < mostRounds; round++) {
    const found = closedFrom(view, states, start);
    if (found === undefined || (best !== undefined && found.length >= best.length)) break;
    best = found;
    // The last that was waited for waits for fewer, where a long line leads to a knot.
    start = found.findLast((part) => isOpen(view, states, part)) ?? -1;
  }
  return best;
}

function openProcess(view: View, states: Int32Array): number {
  for (let part = 0; part < view.system.processes; part++) if (isOpen(view, states, part)) return part;
  return -1;
}

function isOpen({ types, system }: View, states: Int32Array, part: number): boolean {
  return part < system.processes && !has((types[part] as PartType).final, 0, states[part] ?? 0);
}

function closedFrom(view: View, states: Int32Array, start: number): readonly number[] | undefined {
  const found = new Set([start]);
  for (const part of found) {
    const { first, labels } = view.types[part] as PartType;
    const events = view.events[part] as Int32Array;
    const state = states[part] ?? 0;
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const event = events[labels[move] ?? 0] ?? 0;
      if (view.live[event] === 0) continue;
      const refusing = (view.system.events[event]?.parts ?? []).filter((other) => !offers(view, states, other, event));
      if (refusing.some((other) => found.has(other))) continue;
      const [other] = refusing;
      if (other === undefined) return undefined;
      found.add(other);
    }
  }
  return [...found];
}

function offers(view: View, states: Int32Array, part: number, event: number): boolean {
  const { first, labels } = view.types[part] as PartType;
  const events = view.events[part] as Int32Array;
  const state = states[part] ?? 0;
  for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) if (events[labels[move] ?? 0] === event) return true;
  return false;
}
