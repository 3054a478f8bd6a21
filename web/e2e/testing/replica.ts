import { once } from 'node:events';
import { WebSocket } from 'ws';
import { newUuid } from '#base/ids.ts';
import type { Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { LiveMessage, LiveRequest } from '#model/live.ts';
import type { Doing } from '#model/presence.ts';
import type { DesignStore, News } from '../../src/design/design-state.ts';
import { openDesign } from '../../src/design/design-store.ts';
import type { Line } from '../../src/design/line.ts';

/** Far longer than anything takes that comes to rest at all. */
const restMs = 60_000;

type TxFrame = Extract<LiveRequest, { type: 'tx' }>;

export interface Ways {
  /** Whether a frame is sent a second time. */
  readonly twice?: () => boolean;
  readonly now?: () => number;
}

/** The page's own client, without the page, on a real socket that is cut, comes back, and says things twice. */
export class Replica {
  store: DesignStore;
  readonly news: News[] = [];
  /** Transactions the server has refused, and those it has acknowledged. */
  readonly refused = new Set<string>();
  readonly acknowledged = new Set<string>();
  /** How often it was welcomed. */
  welcomes = 0;
  /** What others were seen doing. */
  readonly doings: Doing[] = [];
  /** What was wrong in any picture this person saw. */
  readonly wrong: string[] = [];
  readonly #url: string;
  readonly #kinds: Kinds;
  readonly #name: string;
  readonly #twice: () => boolean;
  readonly #now: () => number;
  readonly #sent: TxFrame[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #last: LiveMessage[] = [];
  #socket: WebSocket | undefined;
  #kept: Line | undefined;
  #next = Promise.withResolvers<void>();
  /** Frames of a time before, to be said once the new socket is welcomed. */
  #late: TxFrame[] = [];

  constructor(url: string, design: Design, kinds: Kinds, name: string, { twice = () => false, now = Date.now }: Ways = {}) {
    this.#url = url;
    this.#kinds = kinds;
    this.#name = name;
    this.#twice = twice;
    this.#now = now;
    this.store = this.#open({ confirmed: design });
  }

  get isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** @param late how many of the transactions sent before are sent once more, in no order, after the welcome. */
  async connect(late = 0): Promise<void> {
    if (this.#socket !== undefined) return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#late = late === 0 ? [] : this.#sent.slice(-late).reverse();
    socket.on('message', (text) => this.#socket === socket && this.#heard(JSON.parse(String(text)) as LiveMessage));
    socket.on('close', () => this.#socket === socket && this.cut());
    socket.on('error', () => {});
    await once(socket, 'open');
    if (this.#socket === socket) this.store.opened();
  }

  /** Says something that is no edit. */
  say(frame: LiveRequest): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Resolves once what is told is as wanted. */
  async until(is: () => boolean): Promise<void> {
    while (!is()) await this.#next.promise;
  }

  /** The socket is gone, with all that was on its way. */
  cut(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.terminate();
    this.store.lost();
  }

  /** The page is loaded again: what was kept is all there is. */
  reload(): void {
    this.cut();
    this.#clearTimers();
    this.store = this.#open(structuredClone(this.#kept) ?? this.store.state.get());
  }

  /** Resolves when all is saved and the design is at a revision or beyond. */
  async settled(rev: number): Promise<void> {
    const is = () => {
      const { saving, waiting, confirmed, aside } = this.store.state.get();
      if (aside !== undefined) this.store.settleAside('send');
      return saving === 'saved' && waiting.length === 0 && aside === undefined && confirmed.rev >= rev;
    };
    if (is()) return;
    const done = Promise.withResolvers<void>();
    // A history that never comes to rest is a fault to be told, not a test that hangs.
    const late = setTimeout(() => done.reject(new Error(`${this.#name} does not come to rest: ${this.#told()}`)), restMs);
    const stop = this.store.state.subscribe(() => is() && done.resolve());
    await done.promise.finally(() => {
      clearTimeout(late);
      stop();
    });
  }

  #told(): string {
    const { saving, waiting, confirmed, aside } = this.store.state.get();
    const frames = this.#last.map((message) => JSON.stringify(message).slice(0, 300)).join('\n');
    return (
      JSON.stringify({ connected: this.isConnected, saving, waiting, rev: confirmed.rev, aside: aside !== undefined }) + frames
    );
  }

  close(): void {
    this.store.close();
    this.#clearTimers();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  #open(line: Pick<Line, 'confirmed'> & Partial<Line>): DesignStore {
    const store = openDesign(line, {
      kinds: this.#kinds,
      send: (frame) => this.#send(frame),
      newId: newUuid,
      now: this.#now,
      later: (call, ms) => this.#later(call, ms),
      tell: (news) => this.news.push(news),
      keep: (kept) => {
        this.#kept = kept;
      },
      name: () => this.#name,
    });
    store.state.subscribe(() => this.wrong.push(...faultsOf(store.state.get().shown), ...faultsOf(store.state.get().confirmed)));
    return store;
  }

  #send(frame: LiveRequest): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    if (frame.type === 'tx') {
      this.#sent.push(frame);
      if (this.#twice()) socket.send(JSON.stringify(frame));
    }
    return true;
  }

  #heard(message: LiveMessage): void {
    this.#last.push(message);
    if (this.#last.length > 6) this.#last.shift();
    if (message.type === 'ack') this.acknowledged.add(message.txId);
    if (message.type === 'refused') this.refused.add(message.txId);
    this.store.heard(message);
    if (message.type === 'presence') this.doings.push(...Object.values(message.doings));
    if (message.type === 'welcome') this.welcomes++;
    if (message.type === 'welcome') for (const frame of this.#late.splice(0)) this.#socket?.send(JSON.stringify(frame));
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  #later(call: () => void, ms: number): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      call();
    }, ms);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** What must not be seen at any moment: a connection or a membership of something that is not there, two connections at one end. */
export function faultsOf({ nodes, connections, canvas }: Design): string[] {
  const faults: string[] = [];
  const ends = new Set<string>();
  for (const { id, from, to } of Object.values(connections)) {
    if (!Object.hasOwn(nodes, from.node) || !Object.hasOwn(nodes, to.node)) faults.push(`${id} dangles`);
    for (const end of [`out ${from.node}.${from.port}.${from.index}`, `in ${to.node}.${to.port}.${to.index}`]) {
      if (ends.has(end)) faults.push(`${end} has two connections`);
      ends.add(end);
    }
  }
  const { groups = {}, members = {} } = canvas;
  for (const [node, group] of Object.entries(members))
    if (!Object.hasOwn(nodes, node) || !Object.hasOwn(groups, group)) faults.push(`${node} is in ${group}`);
  for (const { id, parent } of Object.values(groups))
    if (parent !== undefined && !Object.hasOwn(groups, parent)) faults.push(`${id} is within ${parent}`);
  return faults;
}
