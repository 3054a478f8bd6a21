import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { Fault, Plain, TooMuch, type Work } from './plain.ts';
import { Ranks } from './ranks.ts';
import { fieldOf, hasField, listedIn, listOf, numbersOf } from './read.ts';
import { roundsOf } from './rounds.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/**
 * V134  Checks again that no round without progress can be gone that is fair to every process.
 *
 * @param progress 1 for each event that is progress.
 */
export function recheckNoLivelock(
  system: System,
  progress: ArrayLike<number>,
  { by, data }: Certificate,
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    const isLoose = (event: number): boolean => progress[event] !== 1;
    if (by === 'ranks') new Ranks(plain).check(isLoose, data);
    else if (by !== 'no-rounds') throw new TooMuch(`there is no check for a certificate by ${by}`);
    else if (leftAfter(plain, isLoose, listedIn(data, 'taken')).size > 0)
      throw new Fault('some events may go round without progress');
  });
}

/**
 * V135  Checks again that no process can be passed over for ever. Of each it is shown that nobody can take an offer of it away again and again, or that each round without it leaves
 *       somebody out who could always go on, has it ready all the time, or never.
 */
export function recheckNobodyStarves(system: System, { by, data }: Certificate, work: Work = usualWork): Recheck {
  return judged(() => {
    if (by !== 'served') throw new TooMuch(`there is no check for a certificate by ${by}`);
    const plain = new Plain(system, work);
    const entries = listOf(listedIn(data, 'of'));
    if (entries.length !== system.processes) throw new Fault(`there are ${system.processes} processes, not as many as said`);
    if (entries.length === 0) return;
    const ranks = new Ranks(plain);
    for (const [process, entry] of entries.entries()) {
      const isWithout = (event: number): boolean => !plain.makers(event).includes(process);
      if (hasField(entry, 'taken')) checkKept(plain, process, leftAfter(plain, isWithout, fieldOf(entry, 'taken')));
      else ranks.check(isWithout, entry, process);
    }
  });
}

/**
 * V134  The events that are left of those that are allowed when some are taken out, each because it is on no round of one of its parts: then it cannot be made again and again
 *       with nothing but the others. Each entry has a part and its events.
 */
function leftAfter(plain: Plain, isAllowed: (event: number) => boolean, taken: unknown): ReadonlySet<number> {
  const { events } = plain.system;
  plain.spend(events.length);
  const left = new Set(
    events.keys().filter((event) => {
      const makers = plain.makers(event);
      return isAllowed(event) && makers.length > 0 && !makers.includes(-1);
    }),
  );
  for (const entry of listOf(taken)) {
    const [part = -1, ...out] = numbersOf(entry);
    const rounds = onRounds(plain, part, left);
    for (const event of out) {
      if (!plain.makers(event).includes(part)) throw new Fault(`part ${part} does not make event ${event}`);
      if (rounds.has(event)) throw new Fault(`event ${event} is on a round of part ${part}`);
      left.delete(event);
    }
  }
  return left;
}

// The events of a part that lead from one of its states to another of the same round.
function onRounds(plain: Plain, part: number, left: ReadonlySet<number>): ReadonlySet<number> {
  const states = statesOf(plain, part);
  const next = (state: number): number[] =>
    [...plain.offers(part, state)].flatMap(([event, targets]) => (left.has(event) ? targets : []));
  const component = roundsOf(states, next);
  const found = new Set<number>();
  for (let state = 0; state < states; state++)
    for (const [event, targets] of plain.offers(part, state)) {
      plain.spend(targets.length);
      if (left.has(event) && targets.some((to) => component[to] === component[state])) found.add(event);
    }
  return found;
}

function statesOf(plain: Plain, part: number): number {
  const shape = plain.system.shapes[plain.system.parts[part]?.shape ?? -1];
  if (shape === undefined) throw new Fault(`there is no part ${part}`);
  if (shape.cutAt !== undefined) throw new TooMuch('a part says less than the truth');
  plain.spend(shape.final.length);
  return shape.final.length;
}

// What a process could do it can no longer do only where another part of that event has moved on by one that is left, and no longer offers it.
function checkKept(plain: Plain, process: number, left: ReadonlySet<number>): void {
  const states = [...Array(statesOf(plain, process)).keys()];
  for (const event of new Set(states.flatMap((state) => [...plain.offers(process, state).keys()])))
    for (const part of plain.makers(event))
      if (part >= 0 && part !== process && losesOffer(plain, part, event, left))
        throw new Fault(`part ${part} may take event ${event} away from part ${process} again and again`);
}

function losesOffer(plain: Plain, part: number, event: number, left: ReadonlySet<number>): boolean {
  const states = statesOf(plain, part);
  for (let state = 0; state < states; state++) {
    if (!plain.offers(part, state).has(event)) continue;
    for (const [by, targets] of plain.offers(part, state)) {
      plain.spend(targets.length);
      if (left.has(by) && targets.some((to) => !plain.offers(part, to).has(event))) return true;
    }
  }
  return false;
}
