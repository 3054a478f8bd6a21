import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Clock, ManualClock } from '#base/clock.ts';
import { toolsOf } from '#host/outside/tools.ts';
import { catalog, draw } from '#host/testing/designs.ts';
import { MemoryFiles } from '#kit/testing/memory-files.ts';
import type { DesignBody } from '#model/design.ts';
import { createSessionHost, type RunEvent, type RunningSession, type SessionHost } from './session-host.ts';

let host: SessionHost | undefined;
afterEach(() => host?.close());

async function start(clock: Clock, body: DesignBody): Promise<{ session: RunningSession; events: RunEvent[] }> {
  const files = new MemoryFiles({}, () => clock.now());
  const shared = { clock, http: fetch, files, secret: async () => undefined, log: () => {} };
  host = createSessionHost({ catalog, clock, mostSessions: 1, tools: (...where) => toolsOf(shared, ...where) });
  const session = await host.start({ sessionId: 's', designId: 'd', rev: 1, body });
  const events: RunEvent[] = [];
  session.onEvent((event) => events.push(event));
  return { session, events };
}

/** Lets the session's turns come until `reached`: each wait hands over to the event loop, none to a time. */
async function turnsUntil(reached: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(reached, { interval: 1, timeout: 10_000 });
}

const beating = draw({ from: { kind: 'probe.ticking', settings: { everyMs: 100 } }, to: { kind: 'compute.discard' } }, [
  'from.out -> to.in',
]);

describe('a session becomes one of another version', () => {
  const ticking = (middle: boolean, everyMs = 100): DesignBody =>
    draw(
      {
        from: { kind: 'io.schedule', settings: { intervalMs: everyMs } },
        ...(middle && { only: { kind: 'data.filter', settings: { condition: 'message.number > 2' } } }),
        to: { kind: 'compute.discard' },
      },
      middle ? ['from.tick -> only.in', 'only.match -> to.in'] : ['from.tick -> to.in'],
    );

  test('[S29] a node is put in while it runs: the source goes on counting, the wires are those of the new one', async () => {
    const clock = new ManualClock();
    const { session, events } = await start(clock, ticking(false));
    const waitsForTime = async () => (await session.snapshot()).processes[0]?.waitingFor.includes('clock') === true;
    await turnsUntil(waitsForTime);
    clock.advance(250);
    await turnsUntil(async () => (await session.snapshot()).channels[0]?.received === 2);
    expect(await session.swap(ticking(true))).toMatchObject({ ok: true, report: { kept: ['from', 'to'], started: ['only'] } });
    await turnsUntil(waitsForTime);
    clock.advance(200);
    await turnsUntil(async () => (await session.snapshot()).channels[1]?.received === 2);
    const { channels, processes, leaving } = await session.snapshot();
    expect(channels.map(({ connection }) => connection)).toEqual(['c0', 'c1']);
    expect(processes.map(({ node, received, sent }) => [node, received, sent])).toEqual([
      ['from', 0, 4],
      ['only', 2, 2],
      ['to', 4, 0],
    ]);
    expect(leaving).toBeUndefined();
    expect((await session.samples('c1')).map(({ value }) => (value as { number: number }).number)).toEqual([3, 4]);
    expect(events.map((event) => (event.is === 'state' ? event.state : event.is))).toEqual(['running']);
  });

  test('[S29] a name, or what follows a failure, changes nothing else; other settings are another node', async () => {
    const { session } = await start(new ManualClock(), beating);
    await turnsUntil(() => session.state === 'running');
    const renamed = structuredClone(beating);
    Object.assign(renamed.nodes['to'] ?? {}, { label: 'Elsewhere', onFailure: 'skip', settings: { action: 'discard' } });
    expect(await session.swap(renamed)).toMatchObject({ ok: true, report: { kept: ['from', 'to'], started: [] } });
    const other = structuredClone(renamed);
    Object.assign(other.nodes['to'] ?? {}, { settings: { action: 'stop', after: 9 } });
    expect(await session.swap(other)).toMatchObject({ ok: true, report: { kept: ['from'], drained: ['to'], started: ['to'] } });
  });

  test('[S29] what cannot be wired is refused with the place, and the session goes on unchanged', async () => {
    const { session } = await start(new ManualClock(), beating);
    await turnsUntil(() => session.state === 'running');
    const loose = draw({ from: { kind: 'probe.ticking', settings: { everyMs: 100 } } });
    await expect(session.swap(loose)).rejects.toMatchObject({ code: 'HOST_PORT_UNCONNECTED', pointer: '/nodes/from' });
    expect((await session.snapshot()).processes.map(({ node }) => node)).toEqual(['from', 'to']);
  });

  test('[S29] while a node is held it is refused', async () => {
    const { session } = await start(new ManualClock(), beating);
    await turnsUntil(() => session.state === 'running');
    await session.intervene({ do: 'node.pause', node: 'to' });
    expect(await session.swap(ticking(false))).toMatchObject({ ok: false, message: expect.stringContaining('are held') });
    await session.intervene({ do: 'node.resume', node: 'to' });
    expect(await session.swap(ticking(false))).toMatchObject({ ok: true });
  });

  test('[S29] calls stay with both their ends; a change of those is refused, one elsewhere is not', async () => {
    const asking = (messages: number, start: number): DesignBody =>
      draw(
        {
          from: { kind: 'io.manual', settings: { payload: { op: 'get' }, repeat: 0 } },
          call: { kind: 'control.call', settings: { deadlineMs: start } },
          state: { kind: 'compute.state' },
          to: { kind: 'compute.discard', settings: { after: messages } },
        },
        ['from.out -> call.in', 'call.call -> state.op', 'call.out -> to.in'],
      );
    const { session } = await start(new ManualClock(), asking(1, 1_000));
    await turnsUntil(() => session.state === 'running');
    expect(await session.swap(asking(2, 1_000))).toMatchObject({ ok: true, report: { kept: ['from', 'call', 'state'] } });
    await turnsUntil(async () => (await session.snapshot()).leaving === undefined);
    const refused = await session.swap(asking(2, 2_000));
    expect(refused).toMatchObject({
      ok: false,
      nodes: ['call'],
      message: expect.stringContaining('Nodes with calls would change: call'),
    });
    expect((await session.snapshot()).channels.map(({ connection }) => connection).toSorted()).toEqual(['c0', 'c1', 'c2']);
  });
});
