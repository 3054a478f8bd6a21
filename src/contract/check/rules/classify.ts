import { PartTypes } from '#contract/check/structure/part-type.ts';
import { partsOfLabel } from '#contract/event-label.ts';
import { decidesForEver, type Lts, tau } from '#contract/lts.ts';
import { shapeOf } from '#contract/network.ts';
import { roundOf } from './cycle.ts';

/** What kind of process a contract describes, as far as the rules care. */
export interface ContractClass {
  /** io-par: everything of a round at once; io-seq: one half, then the other; round: everything once a round, in some order. As long as nothing ends. */
  readonly rounds: 'io-par' | 'io-seq' | 'round' | 'none';
  /** It waits for all who may ask it, and while it serves one it only asks others. */
  readonly serves: boolean;
  /** It never decides by itself. */
  readonly deterministic: boolean;
  readonly mayEnd: boolean;
  /** It can go on deciding for ever. */
  readonly diverges: boolean;
}

/**
 * V27, V28  The class of a contract by itself.
 *
 * @param inputs the ports at which others ask: data inputs, and calls it answers.
 */
export function classOf(lts: Lts, inputs: ReadonlySet<string>): ContractClass {
  const diverges = decidesForEver(lts) !== undefined;
  const once = lts.moves.every((list) => new Set(list.map(({ label }) => label)).size === list.length);
  const decides = lts.moves.some((list) => list.some(({ label }) => label === tau));
  const mayEnd = lts.final.includes(true);
  return {
    rounds: decides ? 'none' : roundsOf(withoutEnds(lts)),
    serves: inputs.size > 0 && !diverges && serves(lts, inputs),
    deterministic: once && !decides,
    mayEnd,
    diverges,
  };
}

// V27 is about parts whose neighbours never end: ends are then events that never happen.
function withoutEnds({ labels, moves, final }: Lts): Lts {
  const going = moves.map((list) => list.filter(({ label }) => partsOfLabel(labels[label] ?? '').word !== 'end'));
  const numbers = new Map([[0, 0]]);
  for (const state of numbers.keys())
    for (const { to } of going[state] ?? []) if (!numbers.has(to)) numbers.set(to, numbers.size);
  const states = [...numbers.keys()];
  return {
    labels,
    moves: states.map((state) => (going[state] ?? []).map(({ label, to }) => ({ label, to: numbers.get(to) ?? 0 }))),
    final: states.map((state) => final[state] === true),
  };
}

function roundsOf(lts: Lts): ContractClass['rounds'] {
  if (lts.final.includes(true)) return 'none';
  const moves = lts.moves.map((list) => list.map(({ label, to }) => ({ label: `${label}`, to })));
  const { shape } = shapeOf({ moves, final: new Set() });
  return roundOf(new PartTypes().plain(shape))?.kind ?? 'none';
}

// Where it can be asked at all it can be asked at each input that is still of use, and has nothing else to do.
function serves({ labels, moves }: Lts, inputs: ReadonlySet<string>): boolean {
  const ends = labels.map((label) => {
    const { end, word } = partsOfLabel(label);
    return inputs.has(end.split('.')[0] ?? '') && word !== 'reply' && word !== 'quit' ? end : '';
  });
  const later = reachableEnds(moves, ends);
  return moves.every((list, state) => {
    const asked = list.map(({ label }) => (label === tau ? '' : (ends[label] ?? '')));
    if (asked.every((end) => end === '')) return true;
    return !asked.includes('') && [...(later[state] ?? [])].every((end) => asked.includes(end));
  });
}

// Per state the inputs at which something may still come.
function reachableEnds(moves: Lts['moves'], ends: readonly string[]): Set<string>[] {
  const found = moves.map((list) => new Set(list.flatMap(({ label }) => ends[label] || [])));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [state, list] of moves.entries())
      for (const { to } of list)
        for (const end of found[to] ?? [])
          if (found[state]?.has(end) === false) {
            found[state]?.add(end);
            changed = true;
          }
  }
  return found;
}
