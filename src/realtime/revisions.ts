import type { CommittedTx } from '#model/edits/tx.ts';

/** Transactions kept that came before the one they follow; beyond, the log is read instead. */
const mostEarly = 1_000;

/**
 * Brings the transactions of one design into the order of their revisions, whatever order they are heard in: of two servers that
 * commit in turn, each hears of its own first.
 */
export class Revisions {
  readonly #early = new Map<number, CommittedTx>();
  #taken: number | undefined;
  #heard = 0;

  /** The revision of the last one taken; undefined until it is known where to begin. */
  get taken(): number | undefined {
    return this.#taken;
  }

  /** Where to begin: what led to this revision or to one before is known. */
  beginAt(rev: number): void {
    this.#taken ??= rev;
    for (const early of this.#early.keys()) if (early <= this.#taken) this.#early.delete(early);
  }

  /** Learns that there is a revision `to`, and perhaps what led there. */
  hear(to: number, txs: readonly CommittedTx[]): void {
    this.#heard = Math.max(this.#heard, to);
    for (const tx of txs) {
      const isNew = this.#taken === undefined || tx.rev > this.#taken;
      if (isNew && this.#early.size < mostEarly) this.#early.set(tx.rev, tx);
    }
  }

  /** Learns what the log holds next after the last taken; a page of it is always kept, since the log has what came later, too. */
  hearLog(txs: readonly CommittedTx[]): void {
    if (this.#early.size + txs.length > mostEarly) this.#early.clear();
    this.hear(txs.at(-1)?.rev ?? 0, txs);
  }

  /** Those that follow the last taken, without a gap. */
  take(): readonly CommittedTx[] {
    const txs: CommittedTx[] = [];
    if (this.#taken === undefined) return txs;
    for (;;) {
      const tx = this.#early.get(this.#taken + 1);
      if (tx === undefined) return txs;
      this.#early.delete(tx.rev);
      this.#taken = tx.rev;
      txs.push(tx);
    }
  }

  /** Whether something is known to have happened that was not heard. Asked after `take`. */
  get hasGap(): boolean {
    return this.#taken !== undefined && this.#heard > this.#taken;
  }
}
