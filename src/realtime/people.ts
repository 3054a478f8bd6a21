import type { Doing, Peer } from '#model/presence.ts';

/** Who has a design open, here and on other servers, and what they do. */

/** W33: at most twenty times a second. */
const spacingMs = 50;
const colours = 12;

interface Person {
  peer: Peer;
  /** The server it is connected to; undefined: this one. */
  readonly server: string | undefined;
  /** All that is known, as it would be told to one who knows nothing: null stays, so that it takes back what was. */
  doing: Doing;
  /** What of it was not told yet. */
  change: Doing | undefined;
  nextMs: number;
}

/** What is to be told now of what people do, and in how many milliseconds there is more. */
interface News {
  readonly doings: Readonly<Record<string, Doing>>;
  /** Those of this server among them. */
  readonly own: Readonly<Record<string, Doing>>;
  readonly moreInMs: number | undefined;
}

export class People {
  readonly #people = new Map<string, Person>();
  readonly #changed = new Set<Person>();

  /** Adds somebody, or gives a new name. */
  add(peer: Peer, server?: string): void {
    const known = this.#people.get(peer.id);
    if (known !== undefined) known.peer = peer;
    else this.#people.set(peer.id, { peer, server, doing: {}, change: undefined, nextMs: 0 });
  }

  /** @returns false when it was not there. */
  remove(id: string): boolean {
    const person = this.#people.get(id);
    if (person !== undefined) this.#changed.delete(person);
    return this.#people.delete(id);
  }

  get(id: string): Peer | undefined {
    return this.#people.get(id)?.peer;
  }

  /** Whom the server `server` told of; undefined: those of this server. */
  of(server: string | undefined): readonly (Peer & { doing: Doing })[] {
    return [...this.#people.values()].filter((person) => person.server === server).map(({ peer, doing }) => ({ ...peer, doing }));
  }

  /** Everybody but one. */
  besides(id: string): (Peer & { doing: Doing })[] {
    return [...this.#people.values()].filter(({ peer }) => peer.id !== id).map(({ peer, doing }) => ({ ...peer, doing }));
  }

  /** The colour that the fewest have. */
  freeColour(): number {
    const used = Array.from({ length: colours }, () => 0);
    for (const { peer } of this.#people.values()) used[peer.colour] = (used[peer.colour] ?? 0) + 1;
    return used.indexOf(Math.min(...used));
  }

  /** Somebody does something; what is left out is as it was. */
  does(id: string, change: Doing): void {
    const person = this.#people.get(id);
    if (person === undefined) return;
    person.doing = { ...person.doing, ...change };
    person.change = { ...person.change, ...change };
    this.#changed.add(person);
  }

  /** All that somebody is known to do; what of it was known already is not news. */
  learn(id: string, all: Doing): void {
    const known = this.#people.get(id)?.doing ?? {};
    const news = Object.entries(all).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(known[name as keyof Doing]),
    );
    if (news.length > 0) this.does(id, Object.fromEntries(news));
  }

  /** All that somebody does, so that what was known before does not matter. */
  doing(id: string): Doing | undefined {
    return this.#people.get(id)?.doing;
  }

  /** Takes what is to be told now: of each person the newest, at most every 50 ms. */
  take(nowMs: number): News {
    const doings: Record<string, Doing> = {};
    const own: Record<string, Doing> = {};
    let moreAtMs = Number.POSITIVE_INFINITY;
    for (const person of this.#changed) {
      if (person.nextMs > nowMs) {
        moreAtMs = Math.min(moreAtMs, person.nextMs);
        continue;
      }
      doings[person.peer.id] = person.change ?? {};
      if (person.server === undefined) own[person.peer.id] = person.change ?? {};
      person.change = undefined;
      person.nextMs = nowMs + spacingMs;
      this.#changed.delete(person);
    }
    return { doings, own, moreInMs: moreAtMs === Number.POSITIVE_INFINITY ? undefined : moreAtMs - nowMs };
  }
}
