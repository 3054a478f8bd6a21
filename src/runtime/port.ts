/**
 * What a process sees of the runtime: operations it may `yield*`, and the two ends of a channel.
 * Rules C1… in `docs/spec/channel.md`, A1… in `docs/spec/alternation.md`.
 */

/** What an operation hands the scheduler when it cannot go on at once. Only the runtime reads it. */
export interface Suspension {
  readonly suspends: string;
}

/**
 * Something a process does with `yield*`: it may wait, be paused or stopped there, and gives a `T`. It is done once.
 * What a `function*` gives is one too.
 */
export type Operation<T> = Iterable<Suspension, T, unknown>;

/** A message, or the news that none will follow. */
export type Received<T> = { readonly ended: false; readonly value: T } | { readonly ended: true; readonly value?: undefined };

/** Something an alternation can wait for. `G` is what the chosen branch is told. */
export interface Guard<G = unknown> {
  readonly guards: G;
}

/** The reading end of a channel; also a guard. One process holds it. */
export interface Receiver<T> extends Guard<Received<T>> {
  /** Waits for a message or the end; after the end it gives the end again. */
  receive(): Operation<Received<T>>;
}

/** The writing end of a channel. One process holds it. */
export interface Sender<T> {
  /**
   * Waits until the message is taken (rendezvous) or held (buffer).
   *
   * @returns false when the reader has gone: the message is counted as dropped, and more will be too. A source should then return.
   */
  send(value: T): Operation<boolean>;
  /** Says that nothing follows. Never waits. Sending afterwards throws. A process that returns ends its outputs by itself. */
  end(): Operation<void>;
}
