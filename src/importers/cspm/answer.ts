import type { EngineName } from '#contract/check/engine.ts';
import type { Place } from '#contract/term.ts';
import type { Certificate } from '#model/checks/certificate.ts';
import type { Verdict } from '#model/checks/finding.ts';
import { howMany } from '#model/how-many.ts';
import type { Assertion } from './tree.ts';

export interface ScriptOptions {
  /** Deadlock is asked of this engine alone. */
  readonly engine?: EngineName;
}

/** What was found about the claim of an assertion, whether it stands there with `not` or without. */
export interface Answered {
  readonly verdict: Verdict;
  readonly states: number;
  readonly transitions?: number;
  /** An engine of the ladder, `refinement` or `values`. */
  readonly engine?: string;
  readonly certificate?: Certificate;
  /** Whether a second program agrees; absent where nothing was decided, or it would take too long. A condition is worked out once only. */
  readonly rechecked?: boolean;
  readonly why?: string;
  readonly tried?: readonly string[];
  /** With refuted. deadlock: after the trace nothing is possible; trace: its last event is not allowed; refusal: less is offered than must be; divergence: it
   *  may then go on by itself for ever. */
  readonly what?: 'deadlock' | 'trace' | 'refusal' | 'divergence';
  /** Events by name; `τ(name)` was hidden, `τ` is an own decision, `✓` the end. */
  readonly trace?: readonly string[];
  /** With divergence: what goes on for ever. */
  readonly cycle?: readonly string[];
  /** With refusal: what is offered, and the sets of which one must be. */
  readonly offers?: readonly string[];
  readonly demands?: readonly (readonly string[])[];
  /** With deadlock: each part that has not ended and what it would do. */
  readonly waiting?: readonly { readonly part: string; readonly offers: readonly string[] }[];
  /** Events that a process of an alphabetised parallel does and that are not in its alphabet. */
  readonly outside?: readonly { readonly process: string; readonly event: string }[];
}

/** V105  The answer to one assertion: `verdict` is about the assertion as it is written, with its `not`. */
export interface ScriptAnswer extends Answered {
  readonly assertion: string;
  readonly place: Place;
  readonly negated: boolean;
  /** The answer in a sentence. */
  readonly message: string;
}

const turned: Readonly<Record<Verdict, Verdict>> = { proved: 'refuted', refuted: 'proved', unknown: 'unknown' };

export function answerOf({ text, place, negated, claim }: Assertion, answered: Answered): ScriptAnswer {
  const verdict = negated ? turned[answered.verdict] : answered.verdict;
  return { assertion: text, place, negated, ...answered, verdict, message: messageOf(claim.is, answered) };
}

function messageOf(claim: Assertion['claim']['is'], { verdict, what, why, trace = [] }: Answered): string {
  if (verdict === 'unknown') return `not known: ${why ?? 'the budget was used up'}`;
  const holds = {
    'deadlock free': 'no deadlock can be reached',
    'divergence free': 'it cannot go on by itself for ever',
    deterministic: 'it never can both do an event and refuse it',
    refines: 'it does nothing that the specification does not allow',
    truth: 'the condition is true',
  };
  if (verdict === 'proved') return holds[claim];
  const after = trace.length === 0 ? 'at the start' : `after ${howMany(trace.length, 'step')}`;
  switch (what) {
    case 'deadlock':
      return `${after} nothing is possible and not all have ended`;
    case 'trace':
      return `it can do ${trace.at(-1)} where the specification does not allow it`;
    case 'refusal':
      return claim === 'deterministic'
        ? `${after} it may refuse what it may also do`
        : `${after} it may refuse what the specification demands`;
    case 'divergence':
      return `${after} it may go on by itself for ever`;
    default:
      return 'the condition is false';
  }
}
