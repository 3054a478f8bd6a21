import type { StateGraph } from '#contract/check/full/graph.ts';
import type { System } from '#contract/network.ts';
import { componentsOf } from './recurring.ts';

/** A way that can be gone again and again: how to get there, and round. */
export interface Lasso {
  readonly way: readonly number[];
  readonly cycle: readonly number[];
}

/** What a way round must meet: a state, or a transition by its number. */
export type Goal = { readonly state: number } | { readonly transition: number };

/**
 * Cycles in a graph of reachable states, and what weak fairness says of them: a process that has not ended and could make an event in every state of the
 * cycle makes one in it. The processes alone are meant; links only remember.
 */
export class Cycles {
  readonly #system: System;
  readonly #graph: StateGraph;
  readonly #from: Int32Array;
  readonly #takers: readonly (readonly number[])[];
  readonly #vector: Int32Array;

  constructor(system: System, graph: StateGraph) {
    this.#system = system;
    this.#graph = graph;
    this.#takers = system.events.map(({ parts }) => parts.filter((part) => part >= 0 && part < system.processes));
    this.#vector = new Int32Array(system.parts.length);
    this.#from = new Int32Array(graph.events.length);
    for (let state = 0; state < graph.states; state++)
      this.#from.fill(state, graph.first[state] ?? 0, graph.first[state + 1] ?? 0);
  }

  /** The processes that make an event. */
  takers(event: number): readonly number[] {
    return this.#takers[event] ?? [];
  }

  /** The largest sets of states among which one can go round and round by allowed events alone, nearest first; each by number of state. */
  groups(allowed: (event: number) => boolean): number[][] {
    return this.components(allowed).groups;
  }

  /** The same, and for each state the number of its component: no allowed event leads to a higher one. */
  components(allowed: (event: number) => boolean): { readonly component: Int32Array; readonly groups: number[][] } {
    const { states, first, events, targets } = this.#graph;
    const component = componentsOf(states, (state, visit) => {
      for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++) if (allowed(events[at] ?? 0)) visit(targets[at] ?? 0);
    });
    const round = new Set<number>();
    for (let at = 0; at < events.length; at++) {
      const here = component[this.#from[at] ?? 0] ?? 0;
      if (allowed(events[at] ?? 0) && here === component[targets[at] ?? 0]) round.add(here);
    }
    const groups = new Map<number, number[]>();
    for (let state = 0; state < states; state++) {
      const number = component[state] ?? 0;
      if (!round.has(number)) continue;
      const group = groups.get(number) ?? [];
      group.push(state);
      groups.set(number, group);
    }
    return { component, groups: [...groups.values()] };
  }

  /** The states of a group in which a process has not ended and can make an event, allowed or not. */
  ready(group: readonly number[], process: number): number[] {
    return group.filter((state) => this.#canMove(state, process));
  }

  /**
   * What a way round within the group must meet so that it is fair to every process; undefined when no way can be, because
   * some process could go on all the time and never does.
   */
  fairGoals(group: readonly number[], allowed: (event: number) => boolean): Goal[] | undefined {
    const goals = new Map<number, Goal>();
    for (const at of this.#inside(group, allowed))
      for (const process of this.takers(this.#graph.events[at] ?? 0))
        if (!goals.has(process)) goals.set(process, { transition: at });
    for (let process = 0; process < this.#system.processes; process++) {
      if (goals.has(process)) continue;
      const state = group.find((one) => !this.#canMove(one, process));
      if (state === undefined) return undefined;
      goals.set(process, { state });
    }
    return [...goals.values()];
  }

  /** A process that a group is unfair to: it could go on in each of its states, and no allowed event within is one of its own. */
  leftOut(group: readonly number[], allowed: (event: number) => boolean): number | undefined {
    const served = new Set<number>();
    for (const at of this.#inside(group, allowed))
      for (const process of this.takers(this.#graph.events[at] ?? 0)) served.add(process);
    for (let process = 0; process < this.#system.processes; process++)
      if (!served.has(process) && group.every((state) => this.#canMove(state, process))) return process;
    return undefined;
  }

  /** The transitions by allowed events from one state of the group to another. */
  *#inside(group: readonly number[], allowed: (event: number) => boolean): Generator<number> {
    const { first, events, targets } = this.#graph;
    const members = new Set(group);
    for (const state of group)
      for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++)
        if (allowed(events[at] ?? 0) && members.has(targets[at] ?? 0)) yield at;
  }

  /** The transitions by any event out of the states of a group. */
  *transitions(group: readonly number[]): Generator<{ readonly from: number; readonly event: number; readonly to: number }> {
    const { first, events, targets } = this.#graph;
    for (const from of group)
      for (let at = first[from] ?? 0; at < (first[from + 1] ?? 0); at++)
        yield { from, event: events[at] ?? 0, to: targets[at] ?? 0 };
  }

  /** A shortest way to the group, and one round in it by allowed events that meets every goal and has one event at least. */
  lasso(group: readonly number[], allowed: (event: number) => boolean, goals: readonly Goal[]): Lasso {
    const { events, targets } = this.#graph;
    const next = new Map<number, number[]>();
    for (const at of this.#inside(group, allowed)) {
      const from = this.#from[at] ?? 0;
      next.set(from, [...(next.get(from) ?? []), at]);
    }
    const start = group[0] ?? 0;
    const round: number[] = [];
    const met = new Set([start]);
    let here = start;
    const go = (transition: number): void => {
      round.push(transition);
      here = targets[transition] ?? 0;
      met.add(here);
    };
    for (const goal of goals) {
      const isMet = 'state' in goal ? met.has(goal.state) : round.includes(goal.transition);
      if (isMet) continue;
      for (const step of this.#walk(next, here, 'state' in goal ? goal.state : (this.#from[goal.transition] ?? 0))) go(step);
      if ('transition' in goal) go(goal.transition);
    }
    if (round.length === 0) go(next.get(start)?.[0] ?? 0);
    for (const step of this.#walk(next, here, start)) go(step);
    return { way: this.#graph.wayTo(start), cycle: round.map((at) => events[at] ?? 0) };
  }

  // A shortest way between two states of a group, as transitions.
  #walk(next: ReadonlyMap<number, readonly number[]>, from: number, to: number): number[] {
    const by = new Map<number, number>([[from, -1]]);
    for (const state of by.keys()) {
      if (state === to) break;
      for (const at of next.get(state) ?? []) {
        const target = this.#graph.targets[at] ?? 0;
        if (!by.has(target)) by.set(target, at);
      }
    }
    const way: number[] = [];
    for (let at = by.get(to) ?? -1; at >= 0; at = by.get(this.#from[at] ?? 0) ?? -1) way.push(at);
    return way.reverse();
  }

  #canMove(state: number, process: number): boolean {
    const { first, events } = this.#graph;
    const { parts, shapes } = this.#system;
    const vector = this.#graph.vectorOf(state, this.#vector);
    if (shapes[parts[process]?.shape ?? 0]?.final[vector[process] ?? 0] === 1) return false;
    for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++)
      if (this.takers(events[at] ?? 0).includes(process)) return true;
    return false;
  }
}
