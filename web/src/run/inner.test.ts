import { describe, expect, it } from 'vitest';
import type { ProcessState, ProcessStatus } from '#model/sessions/session.ts';
import { byNode, passedAt } from './inner.ts';

const status = (node: string, state: ProcessState, received = 0, at?: string): ProcessStatus => ({
  node,
  state,
  received,
  sent: 0,
  failures: 0,
  restarts: 0,
  waitingFor: [],
  ...(at !== undefined && { lastFault: { code: at, message: at, at, node } }),
});

describe('what runs within a node', () => {
  it('is summed up for it, with the state that asks most for a look and the last fault', () => {
    const { nodes, inner } = byNode([
      status('a', 'idle', 1),
      status('farm/1/x', 'idle', 2, '2026-01-01T00:00:01Z'),
      status('farm/2/x', 'error', 3, '2026-01-01T00:00:02Z'),
      status('farm/share', 'completed', 5),
    ]);
    expect([...nodes.keys()]).toEqual(['a', 'farm']);
    expect(nodes.get('farm')).toMatchObject({ state: 'error', received: 10, lastFault: { node: 'farm/2/x' } });
    expect(inner.get('farm')?.map(({ node }) => node)).toEqual(['farm/1/x', 'farm/2/x', 'farm/share']);
    expect(inner.get('a')).toBeUndefined();
  });

  it('has received and sent what passed its own wires', () => {
    const wire = (received: number) => ({
      status: {
        connection: '',
        sent: received + 1,
        received,
        dropped: 0,
        depth: 1,
        capacity: 1,
        highWater: 1,
        blocked: 'none' as const,
        ended: false,
        perSecond: 0,
        senderWaits: 0,
        receiverWaits: 0,
        senderBlockedMs: 0,
        receiverBlockedMs: 0,
      },
    });
    const wires = new Map([
      ['a', wire(4)],
      ['b', wire(3)],
    ]);
    const ends = [
      { direction: 'in', connection: 'a' },
      { direction: 'out', connection: 'b' },
      { direction: 'out', connection: undefined },
    ] as const;
    expect(passedAt(wires, ends)).toEqual({ received: 4, sent: 4 });
  });
});
