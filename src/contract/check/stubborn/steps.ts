import type { PartTable } from './tables.ts';
import type { World } from './world.ts';

/** In how many ways a possible event can be made. */
export function waysOf(world: World, event: number): number {
  const { seatFirst, seatPart } = world.tables;
  let ways = 1;
  for (let seat = seatFirst[event] ?? 0; seat < (seatFirst[event + 1] ?? 0); seat++) {
    const { wayFirst } = (world.tables.parts[seatPart[seat] ?? 0] as PartTable).offers;
    const offer = offerOf(world, seatPart[seat] ?? 0, event);
    ways *= (wayFirst[offer + 1] ?? 0) - (wayFirst[offer] ?? 0);
  }
  return ways;
}

function offerOf({ tables, state }: World, part: number, event: number): number {
  const { offers, events } = tables.parts[part] as PartTable;
  let offer = offers.first[state[part] ?? 0] ?? 0;
  while (events[offers.labels[offer] ?? 0] !== event) offer++;
  return offer;
}

/** V151  An event that can be made in more ways than this is not followed: each way is a step of its own. */
const mostWays = 1_000_000;
export const tooWide = 'too wide: an event can be made in more than a million ways';

/** A stack of steps that are still to be taken: each an event and where it puts those that make it. */
export class Steps {
  #cells: Int32Array<ArrayBuffer> = new Int32Array(1024);
  /** Cells in use; a step is above another one's size exactly when it was pushed after it. */
  size = 0;

  /** What it takes, and what it takes once more while it grows. */
  get bytes(): number {
    return 2 * this.#cells.byteLength;
  }

  /** All ways of those of the events that are possible; false, and none, when they are too many. */
  push(world: World, events: readonly number[]): boolean {
    const possible = events.filter((event) => world.isPossible(event));
    if (possible.reduce((ways, event) => ways + waysOf(world, event), 0) > mostWays) return false;
    for (const event of possible) this.#pushEvent(world, event);
    return true;
  }

  // The first way on top.
  #pushEvent(world: World, event: number): void {
    const { seatFirst, seatPart } = world.tables;
    const [first, end] = [seatFirst[event] ?? 0, seatFirst[event + 1] ?? 0];
    const lists: Int32Array[] = [];
    let ways = 1;
    for (let seat = first; seat < end; seat++) {
      const part = seatPart[seat] ?? 0;
      const { wayFirst, targets } = (world.tables.parts[part] as PartTable).offers;
      const offer = offerOf(world, part, event);
      const list = targets.subarray(wayFirst[offer], wayFirst[offer + 1]);
      lists.push(list);
      ways *= list.length;
    }
    for (let way = ways - 1; way >= 0; way--) {
      this.#reserve(lists.length + 1);
      let left = way;
      for (let at = lists.length - 1; at >= 0; at--) {
        const list = lists[at] as Int32Array;
        this.#cells[this.size + at] = list[left % list.length] ?? 0;
        left = Math.floor(left / list.length);
      }
      this.size += lists.length;
      this.#cells[this.size++] = event;
    }
  }

  /** Takes the step on top and does it. What undoes it is put on the other stack. @returns the event. */
  take(world: World, undo: Steps): number {
    const event = this.#cells[--this.size] ?? 0;
    const { seatFirst, seatPart } = world.tables;
    const [first, end] = [seatFirst[event] ?? 0, seatFirst[event + 1] ?? 0];
    this.size -= end - first;
    undo.#reserve(end - first + 1);
    for (let seat = first; seat < end; seat++) {
      const part = seatPart[seat] ?? 0;
      undo.#cells[undo.size++] = world.state[part] ?? 0;
      world.move(part, this.#cells[this.size + seat - first] ?? 0);
    }
    undo.#cells[undo.size++] = event;
    return event;
  }

  copy(): Steps {
    const copy = new Steps();
    copy.#cells = this.#cells.slice(0, this.size + 1);
    copy.size = this.size;
    return copy;
  }

  /** Takes back the step on top, which undoes one. @returns the event, and where it had put those that make it. */
  takeBack(world: World): { readonly event: number; readonly to: readonly number[] } {
    const { seatFirst, seatPart } = world.tables;
    const event = this.#cells[this.size - 1] ?? 0;
    const parts = seatPart.subarray(seatFirst[event], seatFirst[event + 1]);
    const to = [...parts].map((part) => world.state[part] ?? 0);
    this.take(world, new Steps());
    return { event, to };
  }

  /** The events on the stack, the lowest first. */
  events({ tables }: World): number[] {
    const events: number[] = [];
    for (let at = this.size; at > 0; ) {
      const event = this.#cells[at - 1] ?? 0;
      events.push(event);
      at -= 1 + (tables.seatFirst[event + 1] ?? 0) - (tables.seatFirst[event] ?? 0);
    }
    return events.reverse();
  }

  #reserve(more: number): void {
    if (this.size + more <= this.#cells.length) return;
    const cells = new Int32Array(2 * (this.size + more));
    cells.set(this.#cells);
    this.#cells = cells;
  }
}
