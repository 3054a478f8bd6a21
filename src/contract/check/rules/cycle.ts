import type { PartType } from '#contract/check/structure/part-type.ts';

/**
 * V27  A part that makes each of its events once in every round, each as soon as those it waits for allow: `ahead[a · n + b]` is by how much
 * `b` may at most have been made more often than `a`. Its states are exactly those that these bounds leave.
 */
export interface Round {
  /** The part's own numbers of the events, `n` of them. */
  readonly events: Int32Array;
  readonly ahead: Int32Array;
  readonly kind: 'io-par' | 'io-seq' | 'round';
}

const mostEvents = 24;
const mostWork = 4_000_000;

const rounds = new WeakMap<PartType, Round | 'none'>();

/** What rounds a type makes; undefined when it chooses, ends, or repeats an event within a round. */
export function roundOf(type: PartType): Round | undefined {
  const known = rounds.get(type) ?? findRound(type) ?? 'none';
  rounds.set(type, known);
  return known === 'none' ? undefined : known;
}

function findRound(type: PartType): Round | undefined {
  const events = Int32Array.from([...type.offered.keys()].filter((event) => type.offered[event] === 1));
  const { length } = events;
  if (length === 0 || length > mostEvents || type.states * length * length > mostWork || type.cut >= 0) return undefined;
  const counts = countsOf(type, events);
  if (counts === undefined) return undefined;
  const ahead = aheadOf(type, counts, length);
  if (!isExact(type, events, counts, ahead)) return undefined;
  return { events, ahead, kind: kindOf(type, ahead, length) };
}

/** How often each event was made on one way to each state. On any other way all must have been made equally often more. */
function countsOf(type: PartType, events: Int32Array): Int32Array | undefined {
  const { length } = events;
  const place = new Int32Array(type.events).fill(-1);
  for (let at = 0; at < length; at++) place[events[at] ?? 0] = at;
  const counts = new Int32Array(type.states * length);
  const seen = new Uint8Array(type.states);
  const queue = [0];
  seen[0] = 1;
  for (let next = 0; next < queue.length; next++) {
    const state = queue[next] ?? 0;
    let made = 0;
    for (let move = type.first[state] ?? 0; move < (type.first[state + 1] ?? 0); move++) {
      const by = place[type.labels[move] ?? 0] ?? 0;
      const to = type.targets[move] ?? 0;
      // Two moves by one event are a decision.
      if (((made >>> by) & 1) === 1) return undefined;
      made |= 1 << by;
      if (seen[to] === 0) {
        seen[to] = 1;
        queue.push(to);
        for (let at = 0; at < length; at++) counts[to * length + at] = (counts[state * length + at] ?? 0) + (at === by ? 1 : 0);
      } else if (!isShifted(counts, length, state, by, to)) return undefined;
    }
  }
  return counts;
}

function isShifted(counts: Int32Array, length: number, state: number, by: number, to: number): boolean {
  const more = (at: number): number => (counts[state * length + at] ?? 0) + (at === by ? 1 : 0) - (counts[to * length + at] ?? 0);
  for (let at = 1; at < length; at++) if (more(at) !== more(0)) return false;
  return true;
}

function aheadOf({ states, reachable }: PartType, counts: Int32Array, length: number): Int32Array {
  const ahead = new Int32Array(length * length);
  for (let state = 0; state < states; state++) {
    if ((((reachable[state >>> 5] ?? 0) >>> (state & 31)) & 1) === 0) continue;
    for (let a = 0; a < length; a++)
      for (let b = 0; b < length; b++) {
        const by = (counts[state * length + b] ?? 0) - (counts[state * length + a] ?? 0);
        if (by > (ahead[a * length + b] ?? 0)) ahead[a * length + b] = by;
      }
  }
  return ahead;
}

// An event is offered wherever the bounds allow it.
function isExact(type: PartType, events: Int32Array, counts: Int32Array, ahead: Int32Array): boolean {
  const { length } = events;
  const { states, words, offers, reachable } = type;
  for (let state = 0; state < states; state++) {
    const [word, bit] = [state >>> 5, state & 31];
    if ((((reachable[word] ?? 0) >>> bit) & 1) === 0) continue;
    for (let b = 0; b < length; b++) {
      if ((((offers[(events[b] ?? 0) * words + word] ?? 0) >>> bit) & 1) === 1) continue;
      let allowed = true;
      for (let a = 0; a < length && allowed; a++) {
        const by = (counts[state * length + b] ?? 0) + 1 - (counts[state * length + a] ?? 0);
        if (a !== b && by > (ahead[a * length + b] ?? 0)) allowed = false;
      }
      if (allowed) return false;
    }
  }
  return true;
}

/** All at once, or all of a first half and then all of a second one. */
function kindOf({ first }: PartType, ahead: Int32Array, length: number): Round['kind'] {
  const zeros = (a: number): number => {
    let count = 0;
    for (let b = 0; b < length; b++) if (b !== a && ahead[a * length + b] === 0) count++;
    return count;
  };
  const bounded = ahead.every((by) => by <= 1);
  const before = [...Array(length).keys()].map(zeros);
  if (bounded && before.every((count) => count === 0)) return 'io-par';
  const firsts = (first[1] ?? 0) - (first[0] ?? 0);
  const isFirst = before.filter((count) => count === length - firsts).length === firsts;
  const isLast = before.filter((count) => count === 0).length === length - firsts;
  return bounded && isFirst && isLast && firsts < length ? 'io-seq' : 'round';
}
