/** Turns counters looked at from time to time into rates. */
export class Rates {
  readonly #before = new Map<string, { readonly count: number; readonly atMs: number; readonly perSecond: number }>();

  /**
   * Messages a second since the last look at this counter; 0 at the first. Two looks within 50 ms give the same answer,
   * so that several watchers do not disturb each other.
   */
  look(name: string, count: number, atMs: number): number {
    const before = this.#before.get(name);
    if (before !== undefined && atMs - before.atMs < 50) return before.perSecond;
    const perSecond = before === undefined ? 0 : ((count - before.count) * 1000) / (atMs - before.atMs);
    this.#before.set(name, { count, atMs, perSecond });
    return perSecond;
  }
}
