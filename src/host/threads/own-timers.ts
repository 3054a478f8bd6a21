import { getCallSites } from 'node:util';

/** Whose code runs: a session, and the node where that is known. */
export interface Whose {
  readonly session: string;
  readonly node?: string | undefined;
}

type Timer = ReturnType<typeof setTimeout> | ReturnType<typeof setImmediate>;
type SetTimer = (call: (...args: unknown[]) => void, ...rest: unknown[]) => Timer;
type ClearTimer = (timer: unknown) => void;

const makers = ['setTimeout', 'setInterval', 'setImmediate'] as const;
const clearers = { setTimeout: 'clearTimeout', setInterval: 'clearInterval', setImmediate: 'clearImmediate' } as const;

interface Kept {
  readonly node: string | undefined;
  readonly clear: () => void;
}

/**
 * The machine's timers as components of a thread may set them by themselves, past the clock they are handed: each is kept with the
 * session that set it, so that it ends with that (H22). Timers from the module `node:timers` are not seen: they end with the thread.
 */
export class OwnTimers {
  readonly #whose: () => Whose | undefined;
  readonly #threw: (whose: Whose, thrown: unknown) => void;
  /** The node whose timer calls now: what that sets is the node's, too. */
  #firing: string | undefined;
  readonly #live = new Map<string, Map<unknown, Kept>>();

  /**
   * @param whose tells, while a timer is set, who sets it; undefined when it is none of a session.
   * @param threw told what the call of a timer has thrown.
   */
  constructor(whose: () => Whose | undefined, threw: (whose: Whose, thrown: unknown) => void) {
    this.#whose = whose;
    this.#threw = threw;
  }

  /** Takes the place of the timers of a thread. */
  install(thread: object = globalThis): void {
    const timers = thread as Record<string, unknown>;
    for (const name of makers) {
      const set = timers[name] as SetTimer;
      const clear = timers[clearers[name]] as ClearTimer;
      const kept: SetTimer = (call, ...rest) => this.#set(set, clear, name === 'setInterval', call, rest);
      // With what hangs on the original, such as its form that gives a promise.
      timers[name] = Object.defineProperties(kept, Object.getOwnPropertyDescriptors(set));
      timers[clearers[name]] = (timer: unknown): void => {
        this.#forget(timer);
        clear(timer);
      };
    }
  }

  begin(session: string): void {
    this.#live.set(session, new Map());
  }

  /** Ends what a session has left running; by the node that set it, how many. From now on it sets none. */
  end(session: string): ReadonlyMap<string | undefined, number> {
    const left = new Map<string | undefined, number>();
    for (const [timer, { node, clear }] of this.#live.get(session) ?? []) {
      // Ended in a way of its own, such as `close()`.
      if ((timer as { _destroyed?: boolean })._destroyed === true) continue;
      clear();
      left.set(node, (left.get(node) ?? 0) + 1);
    }
    this.#live.delete(session);
    return left;
  }

  #set(set: SetTimer, clear: ClearTimer, again: boolean, call: unknown, rest: unknown[]): Timer {
    const whose = this.#whose();
    // What is no function is refused by the original, in its own words.
    if (whose === undefined || typeof call !== 'function' || calledByNode()) return set(call as () => void, ...rest);
    const { session, node = this.#firing } = whose;
    const kept = this.#live.get(session);
    const fire = (...args: unknown[]): void => {
      if (!again) kept?.delete(timer);
      this.#firing = node;
      try {
        call.apply(timer, args);
      } catch (thrown) {
        this.#threw({ session, node }, thrown);
      } finally {
        this.#firing = undefined;
      }
    };
    const timer = set(fire, ...rest);
    if (kept === undefined) clear(timer);
    else kept.set(timer, { node, clear: () => clear(timer) });
    return timer;
  }

  #forget(timer: unknown): void {
    for (const kept of this.#live.values()) if (kept.delete(timer)) return;
  }
}

/** The platform's own code, such as its HTTP client, whose timers serve all sessions of the thread. */
function calledByNode(): boolean {
  // This function, `#set`, what took the place of the original, and who called that.
  return getCallSites(4)[3]?.scriptName.startsWith('node:') === true;
}
