import type { Operation } from './port.ts';
import { runningStrand, type Strand, Wait, type Waiting } from './processes/strand.ts';

/** Outside work a strand is parked on; in its inbox it says that the answer is there. */
export class Outside extends Wait {
  readonly suspends = 'outside';
  /** The answer, or why there is none. */
  answer: { readonly value: unknown } | { readonly reason: unknown } | undefined = undefined;
  override get outlastsHalt(): boolean {
    return true;
  }

  readonly #strand: Strand;
  readonly #controller: AbortController | undefined;
  #waiting = true;

  constructor(strand: Strand, controller: AbortController | undefined) {
    super();
    this.#strand = strand;
    this.#controller = controller;
    strand.runner.outside++;
  }

  settle(answer: NonNullable<Outside['answer']>): void {
    this.answer = answer;
    if (this.#close()) this.#strand.wake(this);
  }

  cancel(): void {
    if (this.#close()) this.#controller?.abort();
  }

  describe(into: Waiting): void {
    into.ports.push('outside');
  }

  #close(): boolean {
    if (!this.#waiting) return false;
    this.#waiting = false;
    this.#strand.runner.outside--;
    return true;
  }
}

const atOnce = (hear: () => void): void => hear();

/**
 * Waits for work outside the network: the only way a promise enters a process.
 *
 * Gives what the promise gives; a rejection is thrown inside the process. When the process is stopped first, the promise is
 * abandoned (a late rejection is not an unhandled one) and the signal handed to `work` is aborted. In a finally block of a
 * process that is being stopped it still waits, for the grace time of the stop. Rules S5, S6, S11.
 *
 * @param work a promise already under way, or what starts it.
 */
export function* until<T>(work: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>)): Operation<T> {
  const strand = runningStrand();
  const controller = typeof work === 'function' ? new AbortController() : undefined;
  const promise = typeof work === 'function' ? work((controller as AbortController).signal) : work;
  const outside = new Outside(strand, controller);
  const answered = strand.runner.arrivals?.expect(strand.owner.id) ?? atOnce;
  Promise.resolve(promise).then(
    (value) => answered(() => outside.settle({ value })),
    (reason) => answered(() => outside.settle({ reason })),
  );
  yield outside;
  const { answer } = outside;
  if (answer !== undefined && 'reason' in answer) throw answer.reason;
  return answer?.value as T;
}
