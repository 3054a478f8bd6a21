import { type Budget, whileDrawing } from '#contract/check/engine.ts';
import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { Closure } from './closure.ts';
import { setsInOrder, Witness } from './evidence.ts';
import { frozenIn } from './frozen.ts';
import { Limits } from './limits.ts';
import { type Separate, separate } from './separate.ts';
import { Steps, tooWide } from './steps.ts';
import { type Done, shortestTo } from './stuck-way.ts';
import { Visited } from './visited.ts';
import { World } from './world.ts';

/** Whether some processes can be stuck for ever while others run. A trace is the numbers of events; `state` is that of each part after it. */
export type PartialOutcome = { readonly states: number } & (
  | { readonly verdict: 'proved'; readonly certificate: Certificate }
  | { readonly verdict: 'refuted'; readonly trace: readonly number[]; readonly state: readonly number[] }
  | { readonly verdict: 'unknown'; readonly why: string }
);

/**
 * V34  Looks for a reachable state in which a process is stuck (V33) and from which the rest never comes to a stop. Parts of the system that have nothing to do
 *      with each other are searched apart.
 *
 *      Whoever is stuck stays so. So it is enough to look at one state of each cycle that cannot be left; and stubborn sets that leave no event out for
 *      ever (Valmari 1989) lead to such a cycle from every state in which somebody is stuck.
 */
export function partialDeadlock(system: System, budget: Budget): PartialOutcome {
  const limits = new Limits(budget);
  const left = (): Budget => ({ ...budget, maxStates: budget.maxStates - states, maxMs: limits.leftMs });
  let states = 0;
  let stopped: { readonly apart: Separate; readonly found: Found } | undefined;
  let runs: Separate | undefined;
  let why: string | undefined;
  const refuted = (apart: Separate, { steps, state }: Found): PartialOutcome => {
    const way = shortestTo(apart.system, steps, state, left());
    return { ...inWhole(system, apart, way), verdict: 'refuted', states };
  };
  const groups: GroupEvidence[] = [];
  const apart = separate(system);
  for (const one of apart) {
    const seen = new PartialSearch(one.system, left()).run();
    states += seen.states;
    why ??= seen.why;
    groups.push(seen.evidence(one.events));
    if (seen.stuck !== undefined) return refuted(one, seen.stuck);
    if (seen.stopped !== undefined) stopped ??= { apart: one, found: seen.stopped };
    if (seen.runs) runs ??= one;
    // What is stuck altogether in one is stuck while another one runs.
    if (stopped !== undefined && seen.runs && stopped.apart !== one) return refuted(stopped.apart, stopped.found);
    if (seen.stopped !== undefined && runs !== undefined && runs !== one) return refuted(one, seen.stopped);
  }
  if (why !== undefined) return { verdict: 'unknown', states, why };
  return { verdict: 'proved', states, certificate: certificateOf(states, groups) };
}

/** V133  What was looked at in one group of parts, and one state of each cycle that cannot be left. Without sets when these are too many. */
type GroupEvidence = { readonly states: number } & Partial<{
  readonly sets: readonly (readonly number[])[];
  readonly of: readonly number[];
  readonly ends: readonly number[];
}>;

function certificateOf(states: number, groups: readonly GroupEvidence[]): Certificate {
  const words = [
    `${states.toLocaleString('en')} states were looked at. In each only some events were followed: the others neither take these away nor make more of their kind possible, and none is left out for ever.`,
    'Who is stuck stays so. So one state of each round that cannot be left was looked at: in none of them a process waits for ever.',
  ];
  return { by: 'stubborn-fair', words, data: { groups } };
}

function inWhole(
  system: System,
  { parts, events }: Separate,
  { trace, state }: { readonly trace: readonly number[]; readonly state: readonly number[] },
): { readonly trace: readonly number[]; readonly state: readonly number[] } {
  const whole = system.parts.map(() => 0);
  for (const [at, part] of parts.entries()) whole[part] = state[at] ?? 0;
  return { trace: trace.map((event) => events[event] ?? 0), state: whole };
}

/** A state and the steps there. */
interface Found {
  readonly steps: readonly Done[];
  readonly state: readonly number[];
}

/** What a search came to. */
interface Seen {
  readonly states: number;
  /** A state in which somebody is stuck and which lies on a cycle that cannot be left. */
  readonly stuck?: Found;
  /** A state in which nothing is possible and somebody has not ended. */
  readonly stopped?: Found;
  /** True when there is a cycle that cannot be left. */
  readonly runs: boolean;
  /** Why that may not be all. */
  readonly why?: string;
  /** @param events the numbers that its events have in the whole. */
  evidence(events: readonly number[]): GroupEvidence;
}

/** A state on the way, with what is known of the states that were come to from it. */
interface Frame {
  readonly number: number;
  /** Where on `todo` its steps begin. */
  readonly from: number;
  /** The least number on the way that can be come to again (Tarjan 1972). */
  low: number;
  /** True when some state that is done with can be come to. */
  leaves: boolean;
}

const mostTries = 12;

class PartialSearch {
  readonly #system: System;
  readonly #limits: Limits;
  readonly #world: World;
  readonly #closure: Closure;
  readonly #visited: Visited;
  readonly #todo = new Steps();
  readonly #done = new Steps();
  readonly #frames: Frame[] = [];
  /** States whose component is not complete, by number; their order is that of the numbers. */
  readonly #open: number[] = [];
  readonly #isOpen = new Set<number>();
  readonly #fired: Int32Array;
  /** Per event, the last state in which it was followed. */
  readonly #followed: Int32Array;
  readonly #witness: Witness;
  /** The first states of what cannot be left. */
  readonly #ends: number[] = [];
  #cut = false;
  #isWide = false;
  #runs = false;
  #stopped: Found | undefined;

  constructor(system: System, budget: Budget) {
    this.#system = system;
    this.#limits = new Limits(budget);
    this.#world = new World(system);
    this.#closure = new Closure(this.#world);
    this.#witness = new Witness(system, budget.again ?? whileDrawing);
    this.#visited = new Visited(this.#world.layout.words);
    this.#fired = new Int32Array(system.events.length);
    this.#followed = new Int32Array(system.events.length).fill(-1);
  }

  run(): Seen {
    this.#enter(this.#visited.add(this.#world.packed, this.#world.hash));
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const why = this.#isWide ? tooWide : this.#limits.stop(this.#visited.size, () => this.#bytes());
      if (why !== undefined) return this.#seen(why);
      if (this.#todo.size > frame.from) this.#go(frame);
      else if (frame.low === frame.number && !frame.leaves && this.#hasMore(frame)) continue;
      else if (this.#leave(frame)) return { ...this.#seen(undefined), stuck: this.#found() };
    }
    return this.#seen(this.#cut ? 'a buffer can hold more messages than are counted' : undefined);
  }

  #seen(why: string | undefined): Seen {
    return {
      states: this.#visited.size,
      runs: this.#runs,
      ...(this.#stopped !== undefined && { stopped: this.#stopped }),
      ...(why !== undefined && { why }),
      evidence: (events) => this.#evidence(events),
    };
  }

  #evidence(events: readonly number[]): GroupEvidence {
    const states = this.#visited.size;
    const found = setsInOrder(this.#system, this.#visited, this.#witness);
    if (found === undefined) return { states };
    const sets = found.data.sets.map((set) => set.map((event) => events[event] ?? 0));
    return { states, sets, of: found.data.of, ends: this.#ends.map(found.numberOf) };
  }

  #enter(number: number): void {
    const { possible, possibleCount, cuts } = this.#world;
    if (cuts > 0) this.#cut = true;
    this.#frames.push({ number, from: this.#todo.size, low: number, leaves: false });
    this.#open.push(number);
    this.#isOpen.add(number);
    const fired = (event: number): number => this.#fired[event] ?? 0;
    const seeds = possible.slice(0, possibleCount).sort((a, b) => fired(a) - fired(b));
    this.#follow(number, this.#closure.choose(seeds, possibleCount, mostTries).events);
    if (!this.#witness.isFull) this.#witness.put(number, this.#closure.whole());
  }

  #follow(number: number, events: readonly number[]): void {
    for (const event of events) if (this.#world.isPossible(event)) this.#followed[event] = number;
    if (!this.#todo.push(this.#world, events)) this.#isWide = true;
  }

  #go(frame: Frame): void {
    const event = this.#todo.take(this.#world, this.#done);
    this.#fired[event] = (this.#fired[event] ?? 0) + 1;
    const number = this.#visited.add(this.#world.packed, this.#world.hash);
    if (number >= 0) {
      this.#enter(number);
      return;
    }
    const known = -1 - number;
    if (this.#isOpen.has(known)) frame.low = Math.min(frame.low, known);
    else frame.leaves = true;
    this.#undo();
  }

  // A cycle that is not left must not leave out for ever what is possible all the time: that is followed too.
  #hasMore({ number }: Frame): boolean {
    const { possible, possibleCount } = this.#world;
    const missed = [...possible.subarray(0, possibleCount)].filter((event) => (this.#followed[event] ?? -1) < number);
    const [first] = missed;
    if (first === undefined) return false;
    const set = this.#closure.around([first]);
    this.#follow(number, set);
    this.#witness.put(number, set);
    return true;
  }

  // A state is done with; true when it is one of a cycle that cannot be left, and somebody is stuck there.
  #leave(frame: Frame): boolean {
    const isRoot = frame.low === frame.number;
    if (isRoot && !frame.leaves) {
      this.#ends.push(frame.number);
      if (this.#settled()) return true;
    }
    if (isRoot) while ((this.#open.at(-1) ?? -1) >= frame.number) this.#isOpen.delete(this.#open.pop() ?? -1);
    this.#frames.pop();
    const before = this.#frames.at(-1);
    if (before === undefined) return false;
    before.leaves ||= isRoot || frame.leaves;
    if (!isRoot) before.low = Math.min(before.low, frame.low);
    this.#undo();
    return false;
  }

  // The world is in a state that nothing leads away from for good: true when it runs on and somebody is stuck.
  #settled(): boolean {
    const runs = this.#world.possibleCount > 0;
    this.#runs ||= runs;
    if (!runs && this.#stopped !== undefined) return false;
    const isStuck = stuckAmong(this.#system, this.#world.state, frozenIn(this.#world, this.#system)).length > 0;
    if (isStuck && !runs) this.#stopped = this.#found();
    return isStuck && runs;
  }

  #found(): Found {
    const state = [...this.#world.state];
    const world = new World(this.#system);
    for (const [part, at] of state.entries()) world.move(part, at);
    const way = this.#done.copy();
    const steps: Done[] = [];
    while (way.size > 0) steps.push(way.takeBack(world));
    return { steps: steps.reverse(), state };
  }

  #undo(): void {
    const { event } = this.#done.takeBack(this.#world);
    this.#fired[event] = (this.#fired[event] ?? 0) - 1;
  }

  #bytes(): number {
    return this.#visited.bytes + this.#todo.bytes + this.#done.bytes + 64 * this.#frames.length + 32 * this.#open.length;
  }
}

/** Of the frozen parts, the processes that have not ended. */
export function stuckAmong(system: System, state: ArrayLike<number>, parts: readonly number[]): number[] {
  return parts.filter(
    (part) => part < system.processes && system.shapes[system.parts[part]?.shape ?? 0]?.final[state[part] ?? 0] !== 1,
  );
}
