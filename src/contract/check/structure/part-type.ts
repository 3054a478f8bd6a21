import type { Shape } from '#contract/network.ts';

/**
 * A part as the structural engines see it: its shape without the moves that can never be made, with its events numbered from 0 among
 * themselves. Thousands of parts have few types. Sets of states are bit sets of `words` words; states keep the numbers of the shape.
 */
export interface PartType {
  readonly number: number;
  readonly states: number;
  readonly words: number;
  /** How many events the part has, also those it never makes. */
  readonly events: number;
  /** The moves of state `s`: `first[s]` to `first[s+1]`, exclusive; none where `s` is not reachable. */
  readonly first: Int32Array;
  /** Per move, the part's own number of the event. */
  readonly labels: Int32Array;
  readonly targets: Int32Array;
  readonly reachable: Int32Array;
  readonly final: Int32Array;
  /** Per event the set of states that offer it, one after the other. */
  readonly offers: Int32Array;
  /** Per event 1 where a reachable state offers it. */
  readonly offered: Uint8Array;
  /** The state from which on the shape says less than the truth; -1 where there is none or it is not reachable. */
  readonly cut: number;
}

/** The shapes and types met so far, by what they are and not by who has them, so that an edited system finds what is known of its parts. */
export class PartTypes {
  readonly #shapes = new Map<string, number>();
  readonly #numbers = new WeakMap<Shape, number>();
  readonly #plain: (PartType | undefined)[] = [];
  readonly #types = new Map<string, PartType>();
  readonly all: PartType[] = [];

  /** A number that equal shapes share. */
  shapeNumber(shape: Shape): number {
    const known = this.#numbers.get(shape);
    if (known !== undefined) return known;
    const key = [shape.first, shape.labels, shape.targets, shape.final, shape.cutAt ?? ''].join('|');
    const number = this.#shapes.get(key) ?? this.#shapes.size;
    this.#shapes.set(key, number);
    this.#numbers.set(shape, number);
    return number;
  }

  /** The type where each label is an event of its own and all may happen. */
  plain(shape: Shape): PartType {
    const number = this.shapeNumber(shape);
    const known = this.#plain[number];
    if (known !== undefined) return known;
    const labels = shape.labels.reduce((most, label) => Math.max(most, label + 1), 0);
    const made = this.of(
      shape,
      Int32Array.from({ length: labels }, (_, label) => label),
      labels,
    );
    this.#plain[number] = made;
    return made;
  }

  /**
   * @param own per label of the shape the part's own number of its event, or -1 where that can never happen.
   * @param events how many numbers there are.
   */
  of(shape: Shape, own: Int32Array, events: number): PartType {
    const key = `${this.shapeNumber(shape)} ${events} ${own.join()}`;
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    const made = typeOf(this.all.length, shape, own, events);
    this.all.push(made);
    this.#types.set(key, made);
    return made;
  }
}

function typeOf(number: number, shape: Shape, own: Int32Array, events: number): PartType {
  const states = shape.final.length;
  const words = (states + 31) >>> 5;
  const reachable = reach(shape, own, words);
  const [first, labels, targets] = [new Int32Array(states + 1), [] as number[], [] as number[]];
  const [offers, offered, final] = [new Int32Array(events * words), new Uint8Array(events), new Int32Array(words)];
  for (let state = 0; state < states; state++) {
    if (has(reachable, 0, state)) {
      for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++) {
        const event = own[shape.labels[move] ?? 0] ?? -1;
        if (event < 0) continue;
        labels.push(event);
        targets.push(shape.targets[move] ?? 0);
        add(offers, event * words, state);
        offered[event] = 1;
      }
    }
    first[state + 1] = labels.length;
    if (shape.final[state] === 1) add(final, 0, state);
  }
  const cut = shape.cutAt !== undefined && has(reachable, 0, shape.cutAt) ? shape.cutAt : -1;
  const moves = { first, labels: Int32Array.from(labels), targets: Int32Array.from(targets) };
  return { number, states, words, events, ...moves, reachable, final, offers, offered, cut };
}

function reach(shape: Shape, own: Int32Array, words: number): Int32Array {
  const seen = new Int32Array(words);
  const queue = [0];
  add(seen, 0, 0);
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] ?? 0;
    for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++) {
      const to = shape.targets[move] ?? 0;
      if ((own[shape.labels[move] ?? 0] ?? -1) < 0 || has(seen, 0, to)) continue;
      add(seen, 0, to);
      queue.push(to);
    }
  }
  return seen;
}

/** Whether the set that starts at a word holds a state. */
export function has(sets: Int32Array, start: number, state: number): boolean {
  return (((sets[start + (state >>> 5)] ?? 0) >>> (state & 31)) & 1) === 1;
}

export function add(sets: Int32Array, start: number, state: number): void {
  const word = start + (state >>> 5);
  sets[word] = (sets[word] ?? 0) | (1 << (state & 31));
}
