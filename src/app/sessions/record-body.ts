import type { WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers';
import { setImmediate as breathe } from 'node:timers/promises';
import { expandRecorded, recordedDesign, refuseOtherDesign } from '#app/designs/same-design.ts';
import { readText } from '#app/files/design-file.ts';
import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { Catalog } from '#host/catalog.ts';
import { type SharedTools, toolsOf } from '#host/outside/tools.ts';
import { feedFrom } from '#host/sessions/attachments.ts';
import { HiddenSecrets } from '#host/sessions/hidden-secrets.ts';
import { intervene, setBreakpoints } from '#host/sessions/interventions.ts';
import { recordingOfTools, replayOfTools } from '#host/sessions/recorded-tools.ts';
import { type Attachment, wire } from '#host/sessions/wire.ts';
import type { Tools } from '#kit/tools.ts';
import type { End } from '#model/design.ts';
import type { Expansion, WholeDesign } from '#model/expand.ts';
import { type Fault, hasEnded } from '#model/sessions/session.ts';
import type { Network } from '#runtime/network.ts';
import type { Operation, Receiver } from '#runtime/port.ts';
import { Recorder } from '#runtime/replay/recorder.ts';
import {
  cut,
  type Entry,
  headerText,
  lineText,
  type Recording,
  type RecordingHeader,
  readRecording,
  type ToolLine,
} from '#runtime/replay/recording.ts';
import { Replayer } from '#runtime/replay/replayer.ts';
import type { Stuck } from '#runtime/standstill.ts';
import { replaySearch } from './explore-body.ts';
import {
  closeStream,
  fedBy,
  openStream,
  type PortFile,
  type ReplayReport,
  type RunOptions,
  type RunReport,
  usualSeed,
} from './run-body.ts';

const otherOutputs = defineError('APP_RECORDING_OUTPUT', 'input', 'The recorded run had no such output.');

/** How long a computation of a component may take in a replay before it counts as one that gives no answer. */
const patienceMs = 10_000;

export interface RecordParts {
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** What components reach the outside with, when they see the files of this folder. */
  readonly sharedAt: (filesFolder: string) => SharedTools;
}

/**
 * Runs a design as `runBody` does, and writes what entered the run to a file (S14).
 *
 * @throws what wiring a design throws, APP_FILE_UNREADABLE for an input, APP_OUTPUT_FAILED.
 */
export async function recordBody(
  parts: RecordParts,
  file: string,
  whole: WholeDesign,
  options: RunOptions & { readonly recording: string },
): Promise<RunReport> {
  const { clock } = parts;
  const inputs = await Promise.all(options.inputs.map(fedBy));
  const outputs = options.outputs.map(({ node, port, index }) => ({ node, port, index }));
  const { seed = usualSeed } = options;
  const header: RecordingHeader = { kind: 'run', seed, startMs: clock.now(), ...recordedDesign(whole), inputs, outputs };
  const { flat, endOf } = expandRecorded(header, parts.catalog);
  const outlets = new Outlets(options.outputs, options.out);
  const shared = parts.sharedAt(options.filesFolder ?? dirname(file));
  const stopping = new AbortController();
  let stream: WriteStream | undefined;
  const secrets = new HiddenSecrets();
  const write = (line: object): void => void stream?.write(secrets.text(lineText(line)));
  const recorded = recordingOfTools(write, secrets);
  const recorder = new Recorder({ clock, defer: (turn) => void setImmediate(turn) }, header.startMs, write, secrets.text);
  const attachments = attachmentsOf(header, outlets, endOf);
  const tools = (node: string): Tools => {
    const own = toolsOf({ ...shared, clock: recorder.clock }, seed, node, stopping.signal);
    return { ...own, ...recorded(own, node), metrics };
  };
  const network = wire({
    design: flat,
    catalog: parts.catalog,
    attachments,
    ...recorder,
    tools,
  });
  const watched = watch(network, stopping, 'stop');
  recorder.attach(network);
  stream = await openStream(options.recording);
  stream.write(headerText(header));
  await outlets.open();
  recorder.start();
  const stop = (): void => recorder.stop();
  if (options.signal.aborted) stop();
  options.signal.addEventListener('abort', stop);
  const cancelLimit = options.seconds === undefined ? undefined : clock.after(options.seconds * 1000, stop);
  await network.outcome;
  cancelLimit?.();
  options.signal.removeEventListener('abort', stop);
  await Promise.all([closeStream(stream, options.recording), outlets.close()]);
  return reportOf(network, watched);
}

export interface ReplayOptions {
  readonly recording: string;
  /** Which of the recorded outputs are written again, and where. */
  readonly outputs: readonly PortFile[];
  readonly out: (text: string) => void;
}

/**
 * Runs a design again from a recording, without the outside (S15).
 *
 * @throws what reading a recording throws, APP_RECORDING_OTHER_DESIGN, APP_RECORDING_OUTPUT, APP_OUTPUT_FAILED.
 */
export async function replayBody(parts: RecordParts, whole: WholeDesign, options: ReplayOptions): Promise<ReplayReport> {
  const recording = readRecording(await readText(options.recording));
  const { header } = recording;
  refuseOtherDesign(header, whole, parts.catalog);
  refuseOtherOutputs(header, options.outputs);
  if (header.kind === 'search') return await replaySearch(parts, recording);
  const outlets = new Outlets(options.outputs, options.out);
  const patience = (): Promise<void> => new Promise((resolve) => void parts.clock.after(patienceMs, resolve));
  const replayer = new Replayer(header.startMs, { breathe: () => breathe(), patience, intervene });
  const replayed = replayOfTools(recording.lines.filter((line): line is ToolLine => line.do === 'tool'));
  const stopping = new AbortController();
  const tools = (node: string): Tools => {
    const shared = { ...replayed(node), clock: replayer.clock, log: () => {} };
    return { ...toolsOf(shared, header.seed, node, stopping.signal), metrics };
  };
  const { flat, endOf } = expandRecorded(header, parts.catalog);
  const attachments = attachmentsOf(header, outlets, endOf);
  const network = wire({
    design: flat,
    catalog: parts.catalog,
    attachments,
    ...replayer,
    tools,
  });
  setBreakpoints(network, header.breakpoints);
  const watched = watch(network, stopping, header.whenStuck ?? 'stop');
  await outlets.open();
  const entries = entriesOf(recording);
  const diverged = await replayer.run(network, entries, recording.end);
  await outlets.close();
  return {
    ...reportOf(network, watched),
    steps: entries.length,
    cut: recording.end.is === cut,
    ...(diverged !== undefined && { diverged }),
  };
}

const entriesOf = ({ lines }: Recording): Entry[] =>
  lines.filter((line): line is Entry => line.do !== 'tool' && line.do !== 'step');

const metrics = { count: () => {}, gauge: () => {} };

function refuseOtherOutputs({ outputs }: RecordingHeader, wanted: readonly PortFile[]): void {
  for (const { node, port, index } of wanted) {
    if (outputs.some((end) => keyOf(end) === keyOf({ node, port, index }))) continue;
    throw otherOutputs({ detail: `The recorded run had no output ${node}.${port}.`, facts: { node, port } });
  }
}

interface Watched {
  stuck?: Stuck;
  fault?: Fault;
}

/** @param whenStuck `stop`: it is stopped then, as part of the run and not from outside. */
function watch(network: Network, stopping: AbortController, whenStuck: 'stop' | 'stay'): Watched {
  const watched: Watched = {};
  network.onEvent((event) => {
    if (event.is === 'fault' && event.handling.is === 'stop') watched.fault = event.fault;
    if (event.is === 'state' && (event.state === 'stopping' || hasEnded(event.state))) stopping.abort();
    if (event.is !== 'stuck') return;
    watched.stuck = event;
    if (whenStuck === 'stop') void network.stop();
  });
  return watched;
}

function reportOf(network: Network, { stuck, fault }: Watched): RunReport {
  return {
    state: network.state,
    ...(fault !== undefined && { fault }),
    ...(stuck !== undefined && { stuck: { nodes: stuck.nodes, connections: stuck.connections } }),
    processes: network.processes(),
    channels: network.channels(),
  };
}

function attachmentsOf({ inputs, outputs }: RecordingHeader, outlets: Outlets, endOf: Expansion['endOf']): Attachment[] {
  const feeds = inputs.map(({ messages, ...end }) => feedFrom(endOf(end, 'in'), messages));
  const sinks = outputs.map(
    (end): Attachment => ({ is: 'collect', from: endOf(end, 'out'), body: (into) => outlets.body(end, into) }),
  );
  return [...feeds, ...sinks];
}

const keyOf = ({ node, port, index }: End): string => `${node} ${port} ${index}`;

/** Files that what leaves is written to. The run never waits for them, so that it is the same wherever they lead. */
class Outlets {
  readonly #files = new Map<string, string>();
  readonly #streams = new Map<string, WriteStream>();
  readonly #out: (text: string) => void;

  constructor(outputs: readonly PortFile[], out: (text: string) => void) {
    for (const { file, ...end } of outputs) this.#files.set(keyOf(end), file);
    this.#out = out;
  }

  async open(): Promise<void> {
    for (const [key, file] of this.#files) if (file !== '-') this.#streams.set(key, await openStream(file));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#streams].map(([key, stream]) => closeStream(stream, this.#files.get(key) ?? key)));
  }

  *body(end: End, into: Receiver<unknown>): Operation<void> {
    const key = keyOf(end);
    for (let got = yield* into.receive(); !got.ended; got = yield* into.receive()) {
      const line = `${JSON.stringify(got.value)}\n`;
      if (this.#files.get(key) === '-') this.#out(line);
      else this.#streams.get(key)?.write(line);
    }
  }
}
