import type { System } from '#contract/network.ts';

/** Where the state of each part stands in a state that is packed into words of 64 bits; no part crosses a word. A part takes as many bits as its states need. */
export interface Layout {
  readonly words: number;
  readonly word: Int32Array;
  /** In bits from the low end of the word. */
  readonly shift: Int32Array;
  /** Zero for a part with one state. */
  readonly bits: Int32Array;
}

export function layoutOf({ parts, shapes }: System): Layout {
  const [word, shift, bits] = [new Int32Array(parts.length), new Int32Array(parts.length), new Int32Array(parts.length)];
  const used = [0];
  for (const [number, part] of parts.entries()) {
    const width = 32 - Math.clz32((shapes[part.shape]?.final.length ?? 1) - 1);
    // The last few words are looked at for room, so that no search of all of them makes this quadratic.
    const from = Math.max(0, used.length - 8);
    const fit = used.slice(from).findIndex((taken) => taken + width <= 64);
    const at = fit < 0 ? used.push(0) - 1 : from + fit;
    word[number] = at;
    shift[number] = used[at] ?? 0;
    bits[number] = width;
    used[at] = (used[at] ?? 0) + width;
  }
  return { words: used.length, word, shift, bits };
}

/** Writes the local state of each part of the packed state that starts at `start` of `memory` (in numbers of 32 bits, the low half of a word first). */
export function unpack({ word, shift, bits }: Layout, memory: Int32Array, start: number, into: Int32Array): void {
  for (let part = 0; part < word.length; part++)
    into[part] = localState(memory, start, word[part] ?? 0, shift[part] ?? 0, bits[part] ?? 0);
}

/** The local state of one part, of a state that begins at `start`. */
export function localState(memory: Int32Array, start: number, word: number, shift: number, bits: number): number {
  const [at, by] = [start + 2 * word + (shift >>> 5), shift & 31];
  const low = (memory[at] ?? 0) >>> by;
  const value = by + bits > 32 ? low | ((memory[at + 1] ?? 0) << (32 - by)) : low;
  return value & ((1 << bits) - 1);
}
