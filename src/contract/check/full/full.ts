import type { Budget, Counted, Engine, Outcome } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import type { StateSpace } from './state-space.ts';
import { sweep } from './sweep.ts';

/**
 * K14  Looks at every reachable state, nearest first, so the trace to a deadlock is a shortest one. A state without a possible
 *      event is a deadlock unless every process has ended.
 */
export const full: Engine = { name: 'full', run: search };

function search(system: System, budget: Budget): Outcome {
  let dead: number | undefined;
  const judge = new Judge(system);
  const swept = sweep(system, budget, (space, state) => {
    if (judge.isDeadlock(space.vectorOf(state))) dead = state;
    return dead !== undefined;
  });
  if (!('space' in swept)) return { ...nothing, verdict: 'unknown', why: swept.why };
  const { space, why } = swept;
  const numbers = counted(space);
  if (dead !== undefined) return { ...numbers, verdict: 'refuted', trace: space.wayTo(dead), dead: [...space.vectorOf(dead)] };
  if (why !== undefined) return { ...numbers, verdict: 'unknown', why };
  if (judge.meetsCut(space)) return { ...numbers, verdict: 'unknown', why: 'a buffer can hold more messages than are counted' };
  return { ...numbers, verdict: 'proved', certificate: certificateOf(numbers) };
}

// V15
function certificateOf({ states, transitions }: Counted): Certificate {
  const words = `${states === 1 ? 'The only reachable state' : `Every one of the ${count(states)} reachable states`} was looked at: in ${states === 1 ? 'it' : 'each'}, something is possible or every process has ended.`;
  return { by: 'exhaustive', words: [words], data: { states, transitions } };
}

/** What a full search knows of a system besides its verdict. */
export interface Explored extends Counted {
  /** False when the budget ended the search (`why`): then all else here is of the states that were looked at. */
  readonly complete: boolean;
  readonly why?: string;
  /** Per event, 1 when it was ever made. */
  readonly events: Uint8Array;
  /** Per part and local state, 1 when it was reached. */
  readonly reached: readonly Uint8Array[];
  /** States in which nothing is possible and some process has not ended. */
  readonly deadlocks: number;
  /** The nearest of them: the events of a shortest trace, and the local state of each part after it. */
  readonly firstDeadlock?: { readonly trace: readonly number[]; readonly dead: readonly number[] };
  /** True when some part reached a state in which its shape says less than the truth: there may be more than is told here. */
  readonly cut: boolean;
}

/** V16  Looks at every reachable state and goes on past deadlocks. */
export function explore(system: System, budget: Budget): Explored {
  let [deadlocks, first] = [0, -1];
  const judge = new Judge(system);
  const swept = sweep(system, budget, (space, state) => {
    if (judge.isDeadlock(space.vectorOf(state)) && deadlocks++ === 0) first = state;
    return false;
  });
  const reached = system.parts.map(({ shape }) => new Uint8Array(system.shapes[shape]?.final.length ?? 1));
  if (!('space' in swept))
    return {
      ...nothing,
      complete: false,
      why: swept.why,
      events: new Uint8Array(system.events.length),
      reached,
      deadlocks,
      cut: false,
    };
  const { space, why } = swept;
  eachVector(system, space, (vector) => {
    for (let part = 0; part < reached.length; part++) (reached[part] as Uint8Array)[vector[part] ?? 0] = 1;
  });
  return {
    ...counted(space),
    complete: why === undefined,
    ...(why !== undefined && { why }),
    events: space.made,
    reached,
    deadlocks,
    ...(first >= 0 && { firstDeadlock: { trace: space.wayTo(first), dead: [...space.vectorOf(first)] } }),
    cut: system.parts.some(({ shape }, part) => reached[part]?.[system.shapes[shape]?.cutAt ?? -1] === 1),
  };
}

/** V16  How many states can be reached, and by how many transitions: exact when complete. */
export function countStates(system: System, budget: Budget): Counted & { readonly complete: boolean; readonly why?: string } {
  const swept = sweep(system, budget, () => false);
  if (!('space' in swept)) return { ...nothing, complete: false, why: swept.why };
  const { space, why } = swept;
  return { ...counted(space), complete: why === undefined, ...(why !== undefined && { why }) };
}

/** V145  Whether a part ever comes to a local state. It stops there; without `why` and that, all states were looked at. */
export function comesTo(
  system: System,
  part: number,
  local: number,
  budget: Budget,
): Counted & { readonly reached: boolean; readonly why?: string } {
  let reached = false;
  const swept = sweep(
    system,
    budget,
    () => false,
    (space, from) => {
      reached = space.isIn(part, local, from);
      return reached;
    },
  );
  if (!('space' in swept)) return { ...nothing, reached, why: swept.why };
  const { space, why } = swept;
  return { ...counted(space), reached, ...(why !== undefined && { why }) };
}

const nothing: Counted = { states: 0, transitions: 0, peakBytes: 0 };
const counted = ({ size, transitions, bytes }: StateSpace): Counted => ({ states: size, transitions, peakBytes: bytes });
const count = (number: number): string => number.toLocaleString('en');

function eachVector(system: System, space: StateSpace, look: (vector: Int32Array) => void): void {
  const vector = new Int32Array(system.parts.length);
  for (let state = 0; state < space.size; state++) look(space.vectorOf(state, vector));
}

/** What a state means, by its vector. */
class Judge {
  readonly #system: System;
  readonly #cuts: readonly { readonly part: number; readonly at: number }[];

  constructor(system: System) {
    this.#system = system;
    this.#cuts = system.parts.flatMap(({ shape }, part) => {
      const at = system.shapes[shape]?.cutAt;
      return at === undefined ? [] : [{ part, at }];
    });
  }

  /** Whether a state without a successor is a deadlock. V17  Where a shape says less than the truth it may have one after all. */
  isDeadlock(vector: Int32Array): boolean {
    return !this.#hasEnded(vector) && !this.#isCut(vector);
  }

  meetsCut(space: StateSpace): boolean {
    let met = false;
    if (this.#cuts.length > 0) eachVector(this.#system, space, (vector) => (met ||= this.#isCut(vector)));
    return met;
  }

  #isCut(vector: Int32Array): boolean {
    return this.#cuts.some(({ part, at }) => vector[part] === at);
  }

  #hasEnded(vector: Int32Array): boolean {
    const { parts, shapes, processes } = this.#system;
    for (let part = 0; part < processes; part++)
      if (shapes[parts[part]?.shape ?? 0]?.final[vector[part] ?? 0] !== 1) return false;
    return true;
  }
}
