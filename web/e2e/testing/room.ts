import type { RealServer } from '#api/http/testing/real-server.ts';
import type { App } from '#app/app.ts';
import type { Bus } from '#app/bus.ts';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import type { Kinds } from '#model/component.ts';
import type { Design, DesignBody } from '#model/design.ts';
import type { CommittedTx } from '#model/edits/tx.ts';
import { liveSocket } from '#realtime/live.ts';
import { Snapshots } from '#store/designs/snapshots.ts';
import { atRest } from './history.ts';
import { Replica, type Ways } from './replica.ts';

interface Joining extends Ways {
  readonly server?: RealServer;
  readonly kinds?: Kinds;
}

/** A design that several have open, each through the page's own client on a socket of a real server. */
export class Room {
  readonly design: Design;
  readonly people: Replica[] = [];
  readonly #server: RealServer;

  private constructor(server: RealServer, design: Design) {
    this.#server = server;
    this.design = design;
  }

  static async open(server: RealServer, body: Partial<DesignBody> = {}): Promise<Room> {
    const made = await server.app.createDesign({ actor: 'owner', via: 'test' }, { name: 'Room', ...body });
    if (made.is === 'refused') throw new Error(made.refusal.message);
    return new Room(server, made.design);
  }

  /** Somebody who has just come, perhaps to another server of the same database, perhaps one who knows other kinds. */
  async join(name: string, { server = this.#server, kinds = server.catalog, ...ways }: Joining = {}): Promise<Replica> {
    const person = new Replica(liveUrl(server), this.design, kinds, name, ways);
    this.people.push(person);
    await person.connect();
    await person.until(() => person.welcomes > 0);
    return person;
  }

  /** As it is stored. */
  now(): Promise<Design> {
    return this.#server.app.getDesign({ actor: 'test', via: 'test' }, this.design.id);
  }

  /** What was committed, without the revision that made it. */
  async log(): Promise<CommittedTx[]> {
    return await this.#server.app.editsSince({ actor: 'test', via: 'test' }, this.design.id, 1, 1_000);
  }

  /** Resolves when everybody who is connected has all there is and nothing waits. */
  async settled(): Promise<void> {
    const here = this.people.filter((person) => person.isConnected);
    await Promise.all(here.map((person) => person.settled(0)));
    const { rev } = await this.now();
    await Promise.all(here.map((person) => person.settled(rev)));
  }

  /** Everybody comes back and is told all. What is wrong then, in words: nobody sees something else, nothing ever dangled, the log leads there. */
  async faults(): Promise<readonly string[]> {
    return (await atRest(this.#server, new Snapshots(this.#server.db), this.design.id, this.people)).faults;
  }

  close(): void {
    for (const person of this.people) person.close();
  }
}

export const liveUrl = ({ origin }: Pick<RealServer, 'origin'>): string => `${origin.replace('http', 'ws')}/api/v1/live`;

/** For `realServer`: its live socket, with what went wrong in `reported`; `closed` afterwards. */
export function liveParts(bus?: Bus) {
  const reported: unknown[] = [];
  let live: ReturnType<typeof liveSocket> | undefined;
  const liveOf = (app: App) => {
    live = liveSocket(app, { clock: systemClock, newId: newUuid, bus, report: (thrown) => reported.push(thrown) });
    return live;
  };
  return { reported, liveOf, close: () => live?.close() };
}
