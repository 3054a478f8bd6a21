/** Loaded before a server whose memory is measured (`--expose-gc --import`): answers each message of its parent with what it holds. */
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

/** Memory of a process after garbage was collected, in bytes. */
export interface Weight {
  /** Of the first thread, the heap and what JavaScript holds outside of it. */
  readonly heldBytes: number;
  /** What the system has given to the process. */
  readonly residentBytes: number;
}

const collect = (globalThis as { readonly gc?: () => void }).gc;

if (isMainThread && collect !== undefined) {
  process.on('message', async () => {
    // What is freed by the first is not always found before the second.
    for (let round = 0; round < 2; round++) {
      await setTimeout(200);
      collect();
    }
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({ heldBytes: heapUsed + external, residentBytes: rss } satisfies Weight);
  });
  process.channel?.unref();
}
