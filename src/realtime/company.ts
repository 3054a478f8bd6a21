import type { LiveMessage } from '#model/live.ts';
import type { Doing, Peer } from '#model/presence.ts';
import type { DesignMessage } from './bus-message.ts';
import { type Frame, frameOf } from './frame.ts';
import { peerGone } from './live-errors.ts';
import type { Member } from './member.ts';
import { People } from './people.ts';
import type { Relay } from './relay.ts';

/** A server that has told nothing for so many looks is no longer counted on. */
const silentLooks = 6;
/** The others are told who is here at every so many looks. */
const looksPerHere = 2;
/** Doings told at once to one who missed some. */
const mostCaughtUp = 50;

type PeopleMessage = Exclude<DesignMessage, { is: 'edits' }>;

/**
 * The people who have one design open, on this server and on others, and what they do there. Nothing of it is stored.
 *
 * W32  Everybody is told who comes and goes; who comes has the colour that the fewest have.
 * W33  What somebody does is told to the others at most twenty times a second, the last of it always.
 * W34  To one who reads slowly it is not told; when there is room again, what everybody does then.
 */
export class Company {
  readonly #designId: string;
  readonly #relay: Relay;
  readonly #members: ReadonlySet<Member>;
  readonly #people = new People();
  /** Other servers, and how many looks ago they were last heard. */
  readonly #servers = new Map<string, number>();
  #looks = 0;
  /** Somebody had no room the last time. */
  #someMissed = false;

  constructor(designId: string, members: ReadonlySet<Member>, relay: Relay) {
    this.#designId = designId;
    this.#members = members;
    this.#relay = relay;
  }

  get freeColour(): number {
    return this.#people.freeColour();
  }

  /** Those who are there besides one. */
  besides({ peer }: Member): (Peer & { doing: Doing })[] {
    return this.#people.besides(peer.id);
  }

  /** One of this server is there, or goes by another name. */
  came(member: Member): void {
    const { peer } = member;
    if (this.#people.get(peer.id)?.name === peer.name) return;
    const isFirst = this.#people.of(undefined).length === 0;
    this.#people.add(peer);
    this.tell({ type: 'peer.came', designId: this.#designId, peer }, member);
    this.#relay.tell({ is: 'came', designId: this.#designId, peer });
    if (isFirst) this.tellWhoIsHere(true);
  }

  left({ peer }: Member): void {
    if (!this.#people.remove(peer.id)) return;
    this.tell({ type: 'peer.left', designId: this.#designId, peer: peer.id });
    this.#relay.tell({ is: 'left', designId: this.#designId, peer: peer.id });
  }

  does({ peer }: Member, doing: Doing): void {
    this.#people.does(peer.id, doing);
  }

  /** Tells one peer what another says. @throws LIVE_PEER_GONE. */
  say(from: Member, to: string, text: string, at: string): void {
    if (this.#people.get(to) === undefined) throw peerGone({ facts: { peer: to } });
    const said = { designId: this.#designId, from: from.peer, text, at };
    if (!this.#hears(to, said)) this.#relay.tell({ is: 'said', to, ...said });
  }

  heard(message: PeopleMessage, server: string): void {
    this.#servers.set(server, 0);
    if (message.is === 'came') this.#arrived(message.peer, server);
    else if (message.is === 'left') this.#gone(message.peer);
    else if (message.is === 'here') this.#areHere(message, server);
    else if (message.is === 'said') {
      const { from, text, at } = message;
      this.#hears(message.to, { designId: this.#designId, from, text, at });
    } else for (const [peer, doing] of Object.entries(message.doings)) this.#people.does(peer, doing);
  }

  /** Tells the other servers who is here; with `ask` they answer the same. */
  tellWhoIsHere(ask: boolean): void {
    this.#relay.tell({ is: 'here', designId: this.#designId, ask, peers: this.#people.of(undefined) });
  }

  /** Called every few seconds: tells that those here still are, and forgets those of a server that is silent. */
  look(): void {
    if (++this.#looks % looksPerHere === 0) this.tellWhoIsHere(false);
    for (const [server, looks] of this.#servers) {
      this.#servers.set(server, looks + 1);
      if (looks + 1 < silentLooks) continue;
      this.#servers.delete(server);
      for (const { id } of this.#people.of(server)) this.#gone(id);
    }
  }

  /** Tells what people do now; in how many milliseconds there is more to tell, and whether somebody had no room for it. */
  tellDoings(nowMs: number): { readonly moreInMs: number | undefined; readonly someMissed: boolean } {
    const { doings, own, moreInMs } = this.#people.take(nowMs);
    if (Object.keys(own).length > 0) this.#relay.tell({ is: 'doing', designId: this.#designId, doings: own });
    const ids = Object.keys(doings);
    if (ids.length === 0 && !this.#someMissed) return { moreInMs, someMissed: false };
    const frame = frameOf({ type: 'presence', designId: this.#designId, doings });
    this.#someMissed = false;
    for (const member of this.#members) {
      if (member.isWelcome) this.#tellDoingsTo(member, ids, frame);
      this.#someMissed ||= member.missed.size > 0;
    }
    return { moreInMs, someMissed: this.#someMissed };
  }

  #tellDoingsTo({ outlet, missed, peer }: Member, ids: readonly string[], frame: Frame): void {
    const others = ids.filter((id) => id !== peer.id);
    if (outlet.hasRoomForPresence && missed.size === 0) {
      if (others.length > 0) outlet.sendFrame(frame);
      return;
    }
    for (const id of others) missed.add(id);
    if (!outlet.hasRoomForPresence) return;
    const doings: Record<string, Doing> = {};
    for (const id of [...missed].slice(0, mostCaughtUp)) {
      const doing = this.#people.doing(id);
      if (doing !== undefined) doings[id] = doing;
      missed.delete(id);
    }
    outlet.send({ type: 'presence', designId: this.#designId, doings });
  }

  /** Tells all who are welcome, perhaps but one. */
  tell(message: LiveMessage, besides?: Member): void {
    const frame = frameOf(message);
    for (const member of this.#members) if (member.isWelcome && member !== besides) member.outlet.sendFrame(frame);
  }

  #hears(to: string, said: Omit<Extract<LiveMessage, { type: 'said' }>, 'type'>): boolean {
    for (const { peer, outlet } of this.#members)
      if (peer.id === to) {
        outlet.send({ type: 'said', ...said });
        return true;
      }
    return false;
  }

  #arrived(peer: Peer, server: string): void {
    const isKnown = this.#people.get(peer.id)?.name === peer.name;
    this.#people.add(peer, server);
    if (!isKnown) this.tell({ type: 'peer.came', designId: this.#designId, peer });
  }

  #gone(peer: string): void {
    if (this.#people.remove(peer)) this.tell({ type: 'peer.left', designId: this.#designId, peer });
  }

  #areHere({ ask, peers }: Extract<DesignMessage, { is: 'here' }>, server: string): void {
    const here = new Set(peers.map(({ id }) => id));
    for (const { id } of this.#people.of(server)) if (!here.has(id)) this.#gone(id);
    for (const { doing, ...peer } of peers) {
      this.#arrived(peer, server);
      this.#people.learn(peer.id, doing);
    }
    if (ask) this.tellWhoIsHere(false);
  }
}
