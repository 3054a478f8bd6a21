import { Worker } from 'node:worker_threads';
import { defineError, messageOf } from '#base/errors.ts';
import type { Prepared } from '#contract/check/check.ts';
import type { Budget } from '#contract/check/engine.ts';
import type { PreparedRefinement } from '#contract/check/refine/design.ts';
import type { PreparedDeterminism } from '#contract/check/refine/determinism.ts';
import type { Finding } from '#model/checks/finding.ts';

const searchFailed = defineError('HOST_SEARCH_FAILED', 'bug', 'The search for deadlocks failed.');
const searchClosed = defineError('HOST_SEARCH_CLOSED', 'world', 'The server is stopping; check again when it is back.');

/** What a search is asked with; plain data. `now` cannot cross to a thread, which has a clock of its own. */
export type SearchBudget = Omit<Budget, 'now'>;

/** All questions about a design, or whether it does what a specification allows, or whether it is deterministic. */
export type Asked = Prepared | { readonly refinement: PreparedRefinement } | { readonly determinism: PreparedDeterminism };

/** Searches away from the server's own thread: requests and sessions go on meanwhile. */
export interface SearchThread {
  /** Answers every question about a design; searches are done one after the other. Throws HOST_SEARCH_FAILED, HOST_SEARCH_CLOSED. */
  search(prepared: Asked, budget: SearchBudget): Promise<readonly Finding[]>;
  /** Ends the thread; searches under way are refused. */
  close(): Promise<void>;
}

/** What the thread answers. */
export type SearchAnswer =
  | { readonly id: number; readonly findings: readonly Finding[] }
  | { readonly id: number; readonly failed: string };

/** What the thread is asked. */
export interface SearchQuestion {
  readonly id: number;
  readonly prepared: Asked;
  readonly budget: SearchBudget;
}

/** Makes the thread's handle; the thread itself starts with the first search, and does not keep the program alive. */
export function createSearchThread(): SearchThread {
  return new Searching();
}

class Searching implements SearchThread {
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;
  readonly #waiting = new Map<number, PromiseWithResolvers<readonly Finding[]>>();

  search(prepared: Asked, budget: SearchBudget): Promise<readonly Finding[]> {
    if (this.#closed) return Promise.reject(searchClosed());
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<readonly Finding[]>();
    this.#waiting.set(id, waiting);
    const worker = this.#started();
    worker.ref();
    worker.postMessage({ id, prepared, budget } satisfies SearchQuestion);
    return waiting.promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#refuseAll(searchClosed());
    await this.#worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./search-worker.ts', import.meta.url));
    worker.on('message', (answer: SearchAnswer) => this.#answered(worker, answer));
    // A thread that died is replaced at the next search: one design that is too much must not end checking for all.
    worker.on('error', (cause) => this.#died(worker, searchFailed({ detail: `The search failed: ${messageOf(cause)}.`, cause })));
    worker.on('exit', () => this.#died(worker, searchClosed()));
    this.#worker = worker;
    return worker;
  }

  #answered(worker: Worker, answer: SearchAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) worker.unref();
    if ('findings' in answer) waiting?.resolve(answer.findings);
    else waiting?.reject(searchFailed({ detail: `The search failed: ${answer.failed}.` }));
  }

  // It says so twice when it fails; by the second time there may be a new one.
  #died(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#refuseAll(error);
  }

  #refuseAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
