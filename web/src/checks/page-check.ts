import type { AnsweredWish, Drawing, FromChecker, ToChecker } from '#contract/check/drawing.ts';
import type { ComponentSpec } from '#model/component.ts';
import type { ContractText, ContractWish } from '#model/contract-text.ts';
import type { Validation } from '#model/finding.ts';

/** A thread that checks; ending it ends a search and frees what it held. */
export interface Thread {
  post(message: ToChecker): void;
  end(): void;
}

/** What comes of a check. `more`: the other questions are still looked at. */
export type PageAnswer =
  | { readonly is: 'progress'; readonly states: number }
  | { readonly is: 'told'; readonly validation: Validation; readonly tookMs: number; readonly more: boolean }
  | { readonly is: 'failed' };

/** The outside of the checks in the page. */
export interface CheckSurroundings {
  readonly specs: readonly ComponentSpec[];
  start(heard: (message: FromChecker) => void, broke: () => void): Thread;
  texts(wishes: readonly ContractWish[]): Promise<readonly ContractText[]>;
  /** Calls once after a while; the answer calls it off. */
  later(call: () => void, ms: number): () => void;
}

/** Checks drawings in a thread, the newest only: an answer about an older one is not told. */
export interface PageCheck {
  check(drawing: Drawing, answered: (answer: PageAnswer) => void): void;
  close(): void;
}

/** V113  As far as a page looks by itself: it must not take the machine away from who draws. */
const pageBudget = { maxStates: 2_000_000, maxMs: 1_500, maxBytes: 128 * 1_048_576 } as const;
/** V113  So long a search for an older drawing may go on: most have ended by then, and the thread is kept with all it knows. */
const patienceMs = 40;

interface Asked {
  readonly number: number;
  readonly drawing: Drawing;
  readonly answered: (answer: PageAnswer) => void;
}

/** Makes the checks of a page; the thread starts with the first. */
export function createPageCheck(around: CheckSurroundings): PageCheck {
  return new Checking(around);
}

class Checking implements PageCheck {
  readonly #around: CheckSurroundings;
  /** Contract texts outlive the thread. */
  readonly #texts: AnsweredWish[] = [];
  #thread: Thread | undefined;
  /** Takes the place of the thread when that is ended, so that nobody waits for one to start. */
  #spare: Thread | undefined;
  #newest: Asked | undefined;
  /** Whether the thread works. */
  #busy = false;
  #callOff: (() => void) | undefined;
  #numbers = 0;

  constructor(around: CheckSurroundings) {
    this.#around = around;
  }

  check(drawing: Drawing, answered: (answer: PageAnswer) => void): void {
    this.#newest = { number: ++this.#numbers, drawing, answered };
    if (!this.#busy) this.#send();
    else this.#callOff ??= this.#around.later(() => this.#startAnew(), patienceMs);
  }

  close(): void {
    this.#newest = undefined;
    this.#endThread();
    this.#spare?.end();
    this.#spare = undefined;
  }

  #send(): void {
    if (this.#newest === undefined) return;
    const { number, drawing } = this.#newest;
    this.#thread ??= this.#spare ?? this.#started();
    if (this.#thread === this.#spare) this.#spare = undefined;
    this.#busy = true;
    this.#thread.post({ is: 'check', number, drawing, budget: pageBudget });
  }

  #started(): Thread {
    const thread: Thread = this.#around.start(
      (message) => this.#thread === thread && this.#heard(message),
      () => (this.#thread === thread ? this.#broke() : this.#lose(thread)),
    );
    thread.post({ is: 'kinds', specs: this.#around.specs });
    if (this.#texts.length > 0) thread.post({ is: 'texts', texts: this.#texts });
    return thread;
  }

  #startAnew(): void {
    this.#endThread();
    this.#send();
  }

  #lose(thread: Thread): void {
    if (this.#spare === thread) this.#spare = undefined;
  }

  #rests(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#busy = false;
  }

  #endThread(): void {
    this.#rests();
    this.#thread?.end();
    this.#thread = undefined;
  }

  #heard(message: FromChecker): void {
    const asked = this.#newest;
    const isNewest = asked?.number === message.number;
    if (message.is === 'progress' || (message.is === 'told' && message.more)) {
      if (isNewest) asked.answered(message);
      return;
    }
    this.#rests();
    this.#spare ??= this.#started();
    if (message.is === 'lacking') void this.#fetchTexts(message.wishes);
    else if (!isNewest) this.#send();
    else if (message.is === 'failed') asked.answered({ is: 'failed' });
    else asked.answered(message);
  }

  async #fetchTexts(wishes: readonly ContractWish[]): Promise<void> {
    try {
      const answers = await this.#around.texts(wishes);
      const texts = wishes.map((wish, at): AnsweredWish => ({ ...wish, answer: answers[at] ?? { fault: 'nobody knows it' } }));
      this.#texts.push(...texts);
      for (const thread of [this.#thread, this.#spare]) thread?.post({ is: 'texts', texts });
      if (!this.#busy) this.#send();
    } catch {
      if (!this.#busy) this.#newest?.answered({ is: 'failed' });
    }
  }

  #broke(): void {
    const asked = this.#newest;
    this.#endThread();
    asked?.answered({ is: 'failed' });
  }
}
