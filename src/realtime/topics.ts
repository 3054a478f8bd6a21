import type { Happening } from '#app/feed.ts';
import type { LiveRequest } from '#model/live.ts';

/** What somebody listens to, as a text that is the same for all who listen to it. */
export type Topic = string;

type Subscription = Extract<LiveRequest, { topic: string }>;

export const topicOf = ({ topic, id, connection }: Pick<Subscription, 'topic' | 'id' | 'connection'>): Topic =>
  topic === 'connection' ? `connection ${id} ${connection ?? ''}` : `${topic} ${id}`;

/** Those who are told when something happens. */
export function topicsOf(happening: Happening): readonly Topic[] {
  switch (happening.type) {
    case 'design.edited':
    case 'design.deleted':
      return [`design ${happening.designId}`];
    case 'session.status':
      return [`session ${happening.session.id}`, `design ${happening.session.designId}`];
    case 'session.fault':
      return [`session ${happening.sessionId}`];
  }
}

/** Who listens to what. */
export class Listeners<L> {
  readonly #byTopic = new Map<Topic, Set<L>>();

  add(topic: Topic, listener: L): void {
    const listeners = this.#byTopic.get(topic) ?? new Set();
    this.#byTopic.set(topic, listeners.add(listener));
  }

  remove(topic: Topic, listener: L): void {
    const listeners = this.#byTopic.get(topic);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#byTopic.delete(topic);
  }

  /** Everyone who listens to one of the topics, once. */
  of(topics: readonly Topic[]): ReadonlySet<L> {
    return new Set(topics.flatMap((topic) => [...(this.#byTopic.get(topic) ?? [])]));
  }

  get size(): number {
    return this.#byTopic.size;
  }
}
