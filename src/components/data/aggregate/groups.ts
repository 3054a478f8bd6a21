import { fieldAt } from '#kit/field.ts';
import { type Gathered, gather, type MeasureOf } from './measure.ts';

/** One column of the result. An empty field measures the message itself. */
export interface Measure extends MeasureOf {
  readonly name: string;
  readonly field: string;
  /** Digits after the point; undefined keeps all. */
  readonly digits?: number | undefined;
}

export interface GroupRules {
  readonly groupBy: readonly string[];
  readonly measures: readonly Measure[];
  readonly maxGroups: number;
  /** Values kept for distinct and percentile, over all groups. */
  readonly maxHeld: number;
}

interface Group {
  readonly by: readonly unknown[];
  readonly gathered: readonly Gathered[];
}

/** Groups as plain data, in the order they first came. */
export interface SavedGroups {
  readonly held: number;
  readonly groups: readonly { readonly by: readonly unknown[]; readonly gathered: readonly unknown[] }[];
}

/** Groups of messages and their measures, in bounded memory. */
export class Groups {
  readonly #rules: GroupRules;
  readonly #groups = new Map<string, Group>();
  #held: number;

  constructor(rules: GroupRules, saved: SavedGroups) {
    this.#rules = rules;
    this.#held = saved.held;
    for (const { by, gathered } of saved.groups) {
      const group = { by, gathered: rules.measures.map(gather) };
      for (const [at, each] of group.gathered.entries()) each.restore(gathered[at]);
      this.#groups.set(JSON.stringify(by), group);
    }
  }

  save(): SavedGroups {
    const groups = [...this.#groups.values()].map(({ by, gathered }) => ({ by, gathered: gathered.map((each) => each.save()) }));
    return { held: this.#held, groups };
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  /** Counts a message in, wholly or not at all; gives the reason when not. */
  add(message: unknown): string | undefined {
    const { groupBy, measures, maxGroups, maxHeld } = this.#rules;
    const by = groupBy.map((field) => fieldAt(message, field) ?? null);
    const key = JSON.stringify(by);
    const known = this.#groups.get(key);
    if (known === undefined && this.#groups.size >= maxGroups) {
      return `it would be group ${this.#groups.size + 1}, and at most ${maxGroups} are kept`;
    }
    if (this.#held >= maxHeld) return `${maxHeld} values are kept for distinct and percentile, and no more may be`;
    const group = known ?? { by, gathered: measures.map(gather) };
    const values = measures.map(({ measure, field }) =>
      measure === 'count' && field === '' ? true : (fieldAt(message, field) ?? null),
    );
    for (const [at, measure] of measures.entries()) {
      const reason = values[at] === null ? undefined : group.gathered[at]?.refuses(values[at]);
      if (reason !== undefined) return `${measure.field === '' ? 'the message' : `field ${measure.field}`} is ${reason}`;
    }
    this.#groups.set(key, group);
    for (const [at, gathered] of group.gathered.entries()) {
      if (values[at] !== null) this.#held += gathered.add(values[at]);
    }
    return undefined;
  }

  /** One message a group, in the order the groups first came; the groups are forgotten. */
  take(): Record<string, unknown>[] {
    const { groupBy, measures } = this.#rules;
    const taken = [...this.#groups.values()].map(({ by, gathered }) =>
      Object.fromEntries([
        ...groupBy.map((field, at): [string, unknown] => [field, by[at]]),
        ...measures.map(({ name, digits }, at): [string, unknown] => [name, rounded(gathered[at]?.result() ?? null, digits)]),
      ]),
    );
    this.#groups.clear();
    this.#held = 0;
    return taken;
  }
}

function rounded(value: number | string | null, digits: number | undefined): number | string | null {
  return typeof value === 'number' && digits !== undefined ? Number(value.toFixed(digits)) : value;
}
