import type { Cancel, Clock } from '#base/clock.ts';
import { cpu } from '#runtime/processes/strand.ts';

/** A timer that is set: whose it is (undefined: nobody's who runs), and when it is due. */
export interface Alarm {
  readonly process: string | undefined;
  readonly dueMs: number;
  readonly fire: () => void;
}

/** A clock that stands still until somebody says which timer fires. One may fire late, as on a machine that is busy; none early. */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #alarms: Alarm[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void): Cancel {
    const alarm: Alarm = { process: cpu.strand?.owner.id, dueMs: this.#nowMs + Math.max(0, delayMs), fire };
    const later = this.#alarms.findIndex(({ dueMs }) => dueMs > alarm.dueMs);
    this.#alarms.splice(later < 0 ? this.#alarms.length : later, 0, alarm);
    return () => this.#take(alarm);
  }

  /** What is set, the first due first. */
  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  /** Moves to the moment of the alarm, unless that has passed, and fires it. */
  ring(alarm: Alarm): void {
    this.#take(alarm);
    this.#nowMs = Math.max(this.#nowMs, alarm.dueMs);
    alarm.fire();
  }

  #take(alarm: Alarm): void {
    const index = this.#alarms.indexOf(alarm);
    if (index >= 0) this.#alarms.splice(index, 1);
  }
}
