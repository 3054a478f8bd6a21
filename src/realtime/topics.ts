import type { LiveRequest } from '#model/live.ts';

/** What somebody listens to, as a text that is the same for all who listen to it. */
export type Topic = string;

export type Subscription = Extract<LiveRequest, { topic: string }>;

export const topicOf = ({ topic, id, connection }: Pick<Subscription, 'topic' | 'id' | 'connection'>): Topic =>
  topic === 'connection' ? `connection ${id} ${connection ?? ''}` : `${topic} ${id}`;

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

  of(topic: Topic): ReadonlySet<L> {
    return this.#byTopic.get(topic) ?? new Set();
  }

  get size(): number {
    return this.#byTopic.size;
  }
}
