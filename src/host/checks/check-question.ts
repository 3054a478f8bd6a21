import process from 'node:process';
import { answer, type Prepared } from '#contract/check/check.ts';
import { type ConfirmedClimb, confirmedClimb, workFor } from '#contract/check/confirmed.ts';
import { type EngineName, thorough } from '#contract/check/engine.ts';
import { full } from '#contract/check/full/full.ts';
import { climb } from '#contract/check/ladder.ts';
import type { System } from '#contract/network.ts';
import type { CheckQuestion as AskedOfDesigns } from '#model/checks/check-job.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { SearchBudget } from './search-thread.ts';

/** What is asked about a file: of a design every question, of another system whether it can deadlock. Plain data. */
export interface CheckQuestion {
  readonly about: { readonly prepared: Prepared } | { readonly system: System };
  readonly budget: SearchBudget;
  /** This engine alone. */
  readonly engine?: EngineName;
  /** Of a design: only these questions, and deadlock; all when left out. */
  readonly questions?: readonly AskedOfDesigns[];
  /** Whether the reachable states are to be counted too. */
  readonly count: boolean;
}

export interface CheckAnswer {
  readonly findings: readonly Finding[];
  /** Of a system that is no design. */
  readonly climbed?: ConfirmedClimb;
  readonly counted?: CountedStates;
  readonly cpuSeconds: number;
}

/** V84  How many states can be reached; with `complete` false there are more, or a buffer holds more than is counted. */
export interface CountedStates {
  readonly states: number;
  readonly transitions: number;
  readonly complete: boolean;
}

/** Answers in this thread; it may take as long as the budget. */
export function answerCheck({ about, budget, engine, questions, count }: CheckQuestion): CheckAnswer {
  const before = process.cpuUsage();
  const timed = { ...budget, now: () => performance.now(), again: thorough };
  const system = 'system' in about ? about.system : about.prepared.question?.counted;
  const said =
    'system' in about
      ? { findings: [], climbed: confirmed(about.system, timed, engine) }
      : { findings: answer(about.prepared, timed, { ...(engine && { engine }), ...(questions && { questions }) }) };
  const { user, system: kernel } = process.cpuUsage(before);
  const counted = count && system !== undefined ? countedStates(system, timed) : undefined;
  return { ...said, cpuSeconds: (user + kernel) / 1e6, ...(counted !== undefined && { counted }) };
}

function confirmed(system: System, budget: TimedBudget, engine: EngineName | undefined): ConfirmedClimb {
  const end = budget.now() + budget.maxMs;
  const climbed = climb(system, budget, engine);
  return confirmedClimb(system, climbed, workFor({ ...budget, maxMs: end - budget.now() }));
}

type TimedBudget = SearchBudget & { readonly now: () => number };

// A full search stops at the first deadlock. Where every state is the end there is none, and it goes everywhere.
function countedStates(system: System, budget: TimedBudget): CountedStates {
  const shapes = system.shapes.map((shape) => ({ ...shape, final: new Uint8Array(shape.final.length).fill(1) }));
  const { verdict, states, transitions } = full.run({ ...system, shapes }, budget);
  return { states, transitions, complete: verdict === 'proved' };
}
