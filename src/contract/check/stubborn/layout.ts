import type { System } from '#contract/network.ts';

/** Where the state of a part stands in the words of a packed state: one part after the other, and none crosses a word of 32 bits. */
export interface Layout {
  readonly words: number;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;
}

export function layoutOf({ parts, shapes }: System): Layout {
  const layout = { word: new Int32Array(parts.length), shift: new Int32Array(parts.length), mask: new Int32Array(parts.length) };
  let [words, used] = [1, 0];
  for (const [number, part] of parts.entries()) {
    const bits = 32 - Math.clz32((shapes[part.shape]?.final.length ?? 1) - 1);
    if (used + bits > 32) [words, used] = [words + 1, 0];
    layout.word[number] = words - 1;
    layout.shift[number] = used;
    layout.mask[number] = bits === 32 ? -1 : (1 << bits) - 1;
    used += bits;
  }
  return { ...layout, words };
}
