import type { Step } from '#contract/check/pairs/domains.ts';
import type { ConservedSum, Elimination } from '#contract/check/pairs/elimination.ts';
import type { System } from '#contract/network.ts';

interface Move {
  readonly event: number;
  readonly to: number;
}

/** Follows a certificate by elimination in the plainest way (V26); says where it does not hold, undefined where it does. */
export function followElimination(system: System, { never, sums = [], steps, empty }: Elimination): string | undefined {
  const out = new Set(never.map(([event]) => event));
  const moves = system.parts.map((_, part) => movesOf(system, part));
  const kept = moves.map((states) => states.map((list) => list.filter(({ event }) => !out.has(event))));
  const reached = kept.map((states) => reach([0], (state) => (states[state] ?? []).map(({ to }) => to)));
  for (const [event, part] of never) {
    const parts = system.events[event]?.parts ?? [];
    const offered = [...(reached[part] ?? [])].some((state) => moves[part]?.[state]?.some((move) => move.event === event));
    if (part === -1 ? !parts.includes(-1) : offered || !parts.includes(part)) return `${event} may happen`;
  }
  const alone = (event: number): boolean => system.events[event]?.parts.length === 1;
  const domains = reached.map(
    (states, part) => new Set([...states].filter((state) => !kept[part]?.[state]?.some(({ event }) => alone(event)))),
  );
  const changing = sums.findIndex((sum) => !isConserved(system, kept, reached, sum));
  if (changing >= 0) return `sum ${changing} is not conserved`;
  return new Follower(system, kept, sums).follow(domains, steps, empty);
}

function weightIn({ parts, weights }: ConservedSum, part: number, state: number): number {
  const place = parts.find(([one]) => one === part)?.[1];
  return place === undefined ? 0 : (weights[place]?.[state] ?? Number.NaN);
}

// The total at the start; and in all ways in which an event can be made by its parts, each by itself, what it changes is nothing together.
function isConserved(
  system: System,
  moves: readonly (readonly (readonly Move[])[])[],
  reached: readonly ReadonlySet<number>[],
  sum: ConservedSum,
): boolean {
  const start = system.parts.reduce((all, _, part) => all + weightIn(sum, part, 0), 0);
  if (start !== sum.total || new Set(sum.parts.map(([part]) => part)).size !== sum.parts.length) return false;
  return system.events.every(({ parts }, event) => {
    let changes = new Set([0]);
    for (const part of parts) {
      const own = [...(reached[part] ?? [])].flatMap((state) =>
        (moves[part]?.[state] ?? [])
          .filter((move) => move.event === event)
          .map(({ to }) => weightIn(sum, part, to) - weightIn(sum, part, state)),
      );
      changes = new Set([...changes].flatMap((change) => own.map((more) => change + more)));
    }
    return [...changes].every((change) => change === 0);
  });
}

class Follower {
  readonly #sums: readonly ConservedSum[];
  readonly #system: System;
  readonly #moves: readonly (readonly (readonly Move[])[])[];
  readonly #pairs = new Map<string, Set<string>>();

  constructor(system: System, moves: readonly (readonly (readonly Move[])[])[], sums: readonly ConservedSum[]) {
    this.#sums = sums;
    this.#system = system;
    this.#moves = moves;
  }

  follow(domains: Set<number>[], steps: readonly Step[], empty: number): string | undefined {
    for (const step of steps) {
      const wrong = this.#step(domains, step);
      if (wrong !== undefined) return `part ${step.part} in ${step.state}: ${wrong}`;
      domains[step.part]?.delete(step.state);
    }
    if (empty >= 0) return domains[empty]?.size === 0 ? undefined : `${empty} is not empty`;
    const { parts, shapes, processes } = this.#system;
    const open = parts
      .slice(0, processes)
      .findIndex(({ shape }, part) => [...(domains[part] ?? [])].some((state) => shapes[shape]?.final[state] !== 1));
    return open < 0 ? undefined : `${open} may not have ended`;
  }

  #step(domains: Set<number>[], step: Step): string | undefined {
    const { part, state } = step;
    if ('against' in step) {
      const stuck = this.#stuck(part, step.against);
      const other = [...(domains[step.against] ?? [])].find((one) => stuck.has(`${state} ${one}`));
      return other === undefined ? undefined : `fits ${step.against} in ${other}`;
    }
    const offers = (one: number, at: number, event: number): boolean =>
      this.#moves[one]?.[at]?.some((move) => move.event === event) === true;
    if ('event' in step) {
      const others = (this.#system.events[step.event]?.parts ?? []).filter((one) => one !== part);
      const refuses = others.find((one) => [...(domains[one] ?? [])].some((at) => !offers(one, at, step.event)));
      return refuses === undefined && offers(part, state, step.event) ? undefined : `${refuses} may refuse`;
    }
    if ('among' in step) {
      const at = step.among.indexOf(part);
      const fits = this.#stuckAmong(step.among).find(
        (states) => states[at] === state && states.every((one, member) => domains[step.among[member] ?? -1]?.has(one)),
      );
      return fits === undefined ? undefined : `fits ${fits}`;
    }
    if ('sum' in step) return this.#fits(domains, part, state, this.#sums[step.sum] as ConservedSum);
    const assumed = domains.map((states) => new Set(states));
    assumed[part] = new Set([state]);
    return step.empty < 0 ? 'ends' : this.follow(assumed, step.steps, step.empty);
  }

  #fits(domains: readonly Set<number>[], part: number, state: number, sum: ConservedSum): string | undefined {
    let [least, most] = [weightIn(sum, part, state), weightIn(sum, part, state)];
    for (const [other] of sum.parts) {
      if (other === part) continue;
      const weights = [...(domains[other] ?? [])].map((at) => weightIn(sum, other, at));
      least += Math.min(...weights);
      most += Math.max(...weights);
    }
    return least > sum.total || most < sum.total ? undefined : 'adds up';
  }

  // All states the parts can reach together, less those in which one of their own events is possible.
  #stuckAmong(parts: readonly number[]): number[][] {
    const events = [...this.#system.events.keys()].filter((event) =>
      this.#system.events[event]?.parts.some((part) => parts.includes(part)),
    );
    const steps = (state: readonly number[], event: number): number[][] => {
      let ways = [[...state]];
      for (const maker of this.#system.events[event]?.parts ?? []) {
        const at = parts.indexOf(maker);
        if (at >= 0)
          ways = ways.flatMap((way) =>
            (this.#moves[maker]?.[state[at] ?? 0] ?? []).filter((move) => move.event === event).map(({ to }) => way.with(at, to)),
          );
      }
      return ways;
    };
    const all = reach([parts.map(() => 0).join()], (state) =>
      events.flatMap((event) => steps(state.split(',').map(Number), event).map((to) => to.join())),
    );
    const own = events.filter((event) => this.#system.events[event]?.parts.every((part) => parts.includes(part)));
    return [...all]
      .map((state) => state.split(',').map(Number))
      .filter((state) => own.every((event) => steps(state, event).length === 0));
  }

  #stuck(left: number, right: number): Set<string> {
    const key = `${left} ${right}`;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const both = new Set(
      this.#system.events.flatMap(({ parts }, event) => (parts.includes(left) && parts.includes(right) ? [event] : [])),
    );
    const next = (pair: string): string[] => {
      const [a = 0, b = 0] = pair.split(' ').map(Number);
      const [ours, theirs] = [this.#moves[left]?.[a] ?? [], this.#moves[right]?.[b] ?? []];
      return [
        ...ours.flatMap((move) => (both.has(move.event) ? [] : [`${move.to} ${b}`])),
        ...theirs.flatMap((move) => (both.has(move.event) ? [] : [`${a} ${move.to}`])),
        ...ours.flatMap(({ event, to }) =>
          both.has(event) ? theirs.filter((other) => other.event === event).map((other) => `${to} ${other.to}`) : [],
        ),
      ];
    };
    const stuck = [...reach(['0 0'], next)].filter((pair) => {
      const [a = 0, b = 0] = pair.split(' ').map(Number);
      const meets = (event: number): boolean => both.has(event) && this.#system.events[event]?.parts.length === 2;
      return !this.#moves[left]?.[a]?.some(
        ({ event }) => meets(event) && this.#moves[right]?.[b]?.some((other) => other.event === event),
      );
    });
    const found = new Set(stuck);
    this.#pairs.set(key, found);
    return found;
  }
}

function movesOf({ parts, shapes }: System, part: number): Move[][] {
  const { shape = 0, events = new Int32Array() } = parts[part] ?? {};
  const { first = events, labels = events, targets = events, final = new Uint8Array() } = shapes[shape] ?? {};
  return [...final].map((_, state) =>
    Array.from({ length: (first[state + 1] ?? 0) - (first[state] ?? 0) }, (_, at) => {
      const move = (first[state] ?? 0) + at;
      return { event: events[labels[move] ?? 0] ?? 0, to: targets[move] ?? 0 };
    }),
  );
}

function reach<T>(from: readonly T[], next: (one: T) => readonly T[]): Set<T> {
  const seen = new Set(from);
  for (const one of seen) for (const to of next(one)) seen.add(to);
  return seen;
}
