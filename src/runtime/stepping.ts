import type { Operation, Received, Receiver, Sender, Suspension } from './port.ts';
import type { Doing } from './strand.ts';

/** What a process does that handles one message after the other and never waits by itself. */
export interface Stepper {
  step(message: unknown): void;
  /** The input is at its end. */
  end?(): void;
}

/** What a stepper has things done by, in this order, when its step is over. */
export interface Afterwards {
  send(out: Sender<unknown>, message: unknown): void;
  /** Any other operation, such as rejecting a message. */
  perform(operation: Operation<unknown>): void;
}

const performed = Symbol('an operation to perform');
const done: IteratorResult<Suspension, undefined> = { done: true, value: undefined };

/**
 * The body of a process without a generator: receives, steps, sends what the step emitted, in order, and so on. It ends with its
 * input, or when the readers of all outputs have gone. To others it is what it would be if written with `yield*`: the operations
 * of the ends are driven by hand, at half the price. Rule S70.
 */
export class Stepping implements Doing<undefined>, Afterwards {
  readonly #input: Receiver<unknown>;
  readonly #stepper: Stepper;
  /** Outputs whose readers may still be there. */
  readonly #wanted: Set<Sender<unknown>>;
  /** What is to be sent: an output, its message, the next output, …; or an operation and `performed`. */
  readonly #outbox: unknown[] = [];
  #emitted = 0;
  #taken = 0;
  /** The communication under way, and where it sends. */
  #doing: Iterator<Suspension, unknown> | undefined = undefined;
  #sendingTo: Sender<unknown> | undefined = undefined;
  #receiving = false;
  #over = false;

  /**
   * @param outputs those whose readers keep it going; `err` is none of them.
   */
  constructor(input: Receiver<unknown>, outputs: readonly Sender<unknown>[], make: (afterwards: Afterwards) => Stepper) {
    this.#input = input;
    this.#wanted = new Set(outputs);
    this.#stepper = make(this);
  }

  send(out: Sender<unknown>, message: unknown): void {
    this.#outbox[this.#emitted++] = out;
    this.#outbox[this.#emitted++] = message;
  }

  perform(operation: Operation<unknown>): void {
    this.#outbox[this.#emitted++] = operation;
    this.#outbox[this.#emitted++] = performed;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(given?: unknown): IteratorResult<Suspension, undefined> {
    for (;;) {
      const doing = this.#doing ?? this.#begin();
      if (doing === undefined) return done;
      const result = doing.next(given as undefined);
      if (result.done !== true) {
        this.#doing = doing;
        return result;
      }
      this.#doing = undefined;
      if (this.#receiving) this.#received(result.value as Received<unknown>);
      else if (result.value === false && this.#sendingTo !== undefined) this.#gone(this.#sendingTo);
    }
  }

  return(value: unknown): IteratorResult<Suspension, undefined> {
    this.#doing?.return?.(value);
    this.#over = true;
    return done;
  }

  throw(thrown: unknown): never {
    this.return(undefined);
    throw thrown;
  }

  /** The next communication; undefined when there is none. */
  #begin(): Iterator<Suspension, unknown> | undefined {
    if (this.#taken < this.#emitted) return this.#beginSend();
    this.#taken = 0;
    this.#emitted = 0;
    this.#receiving = true;
    return this.#over ? undefined : this.#input.receive()[Symbol.iterator]();
  }

  #beginSend(): Iterator<Suspension, unknown> {
    const out = this.#outbox[this.#taken];
    const message = this.#outbox[this.#taken + 1];
    this.#outbox[this.#taken + 1] = undefined;
    this.#taken += 2;
    this.#receiving = false;
    this.#sendingTo = message === performed ? undefined : (out as Sender<unknown>);
    const operation = message === performed ? (out as Operation<unknown>) : (out as Sender<unknown>).send(message);
    return operation[Symbol.iterator]();
  }

  #received(got: Received<unknown>): void {
    if (!got.ended) this.#stepper.step(got.value);
    else {
      this.#over = true;
      this.#stepper.end?.();
    }
  }

  #gone(out: Sender<unknown>): void {
    if (!this.#wanted.delete(out) || this.#wanted.size > 0) return;
    this.#over = true;
    this.#taken = this.#emitted;
  }
}
