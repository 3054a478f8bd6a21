import { defineError } from '#base/errors.ts';
import type { BreakpointWish, Intervention } from '#model/sessions/intervention.ts';
import type { Fault } from '#model/sessions/session.ts';

/**
 * The text of a recording: NDJSON, a header, then a line for each thing that entered the run, then how it ended.
 * Rules S14 and S15 in `docs/spec/session.md`.
 */

const notRecording = defineError(
  'RUNTIME_RECORDING_MALFORMED',
  'input',
  'The file is not a recording, or a line of it is damaged.',
);
const truncated = defineError(
  'RUNTIME_RECORDING_TRUNCATED',
  'input',
  'The recording stops before the run does: whoever wrote it was interrupted. Record the run again.',
);
const newer = defineError(
  'RUNTIME_RECORDING_NEWER',
  'input',
  'The recording was made by another version of the program, which takes turns in another way. Replay it there.',
);

/** Grows when a line changes its meaning. */
const formatVersion = 1;
/** Grows when the scheduler takes turns in another order: a recording is only good for the order it was made in. */
const turnsVersion = 2;

export interface RecordedEnd {
  readonly node: string;
  readonly port: string;
  readonly index: number;
}

export interface RecordedPart {
  readonly within: string;
  readonly design: string;
  readonly version?: number;
  readonly key: string;
  readonly text: string;
}

/** What the run is made of: with it and the lines, nothing else is needed to run it again. */
export interface RecordingHeader {
  /** `run`: what entered a run of the scheduler's own order. `search`: the choices of a schedule that a search found. */
  readonly kind: 'run' | 'search';
  readonly seed: string;
  readonly startMs: number;
  /** Canonical text of the design. */
  readonly design: string;
  /** The designs that are parts of it: who wants which, and its text. Left out when there are none. */
  readonly inner?: readonly RecordedPart[];
  /** Whether the run is stopped when it is stuck, as by the command line (the usual), or goes on until somebody stops it. */
  readonly whenStuck?: 'stop' | 'stay';
  /** Those that were set before the start, by connection. */
  readonly breakpoints?: Readonly<Record<string, BreakpointWish>>;
  readonly inputs: readonly (RecordedEnd & { readonly messages: readonly unknown[] })[];
  readonly outputs: readonly RecordedEnd[];
}

/**
 * Something that entered the run, in order: its start, a turn, a timer (numbered as they were set), an answer (numbered as
 * they were awaited), what is asked for from outside.
 */
export interface Entry {
  readonly do: 'start' | 'turn' | 'timer' | 'answer' | 'pause' | 'resume' | 'intervene' | 'stop';
  readonly n?: number;
  /** The process it concerns. */
  readonly of?: string;
  /** With `intervene`: what was done to a part of the run. */
  readonly what?: Intervention;
  /** Where a look at the clock saw it moved: number of the look in this entry, and by how many milliseconds. */
  readonly ms?: readonly (readonly [look: number, byMs: number])[];
  /** Messages that passed meanwhile, and a checksum over them. */
  readonly passed?: number;
  readonly sum?: number;
}

/** A choice of a search: see `Step`. */
export interface RecordedStep {
  readonly do: 'step';
  readonly choice: number;
  readonly of: number;
  readonly says: string;
}

/** What a tool of a node gave; `call` numbers the calls of the node. */
export interface ToolLine {
  readonly do: 'tool';
  readonly node: string;
  readonly call: number;
  readonly gives?: unknown;
  readonly throws?: { readonly name: string; readonly message: string; readonly code?: string; readonly blame?: string };
}

export type RecordingLine = Entry | RecordedStep | ToolLine;

/** How the run ended; `cut` when it went on longer than what was recorded of it. */
export interface RecordingEnd {
  readonly do: 'end';
  readonly is: string;
  readonly fault?: Fault;
}

/** The end of a recording that became too long. */
export const cut = 'cut';

export interface Recording {
  readonly header: RecordingHeader;
  readonly lines: readonly RecordingLine[];
  readonly end: RecordingEnd;
}

/** The first line of a recording, with its line feed. */
export function headerText(header: RecordingHeader): string {
  return lineText({ format: `csp-recording/${formatVersion}`, turns: turnsVersion, ...header });
}

/** Any other line. */
export function lineText(line: object): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads a whole recording.
 *
 * @throws RUNTIME_RECORDING_MALFORMED with the line, RUNTIME_RECORDING_NEWER, RUNTIME_RECORDING_TRUNCATED.
 */
export function readRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  const header = headerOf(parsed(first, 1));
  const complete = rest.pop() === '';
  // A line that was being written when the writer was interrupted is no damage.
  const objects = (complete ? rest : rest.slice(0, -1)).map((line, index) => parsed(line, index + 2));
  const end = objects.pop();
  if (!complete || !isEnd(end)) throw truncated();
  const broken = objects.findIndex((line) => !isLine(line));
  if (broken >= 0) throw malformed(broken + 2);
  return { header, lines: objects as unknown as RecordingLine[], end };
}

type Parsed = Readonly<Record<string, unknown>>;

function parsed(line: string, number: number): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw malformed(number);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(number);
  return value as Parsed;
}

function malformed(line: number): Error {
  return notRecording({ detail: `Line ${line} is not one of a recording.`, facts: { line } });
}

function headerOf(object: Parsed): RecordingHeader {
  const { format, turns } = object;
  const [, version] = /^csp-recording\/(\d{1,9})$/.exec(String(format)) ?? [];
  if (version === undefined) throw malformed(1);
  if (Number(version) !== formatVersion || turns !== turnsVersion) {
    throw newer({ facts: { format, turns, readHere: { format: formatVersion, turns: turnsVersion } } });
  }
  const { kind, seed, startMs, design, inputs, outputs, inner = [] } = object;
  const fits =
    (kind === 'run' || kind === 'search') &&
    [seed, design].every((text) => typeof text === 'string') &&
    typeof startMs === 'number' &&
    isEnds(outputs) &&
    isEnds(inputs) &&
    isParts(inner) &&
    inputs.every((input) => Array.isArray((input as { messages?: unknown }).messages));
  if (!fits) throw malformed(1);
  return object as unknown as RecordingHeader;
}

function isParts(value: unknown): boolean {
  const texts = ['within', 'design', 'key', 'text'];
  return Array.isArray(value) && value.every((part) => texts.every((name) => typeof part?.[name] === 'string'));
}

function isEnds(value: unknown): value is readonly RecordedEnd[] {
  return (
    Array.isArray(value) &&
    value.every((end) => typeof end?.node === 'string' && typeof end.port === 'string' && Number.isInteger(end.index))
  );
}

function isEnd(line: Parsed | undefined): line is Parsed & RecordingEnd {
  return line !== undefined && line['do'] === 'end' && typeof line['is'] === 'string';
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

function isLine({ do: what, ...line }: Parsed): boolean {
  if (what === 'step') return isCount(line['choice']) && isCount(line['of']) && typeof line['says'] === 'string';
  if (what === 'tool') return typeof line['node'] === 'string' && isCount(line['call']);
  if (what === 'timer' || what === 'answer') return isCount(line['n']) && isMoves(line['ms']);
  if (what === 'intervene')
    return typeof (line['what'] as { do?: unknown } | null | undefined)?.do === 'string' && isMoves(line['ms']);
  return ['start', 'turn', 'pause', 'resume', 'stop'].includes(String(what)) && isMoves(line['ms']);
}

function isMoves(ms: unknown): boolean {
  return (
    ms === undefined ||
    (Array.isArray(ms) && ms.every((move) => Array.isArray(move) && isCount(move[0]) && Number.isFinite(move[1])))
  );
}
