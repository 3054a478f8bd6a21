import type { Named } from '#contract/automata.ts';
import type { Lts, Move } from '#contract/lts.ts';

/**
 * The parts of a system as state equations must describe them: events as `e_name`; possible ones only; where the system can end, each process does `done`
 * for ever in a final state.
 */
export function partsOf({ system, labels }: Named): readonly Lts[] {
  const finals = (part: number): Uint8Array => system.shapes[system.parts[part]?.shape ?? 0]?.final ?? new Uint8Array();
  const processes = system.parts.slice(0, system.processes).map((_, part) => part);
  const mayEnd = processes.every((part) => finals(part).includes(1));
  const done = labels.length;
  return system.parts.map(({ shape: number, events }, part): Lts => {
    const shape = system.shapes[number];
    if (shape === undefined) throw new Error(`no shape ${number}`);
    const moves = Array.from({ length: shape.first.length - 1 }, (_, state): Move[] => {
      const list: Move[] = [];
      for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++) {
        const label = events[shape.labels[move] ?? 0] ?? 0;
        if (system.events[label]?.parts.includes(-1) !== true) list.push({ label, to: shape.targets[move] ?? 0 });
      }
      if (mayEnd && part < system.processes && shape.final[state] === 1) list.push({ label: done, to: state });
      return list;
    });
    return { labels: [...labels.map((label) => `e_${label}`), 'done'], moves, final: moves.map(() => false) };
  });
}
