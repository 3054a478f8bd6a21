import { type Budget, usualBudget } from '#contract/check/engine.ts';
import type { Part, Shape, System } from '#contract/network.ts';
import { Forest, type Group } from './forest.ts';
import { cut, ended, type Graph, inside } from './graph.ts';
import { Meter, OutOfBudget } from './meter.ts';
import { Order } from './order.ts';

/**
 * V47  The system with some of its parts put together into one, hidden and minimised: it deadlocks exactly where the given one does. The events keep their
 *      numbers; one more, the last, is what happens inside the new part, which stands in the place of the first of those it is made of.
 *
 * @returns the given system when the parts do not fit the budget together, or one of them says less than the truth.
 */
export function condense(system: System, parts: readonly number[], budget: Budget = usualBudget): System {
  const meter = new Meter(budget);
  const forest = new Forest(system, meter);
  const order = new Order(forest, meter, () => false);
  try {
    const [one] = order.join(
      [...parts].sort((a, b) => a - b).map((part) => forest.leaf(part)),
      false,
    );
    return one === undefined || one.graph.marks.some((mark) => (mark & cut) !== 0)
      ? system
      : replaced(system, new Set(parts), one);
  } catch (thrown) {
    if (thrown instanceof OutOfBudget) return system;
    throw thrown;
  }
}

function replaced(system: System, gone: ReadonlySet<number>, group: Group): System {
  const isProcess = group.least < system.processes;
  const numbers = new Int32Array(system.parts.length);
  const parts: Part[] = [];
  for (const [number, part] of system.parts.entries()) {
    if (number === group.least) parts.push(condensed(system, group));
    numbers[number] = gone.has(number) ? -1 : parts.length;
    if (!gone.has(number)) parts.push(part);
  }
  const place = parts.findIndex(({ shape }) => shape === system.shapes.length);
  const placeOf = (part: number): number => (part < 0 ? -1 : gone.has(part) ? place : (numbers[part] ?? 0));
  const events = system.events.map((event) => ({ ...event, parts: [...new Set(event.parts.map(placeOf))] }));
  return {
    shapes: [...system.shapes, shapeOfGraph(group.graph)],
    parts,
    processes: system.processes - [...gone].filter((part) => part < system.processes).length + (isProcess ? 1 : 0),
    events: [...events, { parts: [place] }],
  };
}

function condensed(system: System, group: Group): Part {
  const events = group.events.slice();
  events[inside] = system.events.length;
  return { name: system.parts[group.least]?.name ?? '', shape: system.shapes.length, events };
}

function shapeOfGraph({ first, labels, targets, marks }: Graph): Shape {
  return { first, labels, targets, final: marks.map((mark) => mark & ended) };
}
