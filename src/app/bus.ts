/**
 * Carries texts between the servers of one database. It only spreads the word: what was committed is in the database, and whoever
 * missed a text reads it there. So a bus may lose, repeat and delay; it keeps the order of one sender.
 */
export interface Bus {
  /** Tells the other servers, and this one too. What cannot be sent now is forgotten. Never waits, never throws. */
  publish(text: string): void;
  /**
   * Called once, before the first text is wanted.
   *
   * @param heard called with each text.
   * @param back called whenever the connection is there again: texts may have been missed.
   */
  listen(heard: (text: string) => void, back: () => void): void;
  /** Gives up the connections that are there for new ones: they are open and nothing comes. */
  reconnect(): void;
  close(): Promise<void>;
}
