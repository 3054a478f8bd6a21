import type { System } from '#contract/network.ts';

/** Leads one move of one shape elsewhere, or takes it away; each number is taken as often round as it has to be. */
export function withMoveChanged(system: System, shape: number, move: number, target: number): System {
  const shapes = system.shapes.map((one, number) => {
    if (number !== shape % system.shapes.length || one.targets.length === 0) return one;
    const at = move % one.targets.length;
    const states = one.final.length;
    if (target % 3 > 0) return { ...one, targets: one.targets.map((to, place) => (place === at ? target % states : to)) };
    const without = (list: Int32Array): Int32Array => list.filter((_, place) => place !== at);
    return {
      ...one,
      first: one.first.map((begin) => (begin > at ? begin - 1 : begin)),
      labels: without(one.labels),
      targets: without(one.targets),
    };
  });
  return { ...system, shapes };
}
