import type { Suspension } from '#runtime/port.ts';
import { cpu, type SteppingBody, type Strand } from './strand.ts';

type Stopped = IteratorResult<Suspension, unknown> | undefined;

const failed: IteratorResult<Suspension, unknown> = Object.freeze({ done: true, value: undefined });

/**
 * Does the step of another process on the spot, in the turn of the running one (S71): no queue, no switch.
 *
 * @returns undefined when the step is over and the process waits for its next message; else what it waits for now, `breathing` when
 *   it has to queue, or that it has ended.
 */
export function nest(strand: Strand, body: SteppingBody, message: unknown): Stopped {
  const { strand: before, nest: depth } = cpu;
  cpu.strand = strand;
  cpu.nest = depth - 1;
  const stopped = cpu.timing === 0 ? handle(strand, body, message) : timed(strand, () => handle(strand, body, message));
  cpu.strand = before;
  cpu.nest = depth;
  return stopped;
}

function handle(strand: Strand, body: SteppingBody, message: unknown): Stopped {
  try {
    return body.handle(message);
  } catch (thrown) {
    strand.runner.threw(strand, thrown);
    return failed;
  }
}

/** Runs what a process does and puts the time down to it, but for what went to steps on the spot within. */
export function timed<T>(strand: Strand, run: () => T): T {
  const before = cpu.elsewhereMs;
  cpu.elsewhereMs = 0;
  const startMs = performance.now();
  const result = run();
  const ms = performance.now() - startMs;
  strand.owner.account.spent((ms - cpu.elsewhereMs) * cpu.timing);
  cpu.elsewhereMs = before + ms;
  return result;
}
