import { serviceBoundsMs } from '#model/sessions/service-times.ts';

/** What is counted of a process besides its messages. Sampled, so that counting costs little: S62 to S64 in `docs/spec/session.md`. */

/** One of so many resumes is timed. A prime, so that it does not fall in step with a network. */
export const resumesASample = 61;
/** Of the first messages of a channel the 1st, 2nd, 4th … are timed, then one of as many. A power of two. */
export const messagesASample = 64;

/** S63: whether the service of this message, counted from 1, is timed. */
export function isTimed(number: number): boolean {
  return number < messagesASample ? (number & (number - 1)) === 0 : (number & (messagesASample - 1)) === 0;
}

/** What was measured of a process that was timed at all. */
interface Measured {
  cpuMs: number;
  sinceMs: number;
  /** Service times by bucket, up to the longest there was: mostly few, and a typed array would take a third of a microsecond to make. */
  readonly services: number[];
}

export class Account {
  #serving = false;
  /** Made with the first measure: of thousands of processes most have never been timed. */
  #measured: Measured | undefined = undefined;

  /** Processor time of its resumes, in milliseconds; an estimate. */
  get cpuMs(): number {
    return this.#measured?.cpuMs ?? 0;
  }

  /** Its resumes took so long. */
  spent(ms: number): void {
    this.#made().cpuMs += ms;
  }

  /** A message was received: the service begins. */
  begin(): void {
    this.#serving = true;
    this.#made().sinceMs = performance.now();
  }

  /** The process asks for its next message, or waits for it. */
  end(): void {
    if (this.#serving) this.#end();
  }

  #end(): void {
    this.#serving = false;
    const measured = this.#made();
    const tookMs = performance.now() - measured.sinceMs;
    const { services } = measured;
    let bucket = 0;
    while (bucket < serviceBoundsMs.length && tookMs > (serviceBoundsMs[bucket] as number)) bucket++;
    while (services.length <= bucket) services.push(0);
    services[bucket] = (services[bucket] as number) + 1;
  }

  #made(): Measured {
    this.#measured ??= { cpuMs: 0, sinceMs: 0, services: [] };
    return this.#measured;
  }

  /** How many of the timed services took at most each bound, and longer than the one before; undefined when none was timed. */
  get services(): readonly number[] | undefined {
    const { services = [] } = this.#measured ?? {};
    if (services.length === 0) return undefined;
    return Array.from({ length: serviceBoundsMs.length + 1 }, (_, bucket) => services[bucket] ?? 0);
  }
}

/** Bytes of a message where that is known without looking into it: text (UTF-16 units) and bytes. */
export function bytesOf(message: unknown): number | undefined {
  if (typeof message === 'string') return message.length * 2;
  return ArrayBuffer.isView(message) ? message.byteLength : undefined;
}
