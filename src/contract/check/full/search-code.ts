import type { Layout } from './layout.ts';
import { entryBytes } from './successors.ts';
import { Code, type Func, i32, i64, op } from './wasm.ts';

/**
 * The search itself, in WebAssembly. States stand in memory in the order in which they were found. A table of numbers says where: a slot holds 0, or
 * one more than the number of a state in its low bits and bits of the state's hash in the others, so that another state is seldom looked at.
 */

/** Variables of the module; addresses in bytes, the rest counts. `bits`: of a slot, which hold the number. */
export const variables = {
  /** The next state to be followed. */
  at: i32,
  size: i32,
  states: i32,
  table: i32,
  slots: i32,
  bits: i32,
  /** As many states as there is room for. */
  room: i32,
  /** How many states without a successor were noted. */
  dead: i32,
  transitions: i64,
} as const;
const number = Object.fromEntries(Object.keys(variables).map((name, at) => [name, at])) as Record<keyof typeof variables, number>;

/** Where things stand that do not move, in bytes. */
export interface Places {
  /** One byte an event: 1 when it was made. */
  readonly made: number;
  /** Numbers of states without a successor, of one round. */
  readonly dead: number;
  readonly entries: number;
  /** How many entries a round writes at the most, and how many states it follows. */
  readonly roundEntries: number;
}

/** States followed in one round, and entries after which no further state is followed: enough for the memory to be asked for many slots at once. */
export const roundStates = 64;
export const roundFill = 64;

/** @param successors how many functions there are, with the numbers 0 to this, exclusive. */
export function searchFunctions(layout: Layout, places: Places, successors: number): readonly Func[] {
  return [expand(layout, places, successors), edges(layout, places, successors), fillTable(layout)];
}

// Multiply and fold; the high half of the result chooses the slot, the low half is what a slot keeps of it.
const [mixFirst, mixLast] = [0x9e3779b97f4a7c15n, 0xd6e8feb86659fd93n];

function hash(code: Code, { words }: Layout, address: number, into: number): void {
  for (let word = 0; word < words; word++) {
    code.get(address).load64(8 * word);
    if (word > 0) code.get(into).do(op.xor64);
    code.const64(mixFirst).do(op.mul64).tee(into);
    code.get(into).const64(32n).do(op.shrU64, op.xor64).set(into);
  }
  code.get(into).const64(mixLast).do(op.mul64).set(into);
}

function slotOf(code: Code, hashed: number, into: number): void {
  code
    .get(hashed)
    .const64(32n)
    .do(op.shrU64)
    .getGlobal(number.slots)
    .do(op.extendU, op.mul64)
    .const64(32n)
    .do(op.shrU64, op.wrap)
    .set(into);
}

// The bits of the hash that a slot keeps.
function tagOf(code: Code, hashed: number, into: number): void {
  code.get(hashed).do(op.wrap).const32(-1).getGlobal(number.bits).do(op.shl, op.and).set(into);
}

function slotAddress(code: Code, slot: number): Code {
  return code.get(slot).const32(4).do(op.mul).getGlobal(number.table).do(op.add);
}

function nextSlot(code: Code, slot: number): void {
  code.const32(0).get(slot).const32(1).do(op.add).tee(slot).get(slot).getGlobal(number.slots).do(op.eq, op.select).set(slot);
}

/** The address of the state with the number on the stack. */
function stateAddress(code: Code, { words }: Layout): Code {
  return code
    .const32(8 * words)
    .do(op.mul)
    .getGlobal(number.states)
    .do(op.add);
}

/** Looks for the state at `entry` from a slot on. Falls out with the number of a state plus one in `found`, or with 0 there and the empty slot in `slot`. */
function probe(
  code: Code,
  layout: Layout,
  { entry, slot, tag, found }: Record<'entry' | 'slot' | 'tag' | 'found', number>,
  held: number,
): void {
  code.block(() => {
    code.loop(() => {
      slotAddress(code, slot).load32().tee(held);
      code.do(op.eqz).if(() => code.const32(0).set(found).next(2));
      code.get(held).get(tag).do(op.xor).tee(found).getGlobal(number.bits).do(op.shrU, op.eqz);
      code.if(() => {
        // Without its tag, what the slot holds is the number plus one.
        stateAddress(code.get(found).const32(1).do(op.sub), layout).set(held);
        for (let word = 0; word < layout.words; word++) {
          code
            .get(held)
            .load64(8 * word)
            .get(entry)
            .load64(8 * word)
            .do(op.xor64);
          if (word > 0) code.do(op.or64);
        }
        code.do(op.eqz64).nextIf(2);
      });
      nextSlot(code, slot);
      code.next(0);
    });
  });
}

function callSuccessors(code: Code, layout: Layout, successors: number, state: number, source: number, out: number): void {
  stateAddress(code.get(state), layout).set(source);
  for (let at = 0; at < successors; at++) code.get(source, out).call(at).set(out);
}

/**
 * expand(to): follows states from `at` up to `to`, in rounds, until there are no more, no room, or some without a successor.
 * A round writes all successors down, then asks for the slots of all, then for the states there, and only then goes through them:
 * what the processor has to wait for it then waits for all at once.
 */
function expand(layout: Layout, places: Places, successors: number): Func {
  const [to, out, before, end, source, slot, tag, found, held, waited] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const hashed = 10;
  const code = new Code();
  const bytes = entryBytes(layout);
  code.block(() => {
    code.loop(() => {
      roundBegins(code, places, { to, end });
      code.const32(places.entries).set(out);
      code.loop(() => {
        code.get(out).set(before);
        code.getGlobal(number.at).set(held);
        callSuccessors(code, layout, successors, held, source, out);
        code
          .get(out, before)
          .do(op.eq)
          .if(() => {
            code.getGlobal(number.dead).const32(4).do(op.mul).getGlobal(number.at).store32(places.dead);
            code.getGlobal(number.dead).const32(1).do(op.add).setGlobal(number.dead);
          });
        code.getGlobal(number.at).const32(1).do(op.add).setGlobal(number.at);
        code
          .get(out)
          .const32(places.entries + roundFill * bytes)
          .do(op.ltU);
        code.getGlobal(number.at).get(end).do(op.ltU, op.and).nextIf(0);
      });
      code
        .getGlobal(number.transitions)
        .get(out)
        .const32(places.entries)
        .do(op.sub)
        .const32(bytes)
        .do(op.divU, op.extendU, op.add64);
      code.setGlobal(number.transitions);
      eachEntry(code, places, layout, { entry: before, out }, () => {
        hash(code, layout, before, hashed);
        slotOf(code, hashed, slot);
        tagOf(code, hashed, tag);
        code
          .get(before, slot)
          .store32(bytes - 8)
          .get(before, tag)
          .store32(bytes - 4);
        slotAddress(code, slot).load32().get(waited).do(op.add).set(waited);
      });
      eachEntry(code, places, layout, { entry: before, out }, () => {
        code
          .get(before)
          .load32(bytes - 8)
          .set(slot);
        slotAddress(code, slot).load32().const32(-1).getGlobal(number.bits).do(op.shl).const32(-1).do(op.xor, op.and);
        stateAddress(code, layout)
          .const32(-8 * layout.words)
          .do(op.add)
          .load32()
          .get(waited)
          .do(op.add)
          .set(waited);
      });
      eachEntry(code, places, layout, { entry: before, out }, () => {
        code
          .get(before)
          .load32(8 * layout.words)
          .const32(1)
          .store8(places.made);
        code
          .get(before)
          .load32(bytes - 8)
          .set(slot);
        code
          .get(before)
          .load32(bytes - 4)
          .set(tag);
        probe(code, layout, { entry: before, slot, tag, found }, held);
        code
          .get(found)
          .do(op.eqz)
          .if(() => insert(code, layout, { entry: before, slot, tag, source }));
      });
      code.next(0);
    });
  });
  // Given back so that no compiler leaves out what was asked for only to have it near.
  code.get(waited);
  return {
    params: [i32],
    results: [i32],
    locals: [...Array.from({ length: 9 }, () => i32), i64],
    code,
    exportedAs: 'expand',
  } as Func;
}

// Leaves the loop when nothing may be followed; else sets where the round has to end.
function roundBegins(code: Code, places: Places, { to, end }: { readonly to: number; readonly end: number }): void {
  code.getGlobal(number.at).getGlobal(number.size).do(op.geU).nextIf(1);
  code.getGlobal(number.at).get(to).do(op.geU).nextIf(1);
  code.getGlobal(number.size).const32(places.roundEntries).do(op.add).getGlobal(number.room).do(op.gtU).nextIf(1);
  code.getGlobal(number.dead).nextIf(1);
  code.getGlobal(number.at).const32(roundStates).do(op.add).set(end);
  for (const least of [() => code.get(to), () => code.getGlobal(number.size)]) {
    code.get(end);
    least();
    code.get(end);
    least();
    code.do(op.ltU, op.select).set(end);
  }
}

function eachEntry(
  code: Code,
  places: Places,
  layout: Layout,
  { entry, out }: { readonly entry: number; readonly out: number },
  body: () => void,
): void {
  code.const32(places.entries).set(entry);
  code.block(() => {
    code.get(entry, out).do(op.eq).nextIf(0);
    code.loop(() => {
      body();
      code.get(entry).const32(entryBytes(layout)).do(op.add).tee(entry).get(out).do(op.ne).nextIf(0);
    });
  });
}

function insert(
  code: Code,
  layout: Layout,
  { entry, slot, tag, source }: Record<'entry' | 'slot' | 'tag' | 'source', number>,
): void {
  stateAddress(code.getGlobal(number.size), layout).set(source);
  for (let word = 0; word < layout.words; word++)
    code
      .get(source)
      .get(entry)
      .load64(8 * word)
      .store64(8 * word);
  code.getGlobal(number.size).const32(1).do(op.add).setGlobal(number.size);
  slotAddress(code, slot).getGlobal(number.size).get(tag).do(op.or).store32();
}

/** edges(state): writes its successors as entries and beside each the number of that state plus one, 0 when it was not found; gives their number. */
function edges(layout: Layout, places: Places, successors: number): Func {
  const [state, out, entry, source, slot, tag, found, held] = [0, 1, 2, 3, 4, 5, 6, 7];
  const hashed = 8;
  const code = new Code();
  const bytes = entryBytes(layout);
  code.const32(places.entries).set(out);
  callSuccessors(code, layout, successors, state, source, out);
  eachEntry(code, places, layout, { entry, out }, () => {
    hash(code, layout, entry, hashed);
    slotOf(code, hashed, slot);
    tagOf(code, hashed, tag);
    probe(code, layout, { entry, slot, tag, found }, held);
    code.get(entry, found).store32(bytes - 8);
  });
  code.get(out).const32(places.entries).do(op.sub).const32(bytes).do(op.divU);
  return {
    params: [i32],
    results: [i32],
    locals: [...Array.from({ length: 7 }, () => i32), i64],
    code,
    exportedAs: 'edges',
  } as Func;
}

/** fill(): puts the numbers of all states into an empty table. */
function fillTable(layout: Layout): Func {
  const [count, entry, slot, tag] = [0, 1, 2, 3];
  const hashed = 4;
  const code = new Code();
  code.block(() => {
    code.getGlobal(number.size).do(op.eqz).nextIf(0);
    code.loop(() => {
      stateAddress(code.get(count), layout).set(entry);
      hash(code, layout, entry, hashed);
      slotOf(code, hashed, slot);
      tagOf(code, hashed, tag);
      code.block(() => {
        code.loop(() => {
          slotAddress(code, slot).load32().do(op.eqz).nextIf(1);
          nextSlot(code, slot);
          code.next(0);
        });
      });
      code.get(count).const32(1).do(op.add).set(count);
      slotAddress(code, slot).get(count, tag).do(op.or).store32();
      code.get(count).getGlobal(number.size).do(op.ltU).nextIf(0);
    });
  });
  return { params: [], results: [], locals: [i32, i32, i32, i32, i64], code, exportedAs: 'fill' };
}
