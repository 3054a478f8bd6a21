import { applyAll } from '#model/apply.ts';
import type { Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit, Refusal } from '#model/edit.ts';
import { createStore, type Store } from '../base/store.ts';
import type { Committed } from '../client/client.ts';
import { Refused, reasonOf } from '../client/problem.ts';

/** Something the person did, and how to take it back. */
export interface Step {
  /** What was done, as it reads after "Undo ": `delete waiter`. */
  readonly label: string;
  readonly forward: readonly Edit[];
  readonly back: readonly Edit[];
}

/** Edits on their way to the server. */
export interface Batch {
  /** Idempotency key: sent twice, it is committed once. */
  readonly id: string;
  readonly label: string;
  readonly edits: readonly Edit[];
}

/** What the page knows of its design. `shown` is `confirmed` with every waiting batch applied. */
export interface DesignState {
  readonly confirmed: Design;
  readonly shown: Design;
  readonly waiting: readonly Batch[];
  readonly undo: readonly Step[];
  readonly redo: readonly Step[];
  /** `kept`: the server did not answer; the waiting edits are sent again. */
  readonly saving: 'saved' | 'sending' | 'kept';
}

/** What survives a reload of the page. */
export type Kept = Pick<DesignState, 'waiting' | 'undo' | 'redo'>;

/** The outside of a design store. */
export interface Surroundings {
  readonly kinds: Kinds;
  send(edits: readonly Edit[], key: string): Promise<Committed>;
  fetch(): Promise<Design>;
  newId(): string;
  /** Calls once after a while; the answer calls it off. */
  later(call: () => void, ms: number): () => void;
  /** An edit of this person was refused by the server and is taken back. */
  refused(label: string, reason: string, pointer: string | undefined): void;
  keep?(kept: Kept): void;
}

/** A design that is edited here and elsewhere: answers at once, confirmed by the server, corrected when refused. */
export interface DesignStore {
  readonly state: Store<DesignState>;
  /** Applies edits here at once and sends them; answers why not when they do not fit. */
  commit(label: string, edits: readonly Edit[]): Refusal | undefined;
  undo(): Refusal | undefined;
  redo(): Refusal | undefined;
  /** Edits committed by anyone, from the live socket. In any order, also twice. */
  receive(rev: number, edits: readonly Edit[]): void;
  /** Fetches the design afresh and sends what waits. */
  refresh(): Promise<void>;
  close(): void;
}

const longestHistory = 100;
const gapWaitMs = 400;
const retryWaitsMs = [500, 1_000, 2_000, 4_000];

/** Opens a design store on a fetched design. */
export function openDesign(design: Design, around: Surroundings, kept?: Kept): DesignStore {
  const state = createStore<DesignState>(
    reshown({ confirmed: design, shown: design, waiting: [], undo: [], redo: [], saving: 'saved', ...kept }, around.kinds),
  );
  const arrived = new Map<number, readonly Edit[]>();
  const set = (change: Partial<DesignState>) => {
    state.set((now) => reshown({ ...now, ...change }, around.kinds));
    const { waiting, undo, redo } = state.get();
    around.keep?.({ waiting, undo, redo });
  };
  const refresh = async () => {
    const fetched = await around.fetch();
    if (fetched.rev >= state.get().confirmed.rev) set({ confirmed: fetched });
    settle();
    sender.wake();
  };
  const gap = createGap(arrived, refresh, around);
  const settle = (without?: Batch) => {
    const now = state.get();
    const confirmed = follow(now.confirmed, arrived, around.kinds);
    const waiting = without === undefined ? now.waiting : now.waiting.filter(({ id }) => id !== without.id);
    if (confirmed !== now.confirmed || waiting !== now.waiting) set({ confirmed, waiting });
    gap.look();
  };
  const sender = createSender(state, set, around, async (batch, rev, edits) => {
    arrived.set(rev, edits);
    // Together with what it became, so that no picture without the edit, or with it twice, is drawn between.
    if (follow(state.get().confirmed, new Map(arrived), around.kinds).rev < rev) set({ confirmed: await around.fetch() });
    settle(batch);
  });
  sender.wake();

  return {
    state,
    commit: (label, edits) => commit({ label, edits }, state, set, around, sender.wake),
    undo: () => step('undo', state, set, around, sender.wake),
    redo: () => step('redo', state, set, around, sender.wake),
    receive(rev, edits) {
      if (rev <= state.get().confirmed.rev) return;
      arrived.set(rev, edits);
      // Our own edits come back here too, perhaps before their answer: what arrived is read when the answer is there.
      if (!sender.busy()) settle();
    },
    refresh,
    close() {
      sender.close();
      gap.close();
    },
  };
}

function reshown(state: DesignState, kinds: Kinds): DesignState {
  let shown = state.confirmed;
  for (const { edits } of state.waiting) {
    const applied = applyAll(shown, edits, kinds);
    if (applied.ok) shown = applied.design;
  }
  return { ...state, shown };
}

type Set = (change: Partial<DesignState>) => void;

function commit(
  { label, edits }: { label: string; edits: readonly Edit[] },
  state: Store<DesignState>,
  set: Set,
  around: Surroundings,
  wake: () => void,
): Refusal | undefined {
  const now = state.get();
  const applied = applyAll(now.shown, edits, around.kinds);
  if (!applied.ok) return applied.refusal;
  const undo = [...now.undo, { label, forward: edits, back: applied.inverse }].slice(-longestHistory);
  set({ waiting: [...now.waiting, { id: around.newId(), label, edits }], undo, redo: [] });
  wake();
  return undefined;
}

function step(
  which: 'undo' | 'redo',
  state: Store<DesignState>,
  set: Set,
  around: Surroundings,
  wake: () => void,
): Refusal | undefined {
  const now = state.get();
  const last = now[which].at(-1);
  if (last === undefined) return undefined;
  const edits = which === 'undo' ? last.back : last.forward;
  const other = which === 'undo' ? 'redo' : 'undo';
  const left = now[which].slice(0, -1);
  const applied = applyAll(now.shown, edits, around.kinds);
  if (!applied.ok) {
    set({ [which]: left });
    return applied.refusal;
  }
  // The way back is made anew: somebody else may have changed the same thing since.
  const turned: Step =
    which === 'undo' ? { ...last, forward: applied.inverse } : { ...last, forward: edits, back: applied.inverse };
  set({
    waiting: [...now.waiting, { id: around.newId(), label: `${which} ${last.label}`, edits }],
    [which]: left,
    [other]: [...now[other], turned],
  });
  wake();
  return undefined;
}

// The design after what arrived, as long as it follows without a gap. What does not apply is fetched by the next refresh.
function follow(design: Design, arrived: Map<number, readonly Edit[]>, kinds: Kinds): Design {
  let at = design;
  for (const rev of arrived.keys()) if (rev <= at.rev) arrived.delete(rev);
  for (;;) {
    const edits = arrived.get(at.rev + 1);
    if (edits === undefined) return at;
    const applied = applyAll(at, edits, kinds);
    if (!applied.ok) return at;
    arrived.delete(at.rev + 1);
    at = { ...applied.design, rev: at.rev + 1 };
  }
}

// Something arrived that does not follow: wait a moment for what is between, then fetch.
function createGap(arrived: ReadonlyMap<number, unknown>, refresh: () => Promise<void>, around: Surroundings) {
  let callOff: (() => void) | undefined;
  return {
    look() {
      callOff?.();
      callOff = undefined;
      if (arrived.size === 0) return;
      callOff = around.later(() => void refresh().catch(() => undefined), gapWaitMs);
    },
    close: () => callOff?.(),
  };
}

// Sends one batch at a time, in order. No answer: the same batch again under the same key. Refused: it is taken back.
function createSender(
  state: Store<DesignState>,
  set: Set,
  around: Surroundings,
  committed: (batch: Batch, rev: number, edits: readonly Edit[]) => Promise<void>,
) {
  let sending = false;
  let closed = false;
  let tries = 0;
  let callOff: (() => void) | undefined;

  const again = () => {
    const waitMs = retryWaitsMs[Math.min(tries++, retryWaitsMs.length - 1)] ?? 4_000;
    set({ saving: 'kept' });
    callOff = around.later(() => void pump(), waitMs);
  };
  const takeBack = (batch: Batch, error: Refused) => {
    // Its step is of no use any more: what it would take back never was.
    const { undo, waiting } = state.get();
    set({
      undo: undo.filter(({ forward }) => forward !== batch.edits),
      waiting: waiting.filter(({ id }) => id !== batch.id),
    });
    around.refused(batch.label, reasonOf(error), error.problem.pointer);
  };
  async function sendOne(batch: Batch): Promise<boolean> {
    try {
      const { rev, edits } = await around.send(batch.edits, batch.id);
      await committed(batch, rev, edits);
    } catch (error) {
      if (!(error instanceof Refused) || error.mayPass) {
        again();
        return false;
      }
      takeBack(batch, error);
    }
    tries = 0;
    set({ saving: state.get().waiting.length === 0 ? 'saved' : 'sending' });
    return true;
  }
  async function pump(): Promise<void> {
    callOff?.();
    if (sending || closed) return;
    sending = true;
    for (;;) {
      const [batch] = state.get().waiting;
      if (batch === undefined || closed) break;
      if (state.get().saving === 'saved') set({ saving: 'sending' });
      if (!(await sendOne(batch))) break;
    }
    sending = false;
  }
  return {
    wake: () => void pump(),
    busy: () => sending,
    close() {
      closed = true;
      callOff?.();
    },
  };
}
