import type { Feed } from '#app/feed.ts';
import { fitting } from '#base/fitting.ts';
import type { LogEntry } from '#store/designs/design-log.ts';
import type { Committed, Designs, Wish } from '#store/designs/designs.ts';
import { committedTx } from './committed-tx.ts';

/** Wishes of one transaction of the database, enough to share its cost, few enough that none waits long; and their edits: a wish with more goes alone. */
const together = { most: 64, mostWeight: 5_000 };

interface Waiting {
  readonly wish: Wish;
  readonly weight: number;
  readonly answered: PromiseWithResolvers<Committed | undefined>;
}

/**
 * Where what is wished of a design waits for what is being committed: all that waits is then committed together. So under load a
 * transaction of the database and its flush to disk are shared, and without load nobody waits.
 *
 * R10  Each is answered after COMMIT, and what was committed is told once, in the order of revisions. A transaction that fails
 *      fails all that were in it, and has changed nothing.
 */
export class CommitQueue {
  readonly #designs: Pick<Designs, 'commit'>;
  readonly #feed: Pick<Feed, 'tell'>;
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(designs: Pick<Designs, 'commit'>, feed: Pick<Feed, 'tell'>) {
    this.#designs = designs;
    this.#feed = feed;
  }

  /**
   * @param weight edits, about.
   * @returns what became of the wish; undefined when there is no such design.
   */
  async commit(designId: string, wish: Wish, weight: number): Promise<Committed | undefined> {
    const answered = Promise.withResolvers<Committed | undefined>();
    const line = this.#waiting.get(designId);
    const waiting = { wish, weight, answered };
    if (line !== undefined) line.push(waiting);
    else {
      this.#waiting.set(designId, [waiting]);
      void this.#drain(designId);
    }
    return await answered.promise;
  }

  /** Designs that somebody waits for. */
  get size(): number {
    return this.#waiting.size;
  }

  async #drain(designId: string): Promise<void> {
    const line = this.#waiting.get(designId) ?? [];
    while (line.length > 0) {
      const group = line.splice(
        0,
        fitting(line, ({ weight }) => weight, together),
      );
      try {
        const answers = await this.#designs.commit(
          designId,
          group.map(({ wish }) => wish),
        );
        this.#tell(designId, answers ?? []);
        for (const [number, { answered }] of group.entries()) answered.resolve(answers?.[number]);
      } catch (thrown) {
        for (const { answered } of group) answered.reject(thrown);
      }
    }
    this.#waiting.delete(designId);
  }

  #tell(designId: string, answers: readonly Committed[]): void {
    const entries = answers.flatMap((answer): LogEntry[] => (answer.is === 'committed' ? [answer.entry] : []));
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#feed.tell({ type: 'edits', designId, from: first.rev, to: last.rev, txs: entries.map(committedTx) });
  }
}
