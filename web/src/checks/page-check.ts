import type { AnsweredWish, Drawing, FromChecker, ToChecker } from '#contract/check/drawing.ts';
import type { ContractText, ContractWish } from '#model/checks/contract-text.ts';
import type { Validation } from '#model/checks/finding.ts';
import type { ComponentSpec } from '#model/component.ts';

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
/** V114  So long nothing must have changed before the other questions are looked at. */
const restMs = 150;

interface Asked {
  readonly number: number;
  readonly drawing: Drawing;
  readonly answered: (answer: PageAnswer) => void;
}

/** Makes the checks of a page; the threads start when there is something for them to do. */
export function createPageCheck(around: CheckSurroundings): PageCheck {
  return new Checking(around);
}

type Told = Extract<FromChecker, { is: 'told' }>;

class Checking implements PageCheck {
  readonly #around: CheckSurroundings;
  /** Contract texts outlive the threads. */
  readonly #texts: AnsweredWish[] = [];
  /** Says whether it can deadlock: kept, since a thread that has just begun is slow. */
  #thread: Thread | undefined;
  /** Answers the other questions: ended when the drawing changes, and takes the place of the first when that is ended. */
  #second: Thread | undefined;
  #newest: Asked | undefined;
  /** Whether the first thread works. */
  #busy = false;
  /** What was told already, while the second works. */
  #asking: Told | undefined;
  #callOff: (() => void) | undefined;
  #stay: (() => void) | undefined;
  #numbers = 0;

  constructor(around: CheckSurroundings) {
    this.#around = around;
  }

  check(drawing: Drawing, answered: (answer: PageAnswer) => void): void {
    this.#newest = { number: ++this.#numbers, drawing, answered };
    this.#endOthers();
    if (!this.#busy) this.#send();
    else this.#callOff ??= this.#around.later(() => this.#startAnew(), patienceMs);
  }

  close(): void {
    this.#newest = undefined;
    this.#endThread();
    this.#endOthers();
    this.#second?.end();
    this.#second = undefined;
  }

  #send(): void {
    if (this.#newest === undefined) return;
    const { number, drawing } = this.#newest;
    this.#thread ??= this.#taken() ?? this.#started();
    this.#busy = true;
    this.#thread.post({ is: 'check', number, drawing, budget: pageBudget });
  }

  #taken(): Thread | undefined {
    const second = this.#second;
    this.#second = undefined;
    return second;
  }

  #started(): Thread {
    const thread: Thread = this.#around.start(
      (message) => {
        if (this.#thread === thread) this.#heard(message);
        else if (this.#second === thread) this.#heardOthers(message);
      },
      () => {
        if (this.#thread === thread) this.#broke();
        else if (this.#second === thread) this.#othersFailed();
      },
    );
    thread.post({ is: 'kinds', specs: this.#around.specs });
    if (this.#texts.length > 0) thread.post({ is: 'texts', texts: this.#texts });
    return thread;
  }

  #startAnew(): void {
    this.#endThread();
    this.#send();
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

  #endOthers(): void {
    this.#stay?.();
    this.#stay = undefined;
    if (this.#asking === undefined) return;
    this.#asking = undefined;
    this.#second?.end();
    this.#second = undefined;
  }

  #heard(message: FromChecker): void {
    const asked = this.#newest;
    const isNewest = asked?.number === message.number;
    if (message.is === 'progress') {
      if (isNewest) asked.answered(message);
      return;
    }
    this.#rests();
    if (message.is === 'lacking') void this.#fetchTexts(message.wishes);
    else if (!isNewest) this.#send();
    else if (message.is === 'failed') asked.answered({ is: 'failed' });
    else this.#told(asked, message);
  }

  #told(asked: Asked, told: Told): void {
    asked.answered(told);
    if (!told.more || this.#newest !== asked) return;
    this.#stay = this.#around.later(() => this.#askOthers(asked, told), restMs);
  }

  #askOthers({ number, drawing }: Asked, told: Told): void {
    const deadlock = told.validation.findings.find(({ rule }) => rule === 'deadlock');
    if (deadlock === undefined) return;
    this.#second ??= this.#started();
    this.#asking = told;
    this.#second.post({ is: 'check', number, drawing, budget: pageBudget, deadlock });
  }

  #heardOthers(message: FromChecker): void {
    const asked = this.#newest;
    if (message.is === 'progress' || asked?.number !== message.number) return;
    if (message.is !== 'told') {
      this.#othersFailed();
      return;
    }
    if (!message.more) this.#asking = undefined;
    asked.answered(message);
  }

  #othersFailed(): void {
    const told = this.#asking;
    this.#endOthers();
    if (told !== undefined) this.#newest?.answered({ ...told, more: false });
  }

  async #fetchTexts(wishes: readonly ContractWish[]): Promise<void> {
    try {
      const answers = await this.#around.texts(wishes);
      const texts = wishes.map((wish, at): AnsweredWish => ({ ...wish, answer: answers[at] ?? { fault: 'nobody knows it' } }));
      this.#texts.push(...texts);
      for (const thread of [this.#thread, this.#second]) thread?.post({ is: 'texts', texts });
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
