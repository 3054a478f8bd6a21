import type { LiveMessage, LiveRequest } from '#model/live.ts';
import { createStore, type Store } from '../base/store.ts';

/** Whether the server is there, seen from the live socket. */
export type Reach = 'connecting' | 'online' | 'offline';

/** One part of what happens: a design, a session, or one wire of a session. */
export interface Topic {
  readonly topic: 'design' | 'session' | 'connection';
  readonly id: string;
  readonly connection?: string;
}

/** The live socket: topics are counted, so that many listeners of one topic are one subscription. */
export interface Live {
  readonly reach: Store<Reach>;
  /** Listens to a topic; the answer stops listening. */
  subscribe(topic: Topic, listener: (message: LiveMessage) => void): () => void;
  /** Called each time the socket is open again after it was lost: what was missed must be fetched. */
  onReturn(listener: () => void): () => void;
  close(): void;
}

const firstWaitMs = 400;
const longestWaitMs = 5_000;
const pingEveryMs = 10_000;
const silenceMs = 25_000;

interface Subscription {
  readonly topic: Topic;
  readonly listeners: Set<(message: LiveMessage) => void>;
}

const keyOf = ({ topic, id, connection }: Topic): string => `${topic}/${id}/${connection ?? ''}`;

function keyOfMessage(message: LiveMessage): string | undefined {
  switch (message.type) {
    case 'design.edited':
    case 'design.deleted':
    case 'comment':
      return keyOf({ topic: 'design', id: message.designId });
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
  let socket: WebSocket | undefined;
  let waitMs = firstWaitMs;
  let heardAt = 0;
  let wasOpen = false;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (request: LiveRequest) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request));
  };
  const opened = () => {
    waitMs = firstWaitMs;
    heardAt = Date.now();
    reach.set('online');
    for (const { topic } of subscriptions.values()) send({ type: 'subscribe', ...topic });
    if (wasOpen) for (const listener of returns) listener();
    wasOpen = true;
  };
  const lost = () => {
    if (closed) return;
    reach.set('offline');
    timer = setTimeout(connect, waitMs * (0.8 + Math.random() * 0.4));
    waitMs = Math.min(waitMs * 1.7, longestWaitMs);
  };
  const heard = (event: MessageEvent) => {
    heardAt = Date.now();
    deliver(JSON.parse(String(event.data)) as LiveMessage, subscriptions);
  };
  function connect() {
    const next = new WebSocket(url);
    socket = next;
    next.onopen = opened;
    next.onmessage = heard;
    next.onclose = () => socket === next && lost();
  }
  const heartbeat = setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - heardAt > silenceMs) socket.close();
    else send({ type: 'ping' });
  }, pingEveryMs);
  connect();

  return {
    reach,
    subscribe: (topic, listener) => subscribe(subscriptions, send, topic, listener),
    onReturn(listener) {
      returns.add(listener);
      return () => returns.delete(listener);
    },
    close() {
      closed = true;
      clearInterval(heartbeat);
      clearTimeout(timer);
      socket?.close();
    },
  };
}

function deliver(message: LiveMessage, subscriptions: ReadonlyMap<string, Subscription>): void {
  const tell = (key: string) => {
    for (const listener of [...(subscriptions.get(key)?.listeners ?? [])]) listener(message);
  };
  if (message.type === 'session.status') {
    tell(keyOf({ topic: 'session', id: message.session.id }));
    tell(keyOf({ topic: 'design', id: message.session.designId }));
    return;
  }
  const key = keyOfMessage(message);
  if (key !== undefined) tell(key);
}

function subscribe(
  subscriptions: Map<string, Subscription>,
  send: (request: LiveRequest) => void,
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
