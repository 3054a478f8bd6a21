import { type Automaton, systemOf } from '#contract/automata.ts';
import type { Lts } from '#contract/lts.ts';
import type { System } from '#contract/network.ts';
import type { Allowance } from './allowance.ts';
import { Leaves, type Rule } from './leaves.ts';
import { decides } from './steps.ts';
import type { Process } from './value.ts';

/** A process of a script as a system: what every engine gets. */
export interface ScriptNetwork {
  readonly system: System;
  /** Per event of the system its name; those of hidden ones say what they were. */
  readonly labels: readonly string[];
  /** Events that nobody outside sees. */
  readonly hidden: ReadonlySet<number>;
  /** Events that a process does and that are not in its alphabet, so that they never happen. */
  readonly outside: readonly { readonly process: string; readonly event: string }[];
}

/**
 * V103  The system of a process.
 *
 * @param explore gives the transition system of a process that is taken as one part.
 */
export function networkOf(
  process: Process,
  explore: (process: Process) => Lts,
  nameOf: (process: Process) => string | undefined,
  allowance: Allowance,
): ScriptNetwork {
  const leaves = new Leaves(explore, allowance);
  const rules = leaves.rules(process);
  const uses = usesOf(rules, leaves.leaves.length);
  const taken = new Map<string, number>();
  const refused = refusalsOf(rules);
  const automata = leaves.leaves.map(({ process: part, lts }, number): Automaton => {
    const name = nameOf(part) ?? `part ${number + 1}`;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    const alphabet = refused.get(number) ?? [];
    return automatonOf({ name: count === 1 ? name : `${name} (${count})`, alphabet }, lts, uses[number] ?? new Map());
  });
  const { system, labels: numbers } = systemOf(automata);
  const used = numbers.map((number) => rules[Number(number)] as Rule);
  return {
    system,
    labels: used.map(({ was }) => was),
    hidden: new Set(used.flatMap(({ event }, number) => (event === decides ? [number] : []))),
    outside: leaves.outside.map(({ process: part, event }) => ({ process: nameOf(part) ?? 'a process', event })),
  };
}

// For each leaf and label the rules it takes part in.
function usesOf(rules: readonly Rule[], count: number): Map<number, number[]>[] {
  const uses = Array.from({ length: count }, () => new Map<number, number[]>());
  for (const [number, { by }] of rules.entries())
    for (const [leaf, label] of by) {
      const list = uses[leaf]?.get(label) ?? [];
      list.push(number);
      uses[leaf]?.set(label, list);
    }
  return uses;
}

/** A move by a label is a move by each rule about it: one label has one event of the system. */
function automatonOf(
  named: Pick<Automaton, 'name' | 'alphabet'>,
  { moves, final }: Lts,
  uses: ReadonlyMap<number, readonly number[]>,
): Automaton {
  const transitions = moves.flatMap((list, from) =>
    list.flatMap(({ label, to }) => (uses.get(label) ?? []).map((rule) => [from, String(rule), to] as const)),
  );
  const ends = final.flatMap((isFinal, state) => (isFinal ? [state] : []));
  return { ...named, initial: 0, states: moves.length, transitions, final: ends };
}

// By leaf, the rules that it is in the way of.
function refusalsOf(rules: readonly Rule[]): Map<number, string[]> {
  const refused = new Map<number, string[]>();
  for (const [number, { refusedBy }] of rules.entries())
    if (refusedBy !== undefined) refused.set(refusedBy, [...(refused.get(refusedBy) ?? []), String(number)]);
  return refused;
}
