import type { Design } from '#model/design.ts';
import { applyAll } from '#model/edits/apply.ts';
import { difference } from '#model/edits/diff.ts';
import type { Edit, Refusal } from '#model/edits/edit.ts';
import { rebase } from '#model/edits/transform.ts';
import type { Ack, CommittedTx, Tx } from '#model/edits/tx.ts';
import type { LiveMessage } from '#model/live.ts';
import { createStore, type Store } from '../base/store.ts';
import type { Theirs } from './behind.ts';
import type { DesignState, DesignStore, News, Surroundings, Travelled } from './design-state.ts';
import {
  applyPartly,
  composedWith,
  type Line,
  longestHistory,
  oldestMs,
  type Pending,
  type Replayed,
  refreshed,
  replay,
  type Step,
  withAsideBack,
} from './line.ts';
import { carryOffers, type Note, withNotes } from './notes.ts';
import { createNotices, type Notices } from './notices.ts';
import { Sending } from './sending.ts';
import { contained, lossOf, stepAside, takeBack, takeIn } from './taking-in.ts';
import { offered, Telling } from './telling.ts';
import { authorsWords, leftWords, ofWords } from './words.ts';

/**
 * A design that is edited here and elsewhere: it answers at once, is confirmed by the server, and is corrected when refused.
 * Rules E30… in `docs/spec/edit.md`.
 *
 * It knows no page and no socket, so that it also runs in Node: whoever opens it hands in `send` (false when there is no socket),
 * `later`, `now`, `newId` and `tell`; says `opened()` when a socket is open, `lost()` when it is not, and hands every message of the socket to
 * `heard(message)`. `keep`, called after every change, gets what must survive; handed to `openDesign` later, it goes on from there.
 *
 *     const send = (frame) => socket.readyState === WebSocket.OPEN && (socket.send(JSON.stringify(frame)), true);
 *     const store = openDesign({ confirmed: design }, { kinds, send, … });
 *     socket.on('open', () => store.opened());
 *     socket.on('message', (text) => store.heard(JSON.parse(text)));
 *     socket.on('close', () => store.lost());
 */

/** Opens a design that was fetched, or was kept before. */
export function openDesign(from: Pick<Line, 'confirmed'> & Partial<Line>, around: Surroundings): DesignStore {
  return new OpenDesign({ waiting: [], undo: [], redo: [], notes: [], ...from }, around);
}

const mostRecent = 200;
/** Of a longer absence the server names those who did the first of it. */
const mostNamed = 999;
/** More than this, or older, and what does not fit is not given up piece by piece. */
const manyWaiting = 50;
const longAwayMs = 24 * 3_600_000;

class OpenDesign implements DesignStore {
  readonly state: Store<DesignState>;
  readonly #around: Surroundings;
  readonly #sending: Sending;
  readonly #notices: Notices;
  /** Committed, and still waiting for what comes before. */
  readonly #arrived = new Map<number, CommittedTx>();
  /** Answers that say more than what has arrived yet. */
  readonly #answers = new Map<string, { readonly rev: number; readonly refusal?: Refusal; readonly ack?: Ack }>();
  readonly #recent: Theirs[] = [];
  readonly #telling: Telling;
  /** Of somebody else, and what waited then; not held against what this person set yet. */
  readonly #heardOf: { readonly tx: CommittedTx; readonly waiting: readonly Pending[] }[] = [];
  /** Transactions of this person that go another way, and what they are called. */
  readonly #expected = new Map<string, string>();

  constructor(line: Line, around: Surroundings) {
    this.#around = around;
    this.state = createStore<DesignState>(shownOf(line, replay(line.confirmed, line.waiting, around.kinds), false));
    this.#telling = new Telling({
      ...around,
      shown: () => this.state.get().shown,
      note: (notes) => this.#putNotes(withNotes(this.state.get().notes, notes)),
    });
    this.#notices = createNotices({
      now: around.now,
      line: (is, text, more) => this.#telling.line(is, text, more),
      of: (edit) => ofWords(edit, this.state.get().shown, around.kinds),
    });
    this.#sending = new Sending(around, {
      confirmed: () => this.state.get().confirmed,
      waiting: () => this.state.get().waiting,
      went: (sent) => this.#went(sent),
      changed: () => this.#set(this.state.get()),
      acknowledged: (ack) => this.#acknowledged(ack),
      impossible: (txId, message) => this.#refused(txId, 0, { code: 'EDIT_MALFORMED', message, pointer: '' }),
    });
  }

  commit(label: string, edits: readonly Edit[]): Refusal | undefined {
    const now = this.state.get();
    const applied = applyAll(now.shown, edits, this.#around.kinds);
    if (!applied.ok) return applied.refusal;
    const notes = carryOffers(now.notes, edits);
    const txId = this.#around.newId();
    const line: Line = composedWith({ ...now, notes }, label, edits) ?? {
      ...now,
      notes,
      waiting: [...now.waiting, { txId, label, edits, madeAtMs: this.#around.now() }],
      undo: [...now.undo, { txId, label, back: applied.inverse, left: [] }].slice(-longestHistory),
      redo: [],
    };
    this.#notices.wrote(line.waiting.at(-1)?.txId ?? txId, edits);
    this.#set(line);
    this.#sending.pump();
    return undefined;
  }

  undo(): Travelled {
    return this.#step('undo', 'redo');
  }

  redo(): Travelled {
    return this.#step('redo', 'undo');
  }

  opened(): void {
    this.#sending.ask();
  }

  lost(): void {
    this.#sending.away();
  }

  heard(message: LiveMessage): void {
    if (!('designId' in message) || message.designId !== this.state.get().confirmed.id) return;
    if (message.type === 'welcome') this.#welcome(message);
    else if (message.type === 'edits') this.#arrive(message.txs);
    else if (message.type === 'ack') this.#acknowledged(message);
    else if (message.type === 'refused') this.#refused(message.txId, message.rev, message.refusal);
    else if (message.type === 'resync') this.#sending.troubled();
    else if (message.type === 'problem') this.#sending.problem(message.txId, message.code, message.detail);
  }

  settleAside(how: 'send' | 'forget'): void {
    const { aside: _, ...rest } = this.state.get();
    if (how === 'forget') this.#set(rest);
    else this.#finish(withAsideBack(this.state.get()));
    this.#sending.pump();
  }

  take(notes: readonly string[]): void {
    const now = this.state.get();
    const open = now.notes.filter(({ id, offer, taken }) => notes.includes(id) && offer !== undefined && taken !== true);
    if (open.length === 0) return;
    this.#putNotes(now.notes.map((note) => (open.includes(note) ? { ...note, taken: true } : note)));
    const { label, design, done, left } = offered(open.toReversed(), now.shown, this.#around.kinds);
    if (done.length > 0) this.commit(label, done);
    this.#telling.unfit(left, design, done.length > 0);
  }

  tend(how: 'seen' | 'forget'): void {
    const { notes } = this.state.get();
    if (how === 'forget') this.#putNotes([]);
    else if (notes.some(({ seen }) => seen !== true)) this.#putNotes(notes.map((note) => ({ ...note, seen: true })));
  }

  also(news: News): void {
    this.#telling.also(news);
  }

  expect(txId: string, label: string): () => void {
    this.#expected.set(txId, label);
    return () => this.#expected.delete(txId);
  }

  close(): void {
    this.#sending.close();
  }

  #set(line: Line): void {
    const replayed = replay(line.confirmed, line.waiting, this.#around.kinds);
    this.#put(shownOf(line, replayed, this.#sending.flows));
  }

  #put(next: DesignState): void {
    this.state.set(next);
    const { confirmed, waiting, undo, redo, aside, notes } = next;
    this.#around.keep?.({ confirmed, waiting, undo, redo, aside, notes });
  }

  #putNotes(notes: readonly Note[]): void {
    if (notes !== this.state.get().notes) this.#put({ ...this.state.get(), notes });
  }

  #went(sent: ReadonlyMap<string, Tx>): void {
    const now = this.state.get();
    this.#telling.went(sent);
    const marked = now.waiting.map((pending) => {
      const tx = sent.get(pending.txId);
      return tx === undefined ? pending : { ...pending, sent: tx };
    });
    this.#set({ ...now, waiting: marked });
  }

  // E34  The other way is made at this moment, of what was really done.
  #step(which: 'undo' | 'redo', other: 'undo' | 'redo'): Travelled {
    const now = this.state.get();
    const last = now[which].at(-1);
    if (last === undefined) return { is: 'nothing' };
    const { design, done, inverse, left: unfit } = applyPartly(now.shown, last.back, this.#around.kinds);
    const left = [...new Set([...last.left, ...unfit.map((edit) => leftWords(edit, design, undefined))])];
    const rest = { ...now, [which]: now[which].slice(0, -1) };
    const travelled: Travelled = { is: done.length === 0 ? 'impossible' : 'done', label: last.label, left };
    if (done.length === 0) {
      this.#set(rest);
      this.#telling.travelled(which, travelled, last.back);
      return travelled;
    }
    const txId = this.#around.newId();
    const label = `${which} ${last.label}`;
    const pending: Pending = { txId, label, edits: done, madeAtMs: this.#around.now(), undoOf: last.txId, partly: true };
    const back: Step = { txId, label: last.label, back: inverse, left: [] };
    this.#notices.wrote(txId, done);
    const waiting = [...now.waiting, pending];
    const notes = carryOffers(now.notes, done);
    this.#set({ ...rest, waiting, notes, [other]: [...now[other], back].slice(-longestHistory) });
    this.#telling.travelled(which, travelled, last.back);
    this.#sending.pump();
    return travelled;
  }

  #welcome(message: Extract<LiveMessage, { type: 'welcome' }>): void {
    const before = this.state.get();
    if (message.snapshot === undefined && message.rev < before.confirmed.rev) {
      this.#sending.ask(true);
      return;
    }
    const many = before.waiting.length > manyWaiting || this.#around.now() - oldestMs(before) > longAwayMs;
    const take = (line: Line) => (message.snapshot === undefined ? line : this.#replaced(line, message.snapshot, message.by));
    for (const tx of message.tail ?? []) this.#arrived.set(tx.rev, tx);
    let line = this.#followed(take(before));
    if (many && before.aside === undefined && this.#hasMisfit(line)) line = this.#putAside(before, message, take);
    this.#finish(line);
    this.#sending.welcomed();
  }

  // E37  Much was made while away and does not all fit: nothing of it is sent nor given up until the person says.
  #putAside(before: Line, { tail = [] }: { tail?: readonly CommittedTx[] }, take: (line: Line) => Line): Line {
    const ids = new Set(before.waiting.map(({ txId }) => txId));
    const others = (steps: readonly Step[]) => steps.filter(({ txId }) => !ids.has(txId));
    for (const tx of tail) this.#arrived.set(tx.rev, tx);
    const aside = { rev: before.confirmed.rev, made: before.waiting, carried: before.waiting };
    const line = this.#followed(take({ ...before, waiting: [], undo: others(before.undo), redo: others(before.redo), aside }));
    const text = `${before.waiting.length} changes made while away do not all fit any more.`;
    this.#around.tell({ is: 'aside', text, notes: [] });
    return line;
  }

  // E50  The design as a whole: to what waits it is as if those who changed it had made all the difference at once.
  #replaced(line: Line, design: Design, by: readonly string[] = []): Line {
    this.#arrived.clear();
    const edits = difference(line.confirmed, design);
    const others = by.filter((name) => name !== this.#around.name?.());
    const actor = authorsWords(others.length > 0 ? others : by, design.rev - line.confirmed.rev > mostNamed);
    const tx: CommittedTx = { rev: design.rev, txId: '', actor, via: '', at: design.updatedAt, edits };
    const taken = edits.length === 0 ? undefined : takeIn(line, tx, this.#around.kinds);
    if (taken?.theirs !== undefined) this.#remember(taken.theirs);
    return { ...(taken?.line ?? line), confirmed: design };
  }

  #acknowledged(ack: Ack): void {
    const { txId, rev, edits } = ack;
    this.#telling.left(ack);
    if (!this.state.get().waiting.some((pending) => pending.txId === txId)) return;
    this.#answers.set(txId, { rev, ack });
    const at = new Date(this.#around.now()).toISOString();
    const tx: CommittedTx = { rev, txId, actor: this.#around.name?.() ?? '', via: 'socket', at, edits };
    this.#arrive(edits.length === 0 ? [] : [tx]);
  }

  #arrive(txs: readonly CommittedTx[]): void {
    const { rev } = this.state.get().confirmed;
    for (const tx of txs) if (tx.rev > rev && !this.#arrived.has(tx.rev)) this.#arrived.set(tx.rev, tx);
    this.#finish(this.#followed(this.state.get()));
    this.#sending.pump();
  }

  // E30  What follows without a gap is taken in.
  #followed(from: Line): Line {
    let line = from;
    for (;;) {
      for (const rev of this.#arrived.keys()) if (rev <= line.confirmed.rev) this.#arrived.delete(rev);
      const tx = this.#arrived.get(line.confirmed.rev + 1);
      if (tx === undefined) return line;
      const taken = takeIn(line, tx, this.#around.kinds, this.#expected.get(tx.txId));
      if (taken === undefined) {
        // Made of kinds that are known otherwise here.
        this.#arrived.clear();
        this.#around.later(() => this.#sending.ask(true), 0);
        return line;
      }
      line = taken.line;
      this.#expected.delete(tx.txId);
      if (taken.theirs !== undefined) this.#remember(taken.theirs, line);
    }
  }

  #remember(theirs: Theirs, line?: Line): void {
    this.#recent.push(theirs);
    if (this.#recent.length > mostRecent) this.#recent.shift();
    if (line === undefined) return;
    this.#heardOf.push({ tx: theirs.tx, waiting: line.waiting });
    this.#around.theirs?.(theirs.tx);
  }

  #finish(line: Line): void {
    this.#set(this.#settled(this.#answered(line)));
    this.#sending.missing(this.#arrived.size > 0);
    for (const { tx, waiting } of this.#heardOf.splice(0)) this.#notices.theirs(tx, waiting);
    this.#telling.losses();
  }

  // An answer counts once all that came before it is here: then it is known who was first.
  #answered(from: Line): Line {
    let line = from;
    for (const [txId, { rev, refusal, ack }] of this.#answers) {
      if (line.confirmed.rev < rev) continue;
      this.#answers.delete(txId);
      const pending = line.waiting.find((other) => other.txId === txId);
      if (pending === undefined) continue;
      if (refusal !== undefined) line = this.#givenUp(line, pending, refusal);
      else line = contained(line, txId, ack?.inverse ?? []);
    }
    return line;
  }

  #hasMisfit({ confirmed, waiting }: Line): boolean {
    const { unfit } = replay(confirmed, waiting, this.#around.kinds);
    return waiting.some(({ txId, lost }) => lost !== undefined || unfit.has(txId));
  }

  // E32 E51  What was not sent yet and is no longer possible is taken back here; of what was sent, and what was made after that, the server
  // says so, and it steps aside until then.
  #settled(from: Line): Line {
    let line = from;
    for (;;) {
      const { unfit } = replay(line.confirmed, line.waiting, this.#around.kinds);
      const judged = line.waiting.findIndex(({ sent, lost }) => sent !== undefined && lost !== undefined);
      const waits = ({ sent }: Pending, at: number) => sent !== undefined || (judged >= 0 && at > judged);
      const at = line.waiting.findIndex((pending, number) => {
        if (unfit.has(pending.txId)) return true;
        return (pending.lost !== undefined || pending.edits.length === 0) && !waits(pending, number);
      });
      const misfit = line.waiting[at];
      if (misfit === undefined) return line;
      const refusal = misfit.lost?.refusal ?? unfit.get(misfit.txId);
      if (refusal === undefined) line = takeBack(line, misfit.txId, this.#around.kinds);
      else if (!waits(misfit, at)) line = this.#givenUp(line, misfit, refusal);
      else line = stepAside(line, misfit.txId, lossOf(misfit, refusal, this.#recent), this.#around.kinds);
    }
  }

  #refused(txId: string, rev: number, refusal: Refusal): void {
    this.#answers.set(txId, { rev, refusal });
    this.#arrive([]);
  }

  #givenUp(line: Line, pending: Pending, refusal: Refusal): Line {
    const at = line.waiting.indexOf(pending);
    const left = takeBack(line, pending.txId, this.#around.kinds);
    const later = left.waiting.slice(at).flatMap(({ lost, edits }) => (lost === undefined ? edits : []));
    const edits = rebase(pending.edits, later, 'before').edits.map(({ edit }) => edit);
    this.#telling.loses({ label: pending.label, lost: lossOf(pending, refusal, this.#recent), given: { edits, refusal } });
    return left;
  }
}

function shownOf(
  { confirmed, waiting, undo, redo, aside, notes }: Line,
  { shown, inverses }: Replayed,
  flows: boolean,
): DesignState {
  const saving = waiting.length === 0 ? 'saved' : flows ? 'sending' : 'kept';
  return {
    confirmed,
    shown,
    waiting,
    undo: refreshed(undo, inverses),
    redo: refreshed(redo, inverses),
    notes,
    saving,
    ...(aside !== undefined && { aside }),
  };
}
