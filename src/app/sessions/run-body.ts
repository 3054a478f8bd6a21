import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { readText } from '#app/files/design-file.ts';
import type { Clock } from '#base/clock.ts';
import { defineError, messageOf } from '#base/errors.ts';
import { feedFrom } from '#host/sessions/attachments.ts';
import { contractBrokenCode } from '#host/sessions/conformance.ts';
import type { SessionHost } from '#host/sessions/session-host.ts';
import type { LocalOrder } from '#host/sessions/session-order.ts';
import type { Attachment } from '#host/sessions/wire.ts';
import type { End } from '#model/design.ts';
import type { Expansion } from '#model/expand.ts';
import type { ChannelStatus, Fault, MonitorMode, ProcessStatus, SessionState } from '#model/sessions/session.ts';
import type { Operation, Receiver } from '#runtime/port.ts';
import type { Divergence } from '#runtime/replay/replayer.ts';
import type { Stuck } from '#runtime/standstill.ts';
import { until } from '#runtime/until.ts';

const outputFailed = defineError('APP_OUTPUT_FAILED', 'world', 'What leaves the run could not be written.');

/** An unconnected port of the design, and the file it is fed from or written to. */
export interface PortFile {
  readonly node: string;
  readonly port: string;
  readonly index: number;
  readonly file: string;
}

export interface RunOptions {
  /** A file is a JSON list (each element a message), NDJSON (each line), or else a text that is one message. */
  readonly inputs: readonly PortFile[];
  /** Written as NDJSON; the file `-` is `out`. */
  readonly outputs: readonly PortFile[];
  /** Root of what components may read and write; by default the folder of the design. */
  readonly filesFolder?: string;
  /** Where the random numbers of the components come from. */
  readonly seed?: string;
  /** Stops the run after this time. */
  readonly seconds?: number;
  /** Holds the components against their contracts (S82); each violation that is reported is told. */
  readonly monitor?: MonitorMode;
  readonly violated?: (fault: Fault) => void;
  readonly out: (text: string) => void;
  /** Stops the run. */
  readonly signal: AbortSignal;
}

/** How a run ended, and what passed. `stuck` is set when it was stopped because everyone waited for each other. */
export interface RunReport {
  readonly state: SessionState;
  readonly fault?: Fault;
  readonly stuck?: { readonly nodes: readonly string[]; readonly connections: readonly string[]; readonly partly?: true };
  readonly processes: readonly ProcessStatus[];
  readonly channels: readonly ChannelStatus[];
}

/** A replay: what the run was, and where it first differed from the recording. */
export interface ReplayReport extends RunReport {
  readonly steps: number;
  /** The recorded run went on after the last of them. */
  readonly cut: boolean;
  readonly diverged?: Divergence;
}

/** The seed of a run that is given none. */
export const usualSeed = 'run';

interface Runner {
  readonly clock: Clock;
  readonly hostAt: (filesFolder: string) => SessionHost<LocalOrder>;
}

/**
 * Runs a design until it ends, is stuck, is stopped by the signal, or its time is over.
 *
 * @param file where the design came from: its folder is the default of `filesFolder`.
 * @throws what starting a session throws, APP_FILE_UNREADABLE for an input, APP_OUTPUT_FAILED.
 */
export async function runBody(
  { clock, hostAt }: Runner,
  file: string,
  { flat, endOf }: Pick<Expansion, 'flat' | 'endOf'>,
  options: RunOptions,
): Promise<RunReport> {
  const sinks = options.outputs.map((output) => sinkOf({ ...output, ...endOf(output, 'out') }, options.out));
  const given = await Promise.all(options.inputs.map(fedBy));
  const feeds = given.map(({ messages, ...end }) => feedFrom(endOf(end, 'in'), messages));
  const host = hostAt(options.filesFolder ?? dirname(file));
  const attachments = [...feeds, ...sinks.map(({ attachment }) => attachment)];
  const session = await host.start({
    sessionId: options.seed ?? usualSeed,
    designId: 'file',
    rev: 1,
    body: flat,
    attachments,
    ...(options.monitor && { monitor: options.monitor }),
  });
  const seen: { stuck?: Stuck } = {};
  session.onEvent((event) => {
    if (event.is === 'fault' && event.fault.code === contractBrokenCode) options.violated?.(event.fault);
    if (event.is === 'unstuck' && session.state === 'running') delete seen.stuck;
    if (event.is !== 'stuck') return;
    seen.stuck = event;
    // While others run there may be something to come of them (S80).
    if (event.partly === undefined) void session.stop();
  });
  const stop = (): void => void session.stop();
  if (options.signal.aborted) stop();
  options.signal.addEventListener('abort', stop);
  const cancelLimit = options.seconds === undefined ? undefined : clock.after(options.seconds * 1000, stop);
  const { state, fault } = await session.ended;
  cancelLimit?.();
  options.signal.removeEventListener('abort', stop);
  await Promise.all(sinks.map(({ close }) => close()));
  const { processes, channels } = await session.snapshot();
  const { stuck } = seen;
  return {
    state,
    ...(fault !== undefined && { fault }),
    ...(stuck !== undefined && { stuck: reported(stuck) }),
    processes,
    channels,
  };
}

function reported({ nodes, connections, partly }: Stuck): NonNullable<RunReport['stuck']> {
  return { nodes, connections, ...(partly !== undefined && { partly: true }) };
}

/** What a port is fed from a file. */
export async function fedBy({ file, ...to }: PortFile): Promise<End & { readonly messages: readonly unknown[] }> {
  return { ...to, messages: messagesOf(await readText(file)) };
}

/** A JSON list gives its elements, NDJSON its lines, anything else is one message: the text. */
export function messagesOf(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [parsed];
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      return lines.map((line) => JSON.parse(line) as unknown);
    } catch {
      return [text];
    }
  }
}

interface Sink {
  readonly attachment: Attachment;
  readonly close: () => Promise<void>;
}

// A file is opened when the run begins: a design that cannot start leaves what was there as it was.
function sinkOf({ node, port, index, file }: PortFile, out: (text: string) => void): Sink {
  let opening: Promise<WriteStream> | undefined;
  const body = function* (into: Receiver<unknown>): Operation<void> {
    if (file !== '-') opening = openStream(file);
    const stream = opening && (yield* until(opening));
    for (let message = yield* into.receive(); !message.ended; message = yield* into.receive()) {
      const line = `${JSON.stringify(message.value)}\n`;
      if (stream === undefined) out(line);
      else if (!stream.write(line)) yield* until((signal) => drained(stream, signal));
    }
  };
  const close = async (): Promise<void> => closeStream(await opening?.catch(() => undefined), file);
  return { attachment: { is: 'collect', from: { node, port, index }, body }, close };
}

// A stream that has failed already says neither drain nor error again.
async function drained(stream: WriteStream, signal: AbortSignal): Promise<void> {
  if (stream.errored) throw stream.errored;
  await once(stream, 'drain', { signal });
}

/** Opens a file for what leaves a run. Throws APP_OUTPUT_FAILED. */
export async function openStream(file: string): Promise<WriteStream> {
  try {
    const stream = (await open(file, 'w')).createWriteStream();
    // What goes wrong later is told by `finished`; without a listener it would end the program.
    return stream.on('error', () => {});
  } catch (cause) {
    throw outputFailed({ detail: `${file} cannot be written: ${messageOf(cause)}.`, facts: { file }, cause });
  }
}

/** Resolves when all is written. Throws APP_OUTPUT_FAILED. */
export async function closeStream(stream: WriteStream | undefined, file: string): Promise<void> {
  if (stream === undefined) return;
  try {
    stream.end();
    await finished(stream);
  } catch (cause) {
    throw outputFailed({ detail: `${file} could not be written: ${messageOf(cause)}.`, facts: { file }, cause });
  }
}
