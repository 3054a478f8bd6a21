import { Worker } from 'node:worker_threads';
import type { Clock } from '#base/clock.ts';
import { defineError, messageOf } from '#base/errors.ts';
import type { Wiring } from '#host/sessions/wire.ts';
import { type ErrorText, errorOf } from '#host/threads/thread-messages.ts';
import type { Trace } from '#model/checks/finding.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';

const forceFailed = defineError('HOST_FORCE_FAILED', 'input', 'The components could not be tried: their thread failed.');
const forceTooLong = defineError(
  'HOST_FORCE_TOO_LONG',
  'input',
  'The components could not be tried: one of them computed for too long without a communication.',
);
const forceBusy = defineError('HOST_FORCE_BUSY', 'world', 'Too many traces are being tried now. Try again in a moment.');
const forceClosed = defineError('HOST_FORCE_CLOSED', 'world', 'The server is stopping; try again when it is back.');

const mostWaiting = 8;

export interface ForcePlan {
  /** Address of a module that exports `components`, a list. */
  readonly componentsUrl: string;
  /** Folders with more of them. */
  readonly folders: readonly string[];
  readonly clock: Clock;
  readonly heapMib: number;
  /** How long one may take, the loading of the components included. */
  readonly mostMs: number;
}

type Design = Wiring['design'];

/** What a thread is started with. */
export interface ForceQuestion extends Pick<ForcePlan, 'componentsUrl' | 'folders'> {
  readonly design: Design;
  readonly trace: Trace;
  readonly seed: string;
}

export type ForceAnswer = { readonly report: ForcedReport } | { readonly error: ErrorText };

/** Runs components along a trace, each time in a thread of its own: one that does not yield is ended with it. */
export interface ForceThreads {
  /**
   * One after the other.
   *
   * @throws what `forceDesign` throws, HOST_FORCE_TOO_LONG, HOST_FORCE_FAILED, HOST_FORCE_BUSY, HOST_FORCE_CLOSED.
   */
  force(design: Design, trace: Trace, seed: string): Promise<ForcedReport>;
  close(): Promise<void>;
}

export function createForceThreads(plan: ForcePlan): ForceThreads {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let worker: Worker | undefined;
  let closed = false;
  const inTurn = async (question: ForceQuestion): Promise<ForcedReport> => {
    if (closed) throw forceClosed();
    worker = new Worker(new URL('./force-worker.ts', import.meta.url), {
      workerData: question,
      resourceLimits: { maxOldGenerationSizeMb: plan.heapMib },
    });
    try {
      return await answerOf(worker, plan, () => (closed ? forceClosed() : forceFailed()));
    } finally {
      await worker.terminate();
      worker = undefined;
    }
  };
  return {
    async force({ nodes, connections, farms = [] }, trace, seed) {
      if (waiting >= mostWaiting) throw forceBusy({ facts: { waiting } });
      waiting++;
      const { componentsUrl, folders } = plan;
      const answered = last.then(() => inTurn({ componentsUrl, folders, design: { nodes, connections, farms }, trace, seed }));
      last = answered.catch(() => {});
      try {
        return await answered;
      } finally {
        waiting--;
      }
    },
    async close() {
      closed = true;
      await worker?.terminate();
      await last;
    },
  };
}

function answerOf(worker: Worker, { clock, mostMs }: ForcePlan, exited: () => Error): Promise<ForcedReport> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(mostMs, () => reject(forceTooLong({ facts: { mostMs } })));
    worker.once('message', (answer: ForceAnswer) =>
      'report' in answer ? resolve(answer.report) : reject(errorOf(answer.error)),
    );
    worker.once('error', (cause) =>
      reject(forceFailed({ detail: `The components could not be tried: ${messageOf(cause)}.`, cause })),
    );
    worker.once('exit', () => {
      cancel();
      reject(exited());
    });
  });
}
