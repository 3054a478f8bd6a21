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
}

export function contractMonitor(lts: Lts): Monitor {
  const numbers = new Map(lts.labels.map((label, number) => [label, number]));
  let may = settle(lts, [0]);
  let hasReturned = false;
  const over = new Set<string>();
  return {
    accepts(event) {
      if (over.has(event)) return false;
      const gone = event.endsWith('.gone');
      const number = numbers.get(gone ? event.slice(0, -'.gone'.length) : event);
      const next = number === undefined ? [] : settle(lts, after(lts, may, number));
      const isEnd = event.endsWith('.end');
      if (next.length === 0 && !(isEnd && (hasReturned || may.some((state) => lts.final[state])))) return false;
      if (isEnd) over.add(event);
      if (next.length === 0) return true;
      may = next;
      hasReturned = gone || (hasReturned && isEnd);
      return true;
    },
    expected() {
      const moves = may.flatMap((state) => lts.moves[state] ?? []).filter(({ label }) => label !== tau);
      return [...new Set(moves.map(({ label }) => lts.labels[label] ?? ''))].sort();
    },
  };
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
