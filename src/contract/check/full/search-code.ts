import type { Layout } from './layout.ts';
import { entryBytes } from './successors.ts';
import { Code, type Func, i32, i64, op } from './wasm.ts';

/**
 * The search itself, in WebAssembly. States stand in memory in the order in which they were found. A table of numbers says where: a slot holds 0, or
 * one more than the number of a state in its low bits and bits of the state's hash in the others, so that another state is seldom looked at.
 */

/** Variables of the module; addresses in bytes, the rest counts. */
export const variables = {
  /** The next state to be followed. */
  at: i32,
  size: i32,
  states: i32,
  table: i32,
  slots: i32,
  /** Of a slot, those that hold the number. */
  bits: i32,
  /** As many states as there is room for. */
  room: i32,
  /** How many states without a successor were noted. */
  dead: i32,
  transitions: i64,
} as const;
const variable = Object.fromEntries(Object.keys(variables).map((name, at) => [name, at])) as Record<
  keyof typeof variables,
  number
>;

/** Where things stand that do not move, in bytes. */
export interface Places {
  /** One byte an event: 1 when it was made. */
  readonly made: number;
  /** Numbers of states without a successor, of one round. */
  readonly dead: number;
  /** V12  States that were met of late, each where its hash says. At first all zeros: the start, which is known. */
  readonly recent: number;
  /** A power of two. */
  readonly recentStates: number;
  readonly entries: number;
  /** How many entries a round writes at the most. */
  readonly roundEntries: number;
}

/** States followed in one round, and entries after which no further state is followed: enough for the memory to be asked for many slots at once. */
export const roundStates = 128;
export const roundFill = 128;

/** @param successors how many functions there are, with the numbers 0 to this, exclusive. */
export function searchFunctions(layout: Layout, places: Places, successors: number): readonly Func[] {
  return [
    new SearchCode(layout, places, successors).expand(),
    new SearchCode(layout, places, successors).edges(),
    new SearchCode(layout, places, successors).fill(),
  ];
}

// Multiply and fold; the high half of the result chooses the slot, the low half is what a slot keeps of it.
const [mixFirst, mixLast] = [0x9e3779b97f4a7c15n, 0xd6e8feb86659fd93n];

// The locals: a parameter, the numbers of 32 bits, and the hash.
const [given, out, entry, end, source, slot, tag, found, held, kept, waited, hashed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const locals = [...Array.from({ length: 10 }, () => i32), i64];

class SearchCode {
  readonly #code = new Code();
  readonly #layout: Layout;
  readonly #places: Places;
  readonly #successors: number;
  readonly #entryBytes: number;
  readonly #stateBytes: number;

  constructor(layout: Layout, places: Places, successors: number) {
    this.#layout = layout;
    this.#places = places;
    this.#successors = successors;
    this.#entryBytes = entryBytes(layout);
    this.#stateBytes = 8 * layout.words;
  }

  /**
   * expand(to): follows states from `at` up to `to`, in rounds, until there are no more, no room, or some without a successor. A round writes all successors
   * down, puts aside those met of late while it asks for the slots of the others, and only then looks at those: what the processor has to wait for, it waits for at once.
   */
  expand(): Func {
    const code = this.#code;
    code.block(() => {
      code.loop(() => {
        this.#begin();
        this.#follow();
        this.#sift();
        this.#settle();
        code.next(0);
      });
    });
    // Given back so that no compiler leaves out what was asked for only to have it near.
    code.get(waited);
    return { params: [i32], results: [i32], locals, code, exportedAs: 'expand' };
  }

  /** edges(state): writes its successors as entries and beside each the number of that state plus one, 0 when it was not found; gives how many. */
  edges(): Func {
    const code = this.#code;
    code.const32(this.#places.entries).set(out);
    this.#callSuccessors(given);
    this.#eachEntry(() => {
      this.#place(entry);
      this.#probe();
      code.get(entry, found).store32(this.#entryBytes - 8);
    });
    code.get(out).const32(this.#places.entries).do(op.sub).const32(this.#entryBytes).do(op.divU);
    return { params: [i32], results: [i32], locals, code, exportedAs: 'edges' };
  }

  /** fill(): puts the numbers of all states into an empty table, in rounds that ask for many slots at once. */
  fill(): Func {
    const code = this.#code;
    code.const32(0).set(kept);
    code.loop(() => {
      code.get(kept).const32(roundStates).do(op.add).set(end);
      code.get(end).getGlobal(variable.size).get(end).getGlobal(variable.size).do(op.ltU, op.select).set(end);
      code.const32(this.#places.entries).set(out);
      code.loop(() => {
        this.#stateAddress(code.get(kept)).set(source);
        this.#place(source);
        code.get(kept).const32(1).do(op.add).set(kept);
        code
          .get(out, slot)
          .store32(this.#entryBytes - 8)
          .get(out)
          .get(kept, tag)
          .do(op.or)
          .store32(this.#entryBytes - 4);
        this.#ask();
        code.get(out).const32(this.#entryBytes).do(op.add).set(out);
        code.get(kept, end).do(op.ltU).nextIf(0);
      });
      this.#eachEntry(() => {
        code
          .get(entry)
          .load32(this.#entryBytes - 8)
          .set(slot);
        code.block(() => {
          code.loop(() => {
            this.#slotAddress().load32().do(op.eqz).nextIf(1);
            this.#nextSlot();
            code.next(0);
          });
        });
        this.#slotAddress()
          .get(entry)
          .load32(this.#entryBytes - 4)
          .store32();
      });
      code.get(kept).getGlobal(variable.size).do(op.ltU).nextIf(0);
    });
    code.get(waited);
    return { params: [i32], results: [i32], locals, code, exportedAs: 'fill' };
  }

  // Leaves the loop when nothing may be followed; else sets where the round has to end.
  #begin(): void {
    const code = this.#code;
    code.getGlobal(variable.at).getGlobal(variable.size).do(op.geU).nextIf(1);
    code.getGlobal(variable.at).get(given).do(op.geU).nextIf(1);
    code.getGlobal(variable.size).const32(this.#places.roundEntries).do(op.add).getGlobal(variable.room).do(op.gtU).nextIf(1);
    code.getGlobal(variable.dead).nextIf(1);
    code.getGlobal(variable.at).const32(roundStates).do(op.add).set(end);
    code.get(end, given, end, given).do(op.ltU, op.select).set(end);
    code.get(end).getGlobal(variable.size).get(end).getGlobal(variable.size).do(op.ltU, op.select).set(end);
  }

  // Writes down the successors of some states, and which have none.
  #follow(): void {
    const code = this.#code;
    code.const32(this.#places.entries).set(out);
    code.loop(() => {
      code.get(out).set(entry);
      code.getGlobal(variable.at).set(held);
      this.#callSuccessors(held);
      code
        .get(out, entry)
        .do(op.eq)
        .if(() => {
          code.getGlobal(variable.dead).const32(4).do(op.mul).getGlobal(variable.at).store32(this.#places.dead);
          code.getGlobal(variable.dead).const32(1).do(op.add).setGlobal(variable.dead);
        });
      code.getGlobal(variable.at).const32(1).do(op.add).setGlobal(variable.at);
      code
        .get(out)
        .const32(this.#places.entries + roundFill * this.#entryBytes)
        .do(op.ltU);
      code.getGlobal(variable.at).get(end).do(op.ltU, op.and).nextIf(0);
    });
    code.getGlobal(variable.transitions).get(out).const32(this.#places.entries).do(op.sub).const32(this.#entryBytes).do(op.divU);
    code.do(op.extendU, op.add64).setGlobal(variable.transitions);
  }

  // Moves together the entries that were not met of late, and asks for their slots. Most steps lead where another step of late has led.
  #sift(): void {
    const code = this.#code;
    code.const32(this.#places.entries).set(kept);
    this.#eachEntry(() => {
      code.get(entry).load32(this.#stateBytes).const32(1).store8(this.#places.made);
      this.#hash(entry);
      code
        .get(hashed)
        .do(op.wrap)
        .const32(this.#places.recentStates - 1)
        .do(op.and)
        .const32(this.#stateBytes)
        .do(op.mul);
      code.const32(this.#places.recent).do(op.add).set(source);
      this.#differ(source, entry);
      code.if(() => {
        this.#copy(entry, source);
        this.#copy(source, kept);
        this.#slot();
        code
          .get(kept, slot)
          .store32(this.#entryBytes - 8)
          .get(kept, tag)
          .store32(this.#entryBytes - 4);
        this.#ask();
        code.get(kept).const32(this.#entryBytes).do(op.add).set(kept);
      });
    });
    code.get(kept).set(out);
  }

  // Adds the states that are new.
  #settle(): void {
    const code = this.#code;
    this.#eachEntry(() => {
      code
        .get(entry)
        .load32(this.#entryBytes - 8)
        .set(slot);
      code
        .get(entry)
        .load32(this.#entryBytes - 4)
        .set(tag);
      this.#probe();
      code
        .get(found)
        .do(op.eqz)
        .if(() => {
          this.#stateAddress(code.getGlobal(variable.size)).set(source);
          this.#copy(entry, source);
          code.getGlobal(variable.size).const32(1).do(op.add).setGlobal(variable.size);
          this.#slotAddress().getGlobal(variable.size).get(tag).do(op.or).store32();
        });
    });
  }

  // Looks for the state at `entry` from a slot on; sets `found` to its number plus one, or to 0 and `slot` to an empty one.
  #probe(): void {
    const code = this.#code;
    code.block(() => {
      code.loop(() => {
        this.#slotAddress().load32().tee(held);
        code.do(op.eqz).if(() => code.const32(0).set(found).next(2));
        // Without the right tag, what the slot holds is the number plus one.
        code.get(held, tag).do(op.xor).tee(found).getGlobal(variable.bits).do(op.shrU, op.eqz);
        code.if(() => {
          this.#stateAddress(code.get(found).const32(1).do(op.sub)).set(held);
          this.#differ(held, entry);
          code.do(op.eqz).nextIf(2);
        });
        this.#nextSlot();
        code.next(0);
      });
    });
  }

  #callSuccessors(state: number): void {
    const code = this.#code;
    this.#stateAddress(code.get(state)).set(source);
    for (let at = 0; at < this.#successors; at++) code.get(source, out).call(at).set(out);
  }

  #eachEntry(body: () => void): void {
    const code = this.#code;
    code.const32(this.#places.entries).set(entry);
    code.block(() => {
      code.get(entry, out).do(op.eq).nextIf(0);
      code.loop(() => {
        body();
        code.get(entry).const32(this.#entryBytes).do(op.add).tee(entry).get(out).do(op.ne).nextIf(0);
      });
    });
  }

  #hash(address: number): void {
    const code = this.#code;
    for (let word = 0; word < this.#layout.words; word++) {
      code.get(address).load64(8 * word);
      if (word > 0) code.get(hashed).do(op.xor64);
      code.const64(mixFirst).do(op.mul64).tee(hashed);
      code.get(hashed).const64(32n).do(op.shrU64, op.xor64).set(hashed);
    }
    code.get(hashed).const64(mixLast).do(op.mul64).set(hashed);
  }

  // From the hash: the slot to begin at, and the bits of the hash that a slot keeps.
  #slot(): void {
    const code = this.#code;
    code
      .get(hashed)
      .const64(32n)
      .do(op.shrU64)
      .getGlobal(variable.slots)
      .do(op.extendU, op.mul64)
      .const64(32n)
      .do(op.shrU64, op.wrap);
    code.set(slot);
    code.get(hashed).do(op.wrap).const32(-1).getGlobal(variable.bits).do(op.shl, op.and).set(tag);
  }

  #place(address: number): void {
    this.#hash(address);
    this.#slot();
  }

  #slotAddress(): Code {
    return this.#code.get(slot).const32(4).do(op.mul).getGlobal(variable.table).do(op.add);
  }

  // Brings the slot near.
  #ask(): void {
    this.#slotAddress().load32().get(waited).do(op.add).set(waited);
  }

  #nextSlot(): void {
    const code = this.#code;
    code.const32(0).get(slot).const32(1).do(op.add).tee(slot).get(slot).getGlobal(variable.slots).do(op.eq, op.select).set(slot);
  }

  // The address of the state with the number on the stack.
  #stateAddress(code: Code): Code {
    return code.const32(this.#stateBytes).do(op.mul).getGlobal(variable.states).do(op.add);
  }

  // Leaves 1 on the stack if the states at two addresses are not the same.
  #differ(one: number, other: number): void {
    const code = this.#code;
    for (let word = 0; word < this.#layout.words; word++) {
      code
        .get(one)
        .load64(8 * word)
        .get(other)
        .load64(8 * word)
        .do(op.xor64);
      if (word > 0) code.do(op.or64);
    }
    code.do(op.eqz64, op.eqz);
  }

  #copy(from: number, to: number): void {
    if (this.#layout.words > 8) this.#code.get(to, from).const32(this.#stateBytes).copyMemory();
    else
      for (let word = 0; word < this.#layout.words; word++)
        this.#code
          .get(to, from)
          .load64(8 * word)
          .store64(8 * word);
  }
}
