import { type Environment, isReady, type ReadyNode } from '#contract/compose.ts';
import { type Lookup, wire } from '#contract/wiring.ts';
import type { CheckQuestion } from '#model/checks/check-job.ts';
import type { Finding, Validation, Verdict } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { deadlockOf, undecided } from './deadlock.ts';
import { type Budget, type EngineName, usualBudget } from './engine.ts';
import { lint } from './lint.ts';
import { livelockFinding } from './live/livelock.ts';
import { starvationFinding } from './live/starvation.ts';
import { type Asker, type Composers, type Question, questionOf } from './question.ts';
import { memory, orphans } from './questions/held.ts';
import { messageSchema } from './questions/message-schema.ts';
import { neverUsed } from './questions/never-used.ts';
import { stop } from './questions/stop.ts';
import { startSettings } from './repair/candidates.ts';
import { choicesFor } from './repair/choice-for-zip.ts';
import { repairsOf } from './repair/repair.ts';
import { askPartial } from './stubborn/ask-partial.ts';

/** A design made ready for the search: plain data that can be posted to a thread. */
export interface Prepared {
  /** What is known without a search. */
  readonly findings: readonly Finding[];
  /** Absent when a contract is missing: then nothing can be said. */
  readonly question?: Question;
}

/**
 * K13  Lints a design and composes its network.
 *
 * @param lookup gives what is known of a component kind; `host/catalog.ts` is one.
 * @param environment what is behind mandatory ports that nothing is connected to (V66).
 * @param progress nodes that are marked as progress (V55).
 * @param composers of the design as it was before, for the same environment (V19).
 */
export function prepareCheck(
  design: DesignBody,
  lookup: Lookup,
  environment: Environment = 'ready',
  progress: readonly string[] = [],
  composers?: Composers,
): Prepared {
  const nodes = wire(design, lookup);
  // Before anything is missed: who must fetch contracts then fetches these with those of the zips.
  const choices = choicesFor(design, lookup);
  const connections = Object.values(design.connections);
  const findings = lint(nodes, connections);
  if (!nodes.every(isReady)) return { findings };
  const open = environment === 'may-refuse' ? 0 : findings.filter(({ rule }) => rule === 'unconnected-port').length;
  const starter = starterOf(design, lookup);
  const question = questionOf(design, nodes, open, environment, composers);
  const repairing = { ...(starter && { starter }), ...(choices.length > 0 && { choices }) };
  return { findings, question: { ...question, ...repairing, ...(progress.length > 0 && { progress }) } };
}

function starterOf(design: DesignBody, lookup: Lookup): ReadyNode | undefined {
  const node = { id: 'start', kind: 'flow.buffer', version: 1, label: '', settings: startSettings, onFailure: 'stop' } as const;
  const [wired] = wire({ ...design, nodes: { start: node }, connections: {} }, lookup);
  return wired !== undefined && isReady(wired) ? wired : undefined;
}

/** K14  Looks for a deadlock, as far as the budget goes. Pure and synchronous: run it where it may take its time. */
export function searchDeadlock({ question }: Prepared, budget: Budget = usualBudget, only?: EngineName): Finding {
  if (question !== undefined) return deadlockOf(question, budget, only);
  return undecided(0, 'not known whether it can deadlock: a contract is missing', []);
}

const order: readonly Verdict[] = ['refuted', 'unknown', 'proved'];

/** K16  All findings and the verdict of a design that has them. */
export function toValidation(prepared: Prepared, answers: readonly Finding[]): Validation {
  const findings = [...prepared.findings, ...answers];
  return { verdict: verdictOf(findings), findings };
}

/** K16  The worst verdict among findings; a warning is refuted by itself, but does not refute the design. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const judged = findings
    .filter((finding) => finding.severity === 'error' || finding.rule === 'deadlock')
    .map(({ verdict }) => verdict);
  return order.find((verdict) => judged.includes(verdict)) ?? 'proved';
}

/** What is asked besides deadlock, and how. */
export interface Asked {
  /** This engine alone. */
  readonly engine?: EngineName;
  /** Only these; all when left out. */
  readonly questions?: readonly CheckQuestion[];
  /** Told of the answers there are, while others are still to come. */
  readonly heard?: (found: readonly Finding[]) => void;
}

/** V3  What is asked besides deadlock, in the order of the answers. */
const askers: Readonly<Record<CheckQuestion, Asker>> = {
  'partial-deadlock': askPartial,
  'message-schema': messageSchema,
  'never-used': neverUsed,
  orphans,
  memory,
  stop,
  livelock: livelockFinding,
  starvation: starvationFinding,
};

/** The questions that somebody answers, in the order of the answers. */
export const askedQuestions = Object.keys(askers) as readonly CheckQuestion[];

/** Every question about a prepared design, each answered by a finding of its own. Pure and synchronous: run it where it may take its time. */
export function answer(prepared: Prepared, budget: Budget = usualBudget, asked: Asked = {}): readonly Finding[] {
  const started = budget.now?.() ?? 0;
  const deadlock = searchDeadlock(prepared, budget, asked.engine);
  asked.heard?.([deadlock]);
  const usedMs = (budget.now?.() ?? 0) - started;
  return answerOthers(prepared, deadlock, { ...budget, maxMs: Math.max(0, budget.maxMs - usedMs) }, asked);
}

/** V114  What follows the answer about deadlock: that answer again with what would repair it, and those to the other questions. */
export function answerOthers(
  prepared: Prepared,
  deadlock: Finding,
  budget: Budget,
  asked: Omit<Asked, 'engine'> = {},
): readonly Finding[] {
  const started = budget.now?.() ?? 0;
  const { question } = prepared;
  const againUntilMs = started + budget.maxMs;
  const leftMs = (): number => Math.max(0, budget.maxMs - ((budget.now?.() ?? 0) - started));
  const repairs = question === undefined ? [] : repairsOf(question, deadlock, { ...budget, maxMs: leftMs() / 2 });
  const found: Finding[] = [{ ...deadlock, ...(repairs.length > 0 && { repairs: [...repairs] }) }];
  const { questions = askedQuestions, heard } = asked;
  const rules = askedQuestions.filter((rule) => hasOthers(prepared) && questions.includes(rule));
  for (const [number, rule] of rules.entries()) {
    heard?.([...found]);
    found.push(...askers[rule](question as Question, { ...budget, maxMs: leftMs() / (rules.length - number), againUntilMs }));
  }
  const open = asked.questions?.filter((rule) => !found.some((finding) => finding.rule === rule)) ?? [];
  return [...found, ...open.map(unanswered)];
}

// V126: who asked for it by name would read silence as passed.
function unanswered(rule: CheckQuestion): Finding {
  const message = `not known: the question ${rule} has no answer for this design`;
  return { rule, verdict: 'unknown', severity: 'warning', message, nodes: [], connections: [], engine: 'none', tried: [] };
}

/** Whether anything but deadlock is asked about it. */
export function hasOthers({ question }: Prepared): boolean {
  return question !== undefined && question.doubt === undefined && question.nodes.length > 0;
}

/** Lints and searches at once. The answer for a design of a few nodes takes milliseconds; give a budget where it must not take longer. */
export function check(design: DesignBody, lookup: Lookup, budget: Budget = usualBudget): Validation {
  const prepared = prepareCheck(design, lookup);
  return toValidation(prepared, answer(prepared, budget));
}
