import { type Budget, type Engine, type Outcome, whileDrawing } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import { certificateOf } from './certificate.ts';
import { Forest, type Group } from './forest.ts';
import { cut, type Graph, isRestless, statesOf } from './graph.ts';
import { Meter, OutOfBudget } from './meter.ts';
import { Order, scopesOf } from './order.ts';
import { wayToStuck } from './way.ts';

/**
 * V40 to V49  Puts the parts of a system together, two groups at a time; what nobody else takes part in is hidden, and each group is made as
 *      small as it can be without anybody telling the difference. A deadlock is then a state of the last group.
 */
export const compositional: Engine = { name: 'compositional', run };

function run(system: System, budget: Budget): Outcome {
  const meter = new Meter(budget);
  const mostNumbers = (budget.again ?? whileDrawing).numbers;
  const numbers = (): Counts => ({
    states: Math.max(1, Math.min(meter.states, budget.maxStates)),
    transitions: meter.transitions,
    peakBytes: meter.bytes,
  });
  try {
    const last = putTogether(system, meter);
    if (last === undefined || alwaysGoesOn(last.graph))
      return {
        ...numbers(),
        verdict: 'proved',
        ...(last !== undefined && { certificate: certificateOf(system, last, mostNumbers) }),
      };
    const { graph } = last;
    const isStuck = (state: number): boolean => !isRestless(graph, state) && graph.marks[state] === 0;
    if (!anyState(graph, isStuck)) {
      if (anyState(graph, (state) => ((graph.marks[state] ?? 0) & cut) !== 0))
        return { ...numbers(), verdict: 'unknown', why: 'a buffer can hold more messages than are counted' };
      return { ...numbers(), verdict: 'proved', certificate: certificateOf(system, last, mostNumbers) };
    }
    const way = wayToStuck(system, last, isStuck, meter);
    if (way === undefined) return { ...numbers(), verdict: 'unknown', why: 'a deadlock was found, but no trace to it' };
    return { ...numbers(), verdict: 'refuted', ...way };
  } catch (thrown) {
    if (thrown instanceof OutOfBudget) return { ...numbers(), verdict: 'unknown', why: thrown.message };
    throw thrown;
  }
}

interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly peakBytes: number;
}

// One group of all parts; or of some, when these alone can always go on. Nothing when there are no parts.
function putTogether(system: System, meter: Meter): Group | undefined {
  const forest = new Forest(system, meter);
  const order = new Order(forest, meter, ({ graph }) => alwaysGoesOn(graph));
  const left: (readonly Group[])[] = [];
  const scopes = scopesOf(system.parts.map(({ name }) => name));
  for (const [at, { parts, inner }] of scopes.entries()) {
    const groups = [...parts.map((part) => forest.leaf(part)), ...inner.flatMap((scope) => left[scope] ?? [])];
    groups.sort((a, b) => a.least - b.least);
    const decided = groups.find(({ graph }) => alwaysGoesOn(graph));
    if (decided !== undefined) return decided;
    const joined = order.join(groups, at < scopes.length - 1);
    const [one] = joined;
    if (one !== undefined && alwaysGoesOn(one.graph)) return one;
    left.push(joined);
  }
  return left.at(-1)?.[0];
}

/** V45  In no state does it wait for others: whatever they do, the whole is never stuck. */
function alwaysGoesOn(graph: Graph): boolean {
  return !anyState(graph, (state) => !isRestless(graph, state) || ((graph.marks[state] ?? 0) & cut) !== 0);
}

function anyState(graph: Graph, fits: (state: number) => boolean): boolean {
  for (let state = 0; state < statesOf(graph); state++) if (fits(state)) return true;
  return false;
}
