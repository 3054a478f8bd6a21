import { waysOf } from './steps.ts';
import type { PartTable } from './tables.ts';
import type { World } from './world.ts';

/** A closed set of events: what of it is possible now stands for all that is. */
export interface Chosen {
  readonly events: readonly number[];
  /** Steps that its possible events come to; 0 when nothing is possible at all. */
  readonly ways: number;
}

const nothing: Chosen = { events: [], ways: 0 };

/** An event that has been met: still on the way; or done with, and nothing it leads to is possible, or something is. */
const open = 0;
const idle = 1;
const live = 2;

/**
 * V30  Chooses a closed set with few possible steps. The closed sets that are as small as can be are the last components (Tarjan 1972) of the graph in which an
 *      event leads to those it must be taken with. Of an impossible event one part that refuses it is enough; which one is decided when the search comes
 *      to it: the one that binds the fewest others.
 */
export class Closure {
  readonly #world: World;
  /** Numbers grow from one choice to the next, so nothing has to be cleared; an event was met in this choice when its number is at least `#start`. */
  readonly #number: Int32Array;
  readonly #low: Int32Array;
  readonly #done: Uint8Array;
  readonly #leadsToLive: Uint8Array;
  readonly #onWay: Int32Array;
  readonly #frameEvent: Int32Array;
  /** The seat whose bonds are being followed, and how many of them have been. */
  readonly #frameSeat: Int32Array;
  readonly #frameBond: Int32Array;
  /** Per impossible event that was met, the seat whose part bars it; -1 for one that nobody can ever make. */
  readonly #refusing: Int32Array;
  #wayLength = 0;
  #frames = 0;
  #start = 0;
  #next = 0;
  #best: Chosen = nothing;

  constructor(world: World) {
    const count = world.possible.length;
    this.#world = world;
    this.#number = new Int32Array(count).fill(-1);
    this.#low = new Int32Array(count);
    this.#done = new Uint8Array(count);
    this.#leadsToLive = new Uint8Array(count);
    this.#onWay = new Int32Array(count);
    this.#refusing = new Int32Array(count);
    this.#frameEvent = new Int32Array(count);
    this.#frameSeat = new Int32Array(count);
    this.#frameBond = new Int32Array(count);
  }

  /**
   * @param seeds events that are possible, the one to begin with first.
   * @param tries how many of them to begin with, at most, while there is a choice of steps.
   */
  choose(seeds: Int32Array, count: number, tries: number): Chosen {
    this.#best = nothing;
    if (this.#next > 0x3fffffff) {
      this.#number.fill(-1);
      this.#next = 0;
    }
    this.#start = this.#next;
    for (let i = 0; i < count && i < tries && this.#best.ways !== 1; i++) {
      const event = seeds[i] ?? 0;
      if ((this.#number[event] ?? -1) < this.#start) this.#from(event);
    }
    return this.#best;
  }

  /** What was chosen last, with the events that it relies on and that cannot become possible: ascending. */
  whole(): number[] {
    return this.#closed(this.#best.events, (event) => this.#refusing[event] ?? -1);
  }

  /** A closed set with these events in it, however many steps it has: ascending. */
  around(events: readonly number[]): number[] {
    const { seatFirst, needed } = this.#world.tables;
    return this.#closed(events, (event) => {
      const [first, end] = [seatFirst[event] ?? 0, seatFirst[event + 1] ?? 0];
      return needed[event] === end - first ? this.#refuser(first, end) : -1;
    });
  }

  #closed(seeds: readonly number[], refusing: (event: number) => number): number[] {
    const set = new Set(seeds);
    const { seatFirst, seatPart, parts } = this.#world.tables;
    for (const event of set) {
      const kept = this.#world.isPossible(event);
      const barred = kept ? 0 : refusing(event);
      const [first, end] = kept ? [seatFirst[event] ?? 0, seatFirst[event + 1] ?? 0] : [barred, barred + 1];
      for (let seat = Math.max(0, first); seat < end; seat++) {
        const { events } = parts[seatPart[seat] ?? 0] as PartTable;
        for (const label of kept ? this.#keeping(seat) : this.#barring(seat)) set.add(events[label] ?? 0);
      }
    }
    return [...set].sort((a, b) => a - b);
  }

  #from(root: number): void {
    this.#wayLength = 0;
    this.#frames = 0;
    this.#enter(root);
    while (this.#frames > 0) {
      const frame = this.#frames - 1;
      const event = this.#frameEvent[frame] ?? 0;
      const next = this.#world.isPossible(event) ? this.#kept(frame, event) : this.#barred(frame, event);
      if (next >= 0) {
        this.#enter(next);
        continue;
      }
      this.#frames--;
      if (this.#low[event] === this.#number[event] && this.#close(event)) return;
      if (this.#frames > 0) this.#leave(event, this.#frameEvent[this.#frames - 1] ?? 0);
    }
  }

  #enter(event: number): void {
    const { seatFirst, needed } = this.#world.tables;
    const [first, end] = [seatFirst[event] ?? 0, seatFirst[event + 1] ?? 0];
    this.#number[event] = this.#next;
    this.#low[event] = this.#next++;
    this.#done[event] = open;
    this.#leadsToLive[event] = 0;
    this.#onWay[this.#wayLength++] = event;
    this.#frameEvent[this.#frames] = event;
    // One that nobody can ever make binds nothing.
    const dead = needed[event] !== end - first;
    if (!this.#world.isPossible(event)) this.#refusing[event] = dead ? -1 : this.#refuser(first, end);
    this.#frameSeat[this.#frames] = this.#world.isPossible(event) ? first : (this.#refusing[event] ?? -1);
    this.#frameBond[this.#frames++] = 0;
  }

  #leave(event: number, before: number): void {
    if (this.#done[event] === open) this.#low[before] = Math.min(this.#low[before] ?? 0, this.#low[event] ?? 0);
    else if (this.#done[event] === live) this.#leadsToLive[before] = 1;
  }

  // The next event that a possible one must be taken with and that has not been met; -1 when there is none.
  #kept(frame: number, event: number): number {
    const { seatFirst, seatPart, parts } = this.#world.tables;
    const end = seatFirst[event + 1] ?? 0;
    for (let seat = this.#frameSeat[frame] ?? 0; seat < end; seat++) {
      const { events } = parts[seatPart[seat] ?? 0] as PartTable;
      const next = this.#firstNew(frame, event, this.#keeping(seat), events);
      this.#frameSeat[frame] = seat;
      if (next >= 0) return next;
      this.#frameBond[frame] = 0;
    }
    this.#frameSeat[frame] = end;
    return -1;
  }

  #barred(frame: number, event: number): number {
    const seat = this.#frameSeat[frame] ?? -1;
    if (seat < 0) return -1;
    const part = this.#world.tables.seatPart[seat] ?? 0;
    return this.#firstNew(frame, event, this.#barring(seat), (this.#world.tables.parts[part] as PartTable).events);
  }

  #keeping(seat: number): Int32Array {
    const { seatPart, seatLabel, parts } = this.#world.tables;
    const part = seatPart[seat] ?? 0;
    return (parts[part] as PartTable).bonds.keeping(this.#world.state[part] ?? 0, seatLabel[seat] ?? 0);
  }

  #barring(seat: number): Int32Array {
    const { seatPart, seatLabel, parts } = this.#world.tables;
    const part = seatPart[seat] ?? 0;
    const label = seatLabel[seat] ?? -1;
    return label < 0 ? none : (parts[part] as PartTable).bonds.barring(this.#world.state[part] ?? 0, label);
  }

  #firstNew(frame: number, event: number, labels: Int32Array, events: Int32Array): number {
    for (let bond = this.#frameBond[frame] ?? 0; bond < labels.length; bond++) {
      const next = events[labels[bond] ?? 0] ?? 0;
      if (this.#met(event, next)) continue;
      this.#frameBond[frame] = bond + 1;
      return next;
    }
    this.#frameBond[frame] = labels.length;
    return -1;
  }

  // Takes note that one leads to the other; false when the other has not been met.
  #met(event: number, next: number): boolean {
    const number = this.#number[next] ?? -1;
    if (number < this.#start) return false;
    if (this.#done[next] === open) this.#low[event] = Math.min(this.#low[event] ?? 0, number);
    else if (this.#done[next] === live) this.#leadsToLive[event] = 1;
    return true;
  }

  #refuser(first: number, end: number): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let seat = first; seat < end; seat++) {
      if (this.#world.ready[seat] === 1) continue;
      const { length } = this.#barring(seat);
      if (length < least) [best, least] = [seat, length];
    }
    return best;
  }

  // A component is complete: it begins at `root` on the way. True when nothing better can follow.
  #close(root: number): boolean {
    let at = this.#wayLength;
    let leads = false;
    let ways = 0;
    do {
      const event = this.#onWay[--at] ?? 0;
      leads ||= this.#leadsToLive[event] === 1;
      if (this.#world.isPossible(event)) ways += waysOf(this.#world, event);
    } while (this.#onWay[at] !== root);
    const isLive = leads || ways > 0;
    for (let i = at; i < this.#wayLength; i++) this.#done[this.#onWay[i] ?? 0] = isLive ? live : idle;
    // With what is idle it is closed; one that leads to another that is live is not, and would be no smaller.
    if (!leads && ways > 0 && (this.#best.ways === 0 || ways < this.#best.ways))
      this.#best = { events: [...this.#onWay.subarray(at, this.#wayLength)], ways };
    this.#wayLength = at;
    return this.#best.ways === 1;
  }
}

const none = new Int32Array(0);
