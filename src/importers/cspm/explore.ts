import { type Lts, type Move, tau } from '#contract/lts.ts';
import type { Allowance } from './allowance.ts';
import { OutOfBudget } from './fault.ts';
import { decides, type Steps, tick } from './steps.ts';
import type { Process } from './value.ts';

/**
 * V102  Every state of a process, nothing merged. A state whose process can only end is final; an end that other moves stand beside is a
 *       move of the process alone to a final state, as nobody can prevent it.
 *
 * @throws OutOfBudget when there are more than `maxStates`.
 */
export function explore(start: Process, steps: Steps, skip: Process, maxStates: number, allowance: Allowance): Lts {
  const states: Process[] = [start];
  const numbers = new Map<Process, number>([[start, 0]]);
  const labels = new Map<string, number>();
  const moves: Move[][] = [];
  const numberOf = (label: string): number => {
    if (label === decides || label === tick) return tau;
    const number = labels.get(label) ?? labels.size;
    labels.set(label, number);
    return number;
  };
  for (let at = 0; at < states.length; at++) {
    const state = states[at] as Process;
    if (states.length > maxStates) throw new OutOfBudget(tooMany(maxStates));
    const next = state === skip ? [] : steps.of(state);
    allowance.keep(200 + 40 * next.length);
    moves.push(
      next.map(({ label, to }) => {
        const number = numbers.get(to) ?? states.push(to) - 1;
        numbers.set(to, number);
        return { label: numberOf(label), to: number };
      }),
    );
  }
  return { labels: [...labels.keys()], moves, final: states.map((state) => state === skip) };
}

function tooMany(maxStates: number): string {
  return `one process alone grows beyond ${maxStates.toLocaleString('en')} states: is a parameter unbounded?`;
}
