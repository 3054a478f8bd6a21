import { always } from '#runtime/alt.ts';
import type { Guard } from '#runtime/port.ts';

/** The copies of a farm, as the processes around them see them: numbered from 0, started in that order (D17, S23). */
export interface Copies {
  /** How many there are now. */
  readonly started: number;
  /** How many there may be. */
  readonly most: number;
  /** Starts one more; its channel ends then stand in `io`, where `never` stood before. */
  start(): void;
  /** Says that none will be started any more: where `never` stood, the stream has then ended. */
  close(): void;
  /** Ready when the copy has taken so many messages in all, and has done all that is to be done about them (S22). */
  rested(copy: number, taken: number): Guard<unknown>;
}

/** Tells a process that ends have changed in its `io`. */
export interface Growth {
  /** Grows with each change. */
  readonly version: number;
  /** Ready when the version is above this one. */
  changed(version: number): Guard<unknown>;
}

/** Copies that all stand from the start and rest as soon as they are looked at: what a process has in a test by itself. */
export function standing(count: number): Copies {
  return { started: count, most: count, start() {}, close() {}, rested: () => always };
}
