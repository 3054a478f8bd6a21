import { type System, shapeOf } from '#contract/network.ts';

/** Parts that each count to a number of their own, nobody with anybody: as many states as the product of the numbers, and one deadlock, the last. */
export function counters(sizes: readonly number[]): System {
  const drawn = sizes.map((size) =>
    shapeOf({
      moves: Array.from({ length: size }, (_, at) => (at + 1 < size ? [{ label: 'up', to: at + 1 }] : [])),
      final: new Set(),
    }),
  );
  return {
    shapes: drawn.map(({ shape }) => shape),
    parts: sizes.map((_, number) => ({ name: `p${number}`, shape: number, events: Int32Array.of(number) })),
    processes: sizes.length,
    events: sizes.map((_, number) => ({ parts: [number] })),
  };
}

/** A shape of a million states that never leaves the first, in which it may end. */
const idle = {
  first: new Int32Array(2 ** 20 + 1),
  labels: new Int32Array(0),
  targets: new Int32Array(0),
  final: new Uint8Array(2 ** 20).fill(1),
};

/** How far a part of a spread system moves: part `n` becomes part `spreadBy · n`. */
export const spreadBy = 4;

/** The same system with idle parts of sixty bits after each part, so that small systems take many words. */
export function spread(system: System): System {
  const idler = { name: 'idle', shape: system.shapes.length, events: new Int32Array(0) };
  return {
    shapes: [...system.shapes, idle],
    parts: system.parts.flatMap((part) => [part, idler, idler, idler]),
    processes: system.processes * spreadBy,
    events: system.events.map(({ parts }) => ({ parts: parts.map((part) => (part < 0 ? part : spreadBy * part)) })),
  };
}
