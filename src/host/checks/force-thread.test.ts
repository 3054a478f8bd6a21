import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Clock, ManualClock } from '#base/clock.ts';
import { check } from '#contract/check/check.ts';
import { catalog, draw } from '#host/testing/designs.ts';
import type { Trace, TraceStep } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { createForceThreads, type ForceThreads } from './force-thread.ts';

let threads: ForceThreads;
afterEach(() => threads.close());

/** Time passes when told to: a machine that is busy ends nothing. */
function open(clock: Clock = new ManualClock()): ForceThreads {
  const componentsUrl = new URL('../testing/designs.ts', import.meta.url).href;
  threads = createForceThreads({ componentsUrl, folders: [], clock, heapMib: 256, mostMs: 20_000 });
  return threads;
}

const ring = draw({ a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } }, ['a.out -> b.in', 'b.out -> a.in']);
const traceOf = (design: DesignBody): Trace =>
  check(design, catalog.component).findings.find(({ rule }) => rule === 'deadlock')?.trace as Trace;
const empty: Trace = { steps: [], waiting: [], knot: { nodes: [], connections: [] } };

describe('components along a trace, in a thread of their own', () => {
  test('[S16] are answered one after the other', async () => {
    const forcing = open();
    const asked = [forcing.force(ring, traceOf(ring), '1'), forcing.force(ring, traceOf(ring), '1')];
    for (const { reached, waiting } of await Promise.all(asked)) expect([reached, waiting.length]).toEqual([true, 2]);
  });

  test('[S16] what is wrong is told with its code; one that never yields is ended, and the next is answered', async () => {
    const clock = new ManualClock();
    const forcing = open(clock);
    const step: TraceStep = { is: 'message', connection: 'c9', nodes: ['a'], end: false, text: '' };
    await expect(forcing.force(ring, { ...empty, steps: [step] }, '1')).rejects.toMatchObject({
      code: 'HOST_TRACE_OTHER_DESIGN',
    });
    const spin = draw({ bad: { kind: 'probe.hostile', settings: { how: 'spin', afterMs: 0 } } });
    const spinning = expect(forcing.force(spin, empty, '1')).rejects.toMatchObject({ code: 'HOST_FORCE_TOO_LONG' });
    await vi.waitUntil(() => clock.pending > 0);
    clock.advance(20_000);
    await spinning;
    expect((await forcing.force(ring, traceOf(ring), '1')).reached).toBe(true);
  });

  test('[S16] too many at once are refused, and closing refuses those that wait', async () => {
    const forcing = open();
    const asked = Array.from({ length: 9 }, () =>
      forcing.force(ring, traceOf(ring), '1').then(
        () => 'done',
        ({ code }) => code,
      ),
    );
    const closing = forcing.close();
    const codes = await Promise.all(asked);
    await closing;
    expect(codes.at(-1)).toBe('HOST_FORCE_BUSY');
    expect(codes.slice(0, 8)).toEqual(Array(8).fill('HOST_FORCE_CLOSED'));
  });
});
