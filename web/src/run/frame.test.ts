import { describe, expect, it } from 'vitest';
import type { SessionSnapshot } from '#model/session.ts';
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

  it('says numbers shortly', () => {
    expect([7, 1_204, 12_345, 123_456, 4_100_000].map(shortCount)).toEqual(['7', '1,204', '12.3k', '123k', '4.1M']);
    expect([0, 0.43, 12.4, 3_200].map(rateText)).toEqual(['0/s', '0.4/s', '12/s', '3,200/s']);
  });
});
