import { type Budget, usualBytes } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { type Layout, layoutOf, PackedStates } from './packed.ts';

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
  const layout = layoutOf(system);
  const packed = new PackedStates(layout.words);
  const [state, next] = [new Int32Array(layout.words), new Int32Array(layout.words)];
  const [first, events, targets]: [number[], number[], number[]] = [[0], [], []];
  const { maxStates, maxMs, maxBytes = usualBytes, now = () => 0, goOn = () => true } = budget;
  const vector = new Int32Array(system.parts.length);
  const started = now();
  packed.add(state, 0, 0);
  for (let at = 0; at < packed.size; at++) {
    const bytes = packed.size * (4 * layout.words + 20) + events.length * 16;
    const why = stopped(packed.size > maxStates, bytes > maxBytes, at % 1024 === 0 && now() - started > maxMs);
    const whyNot = why ?? (at % 4096 === 0 && !goOn(packed.size) ? 'cancelled' : undefined);
    if (whyNot !== undefined) return { complete: false, states: packed.size, why: whyNot };
    packed.read(at, state);
    unpack(layout, state, vector);
    for (const { event, to } of steps(system, vector)) {
      pack(layout, to, next);
      packed.add(next, at, event);
      events.push(event);
      targets.push(packed.numberOf(next));
    }
    first.push(events.length);
  }
  return { complete: true, graph: graphOf(system, layout, packed, { first, events, targets }) };
}

interface Lists {
  readonly first: number[];
  readonly events: number[];
  readonly targets: number[];
}

function graphOf(system: System, layout: Layout, packed: PackedStates, { first, events, targets }: Lists): StateGraph {
  const state = new Int32Array(layout.words);
  const vectorOf = (number: number, into = new Int32Array(system.parts.length)): Int32Array => {
    packed.read(number, state);
    unpack(layout, state, into);
    return into;
  };
  const vector = new Int32Array(system.parts.length);
  const isCut = (number: number): boolean => {
    vectorOf(number, vector);
    return system.parts.some(({ shape }, part) => system.shapes[shape]?.cutAt === vector[part]);
  };
  const cuts = system.shapes.some(({ cutAt }) => cutAt !== undefined);
  return {
    states: packed.size,
    first: Int32Array.from(first),
    events: Int32Array.from(events),
    targets: Int32Array.from(targets),
    cut: cuts && Array.from({ length: packed.size }, (_, number) => number).some(isCut),
    peakBytes: packed.size * (4 * layout.words + 20) + events.length * 16,
    vectorOf,
    wayTo: (number) => packed.way(number),
  };
}

function stopped(states: boolean, bytes: boolean, time: boolean): string | undefined {
  if (states) return 'out of states';
  if (bytes) return 'out of memory';
  return time ? 'out of time' : undefined;
}

function unpack({ word, shift, mask }: Layout, state: Int32Array, vector: Int32Array): void {
  for (let part = 0; part < vector.length; part++)
    vector[part] = ((state[word[part] ?? 0] ?? 0) >>> (shift[part] ?? 0)) & (mask[part] ?? 0);
}

function pack({ word, shift }: Layout, vector: readonly number[], state: Int32Array): void {
  state.fill(0);
  for (const [part, at] of vector.entries()) {
    const number = word[part] ?? 0;
    state[number] = (state[number] ?? 0) | (at << (shift[part] ?? 0));
  }
}

// Each event that all its parts are ready for, in each way they can make it.
function steps(system: System, state: Int32Array): { readonly event: number; readonly to: number[] }[] {
  return system.events.flatMap(({ parts }, event) => {
    let ways: number[][] = [[...state]];
    for (const part of parts) {
      const targets = part < 0 ? [] : targetsOf(system, part, state[part] ?? 0, event);
      ways = ways.flatMap((way) => targets.map((to) => way.with(part, to)));
      if (ways.length === 0) break;
    }
    return ways.map((to) => ({ event, to }));
  });
}

function targetsOf({ parts, shapes }: System, part: number, at: number, event: number): number[] {
  const own = parts[part];
  const shape = shapes[own?.shape ?? 0];
  const targets: number[] = [];
  for (let move = shape?.first[at] ?? 0; move < (shape?.first[at + 1] ?? 0); move++)
    if (own?.events[shape?.labels[move] ?? 0] === event) targets.push(shape?.targets[move] ?? 0);
  return targets;
}
