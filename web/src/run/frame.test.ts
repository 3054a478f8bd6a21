import { describe, expect, it } from 'vitest';
import type { SessionSnapshot } from '#model/sessions/session.ts';
import { nextFrame, rateText, shortCount } from './frame.ts';

const snapshot = (seconds: number, received: number, sessionId = 's'): SessionSnapshot => ({
  sessionId,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, 0, seconds * 1_000)).toISOString(),
  state: 'running',
  processes: [],
  channels: [
    {
      connection: 'a',
      sent: received,
      received,
      dropped: 0,
      depth: 0,
      capacity: 0,
      highWater: 0,
      blocked: 'none',
      ended: false,
      perSecond: 0,
      senderWaits: 0,
      receiverWaits: 0,
      senderBlockedMs: 0,
      receiverBlockedMs: 0,
    },
  ],
});

describe('a frame of a session', () => {
  it('counts what passed since the frame before', () => {
    const first = nextFrame(null, snapshot(0, 5));
    expect(first.wires.get('a')).toMatchObject({ delta: 0, rate: 0 });
    expect(nextFrame(first, snapshot(1, 12)).wires.get('a')?.delta).toBe(7);
  });

  it('comes to the true rate and back to nothing', () => {
    let frame = nextFrame(null, snapshot(0, 0));
    for (let second = 1; second <= 20; second++) frame = nextFrame(frame, snapshot(second, second * 10));
    expect(frame.rate).toBeCloseTo(10, 1);
    for (let second = 21; second <= 60; second++) frame = nextFrame(frame, snapshot(second, 200));
    expect(frame.rate).toBe(0);
  });

  it('starts afresh with another session, and never counts backwards', () => {
    const first = nextFrame(null, snapshot(0, 100));
    expect(nextFrame(first, snapshot(1, 3, 'other')).wires.get('a')).toMatchObject({ delta: 0 });
    expect(nextFrame(first, snapshot(1, 3)).wires.get('a')?.delta).toBe(0);
  });

  it('[W46] of what is looked at leaves the rest as it was, has the sums of all, and makes no rush of what passed out of sight', () => {
    const of = (seconds: number, wires: Readonly<Record<string, number>>): SessionSnapshot => {
      const one = snapshot(seconds, 0);
      const channels = Object.entries(wires).flatMap(([connection, received]) =>
        one.channels.map((channel) => ({ ...channel, connection, received })),
      );
      const process = { state: 'running' as const, received: 0, sent: 0, failures: 0, restarts: 0, waitingFor: [], cpuMs: 0 };
      return { ...one, channels, processes: Object.keys(wires).map((wire) => ({ ...process, node: `of ${wire}` })) };
    };
    let frame = nextFrame(null, of(0, { a: 5, b: 7 }));
    frame = nextFrame(frame, of(1, { b: 8 }), { received: 113, perSecond: 101, failures: 3 });
    expect(frame).toMatchObject({ received: 113, failures: 3 });
    expect([frame.wires.get('a')?.status.received, frame.wires.get('b')?.delta]).toEqual([5, 1]);
    expect([[...frame.nodes.keys()], [...frame.told]]).toEqual([['of a', 'of b'], ['of b']]);
    frame = nextFrame(frame, of(2, { a: 1_005, b: 9 }), { received: 1_014, perSecond: 900, failures: 3 });
    expect(frame.wires.get('a')).toMatchObject({ delta: 0, rate: 0, status: { received: 1_005 } });
    frame = nextFrame(frame, of(3, { a: 1_006, b: 9 }));
    expect(frame).toMatchObject({ received: 1_015, failures: 0 });
    expect(frame.wires.get('a')?.delta).toBe(1);
  });

  it('[S65] comes to the true parts of the time: of the processor, and of waiting on each side', () => {
    const spent = (seconds: number): SessionSnapshot => {
      const { channels, ...rest } = snapshot(seconds, 0);
      const process = { node: 'n', state: 'running' as const, received: 0, sent: 0, failures: 0, restarts: 0, waitingFor: [] };
      return {
        ...rest,
        processes: [{ ...process, cpuMs: 1_000 + seconds * 250 }],
        channels: channels.map((channel) => ({ ...channel, senderBlockedMs: seconds * 2_000, receiverBlockedMs: seconds * 100 })),
      };
    };
    let frame = nextFrame(null, spent(0));
    expect([frame.cpu.get('n'), frame.wires.get('a')?.senderShare]).toEqual([0, 0]);
    for (let second = 1; second <= 20; second++) frame = nextFrame(frame, spent(second));
    expect(frame.cpu.get('n')).toBeCloseTo(0.25, 2);
    expect(frame.wires.get('a')?.senderShare).toBeCloseTo(1, 2);
    expect(frame.wires.get('a')?.receiverShare).toBeCloseTo(0.1, 2);
  });

  it('says numbers shortly', () => {
    expect([7, 1_204, 12_345, 123_456, 4_100_000].map(shortCount)).toEqual(['7', '1,204', '12.3k', '123k', '4.1M']);
    expect([0, 0.43, 12.4, 3_200].map(rateText)).toEqual(['0/s', '0.4/s', '12/s', '3,200/s']);
  });
});
