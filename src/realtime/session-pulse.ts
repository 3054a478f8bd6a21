import type { Cancel, Clock } from '#base/clock.ts';
import { hasEnded, type Sample, type SessionSnapshot, type SessionState } from '#model/sessions/session.ts';
import { Figures, type Look } from './figures.ts';
import type { Outlet } from './outlet.ts';

/** What is read of a session again and again. */
export interface Watched {
  readonly state: SessionState;
  snapshot(): Promise<SessionSnapshot>;
  samples(connection: string, afterNumber?: number): Promise<readonly Sample[]>;
}

/** W22: at most four times a second. */
const pulseMs = 250;
/** W23: messages in one frame. */
const mostSamples = 20;

/** One who looks at a wire, and the number of the last message he was shown. */
interface WireReader {
  readonly outlet: Outlet;
  readonly connection: string;
  shown: number;
  /** Its messages are being fetched: a second look would show them twice. */
  looking: boolean;
}

/**
 * Reads one session for all who look at it: one timer however many they are, none when there is nobody.
 * A session in which nothing moved is not told again; one that ended is told a last time.
 */
export class SessionPulse {
  readonly #sessionId: string;
  readonly #watched: Watched;
  readonly #clock: Clock;
  /** Who looks at the figures, and at which; undefined: at all. */
  readonly #viewers = new Map<Outlet, Look | undefined>();
  readonly #readers = new Set<WireReader>();
  #timer: Cancel | undefined;
  /** What moves, as it was last told; and who has not been told that. */
  #told = '';
  readonly #behind = new Set<Outlet>();

  constructor(sessionId: string, watched: Watched, clock: Clock) {
    this.#sessionId = sessionId;
    this.#watched = watched;
    this.#clock = clock;
  }

  get isIdle(): boolean {
    return this.#viewers.size === 0 && this.#readers.size === 0;
  }

  /** Shows the figures from now on, beginning with the present ones; with `look` those of some elements. */
  view(outlet: Outlet, look: Look | undefined): void {
    this.look(outlet, look);
    void this.#tellFigures();
  }

  /** Shows others from the next time on. */
  look(outlet: Outlet, look: Look | undefined): void {
    this.#viewers.set(outlet, look);
    this.#behind.add(outlet);
    this.#wind();
  }

  /** Shows the messages of a connection, beginning with the kept ones. */
  read(outlet: Outlet, connection: string): void {
    const reader: WireReader = { outlet, connection, shown: 0, looking: false };
    this.#readers.add(reader);
    void this.#tellSamples(reader);
    this.#wind();
  }

  /** Stops showing: the messages of `connection`, or, without one, the figures. */
  leave(outlet: Outlet, connection?: string): void {
    if (connection === undefined) {
      this.#viewers.delete(outlet);
      this.#behind.delete(outlet);
    } else {
      for (const reader of this.#readers)
        if (reader.outlet === outlet && reader.connection === connection) this.#readers.delete(reader);
    }
    if (!this.isIdle) return;
    this.#timer?.();
    this.#timer = undefined;
  }

  #wind(): void {
    this.#timer ??= this.#clock.after(pulseMs, () => {
      this.#timer = undefined;
      void this.#beat();
    });
  }

  async #beat(): Promise<void> {
    const ended = hasEnded(this.#watched.state);
    await Promise.all([this.#tellFigures(), ...[...this.#readers].map((reader) => this.#tellSamples(reader))]);
    const waits = this.#behind.size > 0 || [...this.#readers].some(({ outlet }) => !outlet.hasRoom);
    if (!this.isIdle && (!ended || waits)) this.#wind();
  }

  async #tellFigures(): Promise<void> {
    if (this.#viewers.size === 0) return;
    const figures = new Figures(await this.#watched.snapshot());
    const { moves } = figures;
    if (moves !== this.#told) for (const viewer of this.#viewers.keys()) this.#behind.add(viewer);
    this.#told = moves;
    for (const viewer of this.#behind) {
      if (!viewer.hasRoom) continue;
      const look = this.#viewers.get(viewer);
      viewer.sendFrame(look === undefined ? figures.all : figures.of(look));
      this.#behind.delete(viewer);
    }
  }

  async #tellSamples(reader: WireReader): Promise<void> {
    const { outlet, connection, shown } = reader;
    if (!outlet.hasRoom || reader.looking) return;
    reader.looking = true;
    // A thread that does not answer now has nothing new to show.
    const samples = (await this.#watched.samples(connection, shown).catch(() => [])).slice(-mostSamples);
    reader.looking = false;
    const last = samples.at(-1);
    if (last === undefined || !this.#readers.has(reader)) return;
    reader.shown = last.number;
    outlet.send({ type: 'session.samples', sessionId: this.#sessionId, connection, samples: [...samples] });
  }
}
