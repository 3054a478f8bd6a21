import type { App } from '#app/app.ts';
import { CodedError } from '#base/errors.ts';
import type { CommittedTx, Tx } from '#model/edits/tx.ts';
import type { LiveMessage } from '#model/live.ts';
import { txAfterFailed } from './live-errors.ts';
import type { Member } from './member.ts';
import { problemOf } from './problem-message.ts';
import type { Outcome, Refusals } from './refusals.ts';

/**
 * The transactions of one member: each is handed over at once, so that those under way can be committed together, and they are
 * answered in their order.
 *
 * W37  After one that failed, which is not refused, none is taken until hello is said again: what was built on it would be refused for
 *      the wrong reason.
 */
export class TxLine {
  readonly #app: Pick<App, 'commitTx'>;
  readonly #member: Member;
  readonly #refusals: Refusals;
  readonly #report: (thrown: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  #isBroken = false;

  constructor(app: Pick<App, 'commitTx'>, member: Member, refusals: Refusals, report: (thrown: unknown) => void) {
    this.#app = app;
    this.#member = member;
    this.#refusals = refusals;
    this.#report = report;
  }

  /** Hands one over; resolves when it is answered. */
  async submit(tx: Tx): Promise<void> {
    this.#member.asked(tx.txId);
    const outcome = this.#isBroken ? failed(txAfterFailed()) : this.#commit(tx);
    const before = this.#last;
    this.#last = (async () => {
      await before;
      const done = await outcome;
      for (const message of this.#answerTo(tx.txId, done)) this.#member.outlet.send(message);
      this.#member.answered(tx.txId);
    })();
    await this.#last;
  }

  /** Takes transactions again, once those before are answered. */
  async mend(): Promise<void> {
    await this.#last;
    this.#isBroken = false;
  }

  async #commit(tx: Tx): Promise<Outcome> {
    const { designId, peer } = this.#member;
    const caller = { actor: peer.name, via: 'socket' };
    return await this.#refusals.once(designId, tx.txId, () => this.#app.commitTx(caller, designId, tx).catch(failed));
  }

  #answerTo(txId: string, done: Outcome): readonly LiveMessage[] {
    const about = { designId: this.#member.designId, txId };
    if (done.is === 'committed') return [{ type: 'ack', designId: about.designId, ...done.ack }];
    if (done.is === 'failed') return this.#failed(about, done.thrown);
    // What is refused after a failure may be so because of it.
    if (this.#isBroken) return [problemOf(txAfterFailed(), about, this.#report)];
    if (done.is === 'stale') return [{ type: 'refused', ...about, rev: done.rev, refusal: replaced(done.since.at(-1)) }];
    const { refusal, rev } = done;
    const pointer = /^\/\d/.test(refusal.pointer) ? `/edits${refusal.pointer}` : refusal.pointer;
    return [{ type: 'refused', ...about, rev, refusal: { ...refusal, pointer } }];
  }

  #failed(about: { readonly designId: string; readonly txId: string }, thrown: unknown): readonly LiveMessage[] {
    const problem = problemOf(thrown, about, this.#report);
    // The caller's own fault would be the same again.
    const mayBeTriedAgain = !(thrown instanceof CodedError) || thrown.blame !== 'input';
    if (this.#isBroken || !mayBeTriedAgain) return [problem];
    this.#isBroken = true;
    return [problem, { type: 'resync', designId: about.designId, why: 'A transaction could not be done; it can be sent again.' }];
  }
}

const failed = (thrown: unknown): Outcome => ({ is: 'failed', thrown });

function replaced(since: CommittedTx | undefined) {
  const sentence = 'What this was made for has changed since.';
  const message = since === undefined ? sentence : `${sentence} ${since.actor} changed it last.`;
  const named = since && { rev: since.rev, txId: since.txId, actor: since.actor };
  return { code: 'REPLACED' as const, message, pointer: '/baseRev', ...(named !== undefined && { since: named }) };
}
