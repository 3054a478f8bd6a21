import type { TxDone } from '#app/editing/commit.ts';

/** What became of a transaction; one that failed may be sent again. */
export type Outcome = TxDone | { readonly is: 'failed'; readonly thrown: unknown };

const mostRemembered = 10_000;

/**
 * W47  What was told as refused stays refused: said again, on this or another socket of the server, it has the answer of the first time, even
 *      where it would fit by now. What was done is remembered by the log, for ever and by every server; this by one server, the last 10,000.
 */
export class Refusals {
  /** Of what is under way, too: said twice at once it is asked once. */
  readonly #outcomes = new Map<string, Promise<Outcome>>();

  async once(designId: string, txId: string, commit: () => Promise<Outcome>): Promise<Outcome> {
    const key = `${designId} ${txId}`;
    const known = this.#outcomes.get(key);
    if (known !== undefined) return await known;
    const outcome = commit();
    this.#outcomes.set(key, outcome);
    const { is } = await outcome;
    if (is === 'committed' || is === 'failed') this.#outcomes.delete(key);
    const [oldest] = this.#outcomes.keys();
    if (this.#outcomes.size > mostRemembered && oldest !== undefined) this.#outcomes.delete(oldest);
    return await outcome;
  }
}
