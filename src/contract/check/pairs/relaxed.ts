import type { PartType } from '#contract/check/structure/part-type.ts';
import type { View } from '#contract/check/structure/view.ts';

/** An event to be made, and where it is to take the parts that make it. */
export interface PlanStep {
  readonly event: number;
  readonly layer: number;
}

/** What leads to a goal when nobody ever leaves a state that he was in. */
export interface Plan {
  readonly steps: readonly PlanStep[];
  /** By number of state, how late in the plan it is needed; 0 where it is not. */
  readonly wanted: Int32Array;
}

const none = -1;

/**
 * V143  Plans as if a part that has been in a state were still there when that is needed (Hoffmann and Nebel 2001). Such a plan is found in one pass over all moves, and
 *       says which events matter, and roughly in what order.
 */
export class Relaxed {
  readonly #view: View;
  /** Per part the number of its first state, and of its first own event. */
  readonly states: Int32Array;
  readonly #owns: Int32Array;
  readonly #layer: Int32Array;
  readonly #causeEvent: Int32Array;
  readonly #causeFrom: Int32Array;
  readonly #offerer: Int32Array;
  readonly #offering: Int32Array;
  readonly #eventLayer: Int32Array;
  /** Moves that wait for their event, as lists: by own event the last one, and by move the one before. */
  readonly #waiting: Int32Array;
  readonly #moves: Int32Array;
  readonly #before: Int32Array;
  #reached: Int32Array;
  #count = 0;

  constructor(view: View) {
    this.#view = view;
    const sums = (of: (type: PartType) => number): Int32Array => {
      const found = new Int32Array(view.types.length + 1);
      for (const [part, type] of view.types.entries()) found[part + 1] = (found[part] ?? 0) + of(type);
      return found;
    };
    this.states = sums(({ states }) => states);
    this.#owns = sums(({ events }) => events);
    this.#moves = sums(({ labels }) => labels.length);
    const [states, owns, moves] = [this.states, this.#owns, this.#moves].map((list) => list.at(-1) ?? 0) as [
      number,
      number,
      number,
    ];
    this.#layer = new Int32Array(states);
    this.#causeEvent = new Int32Array(states);
    this.#causeFrom = new Int32Array(states);
    this.#reached = new Int32Array(2 * states);
    this.#offerer = new Int32Array(owns);
    this.#waiting = new Int32Array(owns);
    this.#before = new Int32Array(moves);
    this.#offering = new Int32Array(view.system.events.length);
    this.#eventLayer = new Int32Array(view.system.events.length);
  }

  /**
   * @param goal per part the state it is to come to, or -1.
   * @param still per part 1 where it must stay where it is.
   * @param leaveOut what cannot be come to so is left out; otherwise there is no plan then.
   */
  plan(from: Int32Array, goal: Int32Array, still: Uint8Array, leaveOut: boolean): Plan | undefined {
    this.#spread(from, still);
    const wanted = new Int32Array(this.#layer.length);
    const todo: number[] = [];
    const want = (part: number, state: number): void => {
      const number = (this.states[part] ?? 0) + state;
      if (wanted[number] !== 0) return;
      wanted[number] = 1 + (this.#layer[number] ?? 0);
      todo.push(part, state);
    };
    for (const [part, state] of goal.entries()) {
      if (state < 0) continue;
      if ((this.#layer[(this.states[part] ?? 0) + state] ?? none) >= 0) want(part, state);
      else if (!leaveOut) return undefined;
    }
    return { steps: this.#stepsTo(todo, want), wanted };
  }

  #stepsTo(todo: number[], want: (part: number, state: number) => void): PlanStep[] {
    const steps = new Map<number, PlanStep>();
    while (todo.length > 0) {
      const state = todo.pop() ?? 0;
      const number = (this.states[todo.pop() ?? 0] ?? 0) + state;
      const layer = this.#layer[number] ?? 0;
      if (layer === 0) continue;
      const event = this.#causeEvent[number] ?? 0;
      steps.set(event * this.#layer.length + layer, { event, layer });
      want(this.#partOf(number), this.#causeFrom[number] ?? 0);
      for (const maker of this.#view.system.events[event]?.parts ?? []) {
        const own = (this.#view.events[maker] as Int32Array).indexOf(event);
        if (maker !== this.#partOf(number)) want(maker, this.#offerer[(this.#owns[maker] ?? 0) + own] ?? 0);
      }
    }
    return [...steps.values()].sort((a, b) => a.layer - b.layer);
  }

  #partOf(number: number): number {
    let [low, high] = [0, this.states.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.states[middle] ?? 0) <= number) low = middle;
      else high = middle;
    }
    return low;
  }

  #spread(from: Int32Array, still: Uint8Array): void {
    this.#layer.fill(none);
    this.#offerer.fill(none);
    this.#waiting.fill(none);
    this.#offering.fill(0);
    this.#eventLayer.fill(none);
    this.#count = 0;
    for (let part = 0; part < from.length; part++) this.#reach(part, from[part] ?? 0, 0, none, none);
    for (let at = 0; at < this.#count; at++) {
      const part = this.#reached[2 * at] ?? 0;
      if (still[part] === 0) this.#leave(part, this.#reached[2 * at + 1] ?? 0);
    }
  }

  #reach(part: number, state: number, layer: number, event: number, from: number): void {
    const number = (this.states[part] ?? 0) + state;
    if ((this.#layer[number] ?? 0) >= 0) return;
    this.#layer[number] = layer;
    this.#causeEvent[number] = event;
    this.#causeFrom[number] = from;
    this.#reached[2 * this.#count] = part;
    this.#reached[2 * this.#count + 1] = state;
    this.#count++;
  }

  #leave(part: number, state: number): void {
    const { first, labels, targets } = this.#view.types[part] as PartType;
    const events = this.#view.events[part] as Int32Array;
    const layer = this.#layer[(this.states[part] ?? 0) + state] ?? 0;
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const own = labels[move] ?? 0;
      const event = events[own] ?? 0;
      if (this.#view.live[event] === 0) continue;
      if ((this.#eventLayer[event] ?? none) >= 0) this.#reach(part, targets[move] ?? 0, layer + 1, event, state);
      else this.#offer(part, own, move, state, event, layer);
    }
  }

  #offer(part: number, own: number, move: number, state: number, event: number, layer: number): void {
    const place = (this.#owns[part] ?? 0) + own;
    this.#before[(this.#moves[part] ?? 0) + move] = this.#waiting[place] ?? none;
    this.#waiting[place] = move;
    if ((this.#offerer[place] ?? none) >= 0) return;
    this.#offerer[place] = state;
    const offering = (this.#offering[event] ?? 0) + 1;
    this.#offering[event] = offering;
    const makers = this.#view.system.events[event]?.parts ?? [];
    if (offering < makers.length) return;
    this.#eventLayer[event] = layer;
    for (const maker of makers) this.#go(maker, event, layer);
  }

  // Everybody who waited for the event goes on.
  #go(maker: number, event: number, layer: number): void {
    const { labels, targets, first } = this.#view.types[maker] as PartType;
    const own = (this.#view.events[maker] as Int32Array).indexOf(event);
    let move = this.#waiting[(this.#owns[maker] ?? 0) + own] ?? none;
    for (; move >= 0; move = this.#before[(this.#moves[maker] ?? 0) + move] ?? none)
      if (labels[move] === own) this.#reach(maker, targets[move] ?? 0, layer + 1, event, stateOf(first, move));
  }
}

// The state that a move leads from.
function stateOf(first: Int32Array, move: number): number {
  let [low, high] = [0, first.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((first[middle] ?? 0) <= move) low = middle;
    else high = middle;
  }
  return low;
}
