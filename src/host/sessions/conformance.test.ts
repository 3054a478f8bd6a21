import { setImmediate as breath } from 'node:timers/promises';
import fc from 'fast-check';
import { Type } from 'typebox';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { createCatalog } from '#host/catalog.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { components, draw } from '#host/testing/designs.ts';
import { designOf, randomShape } from '#host/testing/random-designs.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, output } from '#kit/ports.ts';
import { MemoryFiles } from '#kit/testing/memory-files.ts';
import type { DesignBody } from '#model/design.ts';
import type { MonitorMode } from '#model/sessions/session.ts';
import { createSessionHost, type RunEvent, type RunningSession, type SessionHost } from './session-host.ts';

/** Says that it sends once for each message, and sends every third twice. */
const liar = defineComponent({
  kind: 'test.liar',
  version: 1,
  title: 'Liar',
  icon: 'box',
  summary: 'Sends more than it says.',
  settings: Type.Object({}),
  ports: { in: input(Type.Unknown(), 'Messages.'), out: output(Type.Unknown(), 'The same, and some twice.') },
  contract: 'LIAR = in -> out -> LIAR [] in.end -> SKIP',
  examples: [],
  *run({ io }) {
    for (let number = 1; ; number++) {
      const { value, ended } = yield* io.in.receive();
      if (ended) return;
      yield* io.out.send(value);
      if (number % 3 === 0) yield* io.out.send(value);
    }
  },
});

const catalog = createCatalog([...components, liar]);

let host: SessionHost | undefined;
afterEach(() => host?.close());

let orders = 0;
async function start(body: DesignBody, monitor?: MonitorMode, clock = new ManualClock()): Promise<Started> {
  const shared = {
    clock,
    http: fetch,
    files: new MemoryFiles({}, () => clock.now()),
    secret: async () => undefined,
    log: () => {},
  };
  host = createSessionHost({ catalog, clock, mostSessions: 10, tools: (...where) => toolsOf(shared, ...where) });
  const session = await host.start({ sessionId: `c${++orders}`, designId: 'd', rev: 1, body, ...(monitor && { monitor }) });
  const events: RunEvent[] = [];
  session.onEvent((event) => events.push(event));
  return { session, events, clock };
}

interface Started {
  readonly session: RunningSession;
  readonly events: readonly RunEvent[];
  readonly clock: ManualClock;
}

const messages = Array.from({ length: 10 }, (_, number) => number);
const lying = draw(
  { from: { kind: 'probe.list', settings: { messages } }, liar: { kind: 'test.liar' }, to: { kind: 'compute.discard' } },
  ['from.out -> liar.in', 'liar.out -> to.in'],
  catalog,
);

describe('a component that does what its contract does not allow', () => {
  test('[S82] report: the session goes on, says which node did what instead of what, and counts', async () => {
    const { session, events } = await start(lying, 'report');
    expect((await session.ended).state).toBe('completed');
    expect(events.find(({ is }) => is === 'fault')).toMatchObject({
      fault: { code: 'HOST_CONTRACT_BROKEN', node: 'liar', message: 'liar did out, where its contract allows in, in.end.' },
    });
    const { processes } = await session.snapshot();
    expect(processes.find(({ node }) => node === 'liar')?.metrics).toEqual({ 'contract violations': 3 });
  });

  test('[S82] block: the session fails there, and nothing passes any more', async () => {
    const { session } = await start(lying, 'block');
    const { state, fault } = await session.ended;
    expect([state, fault?.code, fault?.node]).toEqual(['failed', 'HOST_CONTRACT_BROKEN', 'liar']);
    const { channels } = await session.snapshot();
    expect(channels.find(({ connection }) => connection === 'c1')?.received).toBeLessThanOrEqual(5);
  });

  test('[S82] without a monitor nothing is said of it', async () => {
    const { session, events } = await start(lying);
    expect((await session.ended).state).toBe('completed');
    expect(events.some(({ is }) => is === 'fault')).toBe(false);
  });
});

test('[S82] real components, whatever they are connected to, keep their contracts', async () => {
  let watched = 0;
  await fc.assert(
    fc.asyncProperty(randomShape, async (chosen) => {
      const { session, events, clock } = await start(designOf(chosen), 'block');
      for (let turn = 0; turn < 20; turn++) {
        await breath();
        clock.advance(50);
      }
      let isOver = false;
      void session.stop().then(() => {
        isOver = true;
      });
      // Finally blocks may wait for the clock.
      while (!isOver) {
        clock.advance(50);
        await breath();
      }
      const { state, fault } = await session.ended;
      if (fault?.code === 'HOST_CONTRACT_BROKEN') throw new Error(fault.message);
      expect(events.length).toBeGreaterThan(0);
      if (state !== 'failed') watched++;
    }),
    { numRuns: 12, seed: Number(process.env['CHECK_SEED'] ?? Date.now() % 2 ** 31) },
  );
  expect(watched).toBeGreaterThan(1);
}, 60_000);

test('[S81] two real components that wait for each other beside a stream are told, with the connections and since when', async () => {
  const filter = { kind: 'data.filter', settings: { condition: 'true' } };
  const body = draw(
    { one: filter, two: filter, from: { kind: 'probe.ticking', settings: { everyMs: 100 } }, to: { kind: 'compute.discard' } },
    ['one.match -> two.in', 'two.match -> one.in', 'from.out -> to.in'],
  );
  const { session, events, clock } = await start(body);
  await vi.waitUntil(
    () => {
      clock.advance(100);
      return events.some(({ is }) => is === 'stuck');
    },
    { interval: 1, timeout: 10_000 },
  );
  const partly = { sinceMs: expect.any(Number) };
  expect(events).toContainEqual({ is: 'stuck', nodes: ['one', 'two'], connections: ['c1', 'c0'], partly });
  expect(session.state).toBe('running');
  await session.stop();
});
