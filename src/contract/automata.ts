import { type Shape, type System, shapeOf } from './network.ts';

/** One component of a synchronised-automata system: states are numbers from 0. */
export interface Automaton {
  readonly name: string;
  readonly initial: number;
  readonly states: number;
  readonly transitions: readonly (readonly [from: number, event: string, to: number])[];
  /** States in which the component may be taken as ended. */
  readonly final?: readonly number[];
  /** Events it takes part in besides those of its transitions: it refuses them always. */
  readonly alphabet?: readonly string[];
}

/** A system and what its events are called. */
export interface Named {
  readonly system: System;
  readonly labels: readonly string[];
}

/**
 * V80  The system of automata that make an event together when all that have it in their alphabet do. Every component is a process.
 *      Components with equal transitions up to the names of events share a shape.
 *
 * The automata are taken as valid: states and ends of transitions in range, names distinct.
 */
export function systemOf(automata: readonly Automaton[]): Named {
  const numbers = new Map<string, number>();
  const takers: number[][] = [];
  const shapes: Shape[] = [];
  const known = new Map<string, number>();
  const parts = automata.map((automaton, part) => {
    const { shape, labels } = shapeOf(drawnOf(automaton));
    const key = `${shape.first}|${shape.labels}|${shape.targets}|${shape.final}`;
    const same = known.get(key) ?? shapes.push(shape) - 1;
    known.set(key, same);
    const numberOf = (event: string): number => {
      const number = numbers.get(event) ?? numbers.size;
      numbers.set(event, number);
      const list = takers[number] ?? [];
      takers[number] = list;
      if (list.at(-1) !== part) list.push(part);
      return number;
    };
    const events = Int32Array.from(labels, numberOf);
    for (const event of automaton.alphabet ?? []) numberOf(event);
    return { name: automaton.name, shape: same, events };
  });
  const system = { shapes, parts, processes: parts.length, events: takers.map((list) => ({ parts: list })) };
  return { system, labels: [...numbers.keys()] };
}

// The initial state becomes state 0 by changing places with it.
function drawnOf({ initial, states, transitions, final = [] }: Automaton): Parameters<typeof shapeOf>[0] {
  const swap = (state: number): number => (state === initial ? 0 : state === 0 ? initial : state);
  const moves = Array.from({ length: states }, (): { label: string; to: number }[] => []);
  for (const [from, label, to] of transitions) moves[swap(from)]?.push({ label, to: swap(to) });
  return { moves: moves.map(distinct), final: new Set(final.map(swap)) };
}

// V152: a transition that stands there twice is one way to go, not two.
function distinct<M extends { readonly label: string; readonly to: number }>(moves: M[]): M[] {
  if (moves.length < 2) return moves;
  const seen = new Map<string, Set<number>>();
  return moves.filter(({ label, to }) => {
    const targets = seen.get(label) ?? new Set();
    seen.set(label, targets);
    if (targets.has(to)) return false;
    targets.add(to);
    return true;
  });
}
