import { compile } from './compile.ts';
import { type Lts, tau } from './lts.ts';
import { faultText } from './term.ts';

/**
 * K12  Follows one process event by event and says whether its contract allows what it does.
 *
 * Decisions are not seen, so it holds every state the process may be in. A process that may have returned ends its
 * outputs: from then on any `….end` is allowed. No end comes twice (K7). A send whose reader has gone is reported as `port.gone`: the process
 * may go on, or return.
 */
export interface Monitor {
  /** False when the contract does not allow the event; the monitor then stays where it was. */
  accepts(event: string): boolean;
  /** The events that are allowed next, sorted. */
  expected(): readonly string[];
  /** After an event that was not allowed: goes on from every state that such an event may lead to, or, when none is known, from all. */
  recover(event: string): void;
}

export function contractMonitor(lts: Lts): Monitor {
  const places = new Places(lts);
  let at = places.first;
  let hasReturned = false;
  const over = new Set<string>();
  return {
    accepts(event) {
      const { to, isEnd, isGone } = at.moves.get(event) ?? places.learn(at, event);
      if (isEnd && over.has(event)) return false;
      if (to === undefined && !(isEnd && (hasReturned || at.mayHaveReturned))) return false;
      if (isEnd) over.add(event);
      if (to === undefined) return true;
      at = to;
      hasReturned = isGone || (hasReturned && isEnd);
      return true;
    },
    recover(event) {
      if (event.endsWith('.end')) over.add(event);
      at = places.behind(event);
      hasReturned = false;
    },
    expected() {
      const moves = at.states.flatMap((state) => lts.moves[state] ?? []).filter(({ label }) => label !== tau);
      return [...new Set(moves.map(({ label }) => lts.labels[label] ?? ''))].sort();
    },
  };
}

/** All the states a process may be in, and where each event that came there leads. */
interface Place {
  readonly states: readonly number[];
  readonly mayHaveReturned: boolean;
  readonly moves: Map<string, Move>;
}

interface Move {
  /** Undefined: the contract has no such move here. */
  readonly to: Place | undefined;
  readonly isEnd: boolean;
  readonly isGone: boolean;
}

/** The places of a system, made as they are come to: a step that was taken before is one look. */
class Places {
  readonly first: Place;
  readonly #lts: Lts;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #known = new Map<string, Place>();

  constructor(lts: Lts) {
    this.#lts = lts;
    this.#numbers = new Map(lts.labels.map((label, number) => [label, number]));
    this.first = this.#place(settle(lts, [0]));
  }

  learn(from: Place, event: string): Move {
    const isGone = event.endsWith('.gone');
    const number = this.#numbers.get(isGone ? event.slice(0, -'.gone'.length) : event);
    const next = number === undefined ? [] : settle(this.#lts, after(this.#lts, from.states, number));
    const move = { to: next.length === 0 ? undefined : this.#place(next), isEnd: event.endsWith('.end'), isGone };
    from.moves.set(event, move);
    return move;
  }

  behind(event: string): Place {
    const label = this.#lts.labels.indexOf(event.endsWith('.gone') ? event.slice(0, -'.gone'.length) : event);
    const all = [...this.#lts.moves.keys()];
    const to = all.flatMap((state) => after(this.#lts, [state], label));
    return this.#place(settle(this.#lts, to.length === 0 ? all : [...new Set(to)]));
  }

  #place(states: readonly number[]): Place {
    const key = states.toSorted((a, b) => a - b).join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const place = { states, mayHaveReturned: states.some((state) => this.#lts.final[state]), moves: new Map<string, Move>() };
    this.#known.set(key, place);
    return place;
  }
}

function after({ moves }: Lts, states: readonly number[], number: number): number[] {
  return states.flatMap((state) => (moves[state] ?? []).filter(({ label }) => label === number).map(({ to }) => to));
}

// With every state that decisions lead to.
function settle({ moves }: Lts, states: readonly number[]): readonly number[] {
  const all = new Set(states);
  for (const state of all) for (const { label, to } of moves[state] ?? []) if (label === tau) all.add(to);
  return [...all];
}

export type Allowed =
  | { readonly ok: true }
  | { readonly ok: false; readonly at: number; readonly event: string; readonly expected: readonly string[] };

/**
 * K12  Whether a contract allows a trace of events such as `in`, `out.2`, `in.end`.
 *
 * @param text the contract of the settings and numbers of channels the trace was made with.
 * @returns or the position of the first event that is not allowed, with what was.
 * @throws when the text is no contract: ask `contractFaults` first.
 */
export function allows(text: string, trace: readonly string[]): Allowed {
  const compiled = compile(text);
  if (!compiled.ok) throw new Error(`this is no contract: ${faultText(compiled.fault)}`);
  const monitor = contractMonitor(compiled.lts);
  for (const [at, event] of trace.entries()) {
    if (!monitor.accepts(event)) return { ok: false, at, event, expected: monitor.expected() };
  }
  return { ok: true };
}
