import type { System } from '#contract/network.ts';
import { followed } from './followed.ts';
import { Fault, Plain, TooMuch, type Whole, type Work } from './plain.ts';
import { judged, type Recheck, usualWork } from './verdict.ts';

/**
 * V57  Follows a trace to a state in which some processes are said to be stuck for ever while the rest can go on: none of them has ended, all of them are in a set
 *      of parts that only wait for each other, and from there a round can be gone.
 *
 * @param state of each part after the trace.
 * @param stuck the numbers of the processes.
 */
export function recheckStuck(
  system: System,
  trace: readonly number[],
  state: readonly number[],
  stuck: readonly number[],
  work: Work = usualWork,
): Recheck {
  return judged(() => {
    const plain = new Plain(system, work);
    if (!followed(plain, trace).has(state.join())) throw new Fault('the trace does not lead to the state it is said to lead to');
    if (stuck.length === 0) throw new Fault('nobody is said to be stuck');
    const waiting = waitingForEachOther(plain, state);
    for (const process of stuck) {
      const name = system.parts[process]?.name ?? `part ${process}`;
      if (!plain.isProcess(process)) throw new Fault(`${name} is no process`);
      if (plain.isFinal(process, state[process] ?? -1)) throw new Fault(`${name} has ended`);
      if (!waiting.has(process)) throw new Fault(`${name} may still go on`);
    }
    if (!goesRound(plain, state)) throw new Fault('all comes to a stop');
  });
}

/** Of all parts those are taken out, again and again, that could make an event without one of the others having to move first. */
export function waitingForEachOther(plain: Plain, state: Whole): ReadonlySet<number> {
  const members = new Set(state.keys().filter((part) => !plain.isCut(part, state[part] ?? 0)));
  for (let size = -1; size !== members.size; ) {
    size = members.size;
    for (const part of [...members])
      for (const event of plain.offers(part, state[part] ?? 0).keys())
        if (!isHeld(plain, state, members, event)) members.delete(part);
  }
  return members;
}

function isHeld(plain: Plain, state: Whole, members: ReadonlySet<number>, event: number): boolean {
  plain.spend(plain.makers(event).length);
  return plain
    .makers(event)
    .some((part) => part < 0 || (members.has(part) && plain.after(part, state[part] ?? 0, event).length === 0));
}

const bytesOfStep = 100;

// Depth first: the first way that comes to a state on itself is enough.
function goesRound(plain: Plain, from: Whole): boolean {
  const path = [{ key: from.join(), steps: plain.steps(from) }];
  const open = new Set([from.join()]);
  const met = new Set(open);
  let isCut = false;
  for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
    const step = here.steps.shift();
    if (step === undefined) {
      open.delete(here.key);
      path.pop();
      continue;
    }
    const key = step.to.join();
    if (open.has(key)) return true;
    if (met.has(key)) continue;
    met.add(key);
    plain.meter.keep(key.length + bytesOfStep * here.steps.length);
    open.add(key);
    isCut ||= step.to.some((at, part) => plain.isCut(part, at));
    path.push({ key, steps: plain.steps(step.to) });
  }
  if (isCut) throw new TooMuch('a part says less than the truth on the way');
  return false;
}
