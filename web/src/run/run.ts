import type { LiveMessage, Look } from '#model/live.ts';
import { hasEnded, type Session, type SwapReport } from '#model/sessions/session.ts';
import { createStore, type Store } from '../base/store.ts';
import { controlExecution, executeDesign, getSnapshot, listExecutions, swapExecution } from '../client/client.ts';
import type { Live } from '../client/live.ts';
import { announce } from '../shell/toasts.ts';
import { createDebug, type Debug } from './debug.ts';
import { type Frame, nextFrame } from './frame.ts';

/** The session the page looks at. */
export interface Run {
  readonly session: Store<Session | null>;
  /** Changes up to four times a second: paint from it, do not draw large parts again. */
  readonly frame: Store<Frame | null>;
  readonly debug: Debug;
  attach(session: Session): void;
  /** Wants the figures of these elements only from now on, whatever session it is; undefined: of all. */
  look(look: Look | undefined): void;
  /** Starts a session of the design as it is stored, recorded or not, with the breakpoints on these wires; refuses as the server does. */
  start(wires: readonly string[], record: boolean): Promise<void>;
  control(verb: 'pause' | 'resume' | 'stop'): Promise<void>;
  /** Makes the running session one of the stored design as it is now; refuses as the server does. */
  swap(rev: number): Promise<SwapReport>;
  /** Finds a session of the design that is running, and looks at it. */
  find(): Promise<void>;
  close(): void;
}

const words: Readonly<Record<Session['state'], string>> = {
  starting: 'Starting',
  running: 'Running',
  pausing: 'Pausing',
  paused: 'Paused',
  stopping: 'Stopping',
  completed: 'Completed',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** The state of a session in a word. */
export function stateWord(session: Session): string {
  if (session.stuck === undefined || hasEnded(session.state)) return words[session.state];
  return session.stuck.partly === true ? 'Partly stuck' : 'Stuck';
}

/** Who waits for each other in a session that runs on, and since when; undefined when nobody does. */
export function partlyStuckText({ stuck, state }: Session): string | undefined {
  if (stuck?.partly !== true || hasEnded(state)) return undefined;
  const names =
    stuck.nodes.length > 4 ? `${stuck.nodes.slice(0, 3).join(', ')} and ${stuck.nodes.length - 3} more` : stuck.nodes.join(', ');
  return `${names} wait for each other since ${new Date(stuck.since).toLocaleTimeString()}`;
}

/** Watches the sessions of a design. */
export function watchRuns(designId: string, live: Live): Run {
  const session = createStore<Session | null>(null);
  const frame = createStore<Frame | null>(null);
  const debug = createDebug(session);
  let leave: (() => void) | undefined;
  let looksAt: Look | undefined;
  const told = (next: Session) => {
    const now = session.get();
    if (now?.id === next.id) {
      if (stateWord(now) !== stateWord(next)) announce(`Session ${stateWord(next).toLowerCase()}`);
      session.set(next);
      if (hasEnded(next.state)) void lastFrame(next.id, frame);
    } else if (!hasEnded(next.state) && (now === null || hasEnded(now.state))) attach(next);
  };
  const heard = (message: LiveMessage) => {
    if (message.type === 'session.status') told(message.session);
    if (message.type === 'session.snapshot') frame.set((before) => nextFrame(before, message.snapshot, message.whole));
  };
  function attach(next: Session) {
    leave?.();
    frame.set(null);
    session.set(next);
    leave = live.subscribe({ topic: 'session', id: next.id }, heard);
    if (looksAt !== undefined) live.look(next.id, looksAt);
    void lastFrame(next.id, frame);
  }
  const leaveDesign = live.hear(designId, { heard });
  const find = async () => {
    const { items } = await listExecutions(designId);
    const mine = items.find(({ id }) => id === session.get()?.id);
    if (mine !== undefined) told(mine);
    const running = items.find(({ state }) => !hasEnded(state));
    if (running !== undefined) told(running);
  };
  return {
    session,
    frame,
    attach,
    look(look) {
      looksAt = look;
      const now = session.get();
      if (now !== null) live.look(now.id, look);
    },
    find,
    debug,
    start: async (wires, record) => attach(await executeDesign(designId, { breakpoints: debug.wishesFor(wires), record })),
    async control(verb) {
      const now = session.get();
      // Its answer may come after the news of what it has led to, so only the news count.
      if (now !== null) await controlExecution(now.id, verb);
    },
    async swap(rev) {
      const now = session.get();
      if (now === null) throw new Error('Nothing runs.');
      return (await swapExecution(now.id, rev)).report;
    },
    close() {
      leaveDesign();
      leave?.();
    },
  };
}

async function lastFrame(sessionId: string, frame: Store<Frame | null>): Promise<void> {
  try {
    const snapshot = await getSnapshot(sessionId);
    frame.set((before) => (before !== null && before.sessionId !== sessionId ? before : nextFrame(before, snapshot)));
  } catch {
    // The live socket tells the same; without an answer the last painted numbers stay.
  }
}
