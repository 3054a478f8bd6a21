import type { Place } from '#contract/term.ts';
import { ScriptFault } from './fault.ts';
import { atomsOf, dotted, type Value, wordValue } from './value.ts';

/** A set that stands at one place of a channel's type; a value of it may have several atoms, as `Some.1` has. */
interface Slot {
  readonly values: readonly Value[];
  readonly keys: ReadonlySet<string>;
  /** Of the values that have more than one atom. */
  readonly lengths: readonly number[];
}

interface Channel {
  readonly word: Value;
  readonly slots: readonly Slot[];
}

/** All events of a channel, or of all of them, are at most this many. */
const greatestEvents = 200_000;

/** The channels of a script and what passes on them. A constructor with a type (`Some.{0..1}`) is held to be the same kind of thing. */
export class Channels {
  readonly #byName = new Map<string, Channel>();

  declare(name: string, sets: readonly Extract<Value, { is: 'set' }>[]): void {
    const slots = sets.map(({ items, keys }): Slot => {
      const lengths = [...new Set(items.map((item) => atomsOf(item).length))].filter((length) => length > 1);
      return { values: items, keys, lengths };
    });
    this.#byName.set(name, { word: wordValue(name), slots });
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** The sets at the places that an incomplete event leaves open. */
  open(value: Value, place: Place): readonly (readonly Value[])[] {
    return this.#open(value, place).map(({ values }) => values);
  }

  isEvent(value: Value): boolean {
    const [head, ...atoms] = atomsOf(value);
    const channel = head?.is === 'word' ? this.#byName.get(head.key) : undefined;
    return channel !== undefined && slotsTaken(channel, atoms) === channel.slots.length;
  }

  /** What makes an incomplete event complete, in every way: one value for `c.1`, all that the type allows for `c`. */
  extensions(value: Value, place: Place): readonly (readonly Value[])[] {
    let ways: (readonly Value[])[] = [[]];
    for (const { values } of this.#open(value, place)) {
      if (ways.length * values.length > greatestEvents)
        throw new ScriptFault(`${value.key} has more than ${greatestEvents} events`, place);
      ways = ways.flatMap((way) => values.map((more) => [...way, more]));
    }
    return ways;
  }

  #open(value: Value, place: Place): readonly Slot[] {
    const [head, ...atoms] = atomsOf(value);
    const channel = head?.is === 'word' ? this.#byName.get(head.key) : undefined;
    if (channel === undefined) throw new ScriptFault(`${value.key} is no event: there is no such channel`, place);
    const taken = slotsTaken(channel, atoms);
    if (typeof taken === 'number') return channel.slots.slice(taken);
    const { wrong, slot } = taken;
    if (slot === channel.slots.length)
      throw new ScriptFault(`${head?.key} carries ${channel.slots.length} values, ${value.key} has more`, place);
    throw new ScriptFault(`${wrong.key} is not of the type that ${head?.key} has there (alphabet mismatch)`, place);
  }
}

function slotsTaken({ slots }: Channel, atoms: readonly Value[]): number | { readonly wrong: Value; readonly slot: number } {
  let at = 0;
  for (let number = 0; at < atoms.length; number++) {
    const slot = slots[number];
    const length = slot === undefined ? 0 : valueLength(slot, atoms, at);
    if (length === 0) return { wrong: atoms[at] as Value, slot: number };
    at += length;
    if (at === atoms.length) return number + 1;
  }
  return 0;
}

/** How many of the atoms from there on are one value of the slot; 0 when none are. */
function valueLength({ keys, lengths }: Slot, atoms: readonly Value[], at: number): number {
  const atom = atoms[at];
  if (atom !== undefined && keys.has(atom.key)) return 1;
  return lengths.find((length) => at + length <= atoms.length && keys.has(dotted(atoms.slice(at, at + length)).key)) ?? 0;
}
