import type { LiveMessage } from '#model/live.ts';

/** Something that has happened, told to whoever listens: after it is stored, in the order in which it was. */
export type Happening = Extract<LiveMessage, { type: 'edits' | 'design.deleted' | 'session.status' | 'session.fault' }>;

/** Where what happens is told. One listener's failure is nobody else's: it goes to `report`. */
export class Feed {
  readonly #listeners = new Set<(happening: Happening) => void>();
  readonly #report: (thrown: unknown) => void;

  constructor(report: (thrown: unknown) => void) {
    this.#report = report;
  }

  /** Listens until the returned function is called. */
  listen(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(happening: Happening): void {
    for (const listener of this.#listeners) {
      try {
        listener(happening);
      } catch (thrown) {
        this.#report(thrown);
      }
    }
  }
}
