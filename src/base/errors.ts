/** Who has to act: the caller, the outside world (a retry may help), or we. */
export type Blame = 'input' | 'world' | 'bug';

/** The fixed part of an error, the same for every occurrence; listed in `docs/errors.md`. */
export interface ErrorKind {
  readonly code: string;
  readonly blame: Blame;
  readonly sentence: string;
}

export interface ErrorDetails {
  /** What exactly went wrong this time, for a person; replaces the general sentence. */
  readonly detail?: string;
  /** JSON Pointer (RFC 6901) to the field that is at fault. */
  readonly pointer?: string;
  /** Facts for a machine: ids, positions, limits. Never secrets. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class: `code` and `blame` say what it is, `pointer` and `facts` where. */
export class CodedError extends Error {
  readonly code: string;
  readonly blame: Blame;
  readonly pointer: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, details: ErrorDetails) {
    super(details.detail ?? kind.sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = kind.code;
    this.code = kind.code;
    this.blame = kind.blame;
    this.pointer = details.pointer;
    this.facts = details.facts ?? {};
  }
}

const kinds = new Map<string, ErrorKind>();

/**
 * Declares an error once and returns its maker: `throw storeVersionConflict({ pointer: '/rev' })`.
 *
 * @param code UPPER_SNAKE, unique in the program, stable for ever: callers match on it.
 * @param sentence what a person should read and what to do about it, ending with a full stop.
 */
export function defineError(code: string, blame: Blame, sentence: string): (details?: ErrorDetails) => CodedError {
  if (kinds.has(code)) throw new Error(`error code ${code} is declared twice`);
  const kind: ErrorKind = { code, blame, sentence };
  kinds.set(code, kind);
  return (details = {}) => new CodedError(kind, details);
}

/** Every error declared by the modules loaded so far, sorted by code. */
export function definedErrors(): readonly ErrorKind[] {
  return [...kinds.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** Whether something that was thrown is one of ours; also of what defends itself against being looked at. */
export function isCoded(thrown: unknown): thrown is CodedError {
  try {
    return thrown instanceof CodedError;
  } catch {
    return false;
  }
}

/** The message of anything that was thrown, without its stack; also of what defends itself against being told. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message || thrown.name) : String(thrown);
  } catch {
    return 'something was thrown that cannot be told in words';
  }
}
