import type { Strand, Wait } from './strand.ts';

/** A strand that a hold stopped in the midst of its fuel. */
interface Stopped {
  readonly strand: Strand;
  /** What was left; undefined is all of it. */
  readonly fuel: number | undefined;
  /** The operation within which it was stopped. */
  readonly within: Wait | undefined;
}

/** Strands that a hold stopped, in the order in which they go on before all others: a pause does not change whose turn it is (S4). */
export class Interrupted {
  #stopped: Stopped[] = [];

  get none(): boolean {
    return this.#stopped.length === 0;
  }

  push(strand: Strand, fuel: number, within?: Wait): void {
    this.#stopped.push({ strand, fuel, within });
  }

  /** Takes the first and lets `goOn` run it; what is stopped anew meanwhile comes before the others. False when there is none. */
  first(goOn: (strand: Strand, fuel: number | undefined) => void): boolean {
    const [stopped, ...rest] = this.#stopped;
    if (stopped === undefined) return false;
    this.#stopped = [];
    const { strand, fuel } = stopped;
    if (!strand.done && strand.wait === undefined) goOn(strand, fuel);
    this.#stopped.push(...rest);
    return true;
  }

  /** Takes one out of its place; gives it when it was there. */
  withdraw(strand: Strand): Stopped | undefined {
    const at = this.#stopped.findIndex((stopped) => stopped.strand === strand);
    return at < 0 ? undefined : this.#stopped.splice(at, 1)[0];
  }
}
