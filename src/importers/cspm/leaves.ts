import { decidesForEver, type Lts, tau } from '#contract/lts.ts';
import { reduce } from '#contract/reduce.ts';
import { ScriptFault } from './fault.ts';
import type { AlphabetPart, Process } from './process.ts';
import { decides } from './steps.ts';

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
}

const greatestRules = 300_000;

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

  constructor(explore: (process: Process) => Lts) {
    this.#explore = explore;
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
        const [lefts, rights] = [this.rules(left), this.rules(right)];
        const shared = (rule: Rule): boolean => rule.event !== decides && sync.events.has(rule.event);
        const partners = Map.groupBy(rights.filter(shared), ({ event }) => event);
        const both = lefts.filter(shared).flatMap((rule) => (partners.get(rule.event) ?? []).map((other) => joined(rule, other)));
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
    const takers = new Map<string, number>();
    for (const { alphabet } of parts) for (const event of alphabet.events) takers.set(event, (takers.get(event) ?? 0) + 1);
    let offers = new Map<string, { taken: number; ways: Rule[] }>();
    for (const { process, alphabet } of parts) {
      const next = new Map<string, Rule[]>();
      for (const rule of this.rules(process)) {
        if (rule.event === decides) own.push(rule);
        else if (!alphabet.events.has(rule.event)) this.outside.push({ process, event: rule.event });
        else next.set(rule.event, [...(next.get(rule.event) ?? []), rule]);
      }
      for (const event of alphabet.events) {
        const before = offers.get(event);
        const mine = next.get(event) ?? [];
        const ways = before === undefined ? mine : before.ways.flatMap((rule) => mine.map((other) => joined(rule, other)));
        if (ways.length > greatestRules) throw new ScriptFault(`${event} can be made in more than ${greatestRules} ways`);
        offers.set(event, { taken: (before?.taken ?? 0) + 1, ways });
      }
    }
    offers = new Map([...offers].filter(([event, { taken }]) => taken === takers.get(event)));
    return [...own, ...[...offers.values()].flatMap(({ ways }) => ways)];
  }

  // Its own decisions are a rule like another: the leaf alone makes them.
  #leaf(process: Process): Rule[] {
    const lts = this.#compiled(process);
    const leaf = this.leaves.push({ process, lts }) - 1;
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

function joined(a: Rule, b: Rule): Rule {
  return { by: [...a.by, ...b.by], event: a.event, was: a.event };
}

function hasParallel(process: Process): boolean {
  if (process.is === 'par' || process.is === 'together') return true;
  return (process.is === 'hide' || process.is === 'rename') && hasParallel(process.of);
}
