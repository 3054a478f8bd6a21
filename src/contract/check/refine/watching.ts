import type { Budget } from '#contract/check/engine.ts';
import { comesTo } from '#contract/check/full/full.ts';
import { type DrawnMove, type System, shapeOf } from '#contract/network.ts';
import type { Normal } from './normal.ts';
import { Product, type Sides } from './product.ts';
import type { Refinement } from './refinement.ts';

/** Pairs that are looked at before anything is compiled: most counterexamples are among them, and most systems have no more. */
const fewPairs = 20_000;
/** Nodes of the normal form, and moves of the one who watches. */
const [mostNodes, mostMoves] = [4_096, 200_000];

/**
 * V145  In the traces model the normal form is a process that takes part in every visible event, and comes to a state of its own where it does not allow one. Whether it ever
 *       does is asked of the full search, which is compiled; its states are the pairs.
 *
 * @returns undefined where that proves nothing, or cannot be asked: the pairs are then looked at one by one.
 */
export function provedByWatching(sides: Sides, budget: Budget, few = fewPairs): Refinement | undefined {
  if (sides.model !== 'T' || budget.maxStates <= few || !neverEnds(sides.system)) return undefined;
  if (sides.system.shapes.some(({ cutAt }) => cutAt !== undefined)) return undefined;
  const first = new Product(sides, { ...budget, maxStates: few }).run();
  if (first.verdict !== 'unknown' || first.states <= few) return first;
  const watched = watchedBy(sides);
  if (watched === undefined) return undefined;
  // Where it proves nothing, half of the time is left for what can find a counterexample.
  const { reached, why, ...counted } = comesTo(watched.system, sides.system.parts.length, watched.wrong, {
    ...budget,
    maxMs: budget.maxMs / 2,
  });
  return reached || why !== undefined ? undefined : { ...counted, verdict: 'proved' };
}

// The end is an event that the full search does not know.
function neverEnds({ parts, shapes, processes }: System): boolean {
  return parts.slice(0, processes).some(({ shape }) => shapes[shape]?.final.every((ends) => ends === 0) === true);
}

function watchedBy({ system, visible, normal }: Sides): { readonly system: System; readonly wrong: number } | undefined {
  const nodes = allNodes(normal);
  const seen = [...visible.keys()].filter((event) => (visible[event] ?? -1) >= 0);
  if (nodes === undefined || nodes * seen.length > mostMoves) return undefined;
  const moves: DrawnMove[][] = Array.from({ length: nodes }, (_, node) =>
    seen.map((event) => {
      const after = normal.after[node * normal.stride + (visible[event] ?? 0)] ?? -1;
      return { label: String(event), to: after < 0 ? nodes : after };
    }),
  );
  const { shape, labels } = shapeOf({ moves: [...moves, []], final: new Set() });
  const self = system.parts.length;
  const part = { name: 'what is allowed', shape: system.shapes.length, events: Int32Array.from(labels, Number) };
  const events = system.events.map(({ parts }, event) => ({
    parts: parts.length > 0 && (visible[event] ?? -1) >= 0 ? [...parts, self] : parts,
  }));
  return { system: { ...system, shapes: [...system.shapes, shape], parts: [...system.parts, part], events }, wrong: nodes };
}

// Undefined when there are too many.
function allNodes(normal: Normal): number | undefined {
  for (let node = 0; node < normal.size; node++) {
    if (normal.size > mostNodes) return undefined;
    normal.expandTo(node);
  }
  return normal.size;
}
