import type { CheckJob, CheckOrder } from '#model/checks/check-job.ts';
import { createStore, type Store } from '../base/store.ts';

/** The outside of a long check. */
export interface LongSurroundings {
  begin(order: CheckOrder): Promise<CheckJob>;
  get(id: string): Promise<CheckJob>;
  cancel(id: string): Promise<CheckJob>;
  list(): Promise<{ readonly items: readonly CheckJob[] }>;
  /** Calls once after a while; the answer calls it off. */
  later(call: () => void, ms: number): () => void;
  /** It has an answer. */
  done(job: CheckJob): void;
}

/** The long check of a design that is under way on the server, if there is one. */
export interface LongCheck {
  /** Null when none is looked at. */
  readonly job: Store<CheckJob | null>;
  begin(order: CheckOrder): Promise<void>;
  /** Ends it. */
  cancel(): Promise<void>;
  /** Ends it if it was begun here: the design has changed. */
  obsolete(): void;
  /** Looks whether one is under way already. */
  find(): Promise<void>;
  close(): void;
}

const lookEveryMs = 400;

/** Whether it waits or runs. */
export const isUnderWay = (job: CheckJob | null): job is CheckJob & { readonly state: 'waiting' | 'running' } =>
  job?.state === 'waiting' || job?.state === 'running';

/** Follows one long check at a time. */
export function createLongCheck(around: LongSurroundings): LongCheck {
  const job = createStore<CheckJob | null>(null);
  let callOff: (() => void) | undefined;
  let closed = false;
  let own: string | undefined;
  const follow = (now: CheckJob) => {
    if (closed) return;
    callOff?.();
    job.set(now);
    if (isUnderWay(now)) callOff = around.later(() => void look(now.id), lookEveryMs);
    else if (now.state === 'done') around.done(now);
  };
  const look = async (id: string) => {
    try {
      const now = await around.get(id);
      if (job.get()?.id === id) follow(now);
    } catch {
      // The server is away, or was started anew and knows nothing of it.
      if (job.get()?.id === id) job.set(null);
    }
  };
  const cancel = async () => {
    const now = job.get();
    if (isUnderWay(now)) follow(await around.cancel(now.id));
  };
  return {
    job,
    async begin(order) {
      const begun = await around.begin(order);
      own = begun.id;
      follow(begun);
    },
    cancel,
    obsolete() {
      const now = job.get();
      if (isUnderWay(now) && now.id === own) void cancel().catch(() => undefined);
      else if (!isUnderWay(now)) job.set(null);
    },
    async find() {
      const { items } = await around.list();
      const underWay = items.find(isUnderWay);
      if (underWay !== undefined && !isUnderWay(job.get())) follow(underWay);
    },
    close() {
      closed = true;
      callOff?.();
    },
  };
}
