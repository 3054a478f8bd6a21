import fc from 'fast-check';
import { compose, isReady } from '#contract/compose.ts';
import type { Network, System } from '#contract/network.ts';
import { wire } from '#contract/wiring.ts';
import { randomDesign } from './random.ts';
import { randomSystem } from './random-system.ts';

/** Systems in which some events are impossible, the last parts are links, and some shape may say less than the truth. */
export const anySystem: fc.Arbitrary<System> = fc
  .record({ named: randomSystem, dead: fc.nat(20), links: fc.constantFrom(0, 0, 0, 1, 2), cut: fc.constantFrom(0, 0, 0, 1, 2) })
  .map(({ named: { system }, dead, links, cut }) => ({
    ...system,
    events: system.events.map((event, number) => (number === dead ? { parts: [...event.parts, -1] } : event)),
    processes: Math.max(1, system.parts.length - links),
    shapes: system.shapes.map((shape, number) => {
      const states = shape.final.length;
      return cut > 0 && number === 0 && states > cut ? { ...shape, cutAt: states - 1 } : shape;
    }),
  }));

/** The systems of random designs. */
export const anyNetwork: fc.Arbitrary<Network> = randomDesign.map(({ body, lookup }) => {
  const nodes = wire(body, lookup);
  if (!nodes.every(isReady)) throw new Error('not ready');
  return compose(nodes, false);
});
