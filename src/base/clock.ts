/** Takes back a timer; taking back one that has fired does nothing. */
export type Cancel = () => void;

/** Time as it is handed in: a test hands in a `ManualClock`, so nothing ever sleeps. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /** Calls `fire` once, `delayMs` from now (never within this call). */
  after(delayMs: number, fire: () => void): Cancel;
}

// The machine's own, whatever takes its place later: a thread of sessions keeps account of the timers of components.
const { setTimeout, clearTimeout } = globalThis;

// setTimeout keeps its delay in 32 bits and fires at once beyond that; longer waits go in legs.
const longestLegMs = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, fire) {
    let timer: ReturnType<typeof setTimeout>;
    const leg = (leftMs: number): void => {
      timer = setTimeout(() => (leftMs > longestLegMs ? leg(leftMs - longestLegMs) : fire()), Math.min(leftMs, longestLegMs));
    };
    leg(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

interface Alarm {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** A clock that moves only when told to; alarms fire in order of time, then of setting. */
export class ManualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void): Cancel {
    const alarm: Alarm = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fire };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** Alarms still set: zero once everything that waited has been released. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Moves to the next alarm and fires it; false when none is set. */
  advanceToNext(): boolean {
    const next = this.#next();
    if (next === undefined) return false;
    this.#fire(next);
    return true;
  }

  /** Moves time forward by `byMs`, firing on the way what falls due, also what those alarms set. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let next = this.#next(); next !== undefined && next.dueMs <= untilMs; next = this.#next()) this.#fire(next);
    this.#nowMs = untilMs;
  }

  #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (first === undefined || alarm.dueMs < first.dueMs || (alarm.dueMs === first.dueMs && alarm.order < first.order))
        first = alarm;
    }
    return first;
  }

  #fire(alarm: Alarm): void {
    this.#alarms.delete(alarm);
    this.#nowMs = Math.max(this.#nowMs, alarm.dueMs);
    alarm.fire();
  }
}
