import { type Budget, usualBytes } from '#contract/check/engine.ts';
import { reachable } from '#contract/check/full/graph.ts';
import { type Lts, type Move, tau } from '#contract/lts.ts';
import { type System, shapeOf } from '#contract/network.ts';
import type { Labelled } from './refinement.ts';
import { numbered } from './refines.ts';

/** One transition system with all that a system of parts can do; or why there is none. */
export type Explicit =
  | { readonly ok: true; readonly lts: Lts }
  | { readonly ok: false; readonly states: number; readonly why: string };

/** V51  Works out every state of a labelled system, hidden events as own moves: a specification, or what is compared with itself. */
export function explicit({ system, labels, hidden }: Labelled, budget: Budget): Explicit {
  // What is made of the graph takes about three times as much as the graph.
  const reached = reachable(system, { ...budget, maxBytes: (budget.maxBytes ?? usualBytes) / 4 });
  if (!reached.complete) return { ok: false, states: reached.states, why: reached.why };
  const { graph } = reached;
  if (graph.cut) return { ok: false, states: graph.states, why: 'a buffer can hold more messages than are counted' };
  const { names, visible } = numbered({ labels, hidden });
  const moves = Array.from({ length: graph.states }, (_, state): Move[] => {
    const list: Move[] = [];
    for (let at = graph.first[state] ?? 0; at < (graph.first[state + 1] ?? 0); at++)
      list.push({ label: visible[graph.events[at] ?? 0] ?? tau, to: graph.targets[at] ?? 0 });
    return list;
  });
  const vector = new Int32Array(system.parts.length);
  const final = moves.map((_, state) => hasEnded(system, graph.vectorOf(state, vector)));
  return { ok: true, lts: { labels: names, moves, final } };
}

function hasEnded({ parts, shapes, processes }: System, vector: Int32Array): boolean {
  for (let part = 0; part < processes; part++) if (shapes[parts[part]?.shape ?? 0]?.final[vector[part] ?? 0] !== 1) return false;
  return true;
}

/** A transition system as a system of one part. Its own moves are one hidden event, the last. */
export function labelledOf({ labels, moves, final }: Lts, name = 'process'): Labelled {
  const last = labels.length;
  const drawn = {
    moves: moves.map((list) => list.map(({ label, to }) => ({ label: String(label === tau ? last : label), to }))),
    final: new Set(final.flatMap((ends, state) => (ends ? [state] : []))),
  };
  const { shape, labels: numbers } = shapeOf(drawn);
  const part = { name, shape: 0, events: Int32Array.from(numbers, Number) };
  const events = [...labels.keys(), last].map(() => ({ parts: [0] }));
  return { system: { shapes: [shape], parts: [part], processes: 1, events }, labels: [...labels, 'τ'], hidden: new Set([last]) };
}
