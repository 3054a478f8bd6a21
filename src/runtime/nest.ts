import { resumesASample } from './account.ts';
import type { Suspension } from './port.ts';
import { cpu, type SteppingBody, type Strand } from './strand.ts';

const failed: IteratorResult<Suspension, unknown> = Object.freeze({ done: true, value: undefined });
let tillTimed = resumesASample;

/**
 * Does the step of another process on the spot, in the turn of the running one (S71): no queue, no switch.
 *
 * @returns undefined when the step is over and the process waits for its next message; else what it waits for now, `breathing` when
 *   it has to queue, or that it has ended.
 */
export function nest(strand: Strand, body: SteppingBody, message: unknown): IteratorResult<Suspension, unknown> | undefined {
  const { strand: before, nest: depth } = cpu;
  cpu.strand = strand;
  cpu.nest = depth - 1;
  const stopped = --tillTimed > 0 ? handle(strand, body, message) : handleTimed(strand, body, message);
  cpu.strand = before;
  cpu.nest = depth;
  return stopped;
}

function handle(strand: Strand, body: SteppingBody, message: unknown): IteratorResult<Suspension, unknown> | undefined {
  try {
    return body.handle(message);
  } catch (thrown) {
    strand.runner.threw(strand, thrown);
    return failed;
  }
}

/** One of so many steps on the spot is timed, as resumes are; it does not nest further, so that it is timed alone. */
function handleTimed(strand: Strand, body: SteppingBody, message: unknown): IteratorResult<Suspension, unknown> | undefined {
  tillTimed = resumesASample;
  cpu.nest = 0;
  const beforeMs = performance.now();
  const stopped = handle(strand, body, message);
  strand.owner.account.cpuMs += (performance.now() - beforeMs) * resumesASample;
  return stopped;
}
