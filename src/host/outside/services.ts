import type { Cancel, Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { ServiceUsage } from '#model/sessions/service.ts';

const queueFull = defineError(
  'HOST_SERVICE_QUEUE_FULL',
  'world',
  'As many calls as may wait for this service already did. Ask it less often, or raise its limit (SERVICE_LIMITS, SERVICE_WAITING).',
);
const waitedTooLong = defineError(
  'HOST_SERVICE_WAIT',
  'world',
  'The call waited for its turn at this service for as long as it may. Ask it less often, or raise its limit (SERVICE_LIMITS, SERVICE_WAIT_MS).',
);

/** Whose call it is. */
export interface Caller {
  readonly session: string;
  readonly node: string;
}

/** A call's place at a service, from the moment it is asked for. */
export interface Permit {
  /** Resolves when the call may begin. Rejects with HOST_SERVICE_QUEUE_FULL, HOST_SERVICE_WAIT; never, when it was given back first. */
  readonly granted: Promise<void>;
  /** The call is over, or no longer wanted. Twice is once. */
  give(): void;
}

/** Who hands out permits: `Services` itself, or, in a session's thread, what asks it. */
export interface Permits {
  /** @param service what the limit is counted for; of an HTTP server its origin. */
  take(caller: Caller, service: string): Permit;
  /** The session has ended: all it holds and waits for is given back. */
  leave(session: string): void;
}

export interface ServiceLimits {
  /** Calls at once to a service that `own` does not name. */
  readonly atOnce: number;
  readonly own: Readonly<Record<string, number>>;
  /** Calls that may wait for one service. */
  readonly waiting: number;
  readonly waitMs: number;
}

/** Services without calls that are still remembered, for their counts. */
const mostIdle = 1_000;
const longestName = 300;

/**
 * The services outside, shared by all sessions of a server: who may call which of them now.
 *
 * H18  At most so many calls to one service are under way at once, whatever the number of sessions and threads.
 * H19  Those that wait are let through one session after the other; within a session, in the order in which they asked.
 * H20  When too many wait, the newest call of the session with the most of them is refused; one that waited too long is, too.
 * H21  What a session holds is given back when it ends, however it does.
 */
export class Services implements Permits {
  readonly #clock: Clock;
  readonly #limits: ServiceLimits;
  /** In the order in which they were last asked for. */
  readonly #services = new Map<string, Service>();
  readonly #places = new Map<string, Set<Place>>();

  constructor(clock: Clock, limits: ServiceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  take(caller: Caller, name: string): Permit {
    const service = this.#service(name.length > longestName ? `${name.slice(0, longestName)}…` : name);
    const place = new Place(caller, service, (over) => this.#left(over));
    const places = this.#places.get(caller.session) ?? new Set();
    this.#places.set(caller.session, places.add(place));
    service.enter(place, this.#clock);
    return place;
  }

  leave(session: string): void {
    const places = [...(this.#places.get(session) ?? [])];
    // Those that wait first, so that none of them is let through on the way.
    for (const place of places) if (place.is === 'waiting') place.give();
    for (const place of places) place.give();
  }

  /** Every service that was asked for lately. */
  usage(): ServiceUsage[] {
    return [...this.#services.values()].map((service) => service.usage());
  }

  #service(name: string): Service {
    const known = this.#services.get(name);
    if (known !== undefined) this.#services.delete(name);
    else if (this.#services.size >= mostIdle) this.#forgetOne();
    const { own, atOnce, waiting, waitMs } = this.#limits;
    const most = Object.hasOwn(own, name) ? (own[name] ?? atOnce) : atOnce;
    const service = known ?? new Service(name, most, { waiting, waitMs });
    this.#services.set(name, service);
    return service;
  }

  #forgetOne(): void {
    for (const [name, service] of this.#services) {
      if (!service.isIdle) continue;
      this.#services.delete(name);
      return;
    }
  }

  #left(place: Place): void {
    const { session } = place.caller;
    const places = this.#places.get(session);
    places?.delete(place);
    if (places?.size === 0) this.#places.delete(session);
  }
}

class Service {
  readonly #name: string;
  readonly #most: number;
  readonly #limits: Pick<ServiceLimits, 'waiting' | 'waitMs'>;
  /** Those that wait, by session; the session whose turn is next comes first. */
  readonly #queue = new Map<string, Set<Place>>();
  #inUse = 0;
  #waiting = 0;
  #granted = 0;
  #refused = 0;

  constructor(name: string, most: number, limits: Pick<ServiceLimits, 'waiting' | 'waitMs'>) {
    this.#name = name;
    this.#most = most;
    this.#limits = limits;
  }

  get isIdle(): boolean {
    return this.#inUse === 0 && this.#waiting === 0;
  }

  usage(): ServiceUsage {
    return {
      service: this.#name,
      atOnce: this.#most,
      inUse: this.#inUse,
      waiting: this.#waiting,
      granted: this.#granted,
      refused: this.#refused,
    };
  }

  enter(place: Place, clock: Clock): void {
    if (this.#inUse < this.#most) return void this.#let(place);
    const { session } = place.caller;
    const waiting = this.#queue.get(session) ?? new Set();
    this.#queue.set(session, waiting.add(place));
    this.#waiting++;
    const { waitMs } = this.#limits;
    if (this.#waiting > this.#limits.waiting) this.#refuseOne(waiting);
    if (place.is !== 'waiting') return;
    place.cancel = clock.after(waitMs, () => {
      const error = waitedTooLong({ detail: this.#says(place, `it waited ${waitMs} ms`), facts: this.#facts(place) });
      this.#refuse(place, error);
    });
  }

  /** A place is given up: a call is over, or one no longer waits. */
  left(place: Place, was: Place['is']): void {
    if (was === 'waiting') this.#unqueue(place);
    if (was !== 'held') return;
    this.#inUse--;
    const [next] = this.#queue;
    if (next === undefined) return;
    const [session, waiting] = next;
    const [first] = waiting;
    if (first === undefined) return;
    this.#unqueue(first);
    // To the end of the row, behind the other sessions.
    if (this.#queue.delete(session)) this.#queue.set(session, waiting);
    this.#let(first);
  }

  #let(place: Place): void {
    this.#inUse++;
    this.#granted++;
    place.let();
  }

  #unqueue(place: Place): void {
    const { session } = place.caller;
    const waiting = this.#queue.get(session);
    if (waiting?.delete(place) === true) this.#waiting--;
    if (waiting?.size === 0) this.#queue.delete(session);
  }

  /** @param asking those of the session that asks: it is refused itself unless another has more. */
  #refuseOne(asking: ReadonlySet<Place>): void {
    let most = asking;
    for (const waiting of this.#queue.values()) if (waiting.size > most.size) most = waiting;
    const last = [...most].at(-1);
    if (last === undefined) return;
    const error = queueFull({ detail: this.#says(last, `${this.#limits.waiting} more waited`), facts: this.#facts(last) });
    this.#refuse(last, error);
  }

  #refuse(place: Place, error: Error): void {
    this.#refused++;
    this.#unqueue(place);
    place.refuse(error);
  }

  #facts({ caller: { node } }: Place): Record<string, unknown> {
    return { service: this.#name, node, most: this.#most };
  }

  #says({ caller: { node } }: Place, why: string): string {
    return `${node} was not let through to ${this.#name}: ${this.#most} calls of this server were under way there, the most allowed at once, and ${why}. Ask it less often, or raise its limit (SERVICE_LIMITS).`;
  }
}

class Place implements Permit {
  readonly caller: Caller;
  readonly granted: Promise<void>;
  is: 'waiting' | 'held' | 'over' = 'waiting';
  cancel: Cancel | undefined;
  readonly #service: Service;
  readonly #left: (place: Place) => void;
  readonly #settle: PromiseWithResolvers<void>;

  constructor(caller: Caller, service: Service, left: (place: Place) => void) {
    this.caller = caller;
    this.#service = service;
    this.#left = left;
    this.#settle = Promise.withResolvers();
    this.granted = this.#settle.promise;
    // Who gives it back first never looks.
    this.granted.catch(() => undefined);
  }

  let(): void {
    this.cancel?.();
    this.is = 'held';
    this.#settle.resolve();
  }

  refuse(error: Error): void {
    this.cancel?.();
    this.is = 'over';
    this.#left(this);
    this.#settle.reject(error);
  }

  give(): void {
    const was = this.is;
    if (was === 'over') return;
    this.cancel?.();
    this.is = 'over';
    this.#left(this);
    this.#service.left(this, was);
  }
}
