import type { System } from '#contract/network.ts';

/** A part of a system that has no event with the rest, and the numbers its parts and events have in the whole. */
export interface Separate {
  readonly system: System;
  readonly parts: readonly number[];
  readonly events: readonly number[];
}

/** The smallest systems, each without a common event with another, that a system consists of; in the order of their first parts. */
export function separate(system: System): Separate[] {
  const root = Int32Array.from(system.parts, (_, part) => part);
  const find = (part: number): number => {
    let at = part;
    while (root[at] !== at) {
      root[at] = root[root[at] ?? 0] ?? 0;
      at = root[at] ?? 0;
    }
    return at;
  };
  for (const { parts } of system.events) {
    const real = parts.filter((part) => part >= 0);
    for (const part of real) root[Math.max(find(part), find(real[0] ?? 0))] = Math.min(find(part), find(real[0] ?? 0));
  }
  const groups = new Map<number, number[]>();
  for (let part = 0; part < root.length; part++) put(groups, find(part), part);
  if (groups.size === 1) {
    return [{ system, parts: [...system.parts.keys()], events: [...system.events.keys()] }];
  }
  const eventsOf = new Map<number, number[]>();
  for (const [event, { parts }] of system.events.entries()) {
    const first = parts.find((part) => part >= 0);
    if (first !== undefined) put(eventsOf, find(first), event);
  }
  return [...groups].map(([group, parts]) => within(system, parts, eventsOf.get(group) ?? []));
}

function put(groups: Map<number, number[]>, group: number, member: number): void {
  const members = groups.get(group);
  if (members === undefined) groups.set(group, [member]);
  else members.push(member);
}

function within(system: System, parts: readonly number[], events: readonly number[]): Separate {
  const partAt = new Map(parts.map((part, at) => [part, at]));
  const eventAt = new Map(events.map((event, at) => [event, at]));
  return {
    parts,
    events,
    system: {
      shapes: system.shapes,
      processes: parts.filter((part) => part < system.processes).length,
      parts: parts.flatMap((part) => {
        const own = system.parts[part];
        return own === undefined ? [] : [{ ...own, events: own.events.map((event) => eventAt.get(event) ?? -1) }];
      }),
      events: events.map((event) => ({ parts: (system.events[event]?.parts ?? []).map((part) => partAt.get(part) ?? -1) })),
    },
  };
}
