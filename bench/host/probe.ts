/** Loaded into the server that is measured: says how late its event loop was. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

/** Milliseconds by which the server's thread came late, since it was asked before. */
export interface Lag {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

const resolutionMs = 1;

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // What is measured is the time between two beats: one that is not late counts as one resolution.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
  process.on('message', () => {
    const lag: Lag = { p50Ms: late(delay.percentile(50)), p99Ms: late(delay.percentile(99)), mostMs: late(delay.max) };
    delay.reset();
    process.send?.(lag);
  });
  process.channel?.unref();
}
