import { type Blame, CodedError, isCoded, messageOf } from '#base/errors.ts';
import type { HttpLimits } from '#host/outside/http-limits.ts';
import type { LogLevel } from '#host/sessions/log-lines.ts';
import type { RunEvent } from '#host/sessions/session-host.ts';
import type { SessionOrder } from '#host/sessions/session-order.ts';
import type { Intervention, Stepped } from '#model/sessions/intervention.ts';
import type { Profile } from '#model/sessions/profile.ts';
import { faultText, type Sample, type SessionSnapshot } from '#model/sessions/session.ts';
import type { Outcome } from '#runtime/network.ts';
import type { Swapped } from '#runtime/swap/swap.ts';

/** What passes between the server's thread and one that holds sessions: plain data both ways. Messages of a run stay where they are. */

/** What a thread makes its catalogue and tools from. */
export interface ThreadSetup {
  /** Address of a module that exports `components`, a list. */
  readonly componentsUrl: string;
  /** Folders with more of them. */
  readonly folders: readonly string[];
  readonly filesFolder: string;
  readonly httpLimits: Omit<HttpLimits, 'resolve'>;
  readonly logLevel: LogLevel;
}

/** What a thread is given when it starts. `pulse` is shared: see `pulseOf`. */
export interface ThreadData {
  readonly setup: ThreadSetup;
  readonly pulse: SharedArrayBuffer;
}

/** Places in `pulse`: a count that grows while the thread yields, the number of the session whose turn it is, and MiB outside of its heap. */
export const pulsePlaces = { beat: 0, turnOf: 1, externalMib: 2 } as const;

/** A permit for a call to a service is asked for, or given back; `ask` is its number in the thread. */
export type PermitAsk =
  | {
      readonly is: 'take';
      readonly ask: number;
      readonly session: string;
      readonly node: string;
      readonly service: string;
    }
  | { readonly is: 'give'; readonly ask: number };

/** It is granted, or refused with the reason. */
export interface PermitAnswer {
  readonly ask: number;
  readonly error?: ErrorText;
}

export type Question =
  | { readonly is: 'snapshot' }
  | { readonly is: 'samples'; readonly connection: string; readonly afterNumber: number }
  | { readonly is: 'intervene'; readonly what: Intervention }
  | { readonly is: 'swap'; readonly body: SessionOrder['body'] }
  | { readonly is: 'profile'; readonly ms: number }
  | { readonly is: 'pause' };

export type ToThread =
  | { readonly is: 'start'; readonly order: SessionOrder; readonly number: number }
  | { readonly is: 'resume' | 'stop'; readonly session: string }
  | { readonly is: 'ask'; readonly session: string; readonly ask: number; readonly question: Question }
  | { readonly is: 'secret'; readonly ask: number; readonly value: string | undefined }
  | { readonly is: 'permits'; readonly answers: readonly PermitAnswer[] };

/** What an ended session leaves behind; `samples` is JSON: lists by connection. */
export interface Remains {
  readonly outcome: Outcome;
  readonly snapshot: SessionSnapshot;
  readonly samples: string;
}

/** An answer, or why there is none. */
export interface ThreadAnswer {
  readonly value?: SessionSnapshot | readonly Sample[] | Stepped | Swapped | Profile | 'done' | undefined;
  readonly error?: ErrorText;
}

export type FromThread =
  | { readonly is: 'ready' }
  | { readonly is: 'started'; readonly session: string; readonly snapshot: SessionSnapshot }
  | { readonly is: 'refused'; readonly session: string; readonly error: ErrorText }
  | { readonly is: 'event'; readonly session: string; readonly event: RunEvent }
  | { readonly is: 'ended'; readonly session: string; readonly remains: Remains }
  | ({ readonly is: 'answer'; readonly session: string; readonly ask: number } & ThreadAnswer)
  | { readonly is: 'secret'; readonly ask: number; readonly name: string }
  | { readonly is: 'permits'; readonly asks: readonly PermitAsk[] }
  | { readonly is: 'log'; readonly line: string };

/** An error as it crosses from one thread to another. */
export interface ErrorText {
  readonly code: string | undefined;
  readonly blame: Blame;
  readonly message: string;
  readonly pointer: string | undefined;
  readonly facts: string;
}

/** Facts that are no JSON are left behind, and of a long message its end. */
export function errorText(thrown: unknown): ErrorText {
  if (!isCoded(thrown))
    return { code: undefined, blame: 'bug', message: faultText(messageOf(thrown)), pointer: undefined, facts: '{}' };
  const { code, blame, message, pointer, facts } = thrown;
  return { code: String(code), blame, message: faultText(message), pointer, facts: factsText(facts) };
}

function factsText(facts: unknown): string {
  try {
    return JSON.stringify(facts);
  } catch {
    return '{}';
  }
}

export function errorOf({ code, blame, message, pointer, facts }: ErrorText): Error {
  if (code === undefined) return new Error(message);
  const details = {
    detail: message,
    facts: JSON.parse(facts) as Record<string, unknown>,
    ...(pointer !== undefined && { pointer }),
  };
  return new CodedError({ code, blame, sentence: message }, details);
}
