import { decidesForEver, type Lts, type Move, tau, wayTo } from './lts.ts';
import { parse } from './parse.ts';
import { decides, Impossible, type Process, Processes, tick } from './process.ts';
import { reduce } from './reduce.ts';
import type { Contract, ContractFault } from './term.ts';

export type Compiled = { readonly ok: true; readonly lts: Lts } | { readonly ok: false; readonly fault: ContractFault };

/** K2  States of one contract, before it is made smaller. */
export const greatestStates = 4_096;
const greatestMoves = 400_000;

const cache = new Map<string, Compiled>();
const greatestCache = 500;

/**
 * K2  The transition system of a contract, made as small as failures semantics allows; the same text is worked out once.
 *
 * @returns a fault instead when the text does not parse, the contract has more than 4,096 states, calls itself without
 *   communicating, or can go on deciding for ever.
 */
export function compile(text: string): Compiled {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const parsed = parse(text);
  const whole = parsed.ok ? explore(parsed.contract) : parsed;
  const compiled: Compiled = whole.ok ? { ok: true, lts: reduce(whole.lts) } : whole;
  if (cache.size >= greatestCache) cache.delete(cache.keys().next().value ?? '');
  cache.set(text, compiled);
  return compiled;
}

/** K2  Every state as the rules of CSP give it, nothing merged. A state whose process can only end is final. */
export function explore(contract: Contract): Compiled {
  try {
    const lts = allStates(new Processes(contract));
    const loop = divergence(lts);
    return loop === undefined ? { ok: true, lts } : { ok: false, fault: { message: loop } };
  } catch (thrown) {
    if (thrown instanceof Impossible) return { ok: false, fault: { message: thrown.message } };
    throw thrown;
  }
}

function allStates(processes: Processes): Lts {
  const states: Process[] = [processes.start];
  const numbers = new Map<Process, number>([[processes.start, 0]]);
  const labels = new Map<string, number>();
  const moves: Move[][] = [];
  let count = 0;
  for (let at = 0; at < states.length; at++) {
    const state = states[at] ?? processes.start;
    const ended = processes.hasEnded(state);
    const steps = ended ? [] : processes.steps(state);
    count += steps.length;
    if (states.length > greatestStates || count > greatestMoves) throw new Impossible(tooMany);
    moves.push(
      steps.map(({ label, to }) => {
        const number = numbers.get(to) ?? states.push(to) - 1;
        numbers.set(to, number);
        return { label: label === decides || label === tick ? tau : numberIn(labels, label), to: number };
      }),
    );
  }
  return { labels: [...labels.keys()], moves, final: states.map((state) => processes.hasEnded(state)) };
}

const tooMany = `it grows beyond ${greatestStates.toLocaleString('en')} states: is a parameter unbounded?`;

function numberIn(labels: Map<string, number>, label: string): number {
  const number = labels.get(label) ?? labels.size;
  labels.set(label, number);
  return number;
}

// A cycle of own decisions: the process may never communicate again and nobody can tell.
function divergence(lts: Lts): string | undefined {
  const state = decidesForEver(lts);
  if (state === undefined) return undefined;
  const way = wayTo(lts, (at) => at === state)?.labels.filter((label) => label !== tau) ?? [];
  const after = way.length === 0 ? 'from the start' : `after ${way.map((label) => lts.labels[label]).join(', ')}`;
  return `${after} it can go on deciding for ever without communicating`;
}
