import type { Labelled, Model } from '#contract/check/refine/refinement.ts';
import { type Lts, tau } from '#contract/lts.ts';
import { allEnded, naiveSteps } from './naive.ts';

/**
 * The definitions of refinement and determinism read as programs: what a process may do is told by sets of words written out, and both sides are walked
 * as sets of states. Nothing here is shared with the engine.
 */

/** A process state by state: moves by a word or, with undefined, by itself. */
export interface PlainProcess {
  readonly moves: readonly (readonly { readonly word: string | undefined; readonly to: number }[])[];
  readonly final: readonly boolean[];
}

const tick = '✓';
const most = 400;

export function plainOf({ labels, moves, final }: Lts): PlainProcess {
  return {
    moves: moves.map((list) => list.map(({ label, to }) => ({ word: label === tau ? undefined : labels[label], to }))),
    final,
  };
}

/** Every state of a labelled system; undefined when there are too many. */
export function plainSystem({ system, labels, hidden }: Labelled): PlainProcess | undefined {
  const states = [system.parts.map(() => 0)];
  const numbers = new Map([[states[0]?.join(), 0]]);
  const moves: { word: string | undefined; to: number }[][] = [];
  for (const state of states) {
    if (states.length > most) return undefined;
    moves.push(
      naiveSteps(system, state).map(({ event, to }) => {
        const number = numbers.get(to.join()) ?? states.push(to) - 1;
        numbers.set(to.join(), number);
        const isHidden = 'has' in hidden ? hidden.has(event) : hidden[event] === 1;
        return { word: isHidden ? undefined : labels[event], to: number };
      }),
    );
  }
  return { moves, final: states.map((state) => allEnded(system, state)) };
}

type States = readonly number[];

const own = ({ moves }: PlainProcess, state: number): number[] =>
  (moves[state] ?? []).flatMap(({ word, to }) => (word === undefined ? [to] : []));

function closed(process: PlainProcess, states: States): States {
  const all = new Set(states);
  for (const state of all) for (const to of own(process, state)) all.add(to);
  return [...all].sort((a, b) => a - b);
}

function after(process: PlainProcess, states: States, word: string): States {
  return closed(
    process,
    states.flatMap((state) => (process.moves[state] ?? []).flatMap((move) => (move.word === word ? [move.to] : []))),
  );
}

function wordsOf(process: PlainProcess, states: States): Set<string> {
  const words = states.flatMap((state) => (process.moves[state] ?? []).flatMap(({ word }) => word ?? []));
  return new Set([...words, ...(states.some((state) => process.final[state]) ? [tick] : [])]);
}

/** Own moves can go on as often as there are states, and once more: so for ever. */
function canGoOn(process: PlainProcess, states: States): boolean {
  let here: States = states;
  for (let n = 0; n <= process.moves.length; n++) here = [...new Set(here.flatMap((state) => own(process, state)))];
  return here.length > 0;
}

/** Whether some state of these can refuse all of the set: it makes no own move and none of these events; or it ends, which nothing but ✓ prevents. */
function canRefuse(process: PlainProcess, states: States, refused: readonly string[]): boolean {
  return states.some((state) => {
    if (process.final[state]) return !refused.includes(tick);
    const words = (process.moves[state] ?? []).map(({ word }) => word);
    return !words.includes(undefined) && !words.some((word) => word !== undefined && refused.includes(word));
  });
}

function subsets(words: readonly string[]): string[][] {
  const sets: string[][] = [[]];
  for (const word of words) sets.push(...sets.map((set) => [...set, word]));
  return sets;
}

/** Whether `spec ⊑ impl`, after every trace. */
export function naiveRefines(spec: PlainProcess, impl: PlainProcess, model: Model): boolean {
  const all = [...new Set([spec, impl].flatMap((side) => side.moves.flat().flatMap(({ word }) => word ?? []))), tick];
  const sets = subsets(all);
  const walk: [States, States][] = [[closed(spec, [0]), closed(impl, [0])]];
  const seen = new Set<string>();
  for (const [left, right] of walk) {
    const key = `${left}|${right}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (model === 'FD' && canGoOn(spec, left)) continue;
    if (model === 'FD' && canGoOn(impl, right)) return false;
    const allowed = wordsOf(spec, left);
    if (!wordsOf(impl, right).isSubsetOf(allowed)) return false;
    if (model !== 'T' && sets.some((set) => canRefuse(impl, right, set) && !canRefuse(spec, left, set))) return false;
    for (const word of wordsOf(impl, right)) if (word !== tick) walk.push([after(spec, left, word), after(impl, right, word)]);
  }
  return true;
}

/** How many events away the nearest state is in which the implementation does or refuses what it must not; divergence left out. */
export function naiveNearest(spec: PlainProcess, impl: PlainProcess, model: 'T' | 'F'): number | undefined {
  let layer: [number, States][] = [[0, closed(spec, [0])]];
  const seen = new Set<string>();
  const all = [...new Set([spec, impl].flatMap((side) => side.moves.flat().flatMap(({ word }) => word ?? []))), tick];
  const isWrong = ([state, allowed]: [number, States]): boolean => {
    const words = [...wordsOf(impl, [state])];
    if (words.some((word) => !wordsOf(spec, allowed).has(word))) return true;
    return model === 'F' && subsets(all).some((set) => canRefuse(impl, [state], set) && !canRefuse(spec, allowed, set));
  };
  for (let away = 0; layer.length > 0; away++) {
    if (layer.some(isWrong)) return away;
    const next = layer.flatMap(([state, allowed]) =>
      (impl.moves[state] ?? []).map(({ word, to }): [number, States] => [
        to,
        word === undefined ? allowed : after(spec, allowed, word),
      ]),
    );
    layer = next.filter((one) => !seen.has(one.join('|')) && seen.add(one.join('|')));
  }
  return undefined;
}

/** Whether no event can be both done and refused after one trace. */
export function naiveDeterministic(process: PlainProcess, model: 'F' | 'FD'): boolean {
  const walk: States[] = [closed(process, [0])];
  const seen = new Set<string>();
  for (const states of walk) {
    if (seen.has(states.join())) continue;
    seen.add(states.join());
    if (model === 'FD' && canGoOn(process, states)) return false;
    const words = wordsOf(process, states);
    if ([...words].some((word) => canRefuse(process, states, [word]))) return false;
    for (const word of words) if (word !== tick) walk.push(after(process, states, word));
  }
  return true;
}

/** The states a process may be in after these words, none when it cannot do them. */
export function statesAfter(process: PlainProcess, words: readonly string[]): States {
  return words.reduce((states, word) => after(process, states, word), closed(process, [0]));
}

export const naiveRefuses = canRefuse;
export const naiveDiverges = canGoOn;
export const naiveWords = wordsOf;
