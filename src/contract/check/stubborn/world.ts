import type { System } from '#contract/network.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type PartTable, type Tables, tablesOf } from './tables.ts';

/**
 * A system in one state, kept so that a move of a part costs as much as what that part offers: which events are ready at which seats,
 * which are possible, the packed words, and a hash of them.
 */
export class World {
  readonly tables: Tables;
  readonly layout: Layout;
  /** The state of each part. */
  readonly state: Int32Array;
  readonly packed: Int32Array;
  /** Per seat, 1 when its part offers the event. */
  readonly ready: Uint8Array;
  /** The possible events are `possible[0]` to `possible[possibleCount - 1]`, in no order. */
  readonly possible: Int32Array;
  possibleCount = 0;
  hash = 0;
  /** How many parts are in a state that says less than the truth. */
  cuts = 0;
  readonly #readyCount: Int32Array;
  readonly #place: Int32Array;
  readonly #salt: Int32Array;
  readonly #cutAt: Int32Array;
  readonly #wordFirst: Int32Array;

  constructor(system: System) {
    this.tables = tablesOf(system);
    this.layout = layoutOf(system);
    const { parts, events } = system;
    this.state = new Int32Array(parts.length);
    this.packed = new Int32Array(this.layout.words);
    this.ready = new Uint8Array(this.tables.seatPart.length);
    this.possible = new Int32Array(events.length);
    this.#readyCount = new Int32Array(events.length);
    this.#place = new Int32Array(events.length).fill(-1);
    this.#salt = Int32Array.from(parts, (_, part) => Math.imul(part + 1, 0x9e3779b1));
    this.#cutAt = Int32Array.from(parts, ({ shape }) => system.shapes[shape]?.cutAt ?? -1);
    this.#wordFirst = firsts(this.layout);
    for (let part = 0; part < parts.length; part++) {
      this.#offer(part, 1);
      this.hash ^= key(this.#salt[part] ?? 0, 0);
      if (this.#cutAt[part] === 0) this.cuts++;
    }
  }

  isPossible(event: number): boolean {
    return (this.#place[event] ?? -1) >= 0;
  }

  /** Puts a part into a state. */
  move(part: number, to: number): void {
    const from = this.state[part] ?? 0;
    if (from === to) return;
    this.#offer(part, -1);
    this.state[part] = to;
    this.#offer(part, 1);
    const { word, shift, mask } = this.layout;
    const [at, by] = [word[part] ?? 0, shift[part] ?? 0];
    this.packed[at] = ((this.packed[at] ?? 0) & ~((mask[part] ?? 0) << by)) | (to << by);
    const salt = this.#salt[part] ?? 0;
    this.hash ^= key(salt, from) ^ key(salt, to);
    const cut = this.#cutAt[part] ?? -1;
    if (cut !== -1) this.cuts += (to === cut ? 1 : 0) - (from === cut ? 1 : 0);
  }

  /** Puts all parts into the states of packed words. */
  become(words: Int32Array): void {
    const { shift, mask, words: count } = this.layout;
    for (let at = 0; at < count; at++) {
      if (this.packed[at] === words[at]) continue;
      for (let part = this.#wordFirst[at] ?? 0; part < (this.#wordFirst[at + 1] ?? 0); part++)
        this.move(part, ((words[at] ?? 0) >>> (shift[part] ?? 0)) & (mask[part] ?? 0));
    }
  }

  #offer(part: number, by: 1 | -1): void {
    const { offers, events, seats } = this.tables.parts[part] as PartTable;
    const state = this.state[part] ?? 0;
    const end = offers.first[state + 1] ?? 0;
    for (let offer = offers.first[state] ?? 0; offer < end; offer++) {
      const label = offers.labels[offer] ?? 0;
      const event = events[label] ?? 0;
      this.ready[seats[label] ?? 0] = by === 1 ? 1 : 0;
      const needed = this.tables.needed[event] ?? 0;
      const before = this.#readyCount[event] ?? 0;
      this.#readyCount[event] = before + by;
      if (by === 1 && before + 1 === needed) this.#add(event);
      else if (by === -1 && before === needed) this.#remove(event);
    }
  }

  #add(event: number): void {
    this.#place[event] = this.possibleCount;
    this.possible[this.possibleCount++] = event;
  }

  #remove(event: number): void {
    const place = this.#place[event] ?? 0;
    const last = this.possible[--this.possibleCount] ?? 0;
    this.possible[place] = last;
    this.#place[last] = place;
    this.#place[event] = -1;
  }
}

// The parts of word `w` are `firsts[w]` to `firsts[w+1]`: the layout fills one word after the other.
function firsts({ words, word }: Layout): Int32Array {
  const first = new Int32Array(words + 1).fill(word.length);
  for (let part = word.length - 1; part >= 0; part--) first[word[part] ?? 0] = part;
  return first;
}

// The finishing steps of MurmurHash3 (public domain). The hash of a state is the sum modulo 2 of those of its parts (Zobrist 1970), so a move changes it in two steps.
function key(salt: number, state: number): number {
  let h = salt ^ Math.imul(state + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Whether all processes are in a final state. */
export function hasEnded({ parts, shapes, processes }: System, state: ArrayLike<number>): boolean {
  for (let part = 0; part < processes; part++) if (shapes[parts[part]?.shape ?? 0]?.final[state[part] ?? 0] !== 1) return false;
  return true;
}
