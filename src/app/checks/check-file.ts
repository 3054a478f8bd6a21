import { optionIdle } from '#app/app-errors.ts';
import { nestingFindings } from '#app/designs/whole-design.ts';
import { readText } from '#app/files/design-file.ts';
import { readWithParts } from '#app/files/file-parts.ts';
import { defineError } from '#base/errors.ts';
import { type Automaton, type Named, systemOf } from '#contract/automata.ts';
import { toValidation } from '#contract/check/check.ts';
import { type EngineName, engineNames } from '#contract/check/engine.ts';
import { engines } from '#contract/check/ladder.ts';
import type { Catalog } from '#host/catalog.ts';
import type { CheckAnswer, CheckQuestion, CountedStates } from '#host/checks/check-question.ts';
import { prepareDesign } from '#host/checks/validator.ts';
import { readAutomata } from '#importers/automata-file.ts';
import type { ScriptAnswer } from '#importers/cspm/answer.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import type { CheckQuestion as AskedOfDesigns, CheckTerms } from '#model/checks/check-job.ts';
import type { Finding, Trace, Verdict } from '#model/checks/finding.ts';
import { expandWhole } from '#model/expand.ts';
import { reportOf } from './check-script.ts';
import { checkTerms } from './check-terms.ts';
import { type AnsweredScript, answerScript, type ScriptQuestion } from './script-question.ts';
import { type ComponentEnd, tellEnd } from './told-system.ts';

const automataInvalid = defineError('APP_AUTOMATA_INVALID', 'input', 'The file is not a valid file of automata.');
const engineMissing = defineError('APP_ENGINE_MISSING', 'input', 'There is no such engine.');

/** How far a check of a file may go, and what is asked besides the verdict. */
export interface CheckOptions {
  /** One of the engines alone; `auto` is the whole ladder. */
  readonly engine?: string;
  readonly maxStates?: number;
  readonly seconds?: number;
  /** What is assumed of a design, and what counts as progress in it. */
  readonly terms?: CheckTerms;
  /** Of a design: only these questions, and deadlock. */
  readonly only?: readonly AskedOfDesigns[];
  /** Also counts the states that can be reached. */
  readonly count?: boolean;
}

/** What every check of a file answers, whatever the file is; null where there is none. */
interface Measured {
  readonly verdict: Verdict;
  readonly engine: string | null;
  /** Looked at by the engines; with `count`, those that can be reached. */
  readonly states: number;
  readonly transitions: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number | null;
  readonly certificate: Certificate | null;
  /** Whether a second program accepts the certificate or the trace; null where there is nothing to check, or it would take too long. */
  readonly rechecked: boolean | null;
  /** What `count` asked for; not complete when the budget was used up. */
  readonly count?: CountedStates;
}

export interface CheckedDesign extends Measured {
  readonly is: 'design';
  readonly findings: readonly Finding[];
  readonly trace: Trace | null;
}

export interface CheckedSystem extends Measured {
  readonly is: 'automata';
  /** The names of the events that lead to the dead state. */
  readonly trace: readonly string[] | null;
  /** Of each component where it stands after them, and what it waits for. */
  readonly end: readonly ComponentEnd[] | null;
  /** Components that wait only for each other. */
  readonly knot: readonly string[] | null;
  /** One an engine that could not decide. */
  readonly tried: readonly string[];
}

/** Of a script the numbers are sums over its assertions, the trace that of the first that is refuted. */
export interface CheckedScript extends Measured {
  readonly is: 'script';
  readonly trace: readonly string[] | null;
  readonly answers: readonly ScriptAnswer[];
}

export type CheckedFile = CheckedDesign | CheckedSystem | CheckedScript;

export interface CheckFileParts {
  readonly catalog: Catalog;
  /** Searches, away from this thread where that matters. */
  readonly ask: (question: CheckQuestion) => Promise<CheckAnswer>;
  /** The same for a CSPm script; in this thread when left out. */
  readonly askScript?: (question: ScriptQuestion) => Promise<AnsweredScript>;
}

type FileKind = 'design' | 'automata' | 'script';

/** What a file is, by its content: a file of automata has components, another JSON text is a design (or nothing), and what is no JSON a script. */
export function kindOfFile(text: string): FileKind {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // A script may begin with a comment: `{- … -}`.
    return /^\uFEFF?\s*([["]|\{(?!-)|$)/.test(text) ? 'design' : 'script';
  }
  if (typeof parsed !== 'object' || parsed === null) return 'design';
  return 'components' in parsed && !('nodes' in parsed) ? 'automata' : 'design';
}

const checks: Readonly<
  Record<FileKind, (parts: CheckFileParts, file: string, text: string, options: CheckOptions) => Promise<CheckedFile>>
> = {
  design: checkDesign,
  automata: checkAutomata,
  script: checkScriptFile,
};

/**
 * Checks a file, whatever it is.
 *
 * @throws what `readDesign` throws; APP_PROGRESS_UNKNOWN, APP_OPTION_IDLE, APP_AUTOMATA_INVALID with the pointer into the file, APP_SCRIPT_INVALID with line and column, APP_ENGINE_MISSING.
 */
export async function checkFile(parts: CheckFileParts, file: string, options: CheckOptions = {}): Promise<CheckedFile> {
  const text = await readText(file);
  return await checks[kindOfFile(text)](parts, file, text, options);
}

/** `--engine` as the name of an engine; undefined for all of them in turn. Throws APP_ENGINE_MISSING. */
function engineOf(name: string | undefined): EngineName | undefined {
  if (name === undefined || name === 'auto') return undefined;
  const there = engines.map((engine) => engine.name);
  const known = engineNames.find((one) => one === name);
  if (known !== undefined && there.includes(known)) return known;
  const why = known === undefined ? 'There is no engine' : 'This version has no engine';
  throw engineMissing({ detail: `${why} ${name}; there are auto, ${there.join(', ')}.` });
}

/** Who sets one bound lifts the other; memory bounds both. */
function askedOf({ engine: name, maxStates, seconds, count = false }: CheckOptions): Omit<CheckQuestion, 'about'> {
  const engine = engineOf(name);
  const budget = {
    maxStates: maxStates ?? (seconds === undefined ? 10_000_000 : Number.MAX_SAFE_INTEGER),
    maxMs: seconds === undefined ? (maxStates === undefined ? 60_000 : Number.MAX_SAFE_INTEGER) : seconds * 1_000,
  };
  return { budget, count, ...(engine !== undefined && { engine }) };
}

// What only a design has must not be ignored in silence: it changes the verdict.
function onlyOfDesigns({ terms, only }: CheckOptions): void {
  for (const [name, given] of Object.entries({ ...terms, only }))
    if (given !== undefined) throw optionIdle({ detail: `--${name} goes with a design; this file is none.` });
}

const nothing = {
  engine: null,
  states: 0,
  transitions: 0,
  cpuSeconds: 0,
  peakBytes: null,
  certificate: null,
  rechecked: null,
} as const;

async function checkDesign(parts: CheckFileParts, file: string, text: string, options: CheckOptions): Promise<CheckedDesign> {
  const asked = askedOf(options);
  const { catalog } = parts;
  const { flat, faults } = expandWhole(await readWithParts(file, catalog, text), catalog);
  const nesting = nestingFindings(faults);
  if (nesting.length > 0) return { is: 'design', verdict: 'refuted', ...nothing, trace: null, findings: nesting };
  const { terms = {}, only } = options;
  checkTerms(flat, terms);
  const prepared = prepareDesign(flat, catalog, terms);
  const answer = await parts.ask({ about: { prepared }, ...asked, ...(only && { questions: only }) });
  const { verdict, findings } = toValidation(prepared, answer.findings);
  const found = findings.find(({ rule }) => rule === 'deadlock');
  const {
    engine = null,
    states = 0,
    transitions = 0,
    peakBytes = null,
    trace = null,
    certificate = null,
    rechecked = null,
  } = found ?? {};
  const measured = { engine, states, transitions, peakBytes };
  return { is: 'design', verdict, ...measured, ...countedOf(answer), trace, certificate, rechecked, findings };
}

async function checkAutomata(parts: CheckFileParts, file: string, text: string, options: CheckOptions): Promise<CheckedSystem> {
  onlyOfDesigns(options);
  const asked = askedOf(options);
  const automata = automataIn(file, text);
  const named = systemOf(automata);
  const answer = await parts.ask({ about: { system: named.system }, ...asked });
  const { climbed } = answer;
  if (climbed === undefined) throw new Error('a system was asked about and not answered');
  return { is: 'automata', ...toldSystem(named, automata, climbed), ...countedOf(answer) };
}

const answeredHere = async (question: ScriptQuestion): Promise<AnsweredScript> => answerScript(question);

async function checkScriptFile(parts: CheckFileParts, file: string, text: string, options: CheckOptions): Promise<CheckedScript> {
  onlyOfDesigns(options);
  const { engine, budget, count } = askedOf(options);
  if (count) {
    const why = 'a script has as many systems as assertions, which say themselves how many states were looked at';
    throw optionIdle({ detail: `--count goes with a design or a file of automata; ${why}.` });
  }
  const answered = await (parts.askScript ?? answeredHere)({ text, budget, ...(engine !== undefined && { engine }) });
  const { verdict, answers, cpuSeconds } = reportOf(file, answered);
  const sum = (of: 'states' | 'transitions'): number => answers.reduce((total, answer) => total + (answer[of] ?? 0), 0);
  const trace = answers.find((answer) => answer.verdict === 'refuted')?.trace ?? null;
  return {
    is: 'script',
    verdict,
    ...nothing,
    states: sum('states'),
    transitions: sum('transitions'),
    cpuSeconds,
    trace,
    rechecked: recheckedAll(answers),
    answers,
  };
}

// Of those that were decided; null where none was, or one was not checked again.
function recheckedAll(answers: readonly ScriptAnswer[]): boolean | null {
  const decided = answers.filter(({ verdict }) => verdict !== 'unknown');
  if (answers.some(({ rechecked }) => rechecked === false)) return false;
  return decided.length > 0 && decided.every(({ rechecked }) => rechecked === true) ? true : null;
}

/** The automata of a file. Throws APP_AUTOMATA_INVALID with the pointer. */
export function automataIn(file: string, text: string): readonly Automaton[] {
  const read = readAutomata(JSON.parse(text.replace(/^\uFEFF/, '')));
  if (read.ok) return read.automata;
  const { message, pointer } = read.fault;
  throw automataInvalid({ detail: `${file}${pointer && ` at ${pointer}`}: ${message}.`, pointer, facts: { file } });
}

function toldSystem(
  named: Named,
  automata: readonly Automaton[],
  { engine, outcome, tried, rechecked }: NonNullable<CheckAnswer['climbed']>,
) {
  const { verdict, states, transitions, peakBytes = null } = outcome;
  const told = outcome.verdict === 'refuted' ? tellEnd(named, automata, outcome.dead) : { end: null, knot: null };
  const trace = outcome.verdict === 'refuted' ? outcome.trace.map((event) => named.labels[event] ?? '') : null;
  const certificate = (outcome.verdict === 'proved' ? outcome.certificate : undefined) ?? null;
  return { verdict, engine, states, transitions, peakBytes: peakBytes || null, certificate, rechecked, trace, ...told, tried };
}

/** What was counted, in the place of what the engines looked at. */
function countedOf({ cpuSeconds, counted }: CheckAnswer): Pick<Measured, 'cpuSeconds'> & Partial<Measured> {
  if (counted === undefined) return { cpuSeconds };
  const { states, transitions } = counted;
  return { cpuSeconds, states, transitions, count: counted };
}
