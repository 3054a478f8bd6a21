import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import type { Trace } from '#model/checks/finding.ts';
import type { ForcedReport } from '#model/sessions/forced.ts';
import { forceTrace } from '#runtime/replay/forced.ts';
import { type ClosedOrder, closedNetwork } from './closed-network.ts';

const otherDesign = defineError(
  'HOST_TRACE_OTHER_DESIGN',
  'input',
  'The trace speaks of nodes or connections that the design does not have. Check the design again.',
);

const mostSteps = 5_000;
const mostAttempts = 300;
/** After so long no other attempt is begun. */
const mostMs = 5_000;
/** How long a computation of a component may take. */
const patienceMs = 1_000;

/**
 * S16  Runs the components of a design along a trace of the checker, without touching the outside.
 *
 * @throws what `wire` throws; HOST_TRACE_OTHER_DESIGN with a pointer into the trace.
 */
export async function forceDesign(clock: Clock, order: ClosedOrder, trace: Trace): Promise<ForcedReport> {
  refuseOtherTrace(order.design, trace);
  const startMs = clock.now();
  const forced = await forceTrace({
    make: (world) => closedNetwork(order, world),
    trace,
    mostSteps,
    attempts: mostAttempts,
    startMs,
    patience: () => new Promise((resolve) => void clock.after(patienceMs, resolve)),
    enough: () => clock.now() - startMs > mostMs,
  });
  const { reached, followed, diverged, waiting, run, attempts } = forced;
  const schedule = run.steps
    .map(({ says }, index) => ({ number: index + 1, says }))
    .filter(({ says }) => !says.endsWith(' goes on'));
  return {
    reached,
    steps: trace.steps.length,
    followed,
    ...(diverged !== undefined && {
      diverged: { step: diverged.step, wanted: diverged.recorded, happened: diverged.happened },
    }),
    waiting: waiting.map(({ node, connections }) => ({ node, connections: [...connections] })),
    schedule,
    attempts,
  };
}

function refuseOtherTrace({ nodes, connections }: ClosedOrder['design'], { steps, waiting }: Trace): void {
  for (const [number, step] of steps.entries()) {
    const node = step.nodes.find((id) => !Object.hasOwn(nodes, id));
    const wire = step.connection !== undefined && !Object.hasOwn(connections, step.connection) ? step.connection : undefined;
    if (node !== undefined || wire !== undefined) throw unknown(`/steps/${number}`, node ?? wire ?? '');
  }
  for (const [number, { node }] of waiting.entries())
    if (!Object.hasOwn(nodes, node)) throw unknown(`/waiting/${number}/node`, node);
}

const unknown = (pointer: string, name: string): Error =>
  otherDesign({
    detail: `The trace speaks of ${name}, which the design does not have. Check the design again.`,
    pointer,
    facts: { name },
  });
