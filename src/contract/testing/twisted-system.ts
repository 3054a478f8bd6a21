import fc from 'fast-check';
import { compose, isReady } from '#contract/compose.ts';
import type { Shape, System } from '#contract/network.ts';
import { wire } from '#contract/wiring.ts';
import { randomDesign } from './random.ts';
import { randomSystem } from './random-system.ts';

/** A system and the same with parts whose shapes say less than the truth from some state on. */
export interface Twisted {
  readonly whole: System;
  readonly cut: System;
}

/**
 * Random systems with what designs have besides: parts that only remember, events nobody is there to make; and for each a second one in
 * which a part has lost moves of one state, and says so by `cutAt`.
 */
export const twistedSystem: fc.Arbitrary<Twisted> = fc
  .record({
    system: fc.oneof(
      { weight: 3, arbitrary: randomSystem.map(({ system }) => system) },
      {
        weight: 2,
        arbitrary: randomDesign.map(({ body, lookup }): System => compose(wire(body, lookup).filter(isReady), false)),
      },
    ),
    links: fc.constantFrom(0, 0, 0, 1, 2),
    nobody: fc.option(fc.nat(20), { freq: 4 }),
    part: fc.nat(20),
    state: fc.nat(20),
    kept: fc.nat(3),
  })
  .map(({ system, links, nobody, part, state, kept }) => {
    const whole: System = {
      ...system,
      processes: Math.max(1, Math.min(system.processes, system.parts.length - links)),
      events: system.events.map((event, number) => (number === nobody ? { ...event, parts: [...event.parts, -1] } : event)),
    };
    return { whole, cut: cutIn(whole, part % system.parts.length, state, kept) };
  });

// The part gets a shape of its own that makes only the first `kept` moves in one of its states.
function cutIn(system: System, part: number, at: number, kept: number): System {
  const old = system.parts[part];
  const shape = system.shapes[old?.shape ?? 0];
  if (old === undefined || shape === undefined) return system;
  const cutAt = at % shape.final.length;
  const moves = Array.from({ length: shape.labels.length }, (_, move) => move).filter(
    (move) => move < (shape.first[cutAt] ?? 0) + kept || move >= (shape.first[cutAt + 1] ?? 0),
  );
  const lost = shape.labels.length - moves.length;
  const less: Shape = {
    first: shape.first.map((first, state) => (state > cutAt ? first - lost : first)),
    labels: Int32Array.from(moves, (move) => shape.labels[move] ?? 0),
    targets: Int32Array.from(moves, (move) => shape.targets[move] ?? 0),
    final: shape.final,
    cutAt,
  };
  const parts = system.parts.with(part, { ...old, shape: system.shapes.length });
  return { ...system, shapes: [...system.shapes, less], parts };
}
