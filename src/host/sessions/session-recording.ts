import { Buffer } from 'node:buffer';
import type { WriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Clock } from '#base/clock.ts';
import { defineError, messageOf } from '#base/errors.ts';
import type { Catalog } from '#host/catalog.ts';
import type { Tools } from '#kit/tools.ts';
import { emptyDesign } from '#model/design.ts';
import { readDesignText, writeDesignText } from '#model/design-text.ts';
import type { Intervention } from '#model/sessions/intervention.ts';
import type { Network } from '#runtime/network.ts';
import { Recorder } from '#runtime/replay/recorder.ts';
import { cut, headerText, lineText, type RecordingHeader } from '#runtime/replay/recording.ts';
import type { Defer } from '#runtime/replay/steering.ts';
import { HiddenSecrets } from './hidden-secrets.ts';
import { recordingOfTools } from './recorded-tools.ts';
import type { Wiring } from './wire.ts';

const recordingFailed = defineError('HOST_RECORDING_FAILED', 'world', 'The recording of the session cannot be written.');
const recordingRefused = defineError('HOST_RECORDING_REFUSED', 'input', 'The design cannot be recorded as it is stored.');

/** How long writing may take when the session has ended. */
const mostClosingMs = 300;

/** Where a session is recorded, and how long that may become. */
export interface RecordingOrder {
  readonly file: string;
  readonly mostBytes: number;
  /** Texts that the body of the session is the expansion of; left out where it is its own. */
  readonly design?: Pick<RecordingHeader, 'design' | 'inner'>;
}

interface Recorded {
  readonly sessionId: string;
  readonly breakpoints?: RecordingHeader['breakpoints'] | undefined;
  readonly body: Wiring['design'];
}

/**
 * Opens the recording of a session (S17).
 *
 * @throws HOST_RECORDING_FAILED, HOST_RECORDING_REFUSED.
 */
export async function openRecording(
  { file, mostBytes, design: given }: RecordingOrder,
  { sessionId, body, breakpoints }: Recorded,
  { catalog, clock }: { readonly catalog: Catalog; readonly clock: Clock },
): Promise<SessionRecording> {
  const { texts, design } = given === undefined ? ownText(body, catalog) : { texts: given, design: body };
  const startMs = clock.now();
  const header: RecordingHeader = {
    kind: 'run',
    seed: sessionId,
    startMs,
    ...texts,
    inputs: [],
    outputs: [],
    whenStuck: 'stay',
    ...(breakpoints !== undefined && { breakpoints }),
  };
  try {
    const stream = (await open(file, 'wx')).createWriteStream();
    return new SessionRecording({ file, mostBytes, stream, clock, header, design });
  } catch (cause) {
    throw recordingFailed({ detail: `The recording of the session cannot be written: ${messageOf(cause)}.`, cause });
  }
}

function ownText(
  { nodes, connections }: Recorded['body'],
  catalog: Catalog,
): { readonly texts: Pick<RecordingHeader, 'design'>; readonly design: Wiring['design'] } {
  const text = writeDesignText({ ...emptyDesign('recorded session'), nodes, connections });
  const read = readDesignText(text, catalog);
  if (read.ok) return { texts: { design: text }, design: read.design };
  const { message, pointer } = read.fault;
  throw recordingRefused({ detail: `The design cannot be recorded: ${message}.`, pointer });
}

interface RecordingPlan extends Omit<RecordingOrder, 'design'> {
  readonly stream: WriteStream;
  readonly clock: Clock;
  readonly header: RecordingHeader;
  readonly design: Wiring['design'];
}

/** What enters one session, on its way into a file. When that cannot be written any more, the session goes on without. */
export class SessionRecording {
  /** As it stands in the recording: its nodes start in that order. */
  readonly design: Wiring['design'];
  readonly #plan: RecordingPlan;
  readonly #secrets = new HiddenSecrets();
  readonly #recordedTools = recordingOfTools((line) => this.#write(line), this.#secrets);
  #recorder: Recorder | undefined;
  #sizeBytes = 0;
  #open = true;

  constructor(plan: RecordingPlan) {
    this.#plan = plan;
    this.design = plan.design;
    plan.stream.on('error', () => {
      this.#open = false;
    });
    this.#writeText(headerText(plan.header));
  }

  /** What the network is wired with, so that it can be recorded. */
  begin(defer: Defer): Pick<Wiring, 'defer' | 'steering'> {
    const { clock, header } = this.#plan;
    const recorder = new Recorder({ clock, defer }, header.startMs, (line) => this.#write(line), this.#secrets.text);
    this.#recorder = recorder;
    return { defer: recorder.defer, steering: recorder.steering };
  }

  /** The tools of a node, with what they give recorded; after `begin`. */
  tools<T extends Omit<Tools, 'metrics'>>(own: T, node: string): T {
    return { ...own, ...this.#recordedTools(own, node), clock: this.#live.clock };
  }

  attach(network: Network): void {
    this.#live.attach(network);
  }

  start(): void {
    this.#live.start();
  }

  pause(): Promise<void> {
    return this.#live.pause();
  }

  resume(): void {
    this.#live.resume();
  }

  intervene<T>(what: Intervention, act: (network: Network) => Promise<T>): Promise<T> {
    return this.#live.intervene(what, act);
  }

  stop(): void {
    this.#live.stop();
  }

  /** Resolves when all is written, or cannot be: a disk that does not answer keeps no session from ending (H8). */
  async close(): Promise<void> {
    this.#open = false;
    const { stream, clock } = this.#plan;
    const late = Promise.withResolvers<void>();
    const cancel = clock.after(mostClosingMs, late.resolve);
    stream.end();
    await Promise.race([finished(stream).catch(() => {}), late.promise]);
    cancel();
    stream.destroy();
  }

  /** Takes it back: the session did not start. */
  async discard(): Promise<void> {
    await this.close();
    await rm(this.#plan.file, { force: true });
  }

  get #live(): Recorder {
    return this.#recorder as Recorder;
  }

  #write(line: object): void {
    this.#writeText(this.#secrets.text(lineText(line)));
  }

  #writeText(text: string): void {
    if (!this.#open) return;
    this.#sizeBytes += Buffer.byteLength(text);
    this.#open = this.#sizeBytes <= this.#plan.mostBytes;
    this.#plan.stream.write(this.#open ? text : lineText({ do: 'end', is: cut }));
  }
}
