import { type Budget, usualBytes } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { unpack } from './layout.ts';
import type { StateSpace } from './state-space.ts';
import { sweep } from './sweep.ts';

/** Every reachable state of a system and what leads from one to another: for questions about cycles. */
export interface StateGraph {
  /** State 0 is the start; numbers go by distance from it, the nearest first. */
  readonly states: number;
  /** The transitions of state `s` are numbers `first[s]` to `first[s+1]`, exclusive. */
  readonly first: Int32Array;
  /** Per transition, the number of the event in the system. */
  readonly events: Int32Array;
  /** Per transition, the state it leads to. */
  readonly targets: Int32Array;
  /** True when some part of a state stands where its shape says less than the truth: then nothing may be proved of the graph. */
  readonly cut: boolean;
  readonly peakBytes: number;
  /** The local state of each part, written into the array that is handed in or into a new one. */
  vectorOf(state: number, into?: Int32Array): Int32Array;
  /** The events of a shortest way from the start. */
  wayTo(state: number): number[];
}

/** All of a graph, or why there is none. */
export type Reachable =
  | { readonly complete: true; readonly graph: StateGraph }
  | { readonly complete: false; readonly states: number; readonly why: string };

/**
 * V18  The graph of all reachable states, within a budget of states, bytes (of states, tables and transitions together) and time.
 *      Never a part of it: a cut-off graph would answer questions about cycles wrongly.
 */
export function reachable(system: System, budget: Budget): Reachable {
  const swept = sweep(system, budget, () => false);
  if (!('space' in swept)) return { complete: false, states: 0, why: swept.why };
  const { space, why } = swept;
  if (why !== undefined) return { complete: false, states: space.size, why };
  const words = 2 * space.layout.words;
  const peakBytes = space.bytes + 4 * (space.size + 1) + 8 * space.transitions + 4 * words * space.size;
  if (peakBytes > (budget.maxBytes ?? usualBytes))
    return { complete: false, states: space.size, why: 'out of memory for the transitions' };
  const transitions = transitionsOf(space);
  const [layout, packed] = [space.layout, space.packed()];
  const vectorOf = (state: number, into = new Int32Array(system.parts.length)): Int32Array => {
    unpack(layout, packed, words * state, into);
    return into;
  };
  let links: Links | undefined;
  const wayTo = (state: number): number[] => {
    links ??= linksOf(space.size, transitions);
    const way: number[] = [];
    for (let at = state; at > 0; at = links.parents[at] ?? 0) way.push(links.events[at] ?? 0);
    return way.reverse();
  };
  return {
    complete: true,
    graph: { ...transitions, states: space.size, cut: isCut(system, space.size, vectorOf), peakBytes, vectorOf, wayTo },
  };
}

type Transitions = Pick<StateGraph, 'first' | 'events' | 'targets'>;

function transitionsOf(space: StateSpace): Transitions {
  const first = new Int32Array(space.size + 1);
  const [events, targets] = [new Int32Array(space.transitions), new Int32Array(space.transitions)];
  let at = 0;
  for (let state = 0; state < space.size; state++) {
    space.eachEdge(state, (event, target) => {
      events[at] = event;
      targets[at++] = target;
    });
    first[state + 1] = at;
  }
  return { first, events, targets };
}

interface Links {
  readonly parents: Int32Array;
  readonly events: Int32Array;
}

// States are numbered as they were found, so the first transition to one comes from a nearest.
function linksOf(states: number, { first, events, targets }: Transitions): Links {
  const links = { parents: new Int32Array(states), events: new Int32Array(states) };
  let next = 1;
  for (let state = 0; state < states; state++)
    for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++) {
      if (targets[at] !== next) continue;
      links.parents[next] = state;
      links.events[next++] = events[at] ?? 0;
    }
  return links;
}

function isCut({ shapes, parts }: System, states: number, vectorOf: StateGraph['vectorOf']): boolean {
  if (shapes.every(({ cutAt }) => cutAt === undefined)) return false;
  const vector = new Int32Array(parts.length);
  for (let state = 0; state < states; state++) {
    vectorOf(state, vector);
    if (parts.some(({ shape }, part) => shapes[shape]?.cutAt === vector[part])) return true;
  }
  return false;
}
