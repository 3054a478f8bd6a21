import { describe, expect, it } from 'vitest';
import { LiveMessage } from '#model/live.ts';
import { fits } from '#model/schema-check.ts';
import type { ChannelStatus, ProcessStatus, SessionSnapshot } from '#model/sessions/session.ts';
import { Figures } from './figures.ts';
import type { Frame } from './frame.ts';

const process = (node: string, failures = 0): ProcessStatus => ({
  node,
  state: 'idle',
  received: 1,
  sent: 1,
  failures,
  restarts: 0,
  waitingFor: ['in'],
});
const channel = (connection: string, received = 10): ChannelStatus => ({
  ...{ connection, sent: received, received, dropped: 0, depth: 0, capacity: 0, highWater: 0, blocked: 'none', ended: false },
  ...{ perSecond: 2.5, senderWaits: 0, receiverWaits: 0, senderBlockedMs: 0, receiverBlockedMs: 0 },
});

const snapshot: SessionSnapshot = {
  sessionId: '00000000-0000-4000-8000-000000000000',
  at: '2026-01-01T00:00:00.000Z',
  state: 'running',
  processes: [process('a', 1), process('b', 2), process('part/x', 4), process('part/y')],
  channels: [channel('ab'), channel('bp', 20), channel('part/xy', 40)],
};

function read(frame: Frame) {
  const message = JSON.parse(frame.toString()) as Extract<LiveMessage, { type: 'session.snapshot' }>;
  expect(fits(LiveMessage, message)).toBe(true);
  return message;
}

describe('[W46] the figures of a session', () => {
  const figures = new Figures(snapshot);

  it('are told whole to one who does not say where he looks, with every field', () => {
    expect(read(figures.all)).toEqual({ type: 'session.snapshot', snapshot });
  });

  it('are told of what is looked at, with what is within it, and the sums of all', () => {
    const seen = read(figures.of({ nodes: new Set(['a', 'part', 'gone']), connections: new Set(['bp']) }));
    expect(seen.snapshot.processes.map(({ node }) => node)).toEqual(['a', 'part/x', 'part/y']);
    expect(seen.snapshot.channels.map(({ connection }) => connection)).toEqual(['bp', 'part/xy']);
    // What is within a part is not drawn, and passes what its own wires have passed.
    expect(seen.whole).toEqual({ received: 30, perSecond: 5, failures: 7 });
    const nothing = read(figures.of({ nodes: new Set(), connections: new Set() }));
    expect([nothing.snapshot.processes, nothing.snapshot.channels, nothing.whole]).toEqual([[], [], seen.whole]);
  });

  it('[W22] are the same until something moves', () => {
    expect(new Figures({ ...snapshot, at: '2026-01-01T00:00:09.000Z' }).moves).toBe(figures.moves);
    expect(new Figures({ ...snapshot, channels: [channel('ab', 11)] }).moves).not.toBe(figures.moves);
    expect(new Figures({ ...snapshot, state: 'paused' }).moves).not.toBe(figures.moves);
  });
});
