import fc from 'fast-check';
import type { Shape, System } from '#contract/network.ts';
import { allEnded, naiveSteps } from './naive.ts';
import { randomSystem } from './random-system.ts';
import { tokenSystem } from './token-system.ts';

/**
 * Random systems with what a file of automata cannot say: links, whose end does not count; events with nobody to make them with; shapes that say
 * less than the truth after so many states.
 */
const bent = (systems: fc.Arbitrary<System>): fc.Arbitrary<System> =>
  fc
    .record({
      system: systems,
      links: fc.constantFrom(0, 0, 0, 1, 2),
      impossible: fc.option(fc.nat(6), { freq: 4 }),
      cut: fc.option(fc.record({ shape: fc.nat(4), at: fc.nat(3) }), { freq: 2 }),
    })
    .map(({ system, links, impossible, cut }) => ({
      ...system,
      processes: Math.max(1, system.processes - links),
      events: system.events.map((event, number) => (number === impossible ? { parts: [...event.parts, -1] } : event)),
      shapes: system.shapes.map((shape, number): Shape => (number === cut?.shape ? { ...shape, cutAt: cut.at } : shape)),
    }));

export const bentSystem = bent(randomSystem.map(({ system }) => system));
/** The same of systems in which tokens go round. */
export const bentTokens = bent(tokenSystem);

/** What an exact engine must say: a dead state without a cut part refutes; a cut state that can be reached leaves it open. Undefined for too many states. */
export function naiveVerdict(system: System): 'proved' | 'refuted' | 'unknown' | undefined {
  const isCut = (state: readonly number[]): boolean =>
    system.parts.some(({ shape }, part) => system.shapes[shape]?.cutAt === state[part]);
  const start = system.parts.map(() => 0);
  const seen = new Map([[start.join(), start]]);
  let open = false;
  for (const state of seen.values()) {
    if (seen.size > 5_000) return undefined;
    open ||= isCut(state);
    const steps = naiveSteps(system, state);
    if (steps.length === 0 && !isCut(state) && !allEnded(system, state)) return 'refuted';
    for (const { to } of steps) seen.set(to.join(), to);
  }
  return open ? 'unknown' : 'proved';
}
