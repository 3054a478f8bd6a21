import type { System } from '#contract/network.ts';

/**
 * Every step from a state of a system, worked out over flat tables. The local states of the parts are packed into words of 32 bits and no
 * part crosses a word, so a step is made by adding a difference to a word.
 */
export class Steps {
  /** Words of a packed state. The first state is all zeros. */
  readonly words: number;
  /** The local state of each part, of the state last looked at. */
  readonly vector: Int32Array;
  /** The events of the steps last found, and the states they lead to, `words` each. */
  events: Int32Array<ArrayBuffer> = new Int32Array(64);
  next: Int32Array<ArrayBuffer>;

  readonly #parts: number;
  readonly #processes: number;
  readonly #word: Int32Array;
  readonly #shift: Int32Array;
  readonly #mask: Int32Array;
  readonly #base: Int32Array;
  readonly #final: Uint8Array;
  readonly #cut: readonly { readonly part: number; readonly at: number }[];
  /** Per local state of all parts: the events it owns, as groups. An event is owned by the first of its parts. */
  readonly #ownFirst: Int32Array;
  readonly #own: Int32Array;
  /** Per event the parts besides its owner, and for each where its row of groups by local state begins. */
  readonly #othersFirst: Int32Array;
  readonly #others: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #rows: Int32Array;
  /** Per group, the moves of one part in one state by one event: its event, and what each move adds to the part's word. */
  readonly #groupEvent: Int32Array;
  readonly #deltaFirst: Int32Array;
  readonly #deltas: Int32Array;
  readonly #chosen: Int32Array;
  #count = 0;

  constructor(system: System) {
    const layout = layoutOf(system);
    this.words = layout.words;
    this.#word = layout.word;
    this.#shift = layout.shift;
    this.#mask = layout.mask;
    this.#base = layout.base;
    this.#parts = system.parts.length;
    this.#processes = system.processes;
    this.vector = new Int32Array(this.#parts);
    this.next = new Int32Array(64 * this.words);
    this.#final = finalOf(system, layout);
    this.#cut = system.parts.flatMap(({ shape }, part) => {
      const at = system.shapes[shape]?.cutAt;
      return at === undefined ? [] : [{ part, at }];
    });
    const groups = groupsOf(system, layout);
    this.#groupEvent = groups.event;
    this.#deltaFirst = groups.deltaFirst;
    this.#deltas = groups.deltas;
    const owned = ownedOf(system, layout, groups);
    this.#ownFirst = owned.first;
    this.#own = owned.groups;
    const others = othersOf(system, layout, groups);
    this.#othersFirst = others.first;
    this.#others = others.parts;
    this.#rowOf = others.rowOf;
    this.#rows = others.rows;
    this.#chosen = new Int32Array(1 + system.events.reduce((most, { parts }) => Math.max(most, parts.length), 0));
  }

  /** Finds the steps from the packed state that begins at `from[offset]`; gives how many, and leaves them in `events` and `next`. */
  find(from: Int32Array, offset: number): number {
    this.#count = 0;
    this.#decode(from, offset);
    const { vector } = this;
    const base = this.#base;
    const ownFirst = this.#ownFirst;
    for (let part = 0; part < vector.length; part++) {
      const local = (base[part] as number) + (vector[part] as number);
      const end = ownFirst[local + 1] as number;
      for (let at = ownFirst[local] as number; at < end; at++) this.#tryEvent(from, offset, this.#own[at] as number, part);
    }
    return this.#count;
  }

  /** Whether all processes have ended in the state last looked at. */
  hasEnded(): boolean {
    for (let part = 0; part < this.#processes; part++)
      if (this.#final[(this.#base[part] as number) + (this.vector[part] as number)] === 0) return false;
    return true;
  }

  /** Whether this part is in a final state, in the state last looked at. */
  isFinal(part: number): boolean {
    return this.#final[(this.#base[part] as number) + (this.vector[part] as number)] === 1;
  }

  /** Whether the state last looked at says less than the truth. */
  isCut(): boolean {
    return this.#cut.some(({ part, at }) => this.vector[part] === at);
  }

  #decode(from: Int32Array, offset: number): void {
    const { vector } = this;
    const [word, shift, mask] = [this.#word, this.#shift, this.#mask];
    for (let part = 0; part < vector.length; part++)
      vector[part] = ((from[offset + (word[part] as number)] as number) >>> (shift[part] as number)) & (mask[part] as number);
  }

  // Makes the steps by one event, when all its parts are ready for it.
  #tryEvent(from: Int32Array, offset: number, group: number, owner: number): void {
    const event = this.#groupEvent[group] as number;
    const chosen = this.#chosen;
    chosen[0] = group;
    const deltaFirst = this.#deltaFirst;
    let several = (deltaFirst[group + 1] as number) - (deltaFirst[group] as number) > 1;
    const start = this.#othersFirst[event] as number;
    const end = this.#othersFirst[event + 1] as number;
    for (let at = start; at < end; at++) {
      const other = this.#rows[(this.#rowOf[at] as number) + (this.vector[this.#others[at] as number] as number)] as number;
      if (other < 0) return;
      chosen[at - start + 1] = other;
      if ((deltaFirst[other + 1] as number) - (deltaFirst[other] as number) > 1) several = true;
    }
    const first = this.#begin(from, offset, event);
    this.#add(first, owner, this.#deltas[deltaFirst[group] as number] as number);
    for (let at = start; at < end; at++)
      this.#add(
        first,
        this.#others[at] as number,
        this.#deltas[deltaFirst[chosen[at - start + 1] as number] as number] as number,
      );
    if (several) this.#otherWays(first, owner, start, end);
  }

  // The first way was made already; each further one takes another move of some part.
  #otherWays(first: number, owner: number, start: number, end: number): void {
    for (let k = 0; k <= end - start; k++) {
      const part = k === 0 ? owner : (this.#others[start + k - 1] as number);
      const group = this.#chosen[k] as number;
      const moves = this.#deltaFirst[group] as number;
      const made = this.#count;
      for (let move = moves + 1; move < (this.#deltaFirst[group + 1] as number); move++) {
        const more = (this.#deltas[move] as number) - (this.#deltas[moves] as number);
        for (let way = first; way < made; way++) {
          const copy = this.#begin(this.next, way * this.words, this.events[way] as number);
          this.#add(copy, part, more);
        }
      }
    }
  }

  #begin(from: Int32Array, offset: number, event: number): number {
    const number = this.#count++;
    if (number === this.events.length) {
      const same = from === this.next;
      this.events = doubled(this.events);
      this.next = doubled(this.next);
      if (same) return this.#fill(this.next, offset, event, number);
    }
    return this.#fill(from, offset, event, number);
  }

  #fill(from: Int32Array, offset: number, event: number, number: number): number {
    const { words, next } = this;
    this.events[number] = event;
    for (let i = 0; i < words; i++) next[number * words + i] = from[offset + i] as number;
    return number;
  }

  #add(number: number, part: number, delta: number): void {
    const at = number * this.words + (this.#word[part] as number);
    this.next[at] = ((this.next[at] as number) + delta) | 0;
  }
}

interface Layout {
  readonly words: number;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;
  /** Where the local states of a part begin when those of all parts stand in a row. */
  readonly base: Int32Array;
}

function layoutOf({ parts, shapes }: System): Layout {
  const empty = (): Int32Array => new Int32Array(parts.length);
  const layout = { word: empty(), shift: empty(), mask: empty(), base: new Int32Array(parts.length + 1) };
  let [words, used] = [1, 0];
  for (const [number, part] of parts.entries()) {
    const states = shapes[part.shape]?.final.length ?? 1;
    const bits = 32 - Math.clz32(states - 1);
    if (used + bits > 32) [words, used] = [words + 1, 0];
    layout.word[number] = words - 1;
    layout.shift[number] = used;
    layout.mask[number] = bits === 32 ? -1 : (1 << bits) - 1;
    layout.base[number + 1] = (layout.base[number] ?? 0) + states;
    used += bits;
  }
  return { ...layout, words };
}

function finalOf({ parts, shapes }: System, { base }: Layout): Uint8Array {
  const final = new Uint8Array(base.at(-1) ?? 0);
  for (const [number, { shape }] of parts.entries()) final.set(shapes[shape]?.final ?? [], base[number]);
  return final;
}

interface Groups {
  /** Per local state of all parts, its groups: first to first of the next. */
  readonly first: Int32Array;
  readonly event: Int32Array;
  readonly deltaFirst: Int32Array;
  readonly deltas: Int32Array;
}

function groupsOf({ parts, shapes }: System, { base, shift }: Layout): Groups {
  const first = new Int32Array((base.at(-1) ?? 0) + 1);
  const events: number[] = [];
  const deltaFirst: number[] = [];
  const deltas: number[] = [];
  for (const [number, part] of parts.entries()) {
    const shape = shapes[part.shape] as (typeof shapes)[number];
    for (let state = 0; state < shape.final.length; state++) {
      first[(base[number] ?? 0) + state] = events.length;
      const byEvent = new Map<number, Set<number>>();
      for (let move = shape.first[state] ?? 0; move < (shape.first[state + 1] ?? 0); move++) {
        const event = part.events[shape.labels[move] ?? 0] ?? 0;
        const targets = byEvent.get(event) ?? new Set();
        byEvent.set(event, targets.add(shape.targets[move] ?? 0));
      }
      for (const [event, targets] of byEvent) {
        events.push(event);
        deltaFirst.push(deltas.length);
        for (const target of targets) deltas.push((target - state) << (shift[number] ?? 0));
      }
    }
  }
  first[first.length - 1] = events.length;
  deltaFirst.push(deltas.length);
  return { first, event: Int32Array.from(events), deltaFirst: Int32Array.from(deltaFirst), deltas: Int32Array.from(deltas) };
}

function ownedOf({ events }: System, { base }: Layout, groups: Groups): { first: Int32Array; groups: Int32Array } {
  const first = new Int32Array(groups.first.length);
  const own: number[] = [];
  for (let part = 0; part + 1 < base.length; part++) {
    for (let local = base[part] ?? 0; local < (base[part + 1] ?? 0); local++) {
      first[local] = own.length;
      for (let group = groups.first[local] ?? 0; group < (groups.first[local + 1] ?? 0); group++) {
        const takers = events[groups.event[group] ?? 0]?.parts ?? [];
        // With -1 among them there is nobody to make it with.
        if (takers[0] === part && !takers.includes(-1)) own.push(group);
      }
    }
  }
  first[first.length - 1] = own.length;
  return { first, groups: Int32Array.from(own) };
}

interface Others {
  readonly first: Int32Array;
  readonly parts: Int32Array;
  readonly rowOf: Int32Array;
  readonly rows: Int32Array;
}

function othersOf({ events }: System, { base }: Layout, groups: Groups): Others {
  const first = new Int32Array(events.length + 1);
  const parts: number[] = [];
  const rowOf: number[] = [];
  const rowAt = new Map<string, number>();
  let size = 0;
  for (const [event, { parts: takers }] of events.entries()) {
    for (const part of takers.slice(1).filter((one) => one >= 0)) {
      parts.push(part);
      rowOf.push(size);
      rowAt.set(`${event} ${part}`, size);
      size += (base[part + 1] ?? 0) - (base[part] ?? 0);
    }
    first[event + 1] = parts.length;
  }
  const rows = new Int32Array(size).fill(-1);
  for (let part = 0; part + 1 < base.length; part++) {
    for (let local = base[part] ?? 0; local < (base[part + 1] ?? 0); local++)
      for (let group = groups.first[local] ?? 0; group < (groups.first[local + 1] ?? 0); group++) {
        const row = rowAt.get(`${groups.event[group]} ${part}`);
        if (row !== undefined) rows[row + local - (base[part] ?? 0)] = group;
      }
  }
  return { first, parts: Int32Array.from(parts), rowOf: Int32Array.from(rowOf), rows };
}

/** The same numbers in an array twice as long. */
export function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const next = new Int32Array(array.length * 2);
  next.set(array);
  return next;
}
