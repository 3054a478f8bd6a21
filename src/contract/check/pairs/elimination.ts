import { has, type PartType } from '#contract/check/structure/part-type.ts';
import type { View } from '#contract/check/structure/view.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { allEnded, type Domains, type Step } from './domains.ts';
import { sumWords, tokensOf } from './sum-words.ts';
import type { Sum } from './sums.ts';

/** What a certificate by elimination consists of. V26 says how it is checked. */
export interface Elimination {
  /** Events that never happen, each with the part that never offers it; -1 where there is nobody to make it with. */
  readonly never: readonly (readonly [event: number, part: number])[];
  /** What no event changes, as far as steps name it. V129 says how it is checked. */
  readonly sums?: readonly ConservedSum[];
  readonly steps: readonly Step[];
  /** The part that is left without a state; -1: every process can only have ended. */
  readonly empty: number;
}

/** The weights that states of the parts have add up to the total: each part with the place of its weights, one a state. */
export interface ConservedSum {
  readonly parts: readonly (readonly [part: number, weights: number])[];
  readonly weights: readonly (readonly number[])[];
  readonly total: number;
}

const mostWords = 6;
const mostSums = 3;

/** V26  The argument that no deadlock is left, so that it can be followed step by step. */
export function eliminationOf({ view, sums: all, steps: made }: Domains, empty: number): Certificate {
  const used = new Set<number>();
  note(made, used);
  const places = [...used];
  const steps = renamed(made, places);
  const sums = places.map((place) => all[place] as Sum);
  const data: Elimination = { never: neverOf(view), ...(sums.length > 0 && { sums: sums.map(written) }), steps, empty };
  return { by: 'elimination', words: wordsOf(view, sums, steps, empty), data };
}

function note(steps: readonly Step[], used: Set<number>): void {
  for (const step of steps)
    if ('sum' in step) used.add(step.sum);
    else if ('steps' in step) note(step.steps, used);
}

function renamed(steps: readonly Step[], places: readonly number[]): readonly Step[] {
  if (places.length === 0) return steps;
  return steps.map((step) => {
    if ('sum' in step) return { ...step, sum: places.indexOf(step.sum) };
    return 'steps' in step ? { ...step, steps: renamed(step.steps, places) } : step;
  });
}

function written({ parts, weights, total }: Sum): ConservedSum {
  const lists = [...new Set(weights)];
  return {
    parts: parts.map((part, at) => [part, lists.indexOf(weights[at] as Int32Array)]),
    weights: lists.map((list) => [...list]),
    total,
  };
}

/** Each event that never happens and whose fault it is. */
function neverOf(view: View): [number, number][] {
  const { system, live } = view;
  const wanted = new Map<number, Set<number>>();
  const found: [number, number][] = [];
  for (let event = live.indexOf(0); event >= 0; event = live.indexOf(0, event + 1)) {
    const { parts } = system.events[event] as (typeof system.events)[number];
    const by = parts.includes(-1)
      ? -1
      : parts.find((part) => {
          const events = wanted.get(part) ?? wantedBy(view, part);
          wanted.set(part, events);
          return !events.has(event);
        });
    found.push([event, by ?? -1]);
  }
  return found;
}

// The events a part would make in the states that it comes to.
function wantedBy({ system, types }: View, part: number): Set<number> {
  const { shape, events } = system.parts[part] as (typeof system.parts)[number];
  const { first, labels } = system.shapes[shape] as (typeof system.shapes)[number];
  const { reachable, states } = types[part] as PartType;
  const found = new Set<number>();
  for (let state = 0; state < states; state++) {
    if (!has(reachable, 0, state)) continue;
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) found.add(events[labels[move] ?? 0] ?? 0);
  }
  return found;
}

function wordsOf(view: View, sums: readonly Sum[], steps: readonly Step[], empty: number): string[] {
  const { system } = view;
  const name = (part: number): string => system.parts[part]?.name ?? '';
  const words = ['In a deadlock each part is in a state in which none of its neighbours takes part in what it offers.'];
  for (const sum of sums.slice(0, mostSums)) words.push(sumWords(view, sum));
  for (const step of steps.slice(0, mostWords)) {
    const reason =
      'against' in step
        ? `${name(step.against)} would always go along`
        : 'event' in step
          ? 'all others of an event would go along'
          : 'among' in step
            ? `${step.among.map(name).join(', ')} cannot all be stuck with each other then`
            : 'sum' in step
              ? `${tokensOf(view, sums[step.sum] as Sum)} would not add up`
              : 'what follows from it contradicts itself';
    words.push(`${name(step.part)} is not stuck in its state ${step.state}: ${reason}.`);
  }
  if (steps.length > mostWords) words.push(`So ${steps.length - mostWords} more states fall away, each for a reason like these.`);
  words.push(
    empty === allEnded
      ? 'What is left is that every process has ended.'
      : `Then no state is left in which ${name(empty)} could be stuck.`,
  );
  return words;
}
