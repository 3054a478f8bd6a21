import { applyAll } from '#model/apply.ts';
import { compose } from '#model/compose.ts';
import type { Design } from '#model/design.ts';
import { difference } from '#model/diff.ts';
import type { Edit, Refusal } from '#model/edit.ts';
import type { LiveMessage } from '#model/live.ts';
import { rebase } from '#model/transform.ts';
import type { Ack, CommittedTx, Tx } from '#model/tx.ts';
import { createStore, type Store } from '../base/store.ts';
import type { Theirs } from './behind.ts';
import type { DesignState, DesignStore, GivenBack, Surroundings, Travelled } from './design-state.ts';
import {
  applyPartly,
  carryPending,
  type Line,
  type Lost,
  type Pending,
  type Replayed,
  refreshed,
  replay,
  type Step,
} from './line.ts';
import { createNotices, type Notices } from './notices.ts';
import { Sending } from './sending.ts';
import { contained, lossOf, takeBack, takeIn } from './taking-in.ts';
import { leftWords, takenBackWords } from './words.ts';

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
  return new OpenDesign({ waiting: [], undo: [], redo: [], ...from }, around);
}

const longestHistory = 100;
const mostRecent = 200;
/** More at once are one line. */
const manyLosses = 2;
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
  /** Taken back, and not told yet. */
  readonly #losses: Loss[] = [];
  /** Sent as far as it fits: what does not is told with the answer. */
  readonly #partly = new Map<string, Tx>();

  constructor(line: Line, around: Surroundings) {
    this.#around = around;
    this.state = createStore<DesignState>(shownOf(line, replay(line.confirmed, line.waiting, around.kinds), false));
    this.#notices = createNotices({
      now: around.now,
      tell: around.tell,
      commit: (label, edits) => this.commit(label, edits),
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
    const composed = this.#composed(now, label, edits);
    const txId = this.#around.newId();
    const line: Line = composed ?? {
      ...now,
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
    const { aside, ...now } = this.state.get();
    if (aside === undefined) return;
    if (how === 'forget') {
      this.#set(now);
      return;
    }
    const ours = now.waiting.flatMap(({ edits }) => edits);
    const { waiting } = carryPending(aside.carried, ours, (_, refusal) => ({ refusal }));
    const steps = waiting.map(({ txId, label }): Step => ({ txId, label, back: [], left: [] }));
    const line = {
      ...now,
      waiting: [...now.waiting, ...waiting],
      undo: [...now.undo, ...steps].slice(-longestHistory),
      redo: [],
    };
    this.#finish(line);
    this.#sending.pump();
  }

  close(): void {
    this.#sending.close();
  }

  #set(line: Line): void {
    const replayed = replay(line.confirmed, line.waiting, this.#around.kinds);
    this.state.set(shownOf(line, replayed, this.#sending.flows));
    const { confirmed, waiting, undo, redo, aside } = this.state.get();
    this.#around.keep?.({ confirmed, waiting, undo, redo, aside });
  }

  #went(sent: ReadonlyMap<string, Tx>): void {
    const now = this.state.get();
    for (const [txId, tx] of sent) if (tx.atomic === false) this.#partly.set(txId, tx);
    const marked = now.waiting.map((pending) => {
      const tx = sent.get(pending.txId);
      return tx === undefined ? pending : { ...pending, sent: tx };
    });
    this.#set({ ...now, waiting: marked });
  }

  // E35  What waits behind something else and is of the same thing becomes one with it.
  #composed(now: Line, label: string, edits: readonly Edit[]): Line | undefined {
    const last = now.waiting.at(-1);
    if (last === undefined || last.sent !== undefined || last.lost !== undefined || last.label !== label) return undefined;
    if (now.undo.at(-1)?.txId !== last.txId) return undefined;
    const one = compose([...last.edits, ...edits]);
    if (one.length > last.edits.length || one.length === 0) return undefined;
    return { ...now, waiting: now.waiting.with(-1, { ...last, edits: one }), redo: [] };
  }

  // E34  The other way is made at this moment, of what was really done.
  #step(which: 'undo' | 'redo', other: 'undo' | 'redo'): Travelled {
    const now = this.state.get();
    const last = now[which].at(-1);
    if (last === undefined) return { is: 'nothing' };
    const { design, done, inverse, left: unfit } = applyPartly(now.shown, last.back, this.#around.kinds);
    const left = [...new Set([...last.left, ...unfit.map((edit) => leftWords(edit, design, undefined))])];
    const rest = { ...now, [which]: now[which].slice(0, -1) };
    if (done.length === 0) {
      this.#set(rest);
      return { is: 'impossible', label: last.label, left };
    }
    const txId = this.#around.newId();
    const label = `${which} ${last.label}`;
    const pending: Pending = { txId, label, edits: done, madeAtMs: this.#around.now(), undoOf: last.txId, partly: true };
    const back: Step = { txId, label: last.label, back: inverse, left: [] };
    this.#notices.wrote(txId, done);
    this.#set({ ...rest, waiting: [...now.waiting, pending], [other]: [...now[other], back].slice(-longestHistory) });
    this.#sending.pump();
    return { is: 'done', label: last.label, left };
  }

  #welcome(message: Extract<LiveMessage, { type: 'welcome' }>): void {
    const before = this.state.get();
    if (message.snapshot === undefined && message.rev < before.confirmed.rev) {
      this.#sending.ask(true);
      return;
    }
    const many = before.waiting.length > manyWaiting || this.#around.now() - oldestMs(before) > longAwayMs;
    const take = (line: Line) => (message.snapshot === undefined ? line : this.#replaced(line, message.snapshot));
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
    this.#around.tell({ is: 'aside', text: `${before.waiting.length} changes made while away do not all fit any more.` });
    return line;
  }

  // The design as a whole: to what waits it is as if somebody had made all the difference.
  #replaced(line: Line, design: Design): Line {
    this.#arrived.clear();
    const edits = difference(line.confirmed, design);
    const tx: CommittedTx = { rev: design.rev, txId: '', actor: 'Somebody', via: '', at: design.updatedAt, edits };
    const taken = edits.length === 0 ? undefined : takeIn(line, tx, this.#around.kinds);
    if (taken?.theirs !== undefined) this.#remember(taken.theirs);
    return { ...(taken?.line ?? line), confirmed: design };
  }

  #acknowledged(ack: Ack): void {
    const { txId, rev, edits } = ack;
    this.#tellLeft(ack);
    if (!this.state.get().waiting.some((pending) => pending.txId === txId)) return;
    this.#answers.set(txId, { rev, ack });
    const at = new Date(this.#around.now()).toISOString();
    const tx: CommittedTx = { rev, txId, actor: this.#around.name?.() ?? '', via: 'socket', at, edits };
    this.#arrive(edits.length === 0 ? [] : [tx]);
  }

  // The answer may come after the transaction itself.
  #tellLeft({ txId, left = [] }: Ack): void {
    const sent = this.#partly.get(txId);
    this.#partly.delete(txId);
    for (const { number, refusal } of left) {
      const edit = sent?.edits[number];
      if (edit === undefined) continue;
      const words = leftWords({ edit, refusal }, this.state.get().shown, refusal.since?.actor);
      this.#around.tell({ is: 'left', text: `${sent?.label ?? 'undo'}: ${words}` });
    }
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
      const taken = takeIn(line, tx, this.#around.kinds);
      if (taken === undefined) {
        // Made of kinds that are known otherwise here.
        this.#arrived.clear();
        this.#around.later(() => this.#sending.ask(true), 0);
        return line;
      }
      line = taken.line;
      if (taken.theirs !== undefined) this.#remember(taken.theirs, line);
    }
  }

  #remember(theirs: Theirs, line?: Line): void {
    this.#recent.push(theirs);
    if (this.#recent.length > mostRecent) this.#recent.shift();
    if (line === undefined) return;
    this.#notices.theirs(theirs.tx, line.waiting);
    this.#around.theirs?.(theirs.tx);
  }

  #finish(line: Line): void {
    this.#set(this.#settled(this.#answered(line)));
    this.#sending.missing(this.#arrived.size > 0);
    this.#tellLosses();
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

  // E32  What was not sent yet and is no longer possible is taken back here; of what was sent, the server says so.
  #settled(from: Line): Line {
    let line = from;
    for (;;) {
      const { unfit } = replay(line.confirmed, line.waiting, this.#around.kinds);
      const misfit = line.waiting.find(({ txId, lost, edits }) => lost !== undefined || unfit.has(txId) || edits.length === 0);
      // What follows one that is being judged was made on it, and is judged after it.
      if (misfit === undefined || misfit.sent !== undefined) return line;
      const refusal = misfit.lost?.refusal ?? unfit.get(misfit.txId);
      line = refusal === undefined ? takeBack(line, misfit.txId, this.#around.kinds) : this.#givenUp(line, misfit, refusal);
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
    this.#losses.push({ label: pending.label, lost: lossOf(pending, refusal, this.#recent), given: { edits, refusal } });
    return left;
  }

  #tellLosses(): void {
    const losses = this.#losses.splice(0);
    const { shown } = this.state.get();
    const words = losses.map(({ label, lost }) => takenBackWords(label, lost, shown, this.#around.kinds));
    const lines = losses.length > manyLosses ? [`${words[0]} So are ${losses.length - 1} more.`] : words;
    for (const [number, text] of lines.entries()) {
      const told = losses.length > manyLosses ? losses : losses.slice(number, number + 1);
      const restorable = told.filter(({ lost }) => lost.restore !== undefined);
      const action = { label: 'Restore with my edit', run: () => this.#restore(restorable) };
      const [only] = told.length === 1 ? told : [];
      this.#around.tell({
        is: 'taken-back',
        text,
        ...(restorable.length > 0 && { action }),
        ...(only !== undefined && { lost: only.given }),
      });
    }
  }

  // E33  As far as it still fits, in one transaction. What is back already need not come back.
  #restore(losses: readonly Loss[]): void {
    const edits = losses.flatMap(({ lost }) => lost.restore ?? []);
    const { design, done, left } = applyPartly(this.state.get().shown, edits, this.#around.kinds);
    const [first] = losses;
    if (done.length > 0) this.commit(`restore with ${losses.length === 1 ? first?.label : `${losses.length} changes`}`, done);
    for (const edit of left.filter(({ refusal }) => refusal.code !== 'ID_TAKEN'))
      this.#around.tell({ is: 'left', text: `Restored; ${leftWords(edit, design, undefined)}` });
  }
}

interface Loss {
  readonly label: string;
  readonly lost: Lost;
  readonly given: GivenBack;
}

const oldestMs = ({ waiting }: Line): number => Math.min(...waiting.map(({ madeAtMs }) => madeAtMs), Number.POSITIVE_INFINITY);

function shownOf({ confirmed, waiting, undo, redo, aside }: Line, { shown, inverses }: Replayed, flows: boolean): DesignState {
  const saving = waiting.length === 0 ? 'saved' : flows ? 'sending' : 'kept';
  return {
    confirmed,
    shown,
    waiting,
    undo: refreshed(undo, inverses),
    redo: refreshed(redo, inverses),
    saving,
    ...(aside !== undefined && { aside }),
  };
}
