import { type Automaton, type Named, systemOf } from '#contract/automata.ts';

/** Systems of any size whose answers are known, for tests of the engines and for bench/check. */

const cycle = (name: string, ...events: readonly string[]): Automaton => ({
  name,
  initial: 0,
  states: events.length,
  transitions: events.map((event, at) => [at, event, (at + 1) % events.length] as const),
});

/**
 * Dining philosophers (Dijkstra 1965): each takes its left fork, then its right one, and lays them down in the same order: 3ⁿ − 1 states. With `orderly` the
 * last takes its right fork first, and nothing can deadlock.
 */
export function philosophers(count: number, orderly = false): Named {
  const automata = Array.from({ length: count }, (_, at): Automaton[] => {
    const [left, right, before] = [at, (at + 1) % count, (at + count - 1) % count];
    const order = orderly && at === count - 1 ? [right, left] : [left, right];
    const events = ['take', 'lay'].flatMap((does) => order.map((fork) => `${does}.${at}.${fork}`));
    const fork = [at, before].flatMap((who, state): Automaton['transitions'] => [
      [0, `take.${who}.${at}`, state + 1],
      [state + 1, `lay.${who}.${at}`, 0],
    ]);
    return [cycle(`philosopher${at}`, ...events), { name: `fork${at}`, initial: 0, states: 3, transitions: fork }];
  });
  return systemOf(automata.flat());
}

/** Milner's scheduler (1989): a ring of cells each of which starts its task, hands on the turn, and waits for the task's end in either order. */
export function milner(count: number): Named {
  return systemOf(
    Array.from({ length: count }, (_, at): Automaton => {
      const [turn, next, start, end] = [`turn.${at}`, `turn.${(at + 1) % count}`, `start.${at}`, `end.${at}`];
      // Waits for its turn, starts, then hands on and ends in either order.
      const transitions: Automaton['transitions'] = [
        [0, turn, 1],
        [1, start, 2],
        [2, next, 3],
        [2, end, 4],
        [3, end, 0],
        [4, next, 0],
      ];
      return { name: `cell${at}`, initial: at === 0 ? 1 : 0, states: 5, transitions };
    }),
  );
}

/** A line of stages that take an item, work on it alone, and hand it on: 3ⁿ states. */
export function pipeline(count: number): Named {
  return systemOf(Array.from({ length: count }, (_, at) => cycle(`stage${at}`, `pass.${at}`, `work.${at}`, `pass.${at + 1}`)));
}

/**
 * A random acyclic dataflow design: node k reads all its inputs in parallel, then writes all its outputs in parallel. Deadlock-free, as all are
 * I/O-SEQ and there is no cycle; with `back` connections against the order, most are not.
 *
 * @param random numbers from 0 below 1.
 */
export function dataflow(nodes: number, random: () => number, { extra = 0.2, back = 0 } = {}): Named {
  const inputs = Array.from({ length: nodes }, (): string[] => []);
  const outputs = Array.from({ length: nodes }, (): string[] => []);
  const join = (from: number, to: number): void => {
    const event = `c${from}.${to}`;
    if (outputs[from]?.includes(event)) return;
    outputs[from]?.push(event);
    inputs[to]?.push(event);
  };
  const near = (to: number): number => Math.max(0, to - 1 - Math.floor(random() * 8));
  for (let to = 1; to < nodes; to++) {
    join(near(to), to);
    if (random() < extra) join(near(to), to);
    if (random() < back) join(to, near(to));
  }
  return systemOf(inputs.map((ins, at) => readsThenWrites(`n${at}`, ins, outputs[at] ?? [])));
}

// All subsets of the events of a phase, in any order; the last of one phase leads to the first of the next.
function readsThenWrites(name: string, ins: readonly string[], outs: readonly string[]): Automaton {
  const phases = [ins, outs].filter((phase) => phase.length > 0);
  if (phases.length === 0) phases.push([`idle.${name}`]);
  const sizes = phases.map((phase) => (1 << phase.length) - 1);
  const starts = [0, sizes[0] ?? 0];
  const transitions: [number, string, number][] = [];
  for (const [number, phase] of phases.entries()) {
    const [start = 0, all = 0] = [starts[number], sizes[number]];
    const next = starts[(number + 1) % phases.length] ?? 0;
    for (let done = 0; done < all; done++)
      for (const [bit, event] of phase.entries()) {
        const then = done | (1 << bit);
        if (then !== done) transitions.push([start + done, event, then === all ? next : start + then]);
      }
  }
  return { name, initial: 0, states: sizes.reduce((sum, size) => sum + size, 0), transitions };
}
