import type { FlatDesign } from '#model/expand.ts';
import type { BreakpointWish } from '#model/sessions/intervention.ts';
import type { MonitorMode, SessionLimits, SessionPriority } from '#model/sessions/session.ts';
import type { RecordingOrder } from './session-recording.ts';
import type { Attachment } from './wire.ts';

/** What is to be run, and how. */
export interface SessionOrder {
  readonly sessionId: string;
  readonly designId: string;
  readonly rev: number;
  /** Expanded. */
  readonly body: Pick<FlatDesign, 'nodes' | 'connections'> & Partial<Pick<FlatDesign, 'farms'>>;
  /** Below those of the host; a higher one is lowered. */
  readonly limits?: SessionLimits;
  /** Where sessions share a thread; normal when left out. */
  readonly priority?: SessionPriority;
  /** Records it (S17). */
  readonly recording?: RecordingOrder;
  /** Holds its components against their contracts (S82). */
  readonly monitor?: MonitorMode;
  /** Set before it starts, by connection. */
  readonly breakpoints?: Readonly<Record<string, BreakpointWish>>;
}

/** What a host of this thread can also do: bodies of attachments are functions, which cross to no other. */
export interface LocalOrder extends SessionOrder {
  readonly attachments?: readonly Attachment[];
}
