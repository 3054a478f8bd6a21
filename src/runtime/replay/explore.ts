import type { Network } from '#runtime/network.ts';
import { type ChoicePoint, runSchedule, type ScheduleOrder, type ScheduleRun, type Steered, type Step } from './schedule.ts';

/** Searches the interleavings of a small network for one that gets stuck or fails. Rule S13 in `docs/spec/session.md`. */

export interface ExploreOrder {
  /** Called for each schedule: everything must be made afresh. */
  readonly make: (world: Steered) => Network;
  readonly schedules: number;
  /** In one schedule, times that a process which could go on has its turn taken away. */
  readonly preemptions: number;
  /** A schedule is cut after so many. */
  readonly mostSteps: number;
  readonly startMs: number;
  /** In [0, 1), seeded: the same numbers give the same search. */
  readonly random: () => number;
  readonly patience: () => Promise<void>;
  /** True ends the search; asked before each schedule. */
  readonly enough: () => boolean;
}

export interface Exploration {
  /** Schedules run, those of shrinking not counted. */
  readonly schedules: number;
  /** Of these, how many were still running at the last step allowed, or still awaited the outside. */
  readonly unfinished: number;
  /** True when no other schedule is left within the bounds. */
  readonly complete: boolean;
  /** The shrunk schedule, in words, and how many steps it had when it was found. */
  readonly found?: { readonly run: ScheduleRun; readonly stepsBefore: number };
}

/** Where a schedule leaves what happens of itself: number of the choice point, and what is chosen there. */
type Deviations = ReadonlyMap<number, number>;

/** Runs that shrinking may take. */
const mostShrinkRuns = 600;
/** How often a random schedule takes a turn away while it may. */
const preemptionChance = 0.1;

/**
 * Runs schedules until one is stuck or fails. Half of them in order: first what happens of itself, then everything that deviates
 * from it once, then twice, and so on. The other half at random, for what only many deviations show.
 */
export async function explore(order: ExploreOrder): Promise<Exploration> {
  const ordered = new Ordered(order);
  let unfinished = 0;
  let schedules = 0;
  while (schedules < order.schedules && !ordered.complete && !order.enough()) {
    const plan = schedules % 2 === 0 ? ordered.next() : undefined;
    const run = await runWith(order, plan === undefined ? randomChoice(order) : follow(plan));
    schedules++;
    if (isBad(run)) return { schedules, unfinished, complete: false, found: await shrink(order, run) };
    if (run.ending.is !== 'completed') unfinished++;
    if (plan !== undefined) ordered.add(plan, run);
  }
  return { schedules, unfinished, complete: ordered.complete };
}

const isBad = ({ ending }: ScheduleRun): boolean => ending.is === 'stuck' || ending.is === 'failed';

type Choose = ScheduleOrder['choose'];

async function runWith(order: ExploreOrder, choose: Choose, inWords = false): Promise<ScheduleRun> {
  const { make, mostSteps, startMs, patience } = order;
  return await runSchedule({ make, mostSteps, startMs, patience, choose, inWords });
}

function follow(deviations: Deviations): Choose {
  let number = 0;
  return ({ of }) => {
    if (of === 1) return 0;
    const choice = deviations.get(number++) ?? 0;
    return choice < of ? choice : 0;
  };
}

function randomChoice({ random, preemptions }: ExploreOrder): Choose {
  let left = preemptions;
  return ({ of, preempts }: ChoicePoint) => {
    if (of === 1) return 0;
    if (!preempts) return Math.floor(random() * of);
    if (left === 0 || random() >= preemptionChance) return 0;
    left--;
    return 1 + Math.floor(random() * (of - 1));
  };
}

/** Schedules by the number of their deviations: each one once. */
class Ordered {
  readonly #preemptions: number;
  readonly #most: number;
  readonly #plans: Deviations[] = [new Map()];
  #at = 0;
  #open = 0;
  #leftOut = false;

  constructor({ preemptions, schedules }: ExploreOrder) {
    this.#preemptions = preemptions;
    this.#most = schedules;
  }

  get complete(): boolean {
    return this.#at === this.#plans.length && this.#open === 0 && !this.#leftOut;
  }

  next(): Deviations | undefined {
    const plan = this.#plans[this.#at];
    if (plan === undefined) return undefined;
    this.#at++;
    this.#open++;
    return plan;
  }

  /** Adds what deviates once more, after the last deviation. */
  add(plan: Deviations, { steps, ending }: ScheduleRun): void {
    this.#open--;
    if (ending.is !== 'completed') this.#leftOut = true;
    const last = Math.max(-1, ...plan.keys());
    let left = this.#preemptions;
    let number = 0;
    for (const { of, preempts, choice } of steps) {
      if (of === 1) continue;
      if (preempts && choice > 0) left--;
      if (number > last && (!preempts || left > 0)) this.#addAt(plan, number, of);
      number++;
    }
  }

  #addAt(plan: Deviations, number: number, of: number): void {
    for (let choice = 1; choice < of; choice++) {
      // More than will ever be run need not be kept.
      if (this.#plans.length >= this.#most) {
        this.#leftOut = true;
        return;
      }
      this.#plans.push(new Map([...plan, [number, choice]]));
    }
  }
}

function deviationsOf(steps: readonly Step[]): [number, number][] {
  const choices = steps.filter(({ of }) => of > 1).map(({ choice }, number): [number, number] => [number, choice]);
  return choices.filter(([, choice]) => choice > 0);
}

/** Takes deviations away, many at once and then fewer, as long as it still goes wrong in the same way (Zeller's ddmin). */
async function shrink(order: ExploreOrder, found: ScheduleRun): Promise<NonNullable<Exploration['found']>> {
  let best = deviationsOf(found.steps);
  let runs = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1 && best.length > 0; ) {
    let smaller: [number, number][] | undefined;
    for (let from = 0; from < best.length && smaller === undefined && runs < mostShrinkRuns; from += size) {
      const fewer = best.toSpliced(from, size);
      const run = await runWith(order, follow(new Map(fewer)));
      runs++;
      const left = deviationsOf(run.steps);
      if (isAlike(run, found) && left.length < best.length) smaller = left;
    }
    if (smaller !== undefined) best = smaller;
    else if (size === 1 || runs >= mostShrinkRuns) break;
    else size = Math.ceil(size / 2);
  }
  return { run: await runWith(order, follow(new Map(best)), true), stepsBefore: found.steps.length };
}

function isAlike({ ending }: ScheduleRun, { ending: wanted }: ScheduleRun): boolean {
  if (ending.is === 'failed' && wanted.is === 'failed')
    return ending.fault.code === wanted.fault.code && ending.fault.node === wanted.fault.node;
  return ending.is === wanted.is;
}
