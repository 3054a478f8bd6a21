import { clearImmediate, setImmediate } from 'node:timers';
import type { App } from '#app/app.ts';
import { owner } from '#app/parts.ts';
import type { Cancel, Clock } from '#base/clock.ts';
import { CodedError } from '#base/errors.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import type { Doing } from '#model/presence.ts';
import type { DesignMessage } from './bus-message.ts';
import { Company } from './company.ts';
import { Due } from './due.ts';
import { editsFrames, type Frame } from './frame.ts';
import { openingMissed } from './live-errors.ts';
import type { Member } from './member.ts';
import { type Opening, openingOf } from './opening.ts';
import type { Outlet } from './outlet.ts';
import type { Pace } from './pace.ts';
import type { Relay } from './relay.ts';
import { Revisions } from './revisions.ts';

/** What an open design works with. */
export interface OpenDesignParts {
  readonly app: Pick<App, 'editsSince' | 'getDesign'>;
  readonly clock: Clock;
  /** Milliseconds that only go forward, with fractions. */
  readonly stopwatch: () => number;
  readonly pace: Pace;
  readonly relay: Relay;
  readonly report: (thrown: unknown) => void;
  /** Called when nobody has it open any more. */
  readonly closed: () => void;
}

/** W36: what people do within this time is told together. */
const doingsMs = 16;
/** What is missing before a revision is often on its way: so long it is given before the log is read. */
const gapMs = 16;
/** One without room for presence is looked at again after this. */
const roomMs = 250;
/** W41: how often the log is looked at for what the bus did not bring. */
const lookMs = 5_000;
/** After this a log that could not be read is read again. */
const retryMs = 1_000;
const logPage = 1_000;

const caller = owner('socket');

/**
 * A design that somebody here has open: those people, and what they are told.
 *
 *   feed ──▶┐                                       ┌──▶ edits     one text for all, at the pace of the server
 *   bus  ──▶┤ revisions, brought into their order   ├
 *   log  ──▶┘ (a gap: the log is read)              └──▶ presence  at most every 50 ms a person
 *
 * W31  Each is told every revision after the one of `welcome`, in order, none twice.
 * W36  Edits are told at once, and together where they come faster than every 8 to 16 ms; presence at most every 16 ms.
 * W41  What the bus loses is read from the log: at the next revision heard of, when the bus is back, and every 5 s.
 */
export class OpenDesign {
  readonly designId: string;
  readonly #parts: OpenDesignParts;
  readonly #members = new Set<Member>();
  readonly #company: Company;
  readonly #revisions = new Revisions();
  readonly #edits: Due;
  readonly #doings: Due;
  #begunAt: number | undefined;
  #look: Cancel | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;
  #toldDoingsMs = Number.NEGATIVE_INFINITY;
  /** After which revision something is missing, and since when. */
  #gap: { readonly after: number | undefined; readonly sinceMs: number } | undefined;
  #isReadingLog = false;

  constructor(designId: string, parts: OpenDesignParts) {
    this.designId = designId;
    this.#parts = parts;
    this.#company = new Company(designId, this.#members, parts.relay);
    const { clock, stopwatch } = parts;
    // With the end of this turn of the event loop: by then who asked has his answer, and the next commit is under way.
    const after = (delayMs: number, fire: () => void): Cancel => (delayMs > 0 ? clock.after(delayMs, fire) : soon(fire));
    this.#edits = new Due(stopwatch, after, () => this.#tellEdits());
    this.#doings = new Due(
      stopwatch,
      (delayMs, fire) => clock.after(delayMs, fire),
      () => this.#tellDoings(),
    );
  }

  /** The colour for who comes next: the one that the fewest have. */
  get freeColour(): number {
    return this.#company.freeColour;
  }

  has(member: Member): boolean {
    return this.#members.has(member);
  }

  /** Whom to tell what concerns the design besides edits. */
  get outlets(): readonly Outlet[] {
    return [...this.#members].filter(({ isWelcome }) => isWelcome).map(({ outlet }) => outlet);
  }

  /**
   * Tells a member how the design is, and from then on what happens to it.
   *
   * @param isThere false when the member has left meanwhile.
   * @throws APP_DESIGN_UNKNOWN; then one who was not welcome before is not a member.
   */
  async welcome(member: Member, lastRev: number | undefined, isThere: () => boolean): Promise<void> {
    this.#members.add(member);
    member.reads();
    try {
      const opening = await this.#opening(lastRev);
      if (!isThere() || !this.#members.has(member)) return;
      this.#revisions.beginAt(opening.rev);
      this.#begunAt ??= opening.rev;
      const peers = this.#company.besides(member);
      member.outlet.send({ type: 'welcome', designId: this.designId, ...opening, you: member.peer, peers });
      member.welcomed(opening.rev);
      this.#company.came(member);
      this.#windLook();
      this.#windEdits();
      this.#windDoings(0);
    } finally {
      if (!member.isWelcome) this.#remove(member);
    }
  }

  leave(member: Member): void {
    if (!this.#members.has(member)) return;
    this.#company.left(member);
    this.#remove(member);
  }

  /** What a member does; what is left out is as it was. */
  does(member: Member, doing: Doing): void {
    this.#company.does(member, doing);
    this.#windDoings(0);
  }

  /** Tells one peer what another says. @throws LIVE_PEER_GONE. */
  say(from: Member, to: string, text: string): void {
    this.#company.say(from, to, text, new Date(this.#parts.clock.now()).toISOString());
  }

  /** There is a revision `to`, and perhaps what led there. */
  happened(to: number, txs: readonly CommittedTx[]): void {
    this.#revisions.hear(to, txs);
    this.#windEdits();
  }

  /** What another server told. */
  heard(message: DesignMessage, server: string): void {
    if (message.is === 'edits') this.happened(message.to, message.txs ?? []);
    else {
      this.#company.heard(message, server);
      this.#windDoings(0);
    }
  }

  /** The bus is back: looks for what it may not have brought, and asks who is there. */
  lookAgain(): void {
    this.#company.tellWhoIsHere(true);
    void this.#readLog();
  }

  /** Tells now what is known of edits. */
  spread(): void {
    const txs = this.#revisions.take();
    if (txs.length === 0) return;
    let made: readonly Frame[] | undefined;
    const frames = (): readonly Frame[] => {
      made ??= editsFrames(this.designId, txs);
      return made;
    };
    this.#toldMs = this.#parts.pace.tell(() => {
      for (const member of this.#members) member.take(txs, frames);
    });
  }

  /** The design was deleted: says so, and nobody has it open any more. */
  end(): void {
    this.spread();
    this.#company.tell({ type: 'design.deleted', designId: this.designId });
    for (const member of this.#members) this.#remove(member);
  }

  // What is told while it is read is held for the member, so it must not be older than what was told before.
  async #opening(lastRev: number | undefined): Promise<Opening> {
    const told = this.#revisions.taken;
    for (let trial = 0; trial < 3; trial++) {
      const opening = await openingOf(this.#parts.app, caller, this.designId, lastRev);
      if (opening.rev >= (told ?? this.#begunAt ?? 0)) return opening;
    }
    throw openingMissed();
  }

  // Who left while the present was read for him is taken out twice: by then another may have the design open anew.
  #remove(member: Member): void {
    if (!this.#members.delete(member) || this.#members.size > 0) return;
    this.#edits.cancel();
    this.#doings.cancel();
    this.#look?.();
    this.#parts.closed();
  }

  #windEdits(): void {
    if (this.#members.size > 0) this.#edits.within(this.#parts.pace.waitMs(this.#toldMs));
  }

  #tellEdits(): void {
    // Other designs may have been told meanwhile.
    if (this.#parts.pace.waitMs(this.#toldMs) > 0) this.#windEdits();
    else {
      this.spread();
      this.#mindGap();
    }
  }

  #mindGap(): void {
    if (!this.#revisions.hasGap) return;
    const [after, now] = [this.#revisions.taken, this.#parts.stopwatch()];
    if (this.#gap?.after !== after) this.#gap = { after, sinceMs: now };
    const leftMs = (this.#gap?.sinceMs ?? now) + gapMs - now;
    if (leftMs > 0) this.#edits.within(leftMs);
    else void this.#readLog();
  }

  /** Tells what people do in so many milliseconds; not before the last telling is 16 ms ago. */
  #windDoings(inMs: number): void {
    if (this.#members.size === 0) return;
    this.#doings.within(Math.max(inMs, this.#toldDoingsMs + doingsMs - this.#parts.stopwatch()));
  }

  #tellDoings(): void {
    this.#toldDoingsMs = this.#parts.stopwatch();
    const { moreInMs, someMissed } = this.#company.tellDoings(this.#toldDoingsMs);
    if (moreInMs !== undefined) this.#windDoings(moreInMs);
    if (someMissed) this.#windDoings(roomMs);
  }

  #windLook(): void {
    if (this.#look !== undefined || !this.#parts.relay.hasOthers) return;
    this.#look = this.#parts.clock.after(lookMs, () => {
      this.#look = undefined;
      this.#windLook();
      this.#company.look();
      void this.#readLog();
    });
  }

  async #readLog(): Promise<void> {
    if (this.#isReadingLog) return;
    this.#isReadingLog = true;
    try {
      while (await this.#readPage());
    } catch (thrown) {
      this.#unread(thrown);
    }
    this.#isReadingLog = false;
    this.#gap = undefined;
    if (this.#revisions.hasGap && this.#members.size > 0) this.#edits.within(retryMs);
  }

  /** @returns true when there may be more. */
  async #readPage(): Promise<boolean> {
    const { taken } = this.#revisions;
    if (taken === undefined || this.#members.size === 0) return false;
    const txs = await this.#parts.app.editsSince(caller, this.designId, taken, logPage);
    this.#revisions.hearLog(txs);
    this.spread();
    return txs.length === logPage && this.#revisions.taken !== taken;
  }

  #unread(thrown: unknown): void {
    const { code, blame } = thrown instanceof CodedError ? thrown : { code: '', blame: 'bug' };
    if (code === 'APP_DESIGN_UNKNOWN') this.end();
    // While the database is away everybody is told by other ways.
    else if (blame === 'bug') this.#parts.report(thrown);
  }
}

function soon(fire: () => void): Cancel {
  const immediate = setImmediate(fire);
  return () => clearImmediate(immediate);
}
