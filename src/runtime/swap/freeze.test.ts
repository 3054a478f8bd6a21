import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { Network } from '#runtime/network.ts';
import { type Drawing, Flow } from '#runtime/testing/flow.ts';
import { drawing } from '#runtime/testing/random-drawing.ts';

const moments = fc.array(fc.nat(60), { minLength: 1, maxLength: 4 });

describe('any network at any moments', () => {
  test('[S27] brought to rest and let go on, it does what it would have done', async () => {
    await fc.assert(
      fc.asyncProperty(drawing, moments, async (given, at) => {
        const flow = new Flow(given);
        for (const moment of at) {
          flow.run(moment);
          if (flow.network.state === 'completed') break;
          expect(await flow.freeze()).toEqual({ ok: true });
          const before = flow.network.channels();
          while (flow.turn());
          expect(flow.network.channels()).toEqual(before);
          for (const { depth, capacity, blocked } of before) expect([depth <= capacity, blocked]).toEqual([true, 'none']);
          flow.network.changes.thaw();
        }
        flow.run();
        expect(flow.network.state).toBe('completed');
        expect(flow.total.arrived).toEqual(flow.total.sent);
        expect(flow.clock.pending).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('[S26] [S27] saved as JSON, another network goes on from there', async () => {
    await fc.assert(
      fc.asyncProperty(drawing, moments, async (given, at) => {
        let flow = new Flow(given);
        for (const moment of at) {
          flow.run(moment);
          if (flow.network.state === 'completed') break;
          expect(await flow.freeze()).toEqual({ ok: true });
          const saved = JSON.parse(JSON.stringify(flow.network.changes.save())) as ReturnType<Network['changes']['save']>;
          const counts = flow.network.channels().map(({ connection, sent, depth }) => [connection, sent, depth]);
          const stopped = flow.network.stop();
          while (flow.turn());
          await stopped;
          flow = new Flow(given, { flow, saved });
          expect(flow.network.channels().map(({ connection, sent, depth }) => [connection, sent, depth])).toEqual(counts);
        }
        flow.run();
        expect(flow.network.state).toBe('completed');
        expect(flow.total.arrived).toEqual(flow.total.sent);
      }),
      { numRuns: 200 },
    );
  });
});

describe('refusals', () => {
  /** One message goes round for ever. */
  const round: Drawing = {
    nodes: { s: { count: 1 }, a: { count: 0 }, b: { count: 0 } },
    wires: { in: ['s -> a.0', 0], there: ['a -> b', 0], back: ['b -> a.1', 0] },
  };

  test('[S28] a loop in which always one is at work is given up after a count of communications, and goes on', async () => {
    const flow = new Flow(round);
    flow.run(9);
    expect(await flow.freeze()).toMatchObject({
      ok: false,
      why: 'moving',
      message: expect.stringContaining('within 20000 communications'),
    });
    const passed = flow.network.channels()[1]?.received ?? 0;
    flow.run(9);
    expect(flow.network.channels()[1]?.received).toBeGreaterThan(passed + 3);
  });

  test('[S27] given up by whoever asked, everything goes on', async () => {
    const flow = new Flow(round);
    flow.run(9);
    const frozen = flow.network.changes.freeze();
    flow.turn();
    flow.network.changes.thaw();
    expect(await frozen).toMatchObject({ ok: false, why: 'cancelled' });
    const passed = flow.network.channels()[1]?.received ?? 0;
    flow.run(9);
    expect(flow.network.channels()[1]?.received).toBeGreaterThan(passed);
  });

  function alone(plan: Partial<ConstructorParameters<typeof Network>[0]['processes'][number]>, held: unknown[] = []) {
    const turns: (() => void)[] = [];
    const network: Network = new Network({
      clock: new ManualClock(),
      defer: (turn) => void turns.push(turn),
      processes: [
        {
          id: 'from',
          onFailure: 'stop',
          rests: ['out'],
          *body() {
            for (const message of held) yield* network.channel('c').sender.send(message);
          },
        },
        {
          id: 'to',
          onFailure: 'stop',
          *body() {
            yield* network.channel('d').receiver.receive();
          },
          ...plan,
        },
      ],
      channels: ['c', 'd'].map((id) => ({
        id,
        capacity: 3,
        policy: 'block',
        from: { process: id === 'c' ? 'from' : 'to', port: 'out' },
        to: { process: 'to', port: id },
      })),
    });
    network.start();
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
    return network;
  }

  test('[S28] a process that says no place of rest is named at once', async () => {
    expect(await alone({}).changes.freeze()).toMatchObject({ ok: false, why: 'restless', nodes: ['to'] });
  });

  test('[S28] one that waits elsewhere, for ever, is named', async () => {
    expect(await alone({ rests: ['c'] }).changes.freeze()).toMatchObject({ ok: false, why: 'stuck', nodes: ['to'] });
  });

  test('[S26] only what is at rest is saved', () => {
    expect(() => alone({}).changes.save()).toThrow(expect.objectContaining({ code: 'RUNTIME_NOT_FROZEN' }));
  });

  test('[S26] a message that is not plain data is named, with its connection and place', async () => {
    const network = alone({ rests: ['d'] }, [1, () => 1]);
    expect(await network.changes.freeze()).toEqual({ ok: true });
    expect(() => network.changes.save()).toThrow(
      expect.objectContaining({
        code: 'RUNTIME_MESSAGE_NOT_PLAIN',
        message: expect.stringContaining('Message 2 of 2 held by connection c'),
      }),
    );
  });

  test('[S26] a state that is not plain data is named, with its process', async () => {
    const network = alone({ rests: ['d'], save: () => () => 1 });
    expect(await network.changes.freeze()).toEqual({ ok: true });
    expect(() => network.changes.save()).toThrow(
      expect.objectContaining({ code: 'RUNTIME_STATE_NOT_PLAIN', facts: { node: 'to' } }),
    );
  });

  test('[S26] what was saved of another network is refused', () => {
    const saved = { processes: { other: { is: 'over' } }, channels: {} } as const;
    const plan = { processes: [], channels: [], clock: new ManualClock(), defer: () => undefined };
    expect(() => new Network({ ...plan, saved })).toThrow(
      expect.objectContaining({
        code: 'RUNTIME_SAVED_UNFIT',
        message: 'What was saved has a process other, and this network has none.',
      }),
    );
  });
});
