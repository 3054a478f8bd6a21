import { serviceBoundsMs } from '#model/service-times.ts';

/** What is counted of a process besides its messages. Sampled, so that counting costs little: S62 to S64 in `docs/spec/session.md`. */

/** One of so many resumes is timed. A prime, so that it does not fall in step with a network. */
export const resumesASample = 61;
/** Of the first messages of a channel the 1st, 2nd, 4th … are timed, then one of as many. A power of two. */
export const messagesASample = 64;

/** S63: whether the service of this message, counted from 1, is timed. */
export function isTimed(number: number): boolean {
  return number < messagesASample ? (number & (number - 1)) === 0 : (number & (messagesASample - 1)) === 0;
}

export class Account {
  /** Processor time of its resumes, in milliseconds; an estimate. */
  cpuMs = 0;
  /** Service times by bucket; made with the first. */
  #services: Uint32Array | undefined;
  #sinceMs = 0;
  #serving = false;

  /** A message was received: the service begins. */
  begin(): void {
    this.#serving = true;
    this.#sinceMs = performance.now();
  }

  /** The process asks for its next message, or waits for it. */
  end(): void {
    if (this.#serving) this.#end();
  }

  #end(): void {
    this.#serving = false;
    const tookMs = performance.now() - this.#sinceMs;
    const bucket = serviceBoundsMs.findIndex((bound) => tookMs <= bound);
    this.#services ??= new Uint32Array(serviceBoundsMs.length + 1);
    const at = bucket < 0 ? serviceBoundsMs.length : bucket;
    this.#services[at] = (this.#services[at] ?? 0) + 1;
  }

  /** How many of the timed services took at most each bound, and longer than the one before; undefined when none was timed. */
  get services(): readonly number[] | undefined {
    return this.#services === undefined ? undefined : [...this.#services];
  }
}

/** Bytes of a message where that is known without looking into it: text (UTF-16 units) and bytes. */
export function bytesOf(message: unknown): number | undefined {
  if (typeof message === 'string') return message.length * 2;
  return ArrayBuffer.isView(message) ? message.byteLength : undefined;
}
