import { Buffer } from 'node:buffer';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cancel, Clock } from '#base/clock.ts';
import { defineError, messageOf } from '#base/errors.ts';
import type { RecordingState } from '#model/sessions/session.ts';
import { cut } from '#runtime/replay/recording.ts';
import type { RecordingOrder } from './session-recording.ts';

const folderUnusable = defineError('HOST_RECORDINGS_UNUSABLE', 'world', 'The folder of recordings cannot be used.');

const suffix = '.rec';
const named = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.rec$/;
const tidyEveryMs = 3_600_000;
/** More than the last line has. */
const tailBytes = 200;

export interface RecordingsPlan {
  /** Made when it is first needed. */
  readonly folder: string;
  readonly clock: Clock;
  /** Of one recording. */
  readonly mostBytes: number;
  /** Recordings kept; the oldest goes first. Those of running sessions are not counted. */
  readonly mostKept: number;
  /** A recording that ended longer ago is deleted. */
  readonly mostAgeMs: number;
}

interface Kept {
  readonly state: RecordingState;
  readonly endedMs: number;
}

/** The recordings of a server's sessions: a folder of files named by session (S17). */
export class Recordings {
  readonly #plan: RecordingsPlan;
  readonly #kept = new Map<string, Kept>();
  #cancelTidy: Cancel | undefined;
  #tidying: Promise<void> = Promise.resolve();

  constructor(plan: RecordingsPlan) {
    this.#plan = plan;
  }

  /** Finds those of earlier, and from now on deletes what is too old. Throws HOST_RECORDINGS_UNUSABLE. */
  async open(): Promise<void> {
    for (const name of await this.#names()) {
      const [, id] = named.exec(name) ?? [];
      if (id === undefined) continue;
      const file = this.#fileOf(id);
      const facts = await stat(file).catch(() => undefined);
      if (facts?.isFile() === true) this.#kept.set(id, { state: await stateOf(file), endedMs: facts.mtimeMs });
    }
    await this.tidy();
    this.#tidyLater();
  }

  /** How the recording of a session is; undefined when there is none. */
  state(sessionId: string): RecordingState | undefined {
    return this.#kept.get(sessionId)?.state;
  }

  /** Where a session that starts now is to be recorded. Throws HOST_RECORDINGS_UNUSABLE. */
  async begin(sessionId: string): Promise<RecordingOrder> {
    const { folder, mostBytes } = this.#plan;
    try {
      await mkdir(folder, { recursive: true });
    } catch (cause) {
      throw unusable(folder, cause);
    }
    this.#kept.set(sessionId, { state: 'running', endedMs: Number.POSITIVE_INFINITY });
    return { file: this.#fileOf(sessionId), mostBytes };
  }

  /** The session has not started after all. */
  async forget(sessionId: string): Promise<void> {
    this.#kept.delete(sessionId);
    await rm(this.#fileOf(sessionId), { force: true }).catch(() => {});
  }

  /** The session has ended. */
  async finish(sessionId: string): Promise<void> {
    if (this.state(sessionId) !== 'running') return;
    this.#kept.set(sessionId, { state: await stateOf(this.#fileOf(sessionId)), endedMs: this.#plan.clock.now() });
    await this.tidy();
  }

  /** Opens the file of a recording that is there; undefined when it has just been deleted. */
  async read(sessionId: string): Promise<FileHandle | undefined> {
    return await open(this.#fileOf(sessionId)).catch(() => undefined);
  }

  /** Deletes what is too old or too much; resolves when it is gone, whoever began. */
  tidy(): Promise<void> {
    this.#tidying = this.#tidying.then(() => this.#tidyNow());
    return this.#tidying;
  }

  async #tidyNow(): Promise<void> {
    const { clock, mostKept, mostAgeMs } = this.#plan;
    const ended = [...this.#kept].filter(([, { state }]) => state !== 'running');
    ended.sort(([, a], [, b]) => b.endedMs - a.endedMs);
    for (const [number, [id, { endedMs }]] of ended.entries()) {
      if (number < mostKept && clock.now() - endedMs <= mostAgeMs) continue;
      this.#kept.delete(id);
      await rm(this.#fileOf(id), { force: true }).catch(() => {});
    }
  }

  close(): void {
    this.#cancelTidy?.();
  }

  #tidyLater(): void {
    this.#cancelTidy = this.#plan.clock.after(tidyEveryMs, () => {
      void this.tidy();
      this.#tidyLater();
    });
  }

  #fileOf(sessionId: string): string {
    return join(this.#plan.folder, sessionId + suffix);
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#plan.folder);
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'ENOENT') return [];
      throw unusable(this.#plan.folder, cause);
    }
  }
}

const unusable = (folder: string, cause: unknown): Error =>
  folderUnusable({ detail: `The folder of recordings ${folder} cannot be used: ${messageOf(cause)}.`, facts: { folder }, cause });

/** By its last line: whole, or not. */
async function stateOf(file: string): Promise<'complete' | 'cut'> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return 'cut';
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(tailBytes), 0, tailBytes, Math.max(0, size - tailBytes));
    const line = buffer.subarray(0, bytesRead).toString('utf8').split('\n').at(-2) ?? '';
    return line.startsWith('{"do":"end"') && !line.includes(`"${cut}"`) ? 'complete' : 'cut';
  } finally {
    await handle.close();
  }
}
