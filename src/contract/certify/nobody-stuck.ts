import type { System } from '#contract/network.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import { Fault, Meter, Plain, TooMuch, type Work } from './plain.ts';
import { fieldOf, listOf, numbersOf } from './read.ts';
import { waitingForEachOther } from './recheck-stuck.ts';
import { type Followed, followSets } from './stubborn-sets.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/** As far as memory goes. */
const bytesOfState = 100;

/**
 * V133  Checks again that no process can be stuck for ever while the rest runs. Groups of parts that have no event in common are looked at one by one; in each the states
 *       are followed by their sets. Who is stuck stays so. So it is enough that every state leads to one of the `ends`, in which nobody is stuck or nothing can happen;
 *       and that what can happen in an end and is in none of the sets from there on does not exist: then no event that would lead to somebody
 *       being stuck is left out for ever.
 */
export function recheckNobodyStuck(system: System, { by, data }: Certificate, work: Work = usualWork): Recheck {
  return judged(() => {
    if (by !== 'stubborn-fair') throw new TooMuch(`there is no check for a certificate by ${by}`);
    const meter = new Meter(work);
    const groups = groupsOf(system, meter);
    const certificates = listOf(fieldOf(data, 'groups'));
    if (certificates.length !== groups.length) throw new Fault(`there are ${groups.length} groups of parts`);
    const found = groups.map((parts, number) => checkGroup(new Plain(within(system, parts), meter), certificates[number]));
    const stopped = found.filter(({ stops }) => stops).length;
    // What is stuck altogether in one group is stuck while another one runs.
    if (found.some(({ runs, stops }) => runs && stopped > (stops ? 1 : 0)))
      throw new Fault('one group of parts can come to a stop while another one runs');
  });
}

/** Whether a group can go on for ever, and whether it can come to a stop with somebody who has not ended. */
interface Group {
  readonly runs: boolean;
  readonly stops: boolean;
}

function checkGroup(plain: Plain, data: unknown): Group {
  const followed = followSets(plain, data, 'either');
  const ends = numbersOf(fieldOf(data, 'ends'));
  checkAllLeadTo(plain, followed, ends);
  let [runs, stops] = [false, false];
  for (const end of ends) {
    const state = followed.reached.stateOf(end);
    const isStopped = followed.targets[end]?.length === 0;
    runs ||= !isStopped;
    stops ||= isStopped && !plain.hasEnded(state);
    if (isStopped) continue;
    for (const part of waitingForEachOther(plain, state))
      if (plain.isProcess(part) && !plain.isFinal(part, state[part] ?? 0))
        throw new Fault(`${plain.system.parts[part]?.name} can be stuck while others run`);
    checkNothingLeftOut(plain, followed, end);
  }
  return { runs, stops };
}

// Backwards from the ends every state is come to.
function checkAllLeadTo(plain: Plain, { reached, targets }: Followed, ends: readonly number[]): void {
  if (ends.some((end) => end < 0 || end >= reached.size)) throw new Fault('an end is no state');
  const before: number[][] = targets.map(() => []);
  plain.meter.keep(bytesOfState * targets.length);
  for (const [state, list] of targets.entries()) for (const to of list) before[to]?.push(state);
  const met = new Set(ends);
  for (const state of met) for (const from of before[state] ?? []) met.add(from);
  plain.spend(met.size);
  if (met.size !== reached.size) throw new Fault('a state leads to none of the ends');
}

function checkNothingLeftOut(plain: Plain, { reached, targets, setOf }: Followed, end: number): void {
  const met = new Set([end]);
  const taken = new Set<number>();
  for (const state of met) {
    for (const event of setOf(state)) taken.add(event);
    for (const to of targets[state] ?? []) met.add(to);
    plain.spend(setOf(state).size + 1);
  }
  for (const { event } of plain.steps(reached.stateOf(end)))
    if (!taken.has(event)) throw new Fault(`event ${event} is left out for ever`);
}

// In the order of their first parts; within a group ascending.
function groupsOf({ parts, events }: System, meter: Meter): number[][] {
  const joined = parts.map((): number[] => []);
  for (const { parts: makers } of events) {
    const real = makers.filter((part) => part >= 0);
    meter.spend(makers.length);
    for (const part of real) joined[part]?.push(...real.slice(0, 1));
    for (const part of real) joined[real[0] ?? 0]?.push(part);
  }
  const groups: number[][] = [];
  const placed = new Set<number>();
  for (const first of parts.keys()) {
    if (placed.has(first)) continue;
    const group = new Set([first]);
    for (const part of group) for (const other of joined[part] ?? []) group.add(other);
    for (const part of group) placed.add(part);
    groups.push([...group].sort((a, b) => a - b));
  }
  return groups;
}

// The events keep their numbers; those of other groups have nobody here to make them.
function within(system: System, parts: readonly number[]): System {
  const places = new Map(parts.map((part, place) => [part, place]));
  return {
    shapes: system.shapes,
    processes: parts.filter((part) => part < system.processes).length,
    parts: parts.flatMap((part) => system.parts[part] ?? []),
    events: system.events.map((event) => ({ parts: event.parts.map((part) => places.get(part) ?? -1) })),
  };
}
