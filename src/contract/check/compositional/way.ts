import type { System } from '#contract/network.ts';
import type { Group } from './forest.ts';
import { type Graph, inside, isRestless, statesOf } from './graph.ts';
import type { Leaf } from './leaf.ts';
import { type Meter, OutOfBudget } from './meter.ts';
import { onlyLeft, onlyRight } from './product.ts';

/** Steps of a group: for each the label and the state it leads to. */
interface Way {
  readonly labels: number[];
  readonly targets: number[];
}

/** What one part does: its events and the states they lead to. */
interface PartWay {
  readonly events: number[];
  readonly states: number[];
}

/**
 * V46  The trace to a state of the last group that is stuck. From the root of the tree down, the way of a group becomes a way in what it was minimised
 *      from: where that does more inside, so does the way. That gives each of its two halves a way, and in the end each part. The ways of
 *      the parts agree on the events that they share, so any order that keeps them is a trace.
 *
 * @returns undefined when no trace comes of it, which would be a fault of this program.
 * @throws OutOfBudget
 */
export function wayToStuck(
  system: System,
  root: Group,
  isStuck: (state: number) => boolean,
  meter: Meter,
): { readonly trace: readonly number[]; readonly dead: readonly number[] } | undefined {
  const top = shortest(root.graph, isStuck);
  if (top === undefined) return undefined;
  const ways: PartWay[] = system.parts.map(() => ({ events: [], states: [] }));
  const left: { readonly group: Group; readonly way: Way }[] = [{ group: root, way: top }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { made } = next.group;
    meter.look();
    if (made.of === 'part') {
      ways[made.part] = wayOfPart(system, made.part, made.leaf, next.way);
      continue;
    }
    const { joint, left: a, right: b } = made;
    const [one, other] = halves(joint.product.graph, joint.classes, joint.product, joint.wiring.partner, next.way);
    left.push({ group: a, way: one }, { group: b, way: other });
  }
  return inOrder(system, ways);
}

function shortest(graph: Graph, fits: (state: number) => boolean): Way | undefined {
  const from = new Int32Array(statesOf(graph)).fill(-1);
  const by = new Int32Array(statesOf(graph));
  const queue = [0];
  from[0] = 0;
  for (const state of queue) {
    if (fits(state)) return wayBack(from, by, state);
    for (let move = graph.first[state] ?? 0; move < (graph.first[state + 1] ?? 0); move++) {
      const target = graph.targets[move] ?? 0;
      if (from[target] !== -1) continue;
      from[target] = state;
      by[target] = graph.labels[move] ?? 0;
      queue.push(target);
    }
  }
  return undefined;
}

function wayBack(from: Int32Array, by: Int32Array, last: number): Way {
  const way: Way = { labels: [], targets: [] };
  for (let state = last; state !== 0; state = from[state] ?? 0) {
    way.labels.push(by[state] ?? 0);
    way.targets.push(state);
  }
  way.labels.reverse();
  way.targets.reverse();
  return way;
}

/** Follows the way of a minimised graph in the whole one. */
class Follower {
  readonly #whole: Graph;
  readonly #classes: Int32Array;
  readonly #seen: Int32Array;
  readonly #by: Int32Array;
  readonly #from: Int32Array;
  #look = 0;

  constructor(whole: Graph, classes: Int32Array) {
    this.#whole = whole;
    this.#classes = classes;
    this.#seen = new Int32Array(statesOf(whole));
    this.#by = new Int32Array(statesOf(whole));
    this.#from = new Int32Array(statesOf(whole));
  }

  /** The moves of the whole graph, up to a state in which nothing happens inside. */
  moves({ labels, targets }: Way): number[] {
    const moves: number[] = [];
    let state = 0;
    const go = (found: Found): void => {
      for (const move of found.moves) moves.push(move);
      state = found.state;
    };
    for (const [step, label] of labels.entries()) {
      const to = targets[step] ?? 0;
      go(this.#within(state, (at) => this.#moveTo(at, label, to)));
    }
    go(this.#within(state, (at) => (isRestless(this.#whole, at) ? -1 : stay)));
    return moves;
  }

  #moveTo(state: number, label: number, to: number): number {
    const { first, labels, targets } = this.#whole;
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++)
      if (labels[move] === label && this.#classes[targets[move] ?? 0] === to) return move;
    return -1;
  }

  // The nearest state by inside moves within the class, that has what is looked for.
  #within(start: number, find: (state: number) => number): Found {
    const { first, labels, targets } = this.#whole;
    const look = ++this.#look;
    const queue = [start];
    this.#seen[start] = look;
    for (const state of queue) {
      const move = find(state);
      if (move !== -1) return this.#found(start, state, move);
      for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++) {
        const target = targets[at] ?? 0;
        if (labels[at] !== inside || this.#seen[target] === look || this.#classes[target] !== this.#classes[start]) continue;
        this.#seen[target] = look;
        this.#from[target] = state;
        this.#by[target] = at;
        queue.push(target);
      }
    }
    throw new Error('A class has a state that cannot do what the class does.');
  }

  #found(start: number, last: number, move: number): Found {
    const moves = move === stay ? [] : [move];
    for (let state = last; state !== start; state = this.#from[state] ?? 0) moves.push(this.#by[state] ?? 0);
    return { moves: moves.reverse(), state: move === stay ? last : (this.#whole.targets[move] ?? 0) };
  }
}

interface Found {
  readonly moves: readonly number[];
  readonly state: number;
}

const stay = -2;

function halves(
  whole: Graph,
  classes: Int32Array,
  { left, right, source }: { readonly left: Int32Array; readonly right: Int32Array; readonly source: Int32Array },
  partner: Int32Array,
  way: Way,
): readonly [Way, Way] {
  const one: Way = { labels: [], targets: [] };
  const other: Way = { labels: [], targets: [] };
  for (const move of new Follower(whole, classes).moves(way)) {
    const by = source[move] ?? 0;
    const to = whole.targets[move] ?? 0;
    const [label, met] =
      by === onlyLeft ? [inside, -1] : by > 0 ? [by, partner[by] || -1] : [-1, by === onlyRight ? inside : -3 - by];
    if (label >= 0) step(one, label, left[to] ?? 0);
    if (met >= 0) step(other, met, right[to] ?? 0);
  }
  return [one, other];
}

function step(way: Way, label: number, target: number): void {
  way.labels.push(label);
  way.targets.push(target);
  if (way.labels.length > longest) throw new OutOfBudget('a deadlock was found, but the trace to it is too long');
}

const longest = 1_000_000;

function wayOfPart(system: System, part: number, leaf: Leaf, way: Way): PartWay {
  const { events = new Int32Array() } = system.parts[part] ?? {};
  const moves = new Follower(leaf.whole, leaf.classes).moves(way);
  return {
    events: moves.map((move) => events[leaf.source[move] ?? 0] ?? 0),
    states: moves.map((move) => leaf.states[leaf.whole.targets[move] ?? 0] ?? 0),
  };
}

// An event is next when it is next for all who make it.
function inOrder(system: System, ways: readonly PartWay[]): { trace: number[]; dead: number[] } | undefined {
  const at = new Int32Array(ways.length);
  const waiting = new Int32Array(system.events.length);
  const ready: number[] = [];
  const arrive = (part: number): void => {
    const event = ways[part]?.events[at[part] ?? 0];
    if (event === undefined) return;
    waiting[event] = (waiting[event] ?? 0) + 1;
    if (waiting[event] === system.events[event]?.parts.length) ready.push(event);
  };
  for (const part of ways.keys()) arrive(part);
  const trace: number[] = [];
  for (let next = 0; next < ready.length; next++) {
    const event = ready[next] ?? 0;
    trace.push(event);
    waiting[event] = 0;
    for (const part of system.events[event]?.parts ?? []) at[part] = (at[part] ?? 0) + 1;
    for (const part of system.events[event]?.parts ?? []) arrive(part);
  }
  if (ways.some(({ events }, part) => at[part] !== events.length)) return undefined;
  return { trace, dead: ways.map(({ states }) => states.at(-1) ?? 0) };
}
