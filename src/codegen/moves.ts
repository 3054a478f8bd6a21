import type { System } from '#contract/network.ts';

/** One step of a part: `event` is a number of the system. */
export interface Step {
  readonly from: number;
  readonly event: number;
  readonly to: number;
}

/** The steps of a part by state, in the order of the shape. Steps that can never be made are left out: of an event with nobody to make it with. */
export function stepsOf(system: System, part: number): readonly Step[] {
  const { shape: number, events } = system.parts[part] as System['parts'][number];
  const shape = system.shapes[number] as System['shapes'][number];
  const steps: Step[] = [];
  for (let from = 0; from + 1 < shape.first.length; from++) {
    for (let move = shape.first[from] ?? 0; move < (shape.first[from + 1] ?? 0); move++) {
      const event = events[shape.labels[move] ?? 0] ?? 0;
      const takers = system.events[event]?.parts ?? [];
      if (takers.includes(part) && !takers.includes(-1)) steps.push({ from, event, to: shape.targets[move] ?? 0 });
    }
  }
  return steps;
}

/** Of each part the events it takes part in, also those it always refuses; ascending. Impossible events are left out. */
export function alphabetsOf({ parts, events }: System): readonly (readonly number[])[] {
  const alphabets = parts.map((): number[] => []);
  for (const [event, { parts: takers }] of events.entries())
    if (!takers.includes(-1)) for (const part of takers) alphabets[part]?.push(event);
  return alphabets;
}

export function statesOf({ shapes, parts }: System, part: number): number {
  return (shapes[parts[part]?.shape ?? 0]?.first.length ?? 1) - 1;
}

/** The states in which a part does not keep the system from having ended: of a link all, since only processes end. */
export function finalsOf({ shapes, parts, processes }: System, part: number): readonly number[] {
  const final = shapes[parts[part]?.shape ?? 0]?.final ?? new Uint8Array();
  return [...final.keys()].filter((state) => part >= processes || final[state] === 1);
}

/** True when every process has a state in which it has ended; otherwise the system never ends. */
export function mayEnd(system: System): boolean {
  return system.parts.slice(0, system.processes).every((_, part) => finalsOf(system, part).length > 0);
}
