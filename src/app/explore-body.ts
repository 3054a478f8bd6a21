import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { Catalog } from '#host/catalog.ts';
import { randomFrom, toolsOf } from '#host/tools.ts';
import { wire } from '#host/wire.ts';
import type { Files, Tools } from '#kit/tools.ts';
import type { DesignBody } from '#model/design.ts';
import { type Exploration, explore } from '#runtime/explore.ts';
import type { Network } from '#runtime/network.ts';
import type { Receiver } from '#runtime/port.ts';
import type { Ending, Steered } from '#runtime/schedule.ts';
import { feedOf, type PortFile } from './run-body.ts';

const outsideRefused = defineError(
  'APP_EXPLORE_OUTSIDE',
  'input',
  'A search does not touch the outside: no HTTP, files or secrets. Feed the design with --input instead.',
);

/** Steps after which a schedule is cut. */
export const mostSteps = 1_000;
/** How long the outside may take to answer before a schedule is left unfinished. */
const patienceMs = 1_000;

export interface ExploreOptions {
  readonly inputs: readonly PortFile[];
  /** Taken and forgotten. */
  readonly outputs: readonly Omit<PortFile, 'file'>[];
  readonly schedules: number;
  readonly preemptions: number;
  readonly seed: string;
  /** Ends the search. */
  readonly signal: AbortSignal;
}

/** A step by its number, counted from 1. */
export interface StepText {
  readonly number: number;
  readonly says: string;
}

/** What a search found, if anything: how it ended, and in words each step at which something is to be seen. */
export interface ExploreReport extends Pick<Exploration, 'schedules' | 'unfinished' | 'complete'> {
  readonly found?: {
    readonly ending: Ending;
    readonly steps: readonly StepText[];
    readonly stepsCount: number;
    readonly stepsBefore: number;
  };
}

/**
 * Searches the interleavings of a design (S13).
 *
 * @throws what wiring a design throws, APP_FILE_UNREADABLE for an input.
 */
export async function exploreBody(
  { catalog, clock }: { readonly catalog: Catalog; readonly clock: Clock },
  body: DesignBody,
  options: ExploreOptions,
): Promise<ExploreReport> {
  const { schedules, preemptions, seed, signal } = options;
  const feeds = await Promise.all(options.inputs.map(feedOf));
  const collects = options.outputs.map(({ node, port, index }) => ({
    is: 'collect' as const,
    from: { node, port, index },
    body: forget,
  }));
  const attachments = [...feeds, ...collects];
  const make = (world: Steered): Network =>
    wire({ design: body, catalog, attachments, ...world, tools: (node) => closedTools(world.clock, seed, node) });
  const searched = await explore({
    make,
    schedules,
    preemptions,
    mostSteps,
    startMs: clock.now(),
    random: randomFrom(`search ${seed}`),
    patience: () => new Promise((resolve) => void clock.after(patienceMs, resolve)),
    enough: () => signal.aborted,
  });
  const { found, ...counts } = searched;
  if (found === undefined) return counts;
  const { run, stepsBefore } = found;
  const steps = run.steps
    .map(({ says }, index) => ({ number: index + 1, says }))
    .filter(({ says }) => !says.endsWith(' goes on'));
  return { ...counts, found: { ending: run.ending, steps, stepsCount: run.steps.length, stepsBefore } };
}

function* forget(into: Receiver<unknown>) {
  while (!(yield* into.receive()).ended);
}

/** Tools of a process that may compute and wait, and no more. */
function closedTools(clock: Clock, seed: string, node: string): Tools {
  const refuse = (): never => {
    throw outsideRefused();
  };
  const files: Files = { read: refuse, write: refuse, list: refuse, watch: refuse };
  const shared = { clock, http: refuse, files, secret: refuse, log: () => {} };
  const metrics = { count: () => {}, gauge: () => {} };
  return { ...toolsOf(shared, seed, node, new AbortController().signal), metrics };
}
