import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { followed, followedFrom } from './followed.ts';
import { Fault, Plain, type Whole, type Work } from './plain.ts';
import { type Graph, type Size, wholeGraph } from './reached.ts';
import { sizeOf } from './read.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/** How many messages a part holds in each of its states. */
export interface Holder {
  readonly part: number;
  readonly messages: ArrayLike<number>;
  /** The event by which its reader lets go of it and of what it holds; -1 when there is none. */
  readonly leaves: number;
}

/** V136  Checks again that nothing is held in any state in which all processes have ended, nor was when its reader let go of it on any way there. */
export function recheckNothingLeft(
  system: System,
  holders: readonly Holder[],
  { data }: Certificate,
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    const graph = wholeGraph(plain, sizeOf(data));
    const mayEnd = canEnd(plain, graph);
    for (const number of Array(graph.reached.size).keys()) {
      const state = graph.reached.stateOf(number);
      if (plain.hasEnded(state) && heldIn(plain, holders, state) > 0) throw new Fault('something is left when all have ended');
      for (let step = graph.first[number] ?? 0; step < (graph.first[number + 1] ?? 0); step++)
        if (mayEnd[graph.targets[step] ?? 0] === 1 && lostBy(plain, holders, state, graph.events[step] ?? -1) > 0)
          throw new Fault('a reader lets go of something before all have ended');
    }
  });
}

/** Per state, 1 where all processes can come to have ended: looked for backwards, until nothing is new. */
function canEnd(plain: Plain, { reached, first, targets }: Graph): Uint8Array {
  const can = Uint8Array.from({ length: reached.size }, (_, number) => (plain.hasEnded(reached.stateOf(number)) ? 1 : 0));
  const before: number[][] = Array.from({ length: reached.size }, () => []);
  for (const state of before.keys())
    for (let step = first[state] ?? 0; step < (first[state + 1] ?? 0); step++) before[targets[step] ?? 0]?.push(state);
  const todo = [...can.keys()].filter((state) => can[state] === 1);
  for (let state = todo.pop(); state !== undefined; state = todo.pop())
    for (const from of before[state] ?? []) {
      if (can[from] === 1) continue;
      can[from] = 1;
      todo.push(from);
    }
  return can;
}

/** V136  Follows a trace to a state in which all processes have ended and something is held, or was when its reader let go of it on the way. */
export function recheckLeftOver(
  system: System,
  trace: readonly number[],
  holders: readonly Holder[],
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    const ends = [...followed(plain, trace).values()];
    if (ends.some((state) => plain.hasEnded(state) && heldIn(plain, holders, state) > 0)) return;
    if (!trace.some((_, step) => losesAt(plain, holders, trace, step)))
      throw new Fault('the trace does not lead to where all have ended and something is left');
  });
}

function losesAt(plain: Plain, holders: readonly Holder[], trace: readonly number[], step: number): boolean {
  const event = trace[step] ?? -1;
  if (!holders.some(({ leaves }) => leaves === event)) return false;
  const before = [...followed(plain, trace.slice(0, step)).values()].filter((state) => lostBy(plain, holders, state, event) > 0);
  return followedFrom(plain, before, trace.slice(step)).some((state) => plain.hasEnded(state));
}

/** V136  Checks again that so many messages at most are held at once: in all states, or (`bound`) whatever the states may be. */
export function recheckMostHeld(
  system: System,
  holders: readonly Holder[],
  { most, by, ...size }: Size & { readonly most: number; readonly by: 'states' | 'bound' },
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    const found =
      by === 'bound'
        ? holders.reduce((sum, { messages }) => sum + greatest(plain, messages), 0)
        : allStates(plain, size).reduce((greatestYet, state) => Math.max(greatestYet, heldIn(plain, holders, state)), 0);
    if (by === 'bound' ? found > most : found !== most) throw new Fault(`they hold ${found} messages, not ${most}`);
  });
}

function allStates(plain: Plain, size: Size): IteratorObject<Whole> {
  const { reached } = wholeGraph(plain, size);
  return Array(reached.size)
    .keys()
    .map((number) => reached.stateOf(number));
}

function heldIn(plain: Plain, holders: readonly Holder[], state: Whole): number {
  plain.spend(holders.length);
  return holders.reduce((sum, { part, messages }) => sum + (messages[state[part] ?? -1] ?? 0), 0);
}

function lostBy(plain: Plain, holders: readonly Holder[], state: Whole, event: number): number {
  const letGo = holders.filter(({ leaves }) => leaves >= 0 && leaves === event);
  return letGo.length === 0 ? 0 : heldIn(plain, letGo, state);
}

function greatest(plain: Plain, messages: ArrayLike<number>): number {
  plain.spend(messages.length);
  return Array.from(messages).reduce((most, one) => Math.max(most, one), 0);
}
