import type { System } from '#contract/network.ts';
import { Plain, type Whole, type Work } from './plain.ts';

/** What a process does as others see it: by a word, or (undefined) by itself. States are texts. */
export interface Seen {
  readonly start: string;
  moves(state: string): readonly { readonly word: string | undefined; readonly to: string }[];
  hasEnded(state: string): boolean;
  /** Whether less than the truth is known of what it does there. */
  isCut(state: string): boolean;
}

/** A transition system, state by state; a label below 0 is an own move. */
export interface SeenStates {
  readonly labels: readonly string[];
  readonly moves: readonly (readonly { readonly label: number; readonly to: number }[])[];
  readonly final: readonly boolean[];
}

/** The words of a system's events, and which of them nobody sees: by number in a set, or 1 in a list. */
export interface Words {
  readonly labels: readonly string[];
  readonly hidden: ArrayLike<number> | ReadonlySet<number>;
}

/** A system whose events have words. */
export interface WordedSystem extends Words {
  readonly system: System;
}

/** What a system is held against: a specification, or `itself` where it must never both do and refuse an event. */
export type Against = SeenStates | WordedSystem | 'itself';

export const theEnd = '✓';

export function isHidden({ hidden }: Words, event: number): boolean {
  return 'has' in hidden ? hidden.has(event) : hidden[event] === 1;
}

/** A specification as it is seen. What is looked at is paid for. */
export function seenOf(against: SeenStates | WordedSystem, plain: Plain, work: Work): Seen {
  if ('system' in against) return seenSystem(new Plain(against.system, work), against);
  return seenStates(against, (some) => plain.spend(some));
}

function seenStates({ labels, moves, final }: SeenStates, spend: (work: number) => void): Seen {
  return {
    start: '0',
    moves: (state) => {
      const list = moves[Number(state)] ?? [];
      spend(list.length + 1);
      return list.map(({ label, to }) => ({ word: label < 0 ? undefined : labels[label], to: String(to) }));
    },
    hasEnded: (state) => final[Number(state)] === true,
    isCut: () => false,
  };
}

export function seenSystem(plain: Plain, words: Words): Seen {
  const wholes = new Map<string, Whole>();
  const textOf = (state: Whole): string => {
    const text = state.join();
    wholes.set(text, state);
    return text;
  };
  const start = textOf(plain.system.parts.map(() => 0));
  const whole = (text: string): Whole => wholes.get(text) ?? text.split(',').map(Number);
  return {
    start,
    moves: (state) =>
      plain
        .steps(whole(state))
        .map(({ event, to }) => ({ word: isHidden(words, event) ? undefined : words.labels[event], to: textOf(to) })),
    hasEnded: (state) => plain.hasEnded(whole(state)),
    isCut: (state) => whole(state).some((at, part) => plain.isCut(part, at)),
  };
}

/** The states with those that own moves lead to. */
export function settled(process: Seen, states: Iterable<string>): ReadonlySet<string> {
  const all = new Set(states);
  for (const state of all) for (const { word, to } of process.moves(state)) if (word === undefined) all.add(to);
  return all;
}

/** Where a process may be after each beginning of a list of words: one set more than there are words. */
export function placesAlong(process: Seen, words: readonly string[]): readonly ReadonlySet<string>[] {
  const places = [settled(process, [process.start])];
  for (const word of words) places.push(placesAfter(process, places.at(-1) ?? new Set(), word));
  return places;
}

/** Where a process may be after one more word. */
export function placesAfter(process: Seen, states: ReadonlySet<string>, word: string): ReadonlySet<string> {
  const next = [...states].flatMap((state) => process.moves(state).flatMap((move) => (move.word === word ? [move.to] : [])));
  return settled(process, next);
}

/** The words that can follow in some of these states; to end is one. */
export function wordsIn(process: Seen, states: ReadonlySet<string>): ReadonlySet<string> {
  const words = [...states].flatMap((state) => process.moves(state).flatMap(({ word }) => word ?? []));
  return new Set([...words, ...([...states].some((state) => process.hasEnded(state)) ? [theEnd] : [])]);
}

/** What a state offers to others, and nobody can keep it from; undefined where it goes on by itself. Who has ended only ends. */
export function offersOf(process: Seen, state: string): ReadonlySet<string> | undefined {
  if (process.hasEnded(state)) return new Set([theEnd]);
  const words = process.moves(state).map(({ word }) => word);
  return words.includes(undefined) ? undefined : new Set(words.flatMap((word) => word ?? []));
}

/** Whether own moves can go on for ever from some of these states, which are settled: those that lead to no other are taken away until all lead on. */
export function goesOnForEver(process: Seen, states: ReadonlySet<string>): boolean {
  const rest = new Set(states);
  for (let size = -1; size !== rest.size; ) {
    size = rest.size;
    for (const state of [...rest])
      if (!process.moves(state).some(({ word, to }) => word === undefined && rest.has(to))) rest.delete(state);
  }
  return rest.size > 0;
}
