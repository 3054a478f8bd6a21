import type { ExploreReport } from '#app/sessions/explore-body.ts';
import type { ReplayReport, RunReport } from '#app/sessions/run-body.ts';
import { howMany } from '#model/how-many.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';
import { boundText, serviceQuantileMs } from '#model/sessions/service-times.ts';
import type { ProcessStatus } from '#model/sessions/session.ts';
import { table } from './text.ts';

/** What a run leaves to say: how it ended, each process (with `times` what it took), each connection. */
export function reportText({ state, fault, stuck, processes, channels }: RunReport, times = false): string {
  const ending =
    stuck === undefined
      ? `the run is ${state}`
      : `${stuck.partly === undefined ? 'the run is stuck' : `the run is ${state}, in part stuck`}: ${stuck.nodes.join(', ')} wait for each other on ${stuck.connections.join(', ')}`;
  const faultLine =
    fault === undefined ? '' : `${fault.node === undefined ? '' : `${fault.node}: `}${fault.message} (${fault.code})\n`;
  const nodes = table(
    ['node', 'state', 'received', 'sent', 'failures', ...(times ? ['cpu ms', '95 of 100'] : [])],
    processes.map((process) => [
      process.node,
      process.state,
      process.received,
      process.sent,
      process.failures,
      ...(times ? timesOf(process) : []),
    ]),
  );
  const wires = table(
    ['connection', 'messages', 'dropped', 'left'],
    channels.map((channel) => [channel.connection, channel.received, channel.dropped, channel.depth]),
  );
  return `${ending}\n${faultLine}\n${nodes}\n${wires}`;
}

function timesOf({ cpuMs = 0, services = [] }: ProcessStatus): [number, string] {
  const mostMs = serviceQuantileMs(services, 0.95);
  return [Math.round(cpuMs), mostMs === undefined ? '' : boundText(mostMs)];
}

/** What a search leaves to say: the bounds, then the way to what was found, or that nothing was. */
export function explorationText(report: ExploreReport, { preemptions, seed }: { preemptions: number; seed: string }): string {
  const { schedules, unfinished, complete, found } = report;
  const bounds = `at most ${preemptions} preemptions in each, seed ${seed}`;
  if (found === undefined) {
    const all = complete ? '; these are all there are' : '';
    const open = unfinished > 0 ? `${unfinished} of them were still running when they were cut\n` : '';
    return `nothing found in ${howMany(schedules, 'schedule')} (${bounds})${all}\n${open}`;
  }
  const { ending, steps, stepsCount, stepsBefore } = found;
  const width = String(stepsCount).length;
  const lines = steps.map(({ number, says }) => `  ${String(number).padStart(width)}. ${says}\n`).join('');
  return `${foundText(ending)}\nschedule ${schedules} (${bounds}), ${howMany(stepsBefore, 'step')}, shrunk to ${stepsCount}:\n${lines}`;
}

function foundText(ending: NonNullable<ExploreReport['found']>['ending']): string {
  if (ending.is === 'stuck')
    return `the run gets stuck: ${ending.nodes.join(', ')} wait for each other on ${ending.connections.join(', ')}`;
  if (ending.is !== 'failed') return `the run is ${ending.is}`;
  const { node, message, code } = ending.fault;
  return `the run fails: ${node === undefined ? '' : `${node}: `}${message} (${code})`;
}

/** Whether a replay was what the recording says, and where not. */
export function replayText({ steps, cut, diverged }: ReplayReport): string {
  const more = cut ? '; the recording ends there, having reached its size limit, and the run went on' : '';
  if (diverged === undefined) return `replayed ${howMany(steps, 'step')}, all as recorded${more}\n`;
  const { step, recorded, happened } = diverged;
  return `the replay differs from the recording at step ${step}\n  recorded: ${recorded}\n  now:      ${happened}\n`;
}

/** Whether the components got stuck where a trace says, and the way there; or where they went another way. */
export function forcedText({ reached, steps, followed, diverged, waiting, schedule }: ForcedReport): string {
  const width = String(schedule.at(-1)?.number ?? 0).length;
  const lines = schedule.map(({ number, says }) => `  ${String(number).padStart(width)}. ${says}\n`).join('');
  const waits = waiting.map(({ node, connections }) => `  ${node} waits on ${connections.join(' or ') || 'nothing'}\n`).join('');
  const end = waits === '' ? '' : `  then nothing can happen:\n${waits}`;
  const other =
    diverged && `  step ${diverged.step} of the trace: ${diverged.wanted}\n  the components:      ${diverged.happened}\n`;
  const head = reached
    ? `the components get stuck as the trace says, ${other === undefined ? `after its ${howMany(steps, 'step')}` : 'on another way'}\n`
    : `the components do not get stuck there: ${followed} of its ${howMany(steps, 'step')} done\n`;
  return `${head}${other ?? ''}the run:\n${lines}${end}`;
}
