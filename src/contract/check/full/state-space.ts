import type { System } from '#contract/network.ts';
import { type Layout, layoutOf, localState, unpack } from './layout.ts';
import { type Places, roundFill, roundStates, searchFunctions, variables } from './search-code.ts';
import { compileSuccessors, entryBytes } from './successors.ts';
import { moduleBytes } from './wasm.ts';

const pageBytes = 65_536;
/** Addresses have 32 bits. */
const mostBytes = 2 ** 32 - pageBytes;
/** Of 64 bits: wider states are looked at so slowly that a full search comes nowhere. */
const mostWords = 512;
/** V12  When so much of the table is full it grows by this: at most 7 bytes a state, whatever their number, besides the words of the state. */
const [fullest, growth] = [0.8, 1.4];
/** States met of late are kept in as much as the caches next to the processor hold. */
const recentBytes = 256 * 1024;
/** What is kept of a call. */
const callBytes = 16;
/** States followed in one call; also how far one has to look for what a state was found from. */
const stretch = 1024;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  expand(to: number): number;
  edges(state: number): number;
  fill(unused: number): number;
}
type Variables = Record<keyof typeof variables, { value: number | bigint }>;

/** What of the global `WebAssembly` is used: its types come with those of a page or of Node, this code runs in both. */
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/**
 * The reachable states of a system, in the order of their distance from the start: found by a WebAssembly module that is made for the system and holds
 * them in its memory. Dropping this frees them.
 */
export class StateSpace {
  readonly layout: Layout;
  readonly #parts: number;
  readonly #code: Exports;
  readonly #variables: Variables;
  readonly #places: Places;
  readonly #mostBytes: number;
  readonly #events: number;
  /** V13  After each call that followed states: how many had been followed, and how many there were. No link to a parent is kept. */
  readonly #followed: number[] = [0];
  readonly #found: number[] = [1];
  #view: Int32Array;

  private constructor(system: System, layout: Layout, places: Places, { code, mostBytes }: { code: Exports; mostBytes: number }) {
    this.layout = layout;
    this.#parts = system.parts.length;
    this.#events = system.events.length;
    this.#code = code;
    this.#variables = code as unknown as Variables;
    this.#places = places;
    this.#mostBytes = mostBytes;
    this.#view = new Int32Array(code.memory.buffer);
  }

  /** A space with the start alone, or why there is none. */
  static of(system: System, maxBytes: number): StateSpace | { readonly why: string } {
    const layout = layoutOf(system);
    if (layout.words > mostWords) return { why: `too wide: one state takes ${count(8 * layout.words)} bytes` };
    const [dead, made] = [64, 64 + 4 * roundStates];
    const tablesAt = aligned(made + system.events.length);
    const successors = compileSuccessors(system, layout, tablesAt);
    if ('tooWide' in successors) return { why: `too wide: ${successors.tooWide}` };
    const recent = aligned(tablesAt + 4 * successors.tables.length);
    const recentStates = 2 ** Math.floor(Math.log2(recentBytes / (8 * layout.words)));
    const entries = recent + 8 * layout.words * recentStates;
    const places = { dead, made, recent, recentStates, entries, roundEntries: roundFill + successors.most };
    const most = Math.min(mostBytes, Math.floor(maxBytes / pageBytes) * pageBytes);
    const table = aligned(entries + (places.roundEntries + 1) * entryBytes(layout));
    const slots = Math.ceil(Math.max(1024, 2 * places.roundEntries) / fullest);
    const first = pagesOf(table + 4 * slots + 8 + 8 * layout.words * (2 * places.roundEntries + 1));
    if (first * pageBytes > most) return { why: 'out of memory before the first state' };
    const functions = [...successors.functions, ...searchFunctions(layout, places, successors.functions.length)];
    const pages = { first, most: most / pageBytes };
    const code = instanceOf(moduleBytes({ functions, variables, pages }));
    if (typeof code === 'string') return { why: `cannot be compiled here: ${code}` };
    const space = new StateSpace(system, layout, places, { code, mostBytes: most });
    space.#view.set(successors.tables, tablesAt / 4);
    space.#begin(table, slots);
    return space;
  }

  get size(): number {
    return Number(this.#variables.size.value);
  }

  get transitions(): number {
    return Number(this.#variables.transitions.value);
  }

  /** States whose successors are known. */
  get followed(): number {
    return Number(this.#variables.at.value);
  }

  /** The bytes of everything that is held; they do not become fewer. */
  get bytes(): number {
    return this.#view.byteLength + callBytes * this.#found.length;
  }

  /** For each event 1 if some state that was followed has it as a step. */
  get made(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#places.made, this.#events).slice();
  }

  /**
   * Follows some more states.
   *
   * @param maxStates stops soon after that many were found.
   * @returns the numbers of those without a successor, or undefined when there is no memory for more.
   */
  advance(maxStates: number): readonly number[] | undefined {
    const { at, dead, size, room } = this.#variables;
    const enough = maxStates + this.#places.roundEntries;
    if (this.#crowded() && !this.#grow()) return undefined;
    const had = Number(room.value);
    room.value = Math.min(had, enough);
    this.#code.expand(Number(at.value) + stretch);
    room.value = had;
    this.#followed.push(Number(at.value));
    this.#found.push(Number(size.value));
    const noted = Number(dead.value);
    if (noted === 0) return [];
    dead.value = 0;
    return [...this.#view.subarray(this.#places.dead / 4, this.#places.dead / 4 + noted)];
  }

  /** The local states of the parts. */
  vectorOf(state: number, into: Int32Array = new Int32Array(this.#parts)): Int32Array {
    unpack(this.layout, this.#view, unsigned(this.#variables.states.value) / 4 + 2 * this.layout.words * state, into);
    return into;
  }

  /** Whether a part is in a local state in one of the states from a number on. */
  isIn(part: number, local: number, from: number): boolean {
    const { word, shift, bits, words } = this.layout;
    const [inWord, by, wide] = [word[part] ?? 0, shift[part] ?? 0, bits[part] ?? 0];
    const end = this.size;
    let at = unsigned(this.#variables.states.value) / 4 + 2 * words * from;
    for (let state = from; state < end; state++, at += 2 * words)
      if (localState(this.#view, at, inWord, by, wide) === local) return true;
    return false;
  }

  /** A copy of the packed states, to be kept when this is dropped. */
  packed(): Int32Array {
    const start = unsigned(this.#variables.states.value) / 4;
    return this.#view.slice(start, start + 2 * this.layout.words * this.size);
  }

  /** Calls back for each step from a state whose successors are known, in the same order each time. */
  eachEdge(state: number, edge: (event: number, target: number) => void): void {
    const entries = this.#code.edges(state);
    const width = entryBytes(this.layout) / 4;
    let at = this.#places.entries / 4 + 2 * this.layout.words;
    for (let entry = 0; entry < entries; entry++, at += width)
      edge(this.#view[at] ?? 0, (this.#view[at + width - 2 - 2 * this.layout.words] ?? 0) - 1);
  }

  /**
   * V13  The events of a shortest way from the start. States are found in the order in which those before them are followed, so a state was found within the call after
   *      which there first were so many; that call's states are followed once more to learn from which. Each call is repeated once at the most.
   */
  wayTo(state: number): number[] {
    const way: number[] = [];
    let to = state;
    while (to > 0) {
      const call = firstOver(this.#found, to);
      const [from, before] = [this.#followed[call - 1] ?? 0, this.#found[call - 1] ?? 0];
      const links = this.#linksOf(from, this.#followed[call] ?? 0, before);
      for (; to >= before && to > 0; to = links.parents[to - before] ?? 0) way.push(links.events[to - before] ?? 0);
    }
    return way.reverse();
  }

  // From which state, by which event, those with numbers from `before` on were found when these were followed.
  #linksOf(from: number, end: number, before: number): { readonly parents: number[]; readonly events: number[] } {
    const [parents, events]: [number[], number[]] = [[], []];
    for (let state = from; state < end; state++)
      this.eachEdge(state, (event, target) => {
        if (target !== before + parents.length) return;
        parents.push(state);
        events.push(event);
      });
    return { parents, events };
  }

  #begin(table: number, slots: number): void {
    this.#place(table, slots);
    const { size } = this.#variables;
    // The start is all zeros: each part in state 0.
    size.value = 1;
    this.#code.fill(0);
  }

  #place(table: number, slots: number): void {
    const { states, table: tableAt, slots: slotCount, bits } = this.#variables;
    tableAt.value = table;
    slotCount.value = slots;
    bits.value = 32 - Math.clz32(slots);
    states.value = aligned(table + 4 * slots) + 8 * this.layout.words;
    this.#measure();
  }

  #measure(): void {
    const { states, slots, room } = this.#variables;
    const byMemory = Math.floor((this.#view.byteLength - unsigned(states.value)) / (8 * this.layout.words)) - 1;
    room.value = Math.min(byMemory, Math.floor(fullest * Number(slots.value)));
  }

  #crowded(): boolean {
    return this.size + this.#places.roundEntries > Number(this.#variables.room.value);
  }

  // Makes room for a round: more memory, and a larger table where it is too full; the states then move up.
  #grow(): boolean {
    const { states, table, slots } = this.#variables;
    const needed = this.size + this.#places.roundEntries;
    const larger = needed > fullest * Number(slots.value);
    const newSlots = larger ? Math.ceil(Math.max(growth * Number(slots.value), needed / fullest)) : Number(slots.value);
    const tableAt = unsigned(table.value);
    const newStates = aligned(tableAt + 4 * newSlots) + 8 * this.layout.words;
    if (!this.#reserve(newStates + 8 * this.layout.words * (needed + 1))) return false;
    if (larger) {
      const [from, words] = [unsigned(states.value) / 4, 2 * this.layout.words * this.size];
      this.#view.copyWithin(newStates / 4, from, from + words);
      this.#view.fill(0, tableAt / 4, tableAt / 4 + newSlots);
      this.#place(tableAt, newSlots);
      this.#code.fill(0);
    }
    this.#measure();
    return true;
  }

  // In steps of a sixty-fourth, so that little is taken that is not needed.
  #reserve(bytes: number): boolean {
    const has = this.#view.byteLength;
    if (bytes <= has) return true;
    const most = pageBytes * Math.floor((this.#mostBytes - callBytes * (this.#found.length + 1)) / pageBytes);
    if (bytes > most) return false;
    const wanted = Math.min(most, Math.max(bytes, has + Math.max(has / 64, pageBytes)));
    try {
      this.#code.memory.grow(pagesOf(wanted) - has / pageBytes);
    } catch {
      return false;
    }
    this.#view = new Int32Array(this.#code.memory.buffer);
    return true;
  }
}

function instanceOf(bytes: Uint8Array<ArrayBuffer>): Exports | string {
  const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyGlobal };
  if (wasm === undefined) return 'WebAssembly is not there';
  try {
    return new wasm.Instance(new wasm.Module(bytes)).exports as Exports;
  } catch (error) {
    // No memory is left for it, or the page's policy forbids it.
    return error instanceof Error ? error.message : String(error);
  }
}

// The first of the ascending numbers that is greater.
function firstOver(numbers: readonly number[], than: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) > than) high = middle;
    else low = middle + 1;
  }
  return low;
}

const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;
const pagesOf = (bytes: number): number => Math.ceil(bytes / pageBytes);
// A variable of 32 bits is read with a sign.
const unsigned = (value: number | bigint): number => Number(value) >>> 0;
const count = (number: number): string => number.toLocaleString('en');
