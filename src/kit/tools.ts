import type { Clock } from '#base/clock.ts';
import type { Operation } from '#runtime/port.ts';

/** What a component is handed to reach the outside with. A test hands in its own. */

/** The `fetch` of the platform. The host limits time, size and addresses. */
export type Http = (request: Request) => Promise<Response>;

export interface FileFact {
  /** Path from the root, with `/` between names. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly changedAtMs: number;
}

/** A folder nobody gets out of. Paths are relative, with `/`; one that leads outside is refused with KIT_FILE_OUTSIDE. */
export interface Files {
  /** The bytes in pieces, as they are read; ending the iteration early closes the file. */
  read(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Opens for writing; `replace` shows the new content only at `close`, `append` at once. Folders on the way are made. */
  write(path: string, mode: 'replace' | 'append'): Promise<FileWriter>;
  list(folder: string): Promise<readonly FileFact[]>;
  /** One fact a change (made, changed, gone: size -1), until the signal. */
  watch(folder: string, signal: AbortSignal): AsyncIterable<FileFact>;
}

export interface FileWriter {
  write(piece: Uint8Array): Promise<void>;
  /** Keeps what was written. */
  close(): Promise<void>;
  /** Forgets what was written since opening with `replace`. */
  abandon(): Promise<void>;
}

export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  facts?: Readonly<Record<string, unknown>>,
) => void;

/** Numbers a component wants seen: a counter grows, a gauge is set. Names in snake_case with the unit at the end. */
export interface Metrics {
  count(name: string, by?: number): void;
  gauge(name: string, value: number): void;
}

export interface Tools {
  readonly clock: Clock;
  /** A number in [0, 1); seeded, so that a run can be replayed. */
  readonly random: () => number;
  readonly http: Http;
  readonly files: Files;
  /** The value of a secret by name, never logged and never in a design. */
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Aborted when the session stops. */
  readonly signal: AbortSignal;
}

/** Says that the message at hand cannot be done: it leaves at `err`, or, with `err` unconnected, fails the process. */
export type Reject = (original: unknown, error: unknown) => Operation<void>;
