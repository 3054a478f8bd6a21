import type { LiveMessage, LiveRequest } from '#model/live.ts';
import type { Doing, Peer } from '#model/presence.ts';
import { createStore, type Store } from '../base/store.ts';

/** Where somebody types: a name is shown there. */
export type Field = NonNullable<Doing['field']>;

/**
 * The others who have the design open, and what they do there. Who is there and who types where change rarely and are stores; what moves is
 * read when it is painted.
 */
export interface People {
  /** The others, in the order they came. */
  readonly others: Store<readonly Peer[]>;
  readonly me: Store<Peer | null>;
  /** Who types where. */
  readonly fields: Store<readonly { readonly peer: Peer; readonly field: Field }[]>;
  /** Whose view this page follows. */
  readonly followed: Store<string | null>;
  doing(peer: string): Doing;
  /** Calls whenever something has moved. */
  onMove(listener: () => void): () => void;
  /** Tells the others what this person does now: what is left out is as it was. At most twenty times a second, the last always. */
  does(doing: Doing): void;
  say(to: string, text: string): boolean;
  heard(message: LiveMessage): void;
  /** The socket is gone: nobody is seen any more. */
  lost(): void;
  close(): void;
}

interface Around {
  readonly designId: string;
  send(frame: LiveRequest): boolean;
  later(call: () => void, ms: number): () => void;
  /** Somebody has said something to this person. */
  said(from: Peer, text: string): void;
}

const tellMs = 50;

export function createPeople(around: Around): People {
  const stores = {
    others: createStore<readonly Peer[]>([]),
    me: createStore<Peer | null>(null),
    fields: createStore<Fields>([]),
    followed: createStore<string | null>(null),
  };
  const doings = new Map<string, Doing>();
  const listeners = new Set<() => void>();
  const telling = createTelling(around);
  const moved = () => {
    stores.fields.set((now) => fieldsOf(stores.others.get(), doings, now));
    for (const listener of listeners) listener();
  };
  return {
    ...stores,
    heard(message) {
      if (message.type === 'said') around.said(message.from, message.text);
      else if (learns(message, stores, doings)) moved();
      if (message.type === 'welcome') telling.all();
    },
    doing: (peer) => doings.get(peer) ?? {},
    onMove(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    does: telling.tell,
    say: (to, text) => around.send({ type: 'say', designId: around.designId, to, text }),
    lost() {
      doings.clear();
      stores.others.set([]);
      moved();
    },
    close: telling.close,
  };
}

type Fields = ReturnType<People['fields']['get']>;

// True when something is otherwise than before.
function learns(message: LiveMessage, { others, me, followed }: People_, doings: Map<string, Doing>): boolean {
  const learn = (peer: string, doing: Doing) => {
    if (peer !== me.get()?.id) doings.set(peer, { ...doings.get(peer), ...doing });
  };
  switch (message.type) {
    case 'welcome':
      me.set(message.you);
      doings.clear();
      for (const { id, doing } of message.peers) learn(id, doing);
      others.set(message.peers.map(({ id, name, colour }) => ({ id, name, colour })));
      return true;
    case 'peer.came':
      if (message.peer.id === me.get()?.id) return false;
      others.set((now) => [...now.filter(({ id }) => id !== message.peer.id), message.peer]);
      return true;
    case 'peer.left':
      doings.delete(message.peer);
      others.set((now) => now.filter(({ id }) => id !== message.peer));
      if (followed.get() === message.peer) followed.set(null);
      return true;
    case 'presence':
      for (const [peer, doing] of Object.entries(message.doings)) learn(peer, doing);
      return true;
    default:
      return false;
  }
}

type People_ = Pick<People, 'others' | 'me' | 'followed'>;

function fieldsOf(peers: readonly Peer[], doings: ReadonlyMap<string, Doing>, now: Fields): Fields {
  const next = peers.flatMap((peer) => {
    const field = doings.get(peer.id)?.field;
    return field === undefined || field === null ? [] : [{ peer, field }];
  });
  const same =
    next.length === now.length &&
    next.every(({ peer, field }, at) => {
      const other = now[at];
      return other?.peer === peer && other.field.node === field.node && other.field.name === field.name;
    });
  return same ? now : next;
}

function createTelling({ designId, send, later }: Around) {
  let whole: Doing = {};
  let next: Doing = {};
  let callOff: (() => void) | undefined;
  const flush = () => {
    callOff = undefined;
    if (Object.keys(next).length === 0) return;
    send({ type: 'presence', designId, ...next });
    next = {};
    callOff = later(flush, tellMs);
  };
  return {
    tell(doing: Doing) {
      whole = { ...whole, ...doing };
      next = { ...next, ...doing };
      if (callOff === undefined) flush();
    },
    /** All of it again: whoever is told now has heard nothing yet. */
    all() {
      next = { ...whole };
      if (callOff === undefined) flush();
    },
    close: () => callOff?.(),
  };
}
