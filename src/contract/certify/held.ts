import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/certificate.ts';
import { followed } from './followed.ts';
import { Fault, Plain, type Whole, type Work } from './plain.ts';
import { type Size, wholeGraph } from './reached.ts';
import { sizeOf } from './read.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/** How many messages a part holds in each of its states. */
export interface Holder {
  readonly part: number;
  readonly messages: ArrayLike<number>;
}

/** V136  Checks again that nothing is held in any state in which all processes have ended. */
export function recheckNothingLeft(
  system: System,
  holders: readonly Holder[],
  { data }: Certificate,
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    for (const state of allStates(plain, sizeOf(data)))
      if (plain.hasEnded(state) && heldIn(plain, holders, state) > 0) throw new Fault('something is left when all have ended');
  });
}

/** V136  Follows a trace to a state in which all processes have ended and something is held. */
export function recheckLeftOver(
  system: System,
  trace: readonly number[],
  holders: readonly Holder[],
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    const ends = [...followed(plain, trace).values()];
    if (!ends.some((state) => plain.hasEnded(state) && heldIn(plain, holders, state) > 0))
      throw new Fault('the trace does not lead to where all have ended and something is left');
  });
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

function greatest(plain: Plain, messages: ArrayLike<number>): number {
  plain.spend(messages.length);
  return Array.from(messages).reduce((most, one) => Math.max(most, one), 0);
}
