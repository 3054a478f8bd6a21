import type { System } from '#contract/network.ts';
import type { Layout } from './layout.ts';
import { Code, type Func, i32, i64, op } from './wasm.ts';

/**
 * Functions that write down what follows a state, one for some of the events each: they take the address of the state and where to write, and
 * give back where they stopped. An entry is the words of the state and then the number of the event.
 */
export interface Successors {
  readonly functions: readonly Func[];
  /** Constant data the functions look things up in, to be put at the address it was made for. */
  readonly tables: Int32Array<ArrayBuffer>;
  /** The most entries one state can have. */
  readonly most: number;
}

/** V11  What can be followed at all: beyond this a state takes too long to be looked at for a full search to come anywhere. */
const mostCodeBytes = 32 * 1024 * 1024;
const mostTableBytes = 64 * 1024 * 1024;
const mostEntries = 1_000_000;

/** An event in at most this many ways is tested for each; one in more is looked up. */
const fewWays = 12;
/** What engines take of one function (WebAssembly JavaScript Interface, section 8): an event is never divided among several. */
const mostInFunction = { bytes: 7_000_000, lookups: 49_000 };
/** The functions are kept to a size that an optimising compiler takes on. */
const functionBytes = 12_000;

/** For one part that makes an event: per local state, where that may lead. */
type Rows = ReadonlyMap<number, readonly number[]>;

interface Meeting {
  readonly event: number;
  readonly places: readonly Place[];
}

interface Place {
  readonly part: number;
  readonly rows: Rows;
}

/** Where the next state of a part is kept. */
interface Target {
  readonly part: number;
  readonly local: number;
}

/** @param tablesAt where the tables will stand in memory. */
export function compileSuccessors(system: System, layout: Layout, tablesAt: number): Successors | { readonly tooWide: string } {
  const meetings = meetingsOf(system);
  const most = meetings.reduce((sum, { places }) => sum + places.reduce((ways, { rows }) => ways * longest(rows), 1), 0);
  if (most > mostEntries) return { tooWide: `one state may have ${most.toLocaleString('en')} successors` };
  const tables = new Tables(tablesAt);
  const functions: Func[] = [];
  let [written, emitter] = [0, new Emitter(layout, tables)];
  const close = (): void => {
    functions.push(emitter.done());
    written += emitter.code.bytes.length;
    emitter = new Emitter(layout, tables);
  };
  for (const meeting of meetings) {
    emitter.meeting(system, meeting);
    if (emitter.code.bytes.length > mostInFunction.bytes || emitter.lookups > mostInFunction.lookups)
      return { tooWide: `one event has ${meeting.places.length.toLocaleString('en')} parts` };
    if (emitter.code.bytes.length > functionBytes) close();
    if (written > mostCodeBytes || tables.bytes > mostTableBytes) return { tooWide: 'its transition systems are too large' };
  }
  if (functions.length === 0 || emitter.code.bytes.length > 0) close();
  return { functions, tables: tables.data(), most };
}

const longest = (rows: Rows): number => [...rows.values()].reduce((most, { length }) => Math.max(most, length), 0);

/** V10  An event happens when all its parts make it at once; one that nobody makes, or that some part never makes, is left out. */
function meetingsOf(system: System): Meeting[] {
  const made = system.parts.map((part) => rowsOf(system, part));
  return system.events.flatMap(({ parts }, event) => {
    const places = parts.flatMap((part) => {
      const rows = made[part]?.get(event);
      return rows === undefined ? [] : [{ part, rows }];
    });
    return parts.length === 0 || places.length < parts.length ? [] : [{ event, places }];
  });
}

function rowsOf({ shapes }: System, { shape, events }: System['parts'][number]): ReadonlyMap<number, Rows> {
  const { first, labels, targets } = shapes[shape] as System['shapes'][number];
  const byEvent = new Map<number, Map<number, number[]>>();
  for (let state = 0; (first[state] ?? 0) < labels.length && state + 1 < first.length; state++) {
    for (let move = first[state] ?? 0; move < (first[state + 1] ?? 0); move++) {
      const event = events[labels[move] ?? 0] ?? 0;
      const rows = byEvent.get(event) ?? new Map<number, number[]>();
      byEvent.set(event, rows);
      const row = rows.get(state) ?? [];
      rows.set(state, row);
      row.push(targets[move] ?? 0);
    }
  }
  return byEvent;
}

/** Rows as numbers in memory: for each state where its targets begin, as an address, and one more; then the targets. */
class Tables {
  readonly #at: number;
  readonly #known = new Map<string, number>();
  #data = new Int32Array(1024);
  #length = 0;

  constructor(at: number) {
    this.#at = at;
  }

  get bytes(): number {
    return 4 * this.#length;
  }

  data(): Int32Array<ArrayBuffer> {
    return this.#data.slice(0, this.#length);
  }

  /** The address of the rows; parts with equal rows share them. */
  add(states: number, rows: Rows): number {
    const key = `${states}|${[...rows].map(([state, targets]) => `${state}>${targets}`).join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [start, lists] = [this.#length, [...rows.values()]];
    this.#room(states + 1 + lists.reduce((sum, { length }) => sum + length, 0));
    let at = start + states + 1;
    for (let state = 0; state <= states; state++) {
      this.#data[start + state] = this.#at + 4 * at;
      for (const target of rows.get(state) ?? []) this.#data[at++] = target;
    }
    this.#length = at;
    this.#known.set(key, this.#at + 4 * start);
    return this.#at + 4 * start;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#data.length) return;
    const larger = new Int32Array(Math.max(2 * this.#data.length, this.#length + more));
    larger.set(this.#data);
    this.#data = larger;
  }
}

// The locals of a function: its two parameters, then the state where it is one word, then those of lookups.
const [source, out, word0] = [0, 1, 2];
const firstOfLookups = word0 + 1;

/** One way in which an event can be made, as masks and differences of words: `(word & mask) == value`, then `word + difference`. */
interface Way {
  readonly mask: bigint;
  readonly value: bigint;
  readonly difference: bigint;
}

class Emitter {
  readonly code = new Code();
  readonly #layout: Layout;
  readonly #tables: Tables;
  #lookups = 0;

  constructor(layout: Layout, tables: Tables) {
    this.#layout = layout;
    this.#tables = tables;
  }

  /** How many locals the lookups take. */
  get lookups(): number {
    return this.#lookups;
  }

  meeting(system: System, { event, places }: Meeting): void {
    const ways = places.reduce((product, { rows }) => product * [...rows.values()].flat().length, 1);
    if (ways <= fewWays) this.#tested(event, waysOf(this.#layout, places));
    else this.#lookedUp(system, event, places);
  }

  done(): Func {
    const single = this.#layout.words === 1;
    const start = single ? new Code().get(source).load64().set(word0).bytes : [];
    this.code.bytes.unshift(...start);
    this.code.get(out);
    const lookups = Array.from({ length: this.#lookups }, () => i32);
    return { params: [i32, i32], results: [i32], locals: [i64, ...lookups], code: this.code };
  }

  #word(word: number): Code {
    return this.#layout.words === 1 ? this.code.get(word0) : this.code.get(source).load64(8 * word);
  }

  #tested(event: number, ways: readonly ReadonlyMap<number, Way>[]): void {
    for (const way of ways) {
      if (this.#layout.words === 1) this.#testedAtOnce(event, way);
      else {
        this.#ready(way);
        this.code.if(() => {
          this.#copied(new Set(way.keys()));
          for (const [word, { difference }] of way) {
            this.code.get(out);
            this.#word(word)
              .const64(difference)
              .do(op.add64)
              .store64(8 * word);
          }
          this.#written(event);
        });
      }
    }
  }

  // In one word it costs less to write the state down in any case and to go past it only if it was right, than to jump.
  #testedAtOnce(event: number, way: ReadonlyMap<number, Way>): void {
    const { difference } = way.get(0) ?? { difference: 0n };
    this.code.get(out, word0).const64(difference).do(op.add64).store64();
    this.code.get(out).const32(event).store32(8);
    this.#ready(way);
    this.code.const32(entryBytes(this.#layout)).do(op.mul).get(out).do(op.add).set(out);
  }

  #ready(way: ReadonlyMap<number, Way>): void {
    for (const [at, [word, { mask, value }]] of [...way].entries()) {
      this.#word(word).const64(mask).do(op.and64).const64(value).do(op.xor64);
      if (at > 0) this.code.do(op.or64);
    }
    this.code.do(op.eqz64);
  }

  // First the parts with at most one target each, in a row however many they are; then loops within loops for the others: so few that their ways can be counted.
  #lookedUp(system: System, event: number, places: readonly Place[]): void {
    const sorted = [...places.filter(({ rows }) => longest(rows) < 2), ...places.filter(({ rows }) => longest(rows) > 1)];
    const singles = sorted.findIndex(({ rows }) => longest(rows) > 1);
    const loops = singles < 0 ? 0 : sorted.length - singles;
    // Of a single only the target is kept; a loop has two locals more.
    this.#lookups = Math.max(this.#lookups, sorted.length + 2 * loops);
    const targets = sorted.map(({ part }, at) => ({ part, local: firstOfLookups + at }));
    this.code.block(() => {
      for (const [at, place] of sorted.slice(0, sorted.length - loops).entries()) {
        const { local } = targets[at] as Target;
        const table = this.#rowOf(system, place, local);
        this.code.load32(table).get(local);
        this.code
          .load32(table + 4)
          .do(op.eq)
          .nextIf(0);
        this.code.get(local).load32(table).load32().set(local);
      }
      this.#looped(system, event, sorted, targets, sorted.length - loops);
    });
  }

  // The rows of one part after the other, each target of one with each of the next.
  #looped(system: System, event: number, places: readonly Place[], targets: readonly Target[], depth: number): void {
    const place = places[depth];
    if (place === undefined) {
      this.#met(event, targets);
      return;
    }
    const { local: target } = targets[depth] as Target;
    const at = firstOfLookups + places.length + 2 * (places.length - 1 - depth);
    const end = at + 1;
    const table = this.#rowOf(system, place, target);
    this.code.load32(table).set(at);
    this.code
      .get(target)
      .load32(table + 4)
      .set(end);
    this.code.block(() => {
      this.code.get(at, end).do(op.eq).nextIf(0);
      this.code.loop(() => {
        this.code.get(at).load32().set(target);
        this.#looped(system, event, places, targets, depth + 1);
        this.code.get(at).const32(4).do(op.add).tee(at).get(end).do(op.ne).nextIf(0);
      });
    });
  }

  // Leaves four times the state of the part on the stack, and in the local; gives the address of its rows.
  #rowOf(system: System, { part, rows }: Place, local: number): number {
    const { word, shift, bits } = this.#layout;
    const mask = (1n << BigInt(bits[part] ?? 0)) - 1n;
    this.#word(word[part] ?? 0)
      .const64(BigInt(shift[part] ?? 0))
      .do(op.shrU64)
      .const64(mask)
      .do(op.and64, op.wrap);
    this.code.const32(4).do(op.mul).tee(local);
    return this.#tables.add(system.shapes[system.parts[part]?.shape ?? 0]?.final.length ?? 1, rows);
  }

  #met(event: number, targets: readonly Target[]): void {
    const { word, shift, bits } = this.#layout;
    const touched = Map.groupBy(targets, ({ part }) => word[part] ?? 0);
    this.#copied(new Set(touched.keys()));
    for (const [number, moved] of touched) {
      const mask = moved.reduce((sum, { part }) => sum | fieldOf(this.#layout, part), 0n);
      this.code.get(out);
      this.#word(number).const64(~mask).do(op.and64);
      for (const { part, local } of moved) {
        if (bits[part] === 0) continue;
        this.code
          .get(local)
          .do(op.extendU)
          .const64(BigInt(shift[part] ?? 0))
          .do(op.shl64, op.or64);
      }
      this.code.store64(8 * number);
    }
    this.#written(event);
  }

  // Every word that the event leaves as it is.
  #copied(without: ReadonlySet<number>): void {
    const { words } = this.#layout;
    if (words > 8)
      this.code
        .get(out, source)
        .const32(8 * words)
        .copyMemory();
    else
      for (let word = 0; word < words; word++) {
        if (without.has(word)) continue;
        this.code.get(out);
        this.#word(word).store64(8 * word);
      }
  }

  #written(event: number): void {
    this.code
      .get(out)
      .const32(event)
      .store32(8 * this.#layout.words);
    this.code.get(out).const32(entryBytes(this.#layout)).do(op.add).set(out);
  }
}

/** A state, the event, and two numbers for whoever reads the entry, aligned to words. */
export function entryBytes({ words }: Layout): number {
  return 8 * words + 16;
}

function fieldOf({ shift, bits }: Layout, part: number): bigint {
  return ((1n << BigInt(bits[part] ?? 0)) - 1n) << BigInt(shift[part] ?? 0);
}

function waysOf(layout: Layout, places: readonly Place[]): ReadonlyMap<number, Way>[] {
  let ways: ReadonlyMap<number, Way>[] = [new Map()];
  for (const { part, rows } of places) {
    const [word, shift] = [layout.word[part] ?? 0, BigInt(layout.shift[part] ?? 0)];
    const moves = [...rows].flatMap(([from, targets]) => targets.map((to) => [BigInt(from), BigInt(to)] as const));
    ways = ways.flatMap((way) =>
      moves.map(([from, to]) => {
        const { mask, value, difference } = way.get(word) ?? { mask: 0n, value: 0n, difference: 0n };
        const with_ = {
          mask: mask | fieldOf(layout, part),
          value: value | (from << shift),
          difference: difference + ((to - from) << shift),
        };
        return new Map([...way, [word, with_]]);
      }),
    );
  }
  return ways;
}
