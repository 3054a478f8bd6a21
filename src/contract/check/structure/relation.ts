import { add, has, type PartType } from './part-type.ts';

/**
 * V22  What two parts can be stuck in together, of their types and the events they share alone: pairs of states that they can
 * reach while all others let them do what they like, and in which no event that is between the two is offered by both.
 */
export interface Relation {
  readonly left: PartType;
  readonly right: PartType;
  /** For each state of the left the set of states of the right. */
  readonly fromLeft: Int32Array;
  readonly fromRight: Int32Array;
  /** Whether each can be brought to its state `cut` while the other lives up to its shape. */
  readonly cutsLeft: boolean;
  readonly cutsRight: boolean;
}

/** An event of both: the left's and the right's own number, and whether nobody else makes it. */
export interface Shared {
  readonly left: number;
  readonly right: number;
  readonly only: boolean;
}

/** More pairs of states than this are not looked at: nothing is then known of the two. */
const mostPairs = 1 << 20;

/** The relations met so far, by types and wiring. */
export class Relations {
  readonly #known = new Map<string, Relation | undefined>();

  of(left: PartType, right: PartType, shared: readonly Shared[]): Relation | undefined {
    let key = `${left.number} ${right.number}`;
    for (const one of shared) key += ` ${one.left}${one.only ? ':' : '.'}${one.right}`;
    const known = this.#known.get(key);
    if (known !== undefined || this.#known.has(key)) return known;
    const made = left.states * right.states > mostPairs ? undefined : relate(left, right, shared);
    this.#known.set(key, made);
    return made;
  }
}

function relate(left: PartType, right: PartType, shared: readonly Shared[]): Relation {
  const reached = reach(left, right, shared);
  const cut = (type: PartType, sees: (state: number) => boolean): boolean => type.cut >= 0 && sees(type.cut);
  const cutsLeft = cut(left, (state) =>
    reached.subarray(state * right.words, (state + 1) * right.words).some((word) => word !== 0),
  );
  const cutsRight = cut(right, (state) => {
    for (let at = 0; at < left.states; at++) if (has(reached, at * right.words, state)) return true;
    return false;
  });
  const fromLeft = reached;
  for (const { left: ours, right: theirs, only } of shared) {
    if (!only) continue;
    for (let state = 0; state < left.states; state++) {
      if (!has(left.offers, ours * left.words, state)) continue;
      for (let word = 0; word < right.words; word++) {
        const at = state * right.words + word;
        fromLeft[at] = (fromLeft[at] ?? 0) & ~(right.offers[theirs * right.words + word] ?? 0);
      }
    }
  }
  return { left, right, fromLeft, fromRight: turned(left, right, fromLeft), cutsLeft, cutsRight };
}

function turned(left: PartType, right: PartType, fromLeft: Int32Array): Int32Array {
  const fromRight = new Int32Array(right.states * left.words);
  for (let a = 0; a < left.states; a++)
    for (let b = 0; b < right.states; b++) if (has(fromLeft, a * right.words, b)) add(fromRight, b * left.words, a);
  return fromRight;
}

// The pairs that can be reached; an event that is not shared is made by one of the two whenever it likes.
function reach(left: PartType, right: PartType, shared: readonly Shared[]): Int32Array {
  const partner = new Int32Array(left.events).fill(-1);
  const ours = new Uint8Array(right.events);
  for (const one of shared) {
    partner[one.left] = one.right;
    ours[one.right] = 1;
  }
  const seen = new Int32Array(left.states * right.words);
  const queue = [0];
  const visit = (a: number, b: number): void => {
    if (has(seen, a * right.words, b)) return;
    add(seen, a * right.words, b);
    queue.push(a * right.states + b);
  };
  add(seen, 0, 0);
  for (let at = 0; at < queue.length; at++) {
    const pair = queue[at] ?? 0;
    const b = pair % right.states;
    const a = (pair - b) / right.states;
    const [from, to] = [right.first[b] ?? 0, right.first[b + 1] ?? 0];
    for (let move = left.first[a] ?? 0; move < (left.first[a + 1] ?? 0); move++) {
      const target = left.targets[move] ?? 0;
      const event = partner[left.labels[move] ?? 0] ?? -1;
      if (event < 0) visit(target, b);
      else
        for (let other = from; other < to; other++) if (right.labels[other] === event) visit(target, right.targets[other] ?? 0);
    }
    for (let move = from; move < to; move++) if (ours[right.labels[move] ?? 0] === 0) visit(a, right.targets[move] ?? 0);
  }
  return seen;
}
