import { none } from '#runtime/channels/passage.ts';
import type { Operation, Received, Receiver, Sender, Suspension } from '#runtime/port.ts';
import { breathing, type SteppingBody } from './strand.ts';

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

/** What the ends of the runtime can do besides: the same at once, without an operation, when it need not wait. */
interface QuickReceiver extends Receiver<unknown> {
  /** `none`: receive it. */
  takeNow?(): unknown;
}
interface QuickSender extends Sender<unknown> {
  /** Undefined: send it. */
  offerNow?(message: unknown): boolean | undefined;
}

const performed = Symbol('an operation to perform');
const done: IteratorResult<Suspension, undefined> = { done: true, value: undefined };

/**
 * The body of a process without a generator: receives, steps, sends what the step emitted, in order, and so on. It ends with its
 * input, or when the readers of all outputs have gone. To others it is what it would be if written with `yield*`: the operations
 * of the ends are driven by hand, at half the price. Rule S70.
 */
export class Stepping implements SteppingBody, Afterwards {
  readonly #input: QuickReceiver;
  readonly #stepper: Stepper;
  /** Outputs whose readers may still be there. */
  #wanted: readonly Sender<unknown>[];
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
    this.#wanted = outputs;
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
      const waits = this.#continue(given) ?? this.#sendAll();
      if (waits !== undefined) return waits as IteratorResult<Suspension, undefined>;
      if (this.#over) return done;
      const message = this.#input.takeNow?.() ?? none;
      if (message !== none) this.#stepper.step(message);
      else this.#receive();
    }
  }

  waitsFor(operation: unknown): boolean {
    return this.#receiving && this.#doing === operation;
  }

  handle(message: unknown): IteratorResult<Suspension, unknown> | undefined {
    const receiving = this.#doing;
    this.#doing = undefined;
    this.#stepper.step(message);
    const waits = this.#sendAll();
    if (waits !== undefined) return waits;
    if (this.#over) return breathing;
    this.#receiving = true;
    this.#doing = receiving;
    return undefined;
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

  /** The communication under way: undefined when it is done, or there is none. */
  #continue(given: unknown): IteratorResult<Suspension, unknown> | undefined {
    if (this.#doing === undefined) return undefined;
    const result = this.#doing.next(given as undefined);
    if (result.done !== true) return result;
    this.#doing = undefined;
    if (this.#receiving) this.#received(result.value as Received<unknown>);
    else if (result.value === false && this.#sendingTo !== undefined) this.#gone(this.#sendingTo);
    return undefined;
  }

  #receive(): void {
    this.#receiving = true;
    this.#doing = this.#input.receive()[Symbol.iterator]();
  }

  /** Sends what was emitted; gives what it has to wait for. */
  #sendAll(): IteratorResult<Suspension, unknown> | undefined {
    while (this.#taken < this.#emitted) {
      const out = this.#outbox[this.#taken] as QuickSender & Operation<unknown>;
      const message = this.#outbox[this.#taken + 1];
      this.#outbox[this.#taken + 1] = undefined;
      this.#taken += 2;
      const sent = message === performed ? undefined : out.offerNow?.(message);
      if (sent === false) this.#gone(out);
      if (sent !== undefined) continue;
      this.#receiving = false;
      this.#sendingTo = message === performed ? undefined : out;
      this.#doing = (message === performed ? out : out.send(message))[Symbol.iterator]();
      const waits = this.#continue(undefined);
      if (waits !== undefined) return waits;
    }
    this.#taken = 0;
    this.#emitted = 0;
    return undefined;
  }

  #received(got: Received<unknown>): void {
    if (!got.ended) this.#stepper.step(got.value);
    else {
      this.#over = true;
      this.#stepper.end?.();
    }
  }

  #gone(out: Sender<unknown>): void {
    if (!this.#wanted.includes(out)) return;
    this.#wanted = this.#wanted.filter((other) => other !== out);
    if (this.#wanted.length > 0) return;
    this.#over = true;
    this.#taken = this.#emitted;
  }
}
