import { decidesForEver, type Lts, tau } from '#contract/lts.ts';
import { reduce } from '#contract/reduce.ts';
import type { Allowance } from './allowance.ts';
import { ScriptFault } from './fault.ts';
import { decides } from './steps.ts';
import type { AlphabetPart, Process } from './value.ts';

/** A part of a network: a process that is no parallel composition, as a transition system. */
export interface Leaf {
  readonly process: Process;
  readonly lts: Lts;
}

/** What some leaves do together, each by one of its labels, and what that is called outside; `τ` when it is seen by nobody. */
export interface Rule {
  readonly by: readonly (readonly [leaf: number, label: number])[];
  readonly event: string;
  /** What it was called before it was hidden. */
  readonly was: string;
  /** A leaf without which it cannot happen and that never does it; kept so that one can see who waits for what. */
  readonly refusedBy?: number;
}

const greatestRules = 100_000;

/**
 * V103  Takes a process apart: parallel operators, and hiding and renaming around them, become rules about which leaves make which event
 *       together; all else stands within a leaf.
 */
export class Leaves {
  readonly leaves: Leaf[] = [];
  /** What a process does that is not in the alphabet it was given: it never happens. */
  readonly outside: { readonly process: Process; readonly event: string }[] = [];
  readonly #explore: (process: Process) => Lts;
  readonly #known = new Map<Process, Lts>();
  readonly #allowance: Allowance;

  constructor(explore: (process: Process) => Lts, allowance: Allowance) {
    this.#explore = explore;
    this.#allowance = allowance;
  }

  rules(process: Process): Rule[] {
    const rules = hasParallel(process) ? this.#rules(process) : this.#leaf(process);
    if (rules.length > greatestRules) throw new ScriptFault(`its parts have more than ${greatestRules} events with each other`);
    return rules;
  }

  #rules(process: Process): Rule[] {
    switch (process.is) {
      case 'par': {
        const { sync, left, right } = process;
        const [inLeft, lefts] = [this.leaves.length, this.rules(left)];
        const [inRight, rights] = [this.leaves.length, this.rules(right)];
        const shared = (rule: Rule): boolean => rule.event !== decides && sync.events.has(rule.event);
        const [mine, theirs] = [lefts, rights].map((rules) => Map.groupBy(rules.filter(shared), ({ event }) => event)) as [
          Offers,
          Offers,
        ];
        const both = [...new Set([...mine.keys(), ...theirs.keys()])].flatMap((event) =>
          this.#bothOf(mine.get(event) ?? [], inLeft, theirs.get(event) ?? [], inRight),
        );
        return [...lefts.filter((rule) => !shared(rule)), ...rights.filter((rule) => !shared(rule)), ...both];
      }
      case 'together':
        return this.#together(process.parts);
      case 'hide':
        return this.rules(process.of).map((rule) =>
          process.events.events.has(rule.event) ? { ...rule, event: decides, was: rule.event } : rule,
        );
      case 'rename':
        return this.rules(process.of).flatMap(
          (rule) =>
            (rule.event === decides ? undefined : process.map.map.get(rule.event))?.map((event) => ({
              ...rule,
              event,
              was: event,
            })) ?? [rule],
        );
      default:
        return this.#leaf(process);
    }
  }

  #together(parts: readonly AlphabetPart[]): Rule[] {
    const own: Rule[] = [];
    const found = new Map<string, { readonly leaf: number; readonly ways: readonly Rule[] }>();
    for (const { process, alphabet } of parts) {
      const leaf = this.leaves.length;
      const offers: Offers = new Map();
      for (const rule of this.rules(process)) {
        if (rule.event === decides) own.push(rule);
        else if (!alphabet.events.has(rule.event)) this.outside.push({ process, event: rule.event });
        else offers.set(rule.event, [...(offers.get(rule.event) ?? []), rule]);
      }
      for (const event of alphabet.events) {
        const before = found.get(event);
        const mine = offers.get(event) ?? [];
        const ways = before === undefined ? mine : this.#bothOf(before.ways, before.leaf, mine, leaf);
        if (ways.length > greatestRules) throw new ScriptFault(`${event} can be made in more than ${greatestRules} ways`);
        found.set(event, { leaf: before?.leaf ?? leaf, ways });
      }
    }
    return [...own, ...[...found.values()].flatMap(({ ways }) => ways)];
  }

  // The ways in which two sides make an event together; where one side never does it, those of the other, refused. Paid for before they are made.
  #bothOf(ours: readonly Rule[], ourLeaf: number, theirs: readonly Rule[], theirLeaf: number): readonly Rule[] {
    const [count, widest] = [
      Math.max(1, ours.length) * Math.max(1, theirs.length),
      (ours[0]?.by.length ?? 0) + (theirs[0]?.by.length ?? 0),
    ];
    if (count > greatestRules)
      throw new ScriptFault(`its parts have more than ${greatestRules} ways to make one event with each other`);
    this.#allowance.keep(count * (150 + 16 * widest));
    if (theirs.length === 0) return ours.map((rule) => ({ refusedBy: theirLeaf, ...rule }));
    if (ours.length === 0) return theirs.map((rule) => ({ refusedBy: ourLeaf, ...rule }));
    return ours.flatMap((rule) => theirs.map((other) => joined(rule, other)));
  }

  // Its own decisions are a rule like another: the leaf alone makes them.
  #leaf(process: Process): Rule[] {
    const lts = this.#compiled(process);
    const leaf = this.leaves.push({ process, lts }) - 1;
    this.#allowance.keep(200 * (1 + lts.labels.length));
    const rules = lts.labels.map((event, label): Rule => ({ by: [[leaf, label]], event, was: event }));
    if (lts.moves.some((list) => list.some(({ label }) => label === tau)))
      rules.push({ by: [[leaf, tau]], event: decides, was: decides });
    return rules;
  }

  // Made smaller in ways that keep failures; without a cycle of decisions there is no divergence to lose.
  #compiled(process: Process): Lts {
    const known = this.#known.get(process);
    if (known !== undefined) return known;
    const whole = this.#explore(process);
    const lts = decidesForEver(whole) === undefined ? reduce(whole) : whole;
    this.#known.set(process, lts);
    return lts;
  }
}

type Offers = Map<string, Rule[]>;

function joined(a: Rule, b: Rule): Rule {
  const refusedBy = a.refusedBy ?? b.refusedBy;
  return { by: [...a.by, ...b.by], event: a.event, was: a.event, ...(refusedBy !== undefined && { refusedBy }) };
}

function hasParallel(process: Process): boolean {
  if (process.is === 'par' || process.is === 'together') return true;
  return (process.is === 'hide' || process.is === 'rename') && hasParallel(process.of);
}
