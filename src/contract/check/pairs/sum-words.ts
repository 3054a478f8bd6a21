import type { View } from '#contract/check/structure/view.ts';
import type { Sum } from './sums.ts';

const mostNames = 6;

/** A conserved sum as a sentence. */
export function sumWords(view: View, sum: Sum): string {
  return `${upper(tokensOf(view, sum))} always add up to ${sum.total}.`;
}

/** What a sum counts: `the tokens in the loop a → b → c`, or `the tokens in a, b and c` where they do not go round. */
export function tokensOf(view: View, { parts, weights }: Sum): string {
  const loop = loopOf(view, parts, weights);
  const names = (loop ?? parts).map((part) => view.system.parts[part]?.name ?? '');
  if (loop !== undefined) return `the tokens in the loop ${shortened(names).join(' → ')}`;
  const [last = '', ...others] = shortened(names).reverse();
  return `the tokens in ${others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`}`;
}

function shortened(names: readonly string[]): string[] {
  if (names.length <= mostNames) return [...names];
  return [...names.slice(0, mostNames - 2), `… (${names.length - mostNames + 1} more)`, ...names.slice(-1)];
}

function upper(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

// The parts in the order in which a token goes round them, from the first one on; undefined where it may go more than one way.
function loopOf(view: View, parts: readonly number[], weights: readonly Int32Array[]): number[] | undefined {
  const next = new Map<number, number>();
  const giver = new Map<number, number>();
  const taker = new Map<number, number>();
  for (const [at, part] of parts.entries())
    for (const [event, adds] of addsOf(view, part, weights[at] as Int32Array)) {
      const side = adds < 0 ? giver : taker;
      if (side.has(event)) return undefined;
      side.set(event, part);
    }
  for (const [event, part] of giver) {
    const to = taker.get(event);
    if (to === undefined || (next.get(part) ?? to) !== to) return undefined;
    next.set(part, to);
  }
  const loop = new Set<number>();
  for (let part = parts[0]; part !== undefined && !loop.has(part); part = next.get(part)) loop.add(part);
  return loop.size === parts.length && loop.size > 1 ? [...loop] : undefined;
}

// By how much each event changes the weight of a part, where it does.
function addsOf({ types, events }: View, part: number, weights: Int32Array): ReadonlyMap<number, number> {
  const adds = new Map<number, number>();
  const type = types[part];
  if (type === undefined) return adds;
  for (let state = 0; state < type.states; state++)
    for (let move = type.first[state] ?? 0; move < (type.first[state + 1] ?? 0); move++) {
      const more = (weights[type.targets[move] ?? 0] ?? 0) - (weights[state] ?? 0);
      if (more !== 0) adds.set(events[part]?.[type.labels[move] ?? 0] ?? -1, more);
    }
  return adds;
}
