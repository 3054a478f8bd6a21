import type { BreakpointWish, Stepped } from '#model/sessions/intervention.ts';
import { hasEnded, type Session } from '#model/sessions/session.ts';
import { createStore, type Store } from '../base/store.ts';
import { clearBreakpoint, controlPart, type Part, setBreakpoint, stepExecution } from '../client/client.ts';

type Wishes = Readonly<Record<string, BreakpointWish>>;

/** What a person does to parts of a run: steps it, holds nodes and wires, sets breakpoints. */
export interface Debug {
  /** Breakpoints wanted on this page, by wire: set in the session there is, and in those that are started. */
  readonly wishes: Store<Wishes>;
  /** What the last step did; null when the session goes on. */
  readonly lastStep: Store<Stepped | null>;
  wishesFor(wires: readonly string[]): Wishes;
  step(node?: string): Promise<void>;
  control(part: Part, verb: 'pause' | 'resume'): Promise<void>;
  setBreakpoint(wire: string, wish: BreakpointWish): Promise<void>;
  clearBreakpoint(wire: string): Promise<void>;
}

/** Works on the session that is looked at. */
export function createDebug(session: Store<Session | null>): Debug {
  const wishes = createStore<Wishes>({});
  const lastStep = createStore<Stepped | null>(null);
  session.subscribe(() => {
    if (session.get()?.state !== 'paused') lastStep.set(null);
  });
  const running = (): string | undefined => {
    const now = session.get();
    return now === null || hasEnded(now.state) ? undefined : now.id;
  };
  return {
    wishes,
    lastStep,
    wishesFor: (wires) => Object.fromEntries(Object.entries(wishes.get()).filter(([wire]) => wires.includes(wire))),
    async step(node) {
      const id = running();
      if (id === undefined) return;
      const stepped = await stepExecution(id, node);
      if (session.get()?.id === id && running() !== undefined) lastStep.set(stepped);
    },
    async control(part, verb) {
      const id = running();
      if (id !== undefined) await controlPart(id, part, verb);
    },
    async setBreakpoint(wire, wish) {
      const id = running();
      // The server knows whether the condition can be; without a session it says so at the start of one.
      if (id !== undefined) await setBreakpoint(id, wire, wish);
      wishes.set((now) => ({ ...now, [wire]: wish }));
    },
    async clearBreakpoint(wire) {
      wishes.set(({ [wire]: _gone, ...others }) => others);
      const id = running();
      if (id !== undefined) await clearBreakpoint(id, wire);
    },
  };
}
