import type { StateGraph } from '#contract/check/full/graph.ts';
import type { Network } from '#contract/network.ts';

/** A part of the network that holds messages. */
export interface Holding {
  readonly connection: string;
  readonly part: number;
  /** How many it holds in each of its states. */
  readonly messages: Int32Array;
  /** The event by which its reader lets go of it, whereby what it holds is lost; -1 when there is none. */
  readonly leaves: number;
}

/** V62, V150  Connections of which messages can be left over when all have ended, in their order, and the events of one way to that. */
interface LeftOver {
  readonly left: string[];
  readonly way: number[];
}

/**
 * V62, V150  Messages are left over when all processes have ended and one is held, or when a reader let go of a buffer that held one and all come to their end after that.
 * The way is as short as any to a state where one is held or let go, and then the shortest to the end. Takes time linear in the graph.
 */
export function leftOver({ parts, shapes, processes }: Network, graph: StateGraph, holdings: readonly Holding[]): LeftOver {
  const hasEnded = (vector: Int32Array): boolean =>
    parts.every(({ shape }, part) => part >= processes || shapes[shape]?.final[vector[part] ?? 0] === 1);
  const vector = new Int32Array(parts.length);
  const ended: number[] = [];
  for (let state = 0; state < graph.states; state++) if (hasEnded(graph.vectorOf(state, vector))) ended.push(state);
  const steps = stepsToAny(graph, ended);
  const left = new Set<string>();
  let way: number[] | undefined;
  for (let state = 0; state < graph.states; state++) {
    if (steps[state] === -1) continue;
    graph.vectorOf(state, vector);
    for (const { connection, part, messages, leaves } of holdings) {
      if (messages[vector[part] ?? 0] === 0) continue;
      const lost = steps[state] === 0 ? [] : lettingGo(graph, state, leaves, steps);
      if (lost === undefined) continue;
      left.add(connection);
      way ??= [...graph.wayTo(state), ...lost];
    }
  }
  return { left: holdings.flatMap(({ connection }) => (left.has(connection) ? [connection] : [])), way: way ?? [] };
}

// The events from a state on, of which the first lets go of what is held, to where all have ended.
function lettingGo(
  { first, events, targets }: StateGraph,
  state: number,
  leaves: number,
  steps: Int32Array,
): number[] | undefined {
  const out = (from: number): number[] =>
    Array.from({ length: (first[from + 1] ?? 0) - (first[from] ?? 0) }, (_, at) => (first[from] ?? 0) + at);
  const away = out(state).find((at) => events[at] === leaves && steps[targets[at] ?? 0] !== -1);
  if (away === undefined) return undefined;
  const way = [leaves];
  for (let here = targets[away] ?? 0; steps[here] !== 0; ) {
    const next = out(here).find((at) => steps[targets[at] ?? 0] === (steps[here] ?? 0) - 1) ?? 0;
    way.push(events[next] ?? 0);
    here = targets[next] ?? 0;
  }
  return way;
}

/** Of each state the fewest steps to one of these; -1 where none can be come to. */
function stepsToAny({ states, first, targets }: StateGraph, goals: readonly number[]): Int32Array {
  const firstBack = new Int32Array(states + 1);
  for (const to of targets) firstBack[to + 1] = (firstBack[to + 1] ?? 0) + 1;
  for (let state = 0; state < states; state++) firstBack[state + 1] = (firstBack[state + 1] ?? 0) + (firstBack[state] ?? 0);
  const [next, sources] = [firstBack.slice(), new Int32Array(targets.length)];
  for (let state = 0; state < states; state++)
    for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++) {
      const to = targets[at] ?? 0;
      const place = next[to] ?? 0;
      sources[place] = state;
      next[to] = place + 1;
    }
  const steps = new Int32Array(states).fill(-1);
  for (const goal of goals) steps[goal] = 0;
  const queue = [...goals];
  for (let at = 0; at < queue.length; at++) {
    const here = queue[at] ?? 0;
    for (let from = firstBack[here] ?? 0; from < (firstBack[here + 1] ?? 0); from++) {
      const source = sources[from] ?? 0;
      if (steps[source] !== -1) continue;
      steps[source] = (steps[here] ?? 0) + 1;
      queue.push(source);
    }
  }
  return steps;
}
