import type { App } from '#app/app.ts';
import type { Happening } from '#app/feed.ts';
import { owner } from '#app/parts.ts';
import type { Clock } from '#base/clock.ts';
import type { Session } from '#model/sessions/session.ts';
import type { BusMessage } from './bus-message.ts';
import type { Look } from './figures.ts';
import { frameOf } from './frame.ts';
import { OpenDesign } from './open-design.ts';
import type { Outlet } from './outlet.ts';
import { Pace } from './pace.ts';
import type { Relay } from './relay.ts';
import { SessionPulse } from './session-pulse.ts';
import { Listeners, type Subscription, topicOf } from './topics.ts';

const caller = owner('socket');

interface HubParts {
  readonly app: App;
  readonly clock: Clock;
  /** Milliseconds that only go forward, with fractions. */
  readonly stopwatch: () => number;
  readonly relay: Relay;
  readonly report: (thrown: unknown) => void;
}

/** Brings what happens, and what sessions look like, to those who listen; one for all sockets of a server. */
export class Hub {
  readonly #parts: HubParts;
  readonly #pace: Pace;
  readonly #listeners = new Listeners<Outlet>();
  readonly #pulses = new Map<string, SessionPulse>();
  readonly #designs = new Map<string, OpenDesign>();

  constructor(parts: HubParts) {
    this.#parts = parts;
    this.#pace = new Pace(parts.stopwatch);
    parts.app.feed.listen((happening) => this.#happened(happening));
    parts.relay.listen({
      heard: (message, server) => this.#heard(message, server),
      back: () => {
        for (const open of this.#designs.values()) open.lookAgain();
      },
    });
  }

  /** A design for one who is about to have it open: who is welcomed there has, and without anybody it is closed. */
  design(designId: string): OpenDesign {
    const known = this.#designs.get(designId);
    if (known !== undefined) return known;
    const closed = (): void => void this.#designs.delete(designId);
    const open = new OpenDesign(designId, { ...this.#parts, pace: this.#pace, closed });
    this.#designs.set(designId, open);
    return open;
  }

  /** Designs that somebody has open. */
  get openDesigns(): number {
    return this.#designs.size;
  }

  /**
   * Listens from now on, and tells how things stand.
   *
   * @param welcome called once it is known that there is something to listen to, before anything is told of it; false when
   *   the listener has left meanwhile.
   * @throws APP_SESSION_UNKNOWN, APP_CONNECTION_UNKNOWN.
   */
  async join(outlet: Outlet, wanted: Subscription, welcome: () => boolean): Promise<void> {
    // Listening first: what happens while the present is read is not missed.
    this.#listeners.add(topicOf(wanted), outlet);
    let joined = false;
    // What is read may be older than what was told meanwhile: then the last that was told is said again.
    let newest: Session | undefined;
    const deaf = this.#parts.app.feed.listen((happening) => {
      if (happening.type === 'session.status' && happening.session.id === wanted.id) newest = happening.session;
    });
    try {
      const tellPresent = await this.#present(outlet, wanted);
      joined = welcome();
      if (joined) tellPresent(newest);
    } finally {
      deaf();
      if (!joined) this.#listeners.remove(topicOf(wanted), outlet);
    }
  }

  /** Looks at other elements of a session that is listened to. */
  look(outlet: Outlet, { id, look }: Subscription): void {
    this.#pulses.get(id)?.look(outlet, lookOf(look));
  }

  /** Stops listening. */
  leave(outlet: Outlet, subscription: Subscription): void {
    const { topic, id, connection } = subscription;
    this.#listeners.remove(topicOf(subscription), outlet);
    const pulse = this.#pulses.get(id);
    if (pulse === undefined) return;
    pulse.leave(outlet, topic === 'connection' ? (connection ?? '') : undefined);
    if (pulse.isIdle) this.#pulses.delete(id);
  }

  async #present(outlet: Outlet, { topic, id, connection = '', look }: Subscription): Promise<(newest?: Session) => void> {
    const { app } = this.#parts;
    if (topic === 'connection') {
      await app.sessionMessages(caller, id, connection, 1);
      return () => this.#pulse(id)?.read(outlet, connection);
    }
    const stored = await app.getSession(caller, id);
    return (newest = stored) => {
      outlet.send({ type: 'session.status', session: newest });
      this.#pulse(id)?.view(outlet, lookOf(look));
    };
  }

  #pulse(id: string): SessionPulse | undefined {
    const present = this.#pulses.get(id);
    if (present !== undefined) return present;
    const watched = this.#parts.app.watchSession(caller, id);
    if (watched === undefined) return undefined;
    const pulse = new SessionPulse(id, watched, this.#parts.clock);
    this.#pulses.set(id, pulse);
    return pulse;
  }

  // Other servers are told first: a listener here that fails is nobody else's loss.
  #happened(happening: Happening): void {
    if (happening.type === 'edits') {
      const { designId, from, to, txs } = happening;
      this.#parts.relay.tell({ is: 'edits', designId, from, to, txs });
      this.#designs.get(designId)?.happened(to, txs);
      return;
    }
    this.#parts.relay.tell({ is: 'happened', happening });
    this.#tell(happening);
  }

  #heard(message: BusMessage, server: string): void {
    if (message.is === 'happened') this.#tell(message.happening);
    else if (message.is !== 'beat') this.#designs.get(message.designId)?.heard(message, server);
  }

  #tell(happening: Exclude<Happening, { type: 'edits' }>): void {
    if (happening.type === 'design.deleted') {
      this.#designs.get(happening.designId)?.end();
      return;
    }
    const { session, design } = concerned(happening);
    const open = design === undefined ? undefined : this.#designs.get(design);
    // Edits that came before are told before.
    open?.spread();
    const listeners = session === undefined ? [] : this.#listeners.of(topicOf({ topic: 'session', id: session }));
    const told = new Set([...listeners, ...(open?.outlets ?? [])]);
    if (told.size === 0) return;
    const frame = frameOf(happening);
    for (const outlet of told) outlet.sendFrame(frame);
  }
}

const lookOf = (look: Subscription['look']): Look | undefined =>
  look && { nodes: new Set(look.nodes), connections: new Set(look.connections) };

/** The session and the design that something is about. */
function concerned(happening: Exclude<Happening, { type: 'edits' | 'design.deleted' }>): {
  readonly session?: string;
  readonly design?: string;
} {
  switch (happening.type) {
    case 'session.status':
      return { session: happening.session.id, design: happening.session.designId };
    case 'session.fault':
      return { session: happening.sessionId };
    case 'comment':
      return { design: happening.designId };
  }
}
