import { Worker } from 'node:worker_threads';
import type { Cancel, Clock } from '#base/clock.ts';
import { defineError, messageOf } from '#base/errors.ts';
import type { NewId } from '#base/ids.ts';
import { type Prepared, toValidation } from '#contract/check/check.ts';
import type { CheckJob, CheckOrder, CheckTerms } from '#model/checks/check-job.ts';
import type { Finding, Validation } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import type { SearchBudget } from './search-thread.ts';

const checksFull = defineError('HOST_CHECKS_FULL', 'world', 'Too many long checks are waiting. Try again when some are done.');
const checksClosed = defineError('HOST_CHECKS_CLOSED', 'world', 'The server is stopping; check again when it is back.');

/** Jobs that wait for the one that runs, those that have ended and are remembered, and for how long. */
const limits = { waiting: 20, kept: 100, keptMs: 3_600_000 };
const usual = { maxStates: 100_000_000, seconds: 60, maxBytes: 512 * 1_048_576 };
/** What engines hold outside of their budgeted states. */
const heapBesideMib = 512;
/** An engine stops by itself when its time is over; one that does not is ended with its thread. */
const graceMs = 10_000;

/** What a job is about: a design that stands for no other, or why there is nothing to search. */
export interface JobDesign {
  readonly designId: string;
  readonly rev: number;
  readonly body: DesignBody;
  /** When there are any, they are the answer. */
  readonly faults: readonly Finding[];
}

/** What a thread is started with. */
export interface JobQuestion {
  readonly prepared: Prepared;
  readonly budget: SearchBudget;
  readonly order: CheckOrder;
}

export type JobMessage =
  | { readonly is: 'progress'; readonly states: number }
  | { readonly is: 'done'; readonly findings: readonly Finding[] }
  | { readonly is: 'failed'; readonly reason: string };

interface Held {
  readonly design: JobDesign;
  /** Told of the answer when there is one; must not throw. */
  readonly found: ((validation: Validation) => unknown) | undefined;
  job: CheckJob;
  startedMs?: number;
  endedMs?: number;
}

export interface CheckJobsPlan {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly prepare: (body: DesignBody, terms: CheckTerms) => Prepared;
}

/**
 * V115  Long checks, one at a time, each in a thread of its own: ending the thread ends the search and frees all it held.
 * They are not stored: they are forgotten with the server, the ended ones an hour later or when a hundred newer ones have ended.
 */
export class CheckJobs {
  readonly #plan: CheckJobsPlan;
  readonly #held = new Map<string, Held>();
  #running: { readonly id: string; readonly worker: Worker; readonly cancelAlarm: Cancel } | undefined;
  #closed = false;

  constructor(plan: CheckJobsPlan) {
    this.#plan = plan;
  }

  /** Takes a job; it begins when those before it have ended, and tells `found` what it found. Throws HOST_CHECKS_FULL, HOST_CHECKS_CLOSED. */
  begin(design: JobDesign, order: CheckOrder, found?: Held['found']): CheckJob {
    if (this.#closed) throw checksClosed();
    const waiting = [...this.#held.values()].filter(({ job }) => job.state === 'waiting').length;
    if (waiting >= limits.waiting) throw checksFull({ facts: { waiting } });
    this.#forget();
    const { clock, newId } = this.#plan;
    const { designId, rev } = design;
    const createdAt = new Date(clock.now()).toISOString();
    const job: CheckJob = {
      id: newId(),
      designId,
      rev,
      state: 'waiting',
      order,
      createdAt,
      progress: { states: 0, seconds: 0 },
    };
    const held: Held = { design, found, job };
    this.#held.set(job.id, held);
    if (design.faults.length > 0) this.#end(held, { state: 'done', validation: this.#told(held, 'refuted', design.faults) });
    else this.#next();
    return this.#shown(held);
  }

  get(id: string): CheckJob | undefined {
    this.#forget();
    const held = this.#held.get(id);
    return held && this.#shown(held);
  }

  /** Those of a design, newest first. */
  list(designId: string): readonly CheckJob[] {
    this.#forget();
    return [...this.#held.values()]
      .filter(({ design }) => design.designId === designId)
      .map((held) => this.#shown(held))
      .reverse();
  }

  /** Ends one that waits or runs; one that has ended stays as it is. */
  async cancel(id: string): Promise<CheckJob | undefined> {
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    const worker = this.#running?.id === id ? this.#running.worker : undefined;
    this.#end(held, { state: 'cancelled' });
    await worker?.terminate();
    return this.#shown(held);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const id of [...this.#held.keys()].reverse()) await this.cancel(id);
  }

  // In the order in which they were asked for. What cannot even be prepared has failed.
  #next(): void {
    if (this.#running !== undefined || this.#closed) return;
    const held = [...this.#held.values()].find(({ job }) => job.state === 'waiting');
    if (held === undefined) return;
    try {
      this.#start(held, this.#plan.prepare(held.design.body, held.job.order));
    } catch (thrown) {
      this.#end(held, { state: 'failed', reason: messageOf(thrown) });
      this.#next();
    }
  }

  #start(held: Held, prepared: Prepared): void {
    const { clock } = this.#plan;
    const { order } = held.job;
    const { maxStates = usual.maxStates, seconds = usual.seconds, maxBytes = usual.maxBytes } = order;
    const workerData: JobQuestion = { prepared, order, budget: { maxStates, maxBytes, maxMs: seconds * 1_000 } };
    const worker = new Worker(new URL('./check-job-worker.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(maxBytes / 1_048_576) + heapBesideMib },
    });
    const fail = (reason: string): void => this.#end(held, { state: 'failed', reason });
    const cancelAlarm = clock.after(seconds * 1_000 + graceMs, () => {
      fail('The search did not stop when its time was over.');
      void worker.terminate();
    });
    this.#running = { id: held.job.id, worker, cancelAlarm };
    held.startedMs = clock.now();
    held.job = { ...held.job, state: 'running' };
    worker.on('message', (message: JobMessage) => this.#heard(held, prepared, message));
    worker.on('error', (cause) => fail(`The search failed: ${messageOf(cause)}.`));
    worker.on('exit', () => fail('The search ended without an answer.'));
  }

  #heard(held: Held, prepared: Prepared, message: JobMessage): void {
    if (held.job.state !== 'running') return;
    if (message.is === 'failed') this.#end(held, { state: 'failed', reason: `The search failed: ${message.reason}.` });
    else if (message.is === 'progress') {
      const progress = { ...held.job.progress, states: message.states };
      held.job = { ...held.job, progress };
    } else {
      const { verdict, findings } = toValidation(prepared, message.findings);
      const states = Math.max(held.job.progress.states, ...message.findings.map((finding) => finding.states ?? 0));
      held.job = { ...held.job, progress: { ...held.job.progress, states } };
      this.#end(held, { state: 'done', validation: this.#told(held, verdict, findings) });
    }
  }

  #told({ job: { designId, rev } }: Held, verdict: Validation['verdict'], findings: readonly Finding[]): Validation {
    return { designId, rev, verdict, findings };
  }

  /** Once: what ended stays as it ended. */
  #end(held: Held, how: Pick<CheckJob, 'state' | 'validation' | 'reason'>): void {
    if (hasEnded(held.job)) return;
    held.endedMs = this.#plan.clock.now();
    held.job = { ...held.job, ...how, progress: this.#progress(held) };
    if (how.validation !== undefined) held.found?.(how.validation);
    if (this.#running?.id !== held.job.id) return;
    this.#running.cancelAlarm();
    this.#running = undefined;
    this.#next();
  }

  #progress({ job, startedMs, endedMs }: Held): CheckJob['progress'] {
    const untilMs = endedMs ?? this.#plan.clock.now();
    return { ...job.progress, seconds: startedMs === undefined ? 0 : Math.max(0, untilMs - startedMs) / 1_000 };
  }

  #shown(held: Held): CheckJob {
    return { ...held.job, progress: this.#progress(held) };
  }

  #forget(): void {
    const ended = [...this.#held.values()].filter(({ job }) => hasEnded(job));
    const newest = ended.sort((a, b) => (b.endedMs ?? 0) - (a.endedMs ?? 0));
    const oldestMs = this.#plan.clock.now() - limits.keptMs;
    for (const [at, { job, endedMs = 0 }] of newest.entries())
      if (at >= limits.kept || endedMs < oldestMs) this.#held.delete(job.id);
  }
}

function hasEnded({ state }: Pick<CheckJob, 'state'>): boolean {
  return state !== 'waiting' && state !== 'running';
}
