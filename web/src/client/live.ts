import type { LiveMessage, LiveRequest, Look } from '#model/live.ts';
import { createStore, type Store } from '../base/store.ts';

/** Whether the server is there, seen from the live socket. */
export type Reach = 'connecting' | 'online' | 'offline';

/** One part of what happens in a session: all of it, or one wire. */
export interface Topic {
  readonly topic: 'session' | 'connection';
  readonly id: string;
  readonly connection?: string;
}

/** Somebody who has a design open through the socket. */
export interface Listener {
  /** Anything that is said about the design or its sessions. */
  heard(message: LiveMessage): void;
  /** The socket is open: say hello. Also called at once when it is. */
  opened?(): void;
  lost?(): void;
}

/** The live socket: topics are counted, so that many listeners of one topic are one subscription. */
export interface Live {
  readonly reach: Store<Reach>;
  /** Sends a frame; false when the socket is not open. */
  send(request: LiveRequest): boolean;
  /** Hears what is said about a design, once somebody has said hello; the answer stops listening. */
  hear(designId: string, listener: Listener): () => void;
  /** Listens to a topic; the answer stops listening. */
  subscribe(topic: Topic, listener: (message: LiveMessage) => void): () => void;
  /** Of a session that is listened to, wants the figures of these elements only; undefined: of all. */
  look(sessionId: string, look: Look | undefined): void;
  /** Called each time the socket is open again after it was lost: what was missed must be fetched. */
  onReturn(listener: () => void): () => void;
  close(): void;
}

const firstWaitMs = 400;
const longestWaitMs = 5_000;
const pingEveryMs = 10_000;
const silenceMs = 25_000;

interface Hearing {
  readonly designId: string;
  readonly listener: Listener;
}

interface Subscription {
  readonly topic: Topic;
  look?: Look | undefined;
  readonly listeners: Set<(message: LiveMessage) => void>;
}

const keyOf = ({ topic, id, connection }: Topic): string => `${topic}/${id}/${connection ?? ''}`;

function keyOfMessage(message: LiveMessage): string | undefined {
  switch (message.type) {
    case 'session.snapshot':
      return keyOf({ topic: 'session', id: message.snapshot.sessionId });
    case 'session.fault':
      return keyOf({ topic: 'session', id: message.sessionId });
    case 'session.samples':
      return keyOf({ topic: 'connection', id: message.sessionId, connection: message.connection });
    default:
      return undefined;
  }
}

/** Opens the live socket and keeps it open until `close`: waits 0.4 s to 5 s between tries, and asks again for every topic. */
export function openLive(url: string): Live {
  const reach = createStore<Reach>('connecting');
  const subscriptions = new Map<string, Subscription>();
  const returns = new Set<() => void>();
  const hearing = new Set<Hearing>();
  let wasOpen = false;
  const socket = keepOpen(url, {
    opened() {
      reach.set('online');
      for (const subscription of subscriptions.values()) socket.send(asked(subscription));
      for (const { listener } of hearing) listener.opened?.();
      if (wasOpen) for (const listener of returns) listener();
      wasOpen = true;
    },
    lost() {
      reach.set('offline');
      for (const { listener } of hearing) listener.lost?.();
    },
    heard(message) {
      deliver(message, subscriptions);
      for (const { designId, listener } of [...hearing]) if (isAbout(message, designId)) listener.heard(message);
    },
  });
  return {
    reach,
    send: socket.send,
    hear(designId, listener) {
      const mine = { designId, listener };
      hearing.add(mine);
      if (socket.isOpen()) listener.opened?.();
      return () => hearing.delete(mine);
    },
    subscribe: (topic, listener) => subscribe(subscriptions, socket.send, topic, listener),
    look(sessionId, look) {
      const subscription = subscriptions.get(keyOf({ topic: 'session', id: sessionId }));
      if (subscription === undefined) return;
      subscription.look = look;
      socket.send(asked(subscription));
    },
    onReturn(listener) {
      returns.add(listener);
      return () => returns.delete(listener);
    },
    close: socket.close,
  };
}

const asked = ({ topic, look }: Subscription): LiveRequest => ({
  type: 'subscribe',
  ...topic,
  ...(look !== undefined && { look }),
});

interface Told {
  opened(): void;
  lost(): void;
  heard(message: LiveMessage): void;
}

function keepOpen(url: string, told: Told) {
  let socket: WebSocket | undefined;
  let waitMs = firstWaitMs;
  let heardAt = 0;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isOpen = () => socket?.readyState === WebSocket.OPEN;
  const lost = () => {
    if (closed) return;
    told.lost();
    timer = setTimeout(connect, waitMs * (0.8 + Math.random() * 0.4));
    waitMs = Math.min(waitMs * 1.7, longestWaitMs);
  };
  function connect() {
    const next = new WebSocket(url);
    socket = next;
    next.onopen = () => {
      waitMs = firstWaitMs;
      heardAt = Date.now();
      told.opened();
    };
    next.onmessage = (event) => {
      heardAt = Date.now();
      told.heard(JSON.parse(String(event.data)) as LiveMessage);
    };
    next.onclose = () => socket === next && lost();
  }
  const send = (request: LiveRequest): boolean => {
    if (isOpen()) socket?.send(JSON.stringify(request));
    return isOpen();
  };
  const heartbeat = setInterval(() => {
    if (!isOpen()) return;
    if (Date.now() - heardAt > silenceMs) socket?.close();
    else send({ type: 'ping' });
  }, pingEveryMs);
  connect();
  return {
    isOpen,
    send,
    close() {
      closed = true;
      clearInterval(heartbeat);
      clearTimeout(timer);
      socket?.close();
    },
  };
}

const isAbout = (message: LiveMessage, designId: string): boolean =>
  message.type === 'session.status'
    ? message.session.designId === designId
    : 'designId' in message && message.designId === designId;

function deliver(message: LiveMessage, subscriptions: ReadonlyMap<string, Subscription>): void {
  const tell = (key: string) => {
    for (const listener of [...(subscriptions.get(key)?.listeners ?? [])]) listener(message);
  };
  if (message.type === 'session.status') {
    tell(keyOf({ topic: 'session', id: message.session.id }));
    return;
  }
  const key = keyOfMessage(message);
  if (key !== undefined) tell(key);
}

function subscribe(
  subscriptions: Map<string, Subscription>,
  send: (request: LiveRequest) => boolean,
  topic: Topic,
  listener: (message: LiveMessage) => void,
): () => void {
  const key = keyOf(topic);
  const known = subscriptions.get(key);
  const subscription = known ?? { topic, listeners: new Set() };
  subscription.listeners.add(listener);
  if (known === undefined) {
    subscriptions.set(key, subscription);
    send({ type: 'subscribe', ...topic });
  }
  return () => {
    subscription.listeners.delete(listener);
    if (subscription.listeners.size > 0 || subscriptions.get(key) !== subscription) return;
    subscriptions.delete(key);
    send({ type: 'unsubscribe', ...topic });
  };
}
