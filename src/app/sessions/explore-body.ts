import { expandRecorded, recordedDesign } from '#app/designs/same-design.ts';
import { closedEnds } from '#app/designs/whole-design.ts';
import type { Clock } from '#base/clock.ts';
import type { Catalog } from '#host/catalog.ts';
import { closedNetwork } from '#host/checks/closed-network.ts';
import { randomFrom } from '#host/outside/tools.ts';
import type { WholeDesign } from '#model/expand.ts';
import { type Exploration, explore } from '#runtime/replay/explore.ts';
import { headerText, lineText, type RecordedStep, type Recording, type RecordingHeader } from '#runtime/replay/recording.ts';
import type { Divergence } from '#runtime/replay/replayer.ts';
import { type Ending, runSchedule, type ScheduleRun } from '#runtime/replay/schedule.ts';
import { closeStream, fedBy, openStream, type PortFile, type ReplayReport } from './run-body.ts';

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
  /** File that what is found is written to, so that it can be replayed. */
  readonly recording?: string;
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

interface SearchParts {
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/**
 * Searches the interleavings of a design (S13).
 *
 * @throws what wiring a design throws, APP_FILE_UNREADABLE for an input.
 */
export async function exploreBody(
  { catalog, clock }: SearchParts,
  whole: WholeDesign,
  options: ExploreOptions,
): Promise<ExploreReport> {
  const { schedules, preemptions, seed, signal } = options;
  const inputs = await Promise.all(options.inputs.map(fedBy));
  const outputs = options.outputs.map(({ node, port, index }) => ({ node, port, index }));
  const header: RecordingHeader = { kind: 'search', seed, startMs: clock.now(), ...recordedDesign(whole), inputs, outputs };
  const closed = { catalog, ...closedEnds(header, expandRecorded(header, catalog)), seed };
  const searched = await explore({
    make: (world) => closedNetwork(closed, world),
    schedules,
    preemptions,
    mostSteps,
    startMs: header.startMs,
    random: randomFrom(`search ${seed}`),
    patience: () => patience(clock),
    enough: () => signal.aborted,
  });
  const { found, ...counts } = searched;
  if (found === undefined) return counts;
  const { run, stepsBefore } = found;
  if (options.recording !== undefined) await save(options.recording, header, run);
  const steps = run.steps
    .map(({ says }, index) => ({ number: index + 1, says }))
    .filter(({ says }) => !says.endsWith(' goes on'));
  return { ...counts, found: { ending: run.ending, steps, stepsCount: run.steps.length, stepsBefore } };
}

/** Takes a recorded schedule again. Gives what the run was, and where it first differed. */
export async function replaySearch({ catalog, clock }: SearchParts, recording: Recording): Promise<ReplayReport> {
  const { header, lines, end } = recording;
  const closed = { ...header, catalog, ...closedEnds(header, expandRecorded(header, catalog)) };
  const steps = lines.filter((line): line is RecordedStep => line.do === 'step');
  let step = 0;
  let diverged: Divergence | undefined;
  const { ending, network } = await runSchedule({
    make: (world) => closedNetwork(closed, world),
    choose: ({ of }) => {
      const recorded = steps[step];
      if (recorded === undefined || recorded.of === of) return recorded?.choice;
      diverged = { step: step + 1, recorded: `${recorded.of} ways to go on`, happened: `${of} ways to go on` };
      return undefined;
    },
    onStep: ({ says }) => {
      const recorded = steps[step++];
      if (recorded !== undefined && recorded.says !== says) diverged = { step, recorded: recorded.says, happened: says };
      return diverged === undefined;
    },
    mostSteps: steps.length + 1,
    startMs: header.startMs,
    inWords: true,
    patience: () => patience(clock),
  });
  if (ending.is !== end.is)
    diverged ??= { step: step + 1, recorded: `the run is ${end.is}`, happened: `the run is ${ending.is}` };
  return {
    state: network.state,
    ...(ending.is === 'failed' && { fault: ending.fault }),
    ...(ending.is === 'stuck' && { stuck: { nodes: ending.nodes, connections: ending.connections } }),
    processes: network.processes(),
    channels: network.channels(),
    steps: steps.length,
    cut: false,
    ...(diverged !== undefined && { diverged }),
  };
}

const patience = (clock: Clock): Promise<void> => new Promise((resolve) => void clock.after(patienceMs, resolve));

async function save(file: string, header: RecordingHeader, { steps, ending }: ScheduleRun): Promise<void> {
  const stream = await openStream(file);
  stream.write(headerText(header));
  for (const { choice, of, says } of steps) stream.write(lineText({ do: 'step', choice, of, says }));
  stream.write(lineText({ do: 'end', is: ending.is }));
  await closeStream(stream, file);
}
