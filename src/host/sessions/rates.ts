/** Turns counters looked at from time to time into rates. */
export class Rates {
  readonly #before = new Map<string, { readonly count: number; readonly atMs: number; readonly perSecond: number }>();

  /**
   * Messages a second since the last look at this counter; 0 at the first. Two looks within 50 ms give the same answer,
   * so that several watchers do not disturb each other. After the clock was set back counting starts anew.
   */
  look(name: string, count: number, atMs: number): number {
    const before = this.#before.get(name);
    const sinceMs = before === undefined ? -1 : atMs - before.atMs;
    if (before !== undefined && sinceMs >= 0 && sinceMs < 50) return before.perSecond;
    const perSecond = before === undefined || sinceMs < 0 ? 0 : ((count - before.count) * 1000) / sinceMs;
    this.#before.set(name, { count, atMs, perSecond });
    return perSecond;
  }
}
