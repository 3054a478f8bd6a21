import type { Shape } from '#contract/network.ts';
import { Fault, type Plain } from './plain.ts';

/** What a label of a part is, by the makers of its event. */
const closed = 0;
const own = 1;
const ofTwo = 2;
const ofMore = 3;

/** What one part can do, and where it waits, when everybody else does what they like: the same for all of a shape whose labels are alike. */
export interface Kind {
  readonly number: number;
  readonly shape: Shape;
  /** Per label: nobody makes it so; it makes it alone; with one other; with more. */
  readonly labels: readonly number[];
  /** All states that it can come to. */
  readonly local: ReadonlySet<number>;
  /** Those of them in which it cannot go on alone. */
  readonly waiting: readonly number[];
  /** The labels of all moves from these, and those of them that may happen. */
  readonly offered: readonly number[];
  readonly open: readonly number[];
}

/** Two kinds, side by side: which of their labels are one event. */
export interface Pair {
  readonly one: Kind;
  readonly other: Kind;
  /** Per label of the one the first label of the other with the same event; `lone` where the other has nothing to do with it, `refused` where it takes part and never offers it. */
  readonly links: readonly number[];
  readonly linksBack: readonly number[];
}

const lone = -1;
const refused = -2;

/** V74  Finds what parts, and pairs of parts, have in common, so that each is looked at once. What is alike is alike label by label. */
export class Alike {
  readonly #plain: Plain;
  readonly never: ReadonlySet<number>;
  readonly #ofPart: Kind[] = [];
  readonly #kinds = new Map<string, Kind>();

  constructor(plain: Plain, never: ReadonlySet<number>) {
    this.#plain = plain;
    this.never = never;
  }

  kindOf(part: number): Kind {
    return this.#ofPart[part] ?? this.#look(part);
  }

  /** Which of the events of two parts are the same. */
  pairOf(one: number, other: number): Pair {
    return {
      one: this.kindOf(one),
      other: this.kindOf(other),
      links: this.#linksOf(one, other),
      linksBack: this.#linksOf(other, one),
    };
  }

  #look(part: number): Kind {
    const { system } = this.#plain;
    const drawn = system.parts[part];
    const shape = system.shapes[drawn?.shape ?? -1];
    if (drawn === undefined || shape === undefined) throw new Fault(`there is no part ${part}`);
    const { events } = drawn;
    this.#plain.spend(events.length);
    let key = `${drawn.shape} `;
    for (let label = 0; label < events.length; label++) key += this.#labelOf(part, events[label] ?? -1);
    const kind =
      this.#kinds.get(key) ??
      this.#kindFrom(
        shape,
        Array.from(events, (event) => this.#labelOf(part, event)),
      );
    this.#kinds.set(key, kind);
    this.#ofPart[part] = kind;
    return kind;
  }

  #labelOf(part: number, event: number): number {
    const makers = this.#plain.makers(event);
    if (!makers.includes(part) || this.never.has(event)) return closed;
    return Math.min(makers.length, ofMore);
  }

  #kindFrom(shape: Shape, labels: readonly number[]): Kind {
    const local = new Set([0]);
    const offered = new Set<number>();
    const waiting: number[] = [];
    for (const state of local) {
      let waits = true;
      for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++) {
        this.#plain.spend(1);
        const label = shape.labels[move] ?? 0;
        const is = labels[label] ?? closed;
        offered.add(label);
        if (is === closed) continue;
        if (is === own) waits = false;
        local.add(this.#stateOf(shape, move));
      }
      if (waits) waiting.push(state);
    }
    const open = [...offered].filter((label) => labels[label] !== closed);
    return { number: this.#kinds.size, shape, labels, local, waiting, offered: [...offered], open };
  }

  // Pairs of states are told apart by one number, which would not do for states that are not there.
  #stateOf({ targets, first }: Shape, move: number): number {
    const state = targets[move] ?? -1;
    if (state < 0 || state >= first.length - 1) throw new Fault(`there is no state ${state}`);
    return state;
  }

  #linksOf(one: number, other: number): readonly number[] {
    const { parts } = this.#plain.system;
    const [ours, theirs] = [parts[one]?.events ?? none, parts[other]?.events ?? none];
    const { labels } = this.kindOf(one);
    const links: number[] = [];
    for (let label = 0; label < ours.length; label++) {
      const event = ours[label] ?? -1;
      const isTheirs = (labels[label] ?? closed) >= ofTwo && this.#plain.makers(event).includes(other);
      const link = isTheirs ? theirs.indexOf(event) : lone;
      links.push(isTheirs && link < 0 ? refused : link);
    }
    this.#plain.spend(links.length);
    return links;
  }
}

const none = new Int32Array();

/** What two kinds can come to together when everybody else does what they like, and where they are then stuck with each other. */
export class Together {
  readonly #pair: Pair;
  /** States of the one, times those of the other, plus those of the other. */
  readonly #met = new Set<number>([0]);
  readonly #stuck = new Map<number, readonly number[]>();
  readonly #plain: Plain;
  readonly #states: number;

  constructor(plain: Plain, pair: Pair) {
    this.#plain = plain;
    this.#pair = pair;
    this.#states = pair.other.shape.first.length - 1;
    for (const met of this.#met) this.#follow(Math.floor(met / this.#states), met % this.#states);
  }

  has(a: number, b: number): boolean {
    return b >= 0 && b < this.#states && this.#met.has(a * this.#states + b);
  }

  /** Whether the one comes to a state at all. */
  hasState(a: number): boolean {
    for (let b = 0; b < this.#states; b++) if (this.has(a, b)) return true;
    return false;
  }

  /** The states in which the other may wait, where the one is stuck with it in this one. */
  stuckWith(a: number): readonly number[] {
    const known = this.#stuck.get(a);
    if (known !== undefined) return known;
    const found = this.#pair.other.waiting.filter((b) => this.areStuck(a, b));
    this.#stuck.set(a, found);
    return found;
  }

  /** Both are there together, and offer no event that is between the two alone. */
  areStuck(a: number, b: number): boolean {
    this.#plain.spend(1);
    if (!this.has(a, b)) return false;
    const { one, links } = this.#pair;
    for (let move = one.shape.first[a] ?? 0; move < (one.shape.first[a + 1] ?? 0); move++) {
      const label = one.shape.labels[move] ?? 0;
      if (one.labels[label] === ofTwo && this.#targets(b, links[label] ?? lone).length > 0) return false;
    }
    return true;
  }

  #follow(a: number, b: number): void {
    const { one, other, links, linksBack } = this.#pair;
    for (let move = one.shape.first[a] ?? 0; move < (one.shape.first[a + 1] ?? 0); move++) {
      const label = one.shape.labels[move] ?? 0;
      if (one.labels[label] === closed) continue;
      const link = links[label] ?? lone;
      for (const to of link === lone ? [b] : this.#targets(b, link)) this.#meet(one.shape.targets[move] ?? 0, to);
    }
    for (let move = other.shape.first[b] ?? 0; move < (other.shape.first[b + 1] ?? 0); move++) {
      const label = other.shape.labels[move] ?? 0;
      if (other.labels[label] === closed || linksBack[label] !== lone) continue;
      this.#meet(a, other.shape.targets[move] ?? 0);
    }
  }

  #meet(a: number, b: number): void {
    this.#plain.spend(1);
    const met = a * this.#states + b;
    if (!this.#met.has(met)) this.#plain.meter.keep(bytesOfPair);
    this.#met.add(met);
  }

  // Where the event of a label of the other takes it; several of its labels may have that event.
  #targets(b: number, link: number): readonly number[] {
    if (link < 0) return [];
    const { shape } = this.#pair.other;
    const { linksBack } = this.#pair;
    const found: number[] = [];
    for (let move = shape.first[b] ?? 0; move < (shape.first[b + 1] ?? 0); move++)
      if (linksBack[shape.labels[move] ?? 0] === linksBack[link]) found.push(shape.targets[move] ?? 0);
    return found;
  }
}

const bytesOfPair = 100;
