import { has, type PartType } from '#contract/check/structure/part-type.ts';
import type { View } from '#contract/check/structure/view.ts';
import { knotOf } from './knot-of.ts';
import { type Plan, Relaxed } from './relaxed.ts';
import { type Reached, type Start, walkFrom } from './walk.ts';

/** Plans that are made on the way to a knot; and for those who are left, of whom a step to each one's own end is mostly enough. */
const mostPlans = 6;
const fewPlans = 3;

/**
 * V143  Goes to a deadlock that may be: first so that the few that are stuck with each other are, by plans in which nobody loses what he had, each followed as far as it goes
 *       (Vidal 2004); then those who are left are led to their ends, and if there is none, wherever it goes, until nothing is possible.
 */
export function leadTo(view: View, candidate: Int32Array, maxSteps: number): Reached | undefined {
  const knot = knotOf(view, candidate);
  if (knot === undefined) return undefined;
  const way = new Leading(view, maxSteps);
  const goal = new Int32Array(candidate.length).fill(-1);
  for (const part of knot) goal[part] = candidate[part] ?? 0;
  if (!way.follow(goal, false)) return undefined;
  const rest = goal.map((state, part) => (state >= 0 ? state : endOf(view, part)));
  way.follow(rest, true);
  return walkFrom(
    view,
    rest.map((state, part) => (state >= 0 ? state : (candidate[part] ?? 0))),
    way.reached,
    maxSteps,
  );
}

function endOf({ types, system }: View, part: number): number {
  const { states, final, reachable } = types[part] as PartType;
  if (part >= system.processes) return -1;
  for (let state = 0; state < states; state++) if (has(final, 0, state) && has(reachable, 0, state)) return state;
  return -1;
}

class Leading {
  readonly #view: View;
  readonly #relaxed: Relaxed;
  readonly #state: Int32Array;
  readonly #trace: number[] = [];
  readonly #maxSteps: number;

  constructor(view: View, maxSteps: number) {
    this.#view = view;
    this.#maxSteps = maxSteps;
    this.#relaxed = new Relaxed(view);
    this.#state = new Int32Array(view.types.length);
  }

  get reached(): Start {
    return { state: this.#state, trace: this.#trace };
  }

  /** @param asFarAs a goal that cannot be reached any more is given up, and not the whole. */
  follow(goal: Int32Array, asFarAs: boolean): boolean {
    for (let plans = 0; plans < (asFarAs ? fewPlans : mostPlans) && this.#trace.length <= this.#maxSteps; plans++) {
      const isThere = goal.map((state, part) => (this.#state[part] === state ? 1 : 0));
      if (goal.every((state, part) => state < 0 || isThere[part] === 1)) return true;
      const plan = this.#plan(goal, Uint8Array.from(isThere), asFarAs);
      if (plan === undefined || !this.#followPlan(plan)) return false;
    }
    return false;
  }

  // Who is there stays there, unless nobody else could come to his place then.
  #plan(goal: Int32Array, isThere: Uint8Array, asFarAs: boolean): Plan | undefined {
    const plan = this.#relaxed.plan(this.#state, goal, isThere, asFarAs);
    return plan ?? this.#relaxed.plan(this.#state, goal, new Uint8Array(goal.length), asFarAs);
  }

  // Whatever of it is possible, in its order, again and again; false when nothing was.
  #followPlan({ steps, wanted }: Plan): boolean {
    let [left, made] = [steps, 0];
    for (;;) {
      const open = left.filter(({ event }) => !this.#make(event, wanted));
      made += left.length - open.length;
      if (open.length === left.length) return made > 0;
      left = open;
    }
  }

  #make(event: number, wanted: Int32Array): boolean {
    const makers = this.#view.system.events[event]?.parts ?? [];
    const targets: number[] = [];
    for (const part of makers) {
      const target = this.#targetOf(part, event, wanted);
      if (target < 0) return false;
      targets.push(target);
    }
    for (const [at, part] of makers.entries()) this.#state[part] = targets[at] ?? 0;
    this.#trace.push(event);
    return true;
  }

  // The state that the plan needs last; any if it needs none; -1 when the part does not offer the event.
  #targetOf(part: number, event: number, wanted: Int32Array): number {
    const { first, labels, targets } = this.#view.types[part] as PartType;
    const events = this.#view.events[part] as Int32Array;
    const [state, base] = [this.#state[part] ?? 0, this.#relaxed.states[part] ?? 0];
    let [found, best] = [-1, -1];
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      if (events[labels[move] ?? 0] !== event) continue;
      const target = targets[move] ?? 0;
      const late = wanted[base + target] ?? 0;
      if (late <= best) continue;
      [found, best] = [target, late];
    }
    return found;
  }
}
