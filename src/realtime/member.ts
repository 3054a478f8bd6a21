import type { CommittedTx } from '#model/edits/tx.ts';
import type { Peer } from '#model/presence.ts';
import { editsFrames, type Frame } from './frame.ts';
import type { Outlet } from './outlet.ts';

/**
 * One who has a design open by a socket, and how much of it was told there.
 *
 * W31  Every revision once and in order: `welcome` says up to where, `edits` go on from there.
 * W35  `edits` with one's own transaction come after its `ack`.
 */
export class Member {
  readonly designId: string;
  readonly outlet: Outlet;
  peer: Peer;
  /** Peers whose doing was not told because there was no room. */
  readonly missed = new Set<string>();
  #isWelcome = false;
  #isReading = true;
  #told = 0;
  /** Not told yet: while the present is read, or until one's own among them is acknowledged. */
  #held: CommittedTx[] = [];
  #heldBytes = 0;
  readonly #unanswered = new Set<string>();

  constructor(designId: string, outlet: Outlet, peer: Peer) {
    this.designId = designId;
    this.outlet = outlet;
    this.peer = peer;
  }

  /** Whether it was welcomed once: before, it is told nothing. */
  get isWelcome(): boolean {
    return this.#isWelcome;
  }

  /** The design is being read for this one; what happens meanwhile is held. */
  reads(): void {
    this.#isReading = true;
  }

  /** It has been told of everything up to `rev`. */
  welcomed(rev: number): void {
    this.#isWelcome = true;
    this.#isReading = false;
    this.#told = rev;
    this.#letGo();
  }

  /** A transaction of this one is under way. */
  asked(txId: string): void {
    this.#unanswered.add(txId);
  }

  /** It was told what became of that. */
  answered(txId: string): void {
    this.#unanswered.delete(txId);
    this.#letGo();
  }

  /** Takes what follows the last taken; `frames` are the same for all who were told the same so far. */
  take(txs: readonly CommittedTx[], frames: () => readonly Frame[]): void {
    if (this.#isReading || this.#held.length > 0 || this.#waitsFor(txs)) {
      this.#hold(txs, frames());
      return;
    }
    if (txs[0]?.rev === this.#told + 1) this.#send(frames(), txs);
    else this.#tell(txs);
  }

  // W25  What waits here waits for this reader, too.
  #hold(txs: readonly CommittedTx[], frames: readonly Frame[]): void {
    this.#held.push(...txs);
    for (const { length } of frames) this.#heldBytes += length;
    if (!this.outlet.keeps(this.#heldBytes)) this.#held = [];
  }

  #waitsFor(txs: readonly CommittedTx[]): boolean {
    return this.#unanswered.size > 0 && txs.some(({ txId }) => this.#unanswered.has(txId));
  }

  #letGo(): void {
    if (this.#isReading || this.#held.length === 0 || this.#waitsFor(this.#held)) return;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#tell(held);
  }

  #tell(txs: readonly CommittedTx[]): void {
    const news = txs.filter(({ rev }) => rev > this.#told);
    this.#send(editsFrames(this.designId, news), news);
  }

  #send(frames: readonly Frame[], txs: readonly CommittedTx[]): void {
    for (const frame of frames) this.outlet.sendFrame(frame);
    this.#told = txs.at(-1)?.rev ?? this.#told;
  }
}
