import type { App } from '#app/app.ts';
import type { Happening } from '#app/feed.ts';
import { owner } from '#app/parts.ts';
import type { Clock } from '#base/clock.ts';
import type { LiveRequest } from '#model/live.ts';
import type { Session } from '#model/session.ts';
import type { Outlet } from './outlet.ts';
import { SessionPulse } from './session-pulse.ts';
import { Listeners, topicOf, topicsOf } from './topics.ts';

export type Subscription = Extract<LiveRequest, { topic: string }>;

const caller = owner('socket');

/** Brings what happens, and what sessions look like, to those who listen; one for all sockets. */
export class Hub {
  readonly #app: App;
  readonly #clock: Clock;
  readonly #listeners = new Listeners<Outlet>();
  readonly #pulses = new Map<string, SessionPulse>();

  constructor(app: App, clock: Clock) {
    this.#app = app;
    this.#clock = clock;
    app.feed.listen((happening) => this.#tell(happening));
  }

  /**
   * Listens from now on, and tells how things stand.
   *
   * @param welcome called once it is known that there is something to listen to, before anything is told of it; false when
   *   the listener has left meanwhile.
   * @throws APP_DESIGN_UNKNOWN, APP_SESSION_UNKNOWN, APP_CONNECTION_UNKNOWN.
   */
  async join(outlet: Outlet, wanted: Subscription, welcome: () => boolean): Promise<void> {
    // Listening first: what happens while the present is read is not missed.
    this.#listeners.add(topicOf(wanted), outlet);
    let joined = false;
    // What is read may be older than what was told meanwhile: then the last that was told is said again.
    let newest: Session | undefined;
    const deaf = this.#app.feed.listen((happening) => {
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

  /** Stops listening. */
  leave(outlet: Outlet, subscription: Subscription): void {
    const { topic, id, connection } = subscription;
    this.#listeners.remove(topicOf(subscription), outlet);
    const pulse = this.#pulses.get(id);
    if (topic === 'design' || pulse === undefined) return;
    pulse.leave(outlet, topic === 'connection' ? (connection ?? '') : undefined);
    if (pulse.isIdle) this.#pulses.delete(id);
  }

  async #present(outlet: Outlet, { topic, id, connection = '' }: Subscription): Promise<(newest?: Session) => void> {
    if (topic === 'design') {
      await this.#app.getDesign(caller, id);
      return () => {};
    }
    if (topic === 'connection') {
      await this.#app.sessionMessages(caller, id, connection, 1);
      return () => this.#pulse(id)?.read(outlet, connection);
    }
    const stored = await this.#app.getSession(caller, id);
    return (newest = stored) => {
      outlet.send({ type: 'session.status', session: newest });
      this.#pulse(id)?.view(outlet);
    };
  }

  #pulse(id: string): SessionPulse | undefined {
    const present = this.#pulses.get(id);
    if (present !== undefined) return present;
    const watched = this.#app.watchSession(caller, id);
    if (watched === undefined) return undefined;
    const pulse = new SessionPulse(id, watched, this.#clock);
    this.#pulses.set(id, pulse);
    return pulse;
  }

  #tell(happening: Happening): void {
    const told = this.#listeners.of(topicsOf(happening));
    if (told.size === 0) return;
    const text = JSON.stringify(happening);
    for (const outlet of told) outlet.sendText(text);
  }
}
