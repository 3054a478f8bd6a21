import { ExactSum, type SavedSum } from './sum.ts';

/** What a measure is of: its kind, and the percentage of a percentile. */
export interface MeasureOf {
  readonly measure: 'count' | 'sum' | 'avg' | 'min' | 'max' | 'distinct' | 'percentile';
  readonly percent: number;
}

/** Gathers the values of one measure in one group. */
export interface Gathered {
  /** Why this value cannot be taken, as the end of "… is <reason>"; undefined when it can. Changes nothing. */
  refuses(value: unknown): string | undefined;
  /** Takes a value that was not refused; gives how many values more it holds in memory for it. */
  add(value: unknown): number;
  /** null when there was no value. */
  result(): number | string | null;
  /** What `restore` of a new one of the same measure takes: plain data. */
  save(): unknown;
  restore(saved: unknown): void;
}

/** A new, empty gathering. */
export function gather(of: MeasureOf): Gathered {
  switch (of.measure) {
    case 'count':
      return counting();
    case 'sum':
      return summing((total) => total);
    case 'avg':
      return summing((total, count) => (count === 0 ? null : total / count));
    case 'min':
      return extreme((a, b) => a < b);
    case 'max':
      return extreme((a, b) => a > b);
    case 'distinct':
      return distinct();
    case 'percentile':
      return percentile(of.percent);
  }
}

function describe(value: unknown): string {
  const text = typeof value === 'string' ? `the text ${JSON.stringify(value)}` : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function notANumber(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? undefined : `${describe(value)}, not a number`;
}

function counting(): Gathered {
  let count = 0;
  return {
    refuses: () => undefined,
    add() {
      count++;
      return 0;
    },
    result: () => count,
    save: () => count,
    restore(saved) {
      count = saved as number;
    },
  };
}

function summing(finish: (total: number, count: number) => number | null): Gathered {
  const sum = new ExactSum();
  let count = 0;
  return {
    refuses: (value) =>
      notANumber(value) ?? (sum.holds(value as number) ? undefined : `${describe(value)}: the sum would be too large`),
    add(value) {
      sum.add(value as number);
      count++;
      return 0;
    },
    result: () => finish(sum.total, count),
    save: () => ({ count, sum: sum.save() }),
    restore(saved) {
      const kept = saved as { readonly count: number; readonly sum: SavedSum };
      count = kept.count;
      sum.restore(kept.sum);
    },
  };
}

function extreme(beats: (a: number | string, b: number | string) => boolean): Gathered {
  let best: number | string | null = null;
  return {
    refuses(value) {
      if (best === null) return typeof value === 'string' ? undefined : notANumber(value);
      if (typeof value === typeof best) return undefined;
      return `${describe(value)}, while others of the group are ${typeof best === 'string' ? 'texts' : 'numbers'}`;
    },
    add(value) {
      const candidate = value as number | string;
      if (best === null || beats(candidate, best)) best = candidate;
      return 0;
    },
    result: () => best,
    save: () => best,
    restore(saved) {
      best = saved as typeof best;
    },
  };
}

function distinct(): Gathered {
  const seen = new Set<string>();
  return {
    refuses: () => undefined,
    add(value) {
      const before = seen.size;
      seen.add(JSON.stringify(value));
      return seen.size - before;
    },
    result: () => seen.size,
    save: () => [...seen],
    restore(saved) {
      for (const text of saved as readonly string[]) seen.add(text);
    },
  };
}

// As percentile_cont of SQL: on the line between the two nearest ranks.
function percentile(percent: number): Gathered {
  const values: number[] = [];
  return {
    refuses: notANumber,
    add(value) {
      values.push(value as number);
      return 1;
    },
    result() {
      values.sort((a, b) => a - b);
      const rank = (percent / 100) * (values.length - 1);
      const low = values[Math.floor(rank)];
      const high = values[Math.ceil(rank)];
      if (low === undefined || high === undefined) return null;
      return low + (high - low) * (rank - Math.floor(rank));
    },
    save: () => [...values],
    restore(saved) {
      for (const value of saved as readonly number[]) values.push(value);
    },
  };
}
