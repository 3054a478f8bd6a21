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
  const doings = new Map<string, Doing>();
  const listeners = new Set<() => void>();
  const others = createStore<readonly Peer[]>([]);
  const me = createStore<Peer | null>(null);
  const fields = createStore<readonly { readonly peer: Peer; readonly field: Field }[]>([]);
  const followed = createStore<string | null>(null);
  const telling = createTelling(around);
  const moved = () => {
    fields.set((now) => fieldsOf(others.get(), doings, now));
    for (const listener of listeners) listener();
  };
  const gone = (peer: string) => {
    doings.delete(peer);
    others.set((now) => now.filter(({ id }) => id !== peer));
    if (followed.get() === peer) followed.set(null);
  };
  const learn = (peer: string, doing: Doing) => {
    if (peer !== me.get()?.id) doings.set(peer, { ...doings.get(peer), ...doing });
  };
  const heard = (message: LiveMessage) => {
    switch (message.type) {
      case 'welcome':
        me.set(message.you);
        doings.clear();
        for (const { id, doing } of message.peers) learn(id, doing);
        others.set(message.peers.map(({ id, name, colour }) => ({ id, name, colour })));
        telling.all();
        return moved();
      case 'peer.came':
        if (message.peer.id === me.get()?.id) return;
        others.set((now) => [...now.filter(({ id }) => id !== message.peer.id), message.peer]);
        return moved();
      case 'peer.left':
        gone(message.peer);
        return moved();
      case 'presence':
        for (const [peer, doing] of Object.entries(message.doings)) learn(peer, doing);
        return moved();
      case 'said':
        return around.said(message.from, message.text);
    }
  };
  return {
    others,
    me,
    fields,
    followed,
    heard,
    doing: (peer) => doings.get(peer) ?? {},
    onMove(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    does: telling.tell,
    say: (to, text) => around.send({ type: 'say', designId: around.designId, to, text }),
    lost() {
      doings.clear();
      others.set([]);
      moved();
    },
    close: telling.close,
  };
}

function fieldsOf(peers: readonly Peer[], doings: ReadonlyMap<string, Doing>, now: ReturnType<People['fields']['get']>) {
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
