import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Drawing, Flow } from '#runtime/testing/flow.ts';
import { drawing } from '#runtime/testing/random-drawing.ts';

/** source → stages… → sink, with a capacity for each wire. */
function chain(count: number, stages: readonly string[], keeps: Readonly<Record<string, number>>, capacity: number): Drawing {
  const ids = ['s', ...stages, 'z'];
  const wires = ids.slice(1).map((to, at) => [`${ids[at]}-${to}`, [`${ids[at]} -> ${to}`, capacity]] as const);
  return {
    nodes: Object.fromEntries(ids.map((id) => [id, { count: id === 's' ? count : (keeps[id] ?? 0) }])),
    wires: Object.fromEntries(wires),
  };
}

describe('a chain', () => {
  test('[S29] [S30] a stage is put in while messages flow: none is lost, doubled or reordered', async () => {
    const flow = new Flow(chain(20, [], {}, 3));
    flow.run(5);
    expect(await flow.swap(chain(20, ['a'], {}, 3))).toMatchObject({
      ok: true,
      report: { kept: ['s', 'z'], started: ['a'], drained: [] },
    });
    flow.run();
    expect(flow.network.state).toBe('completed');
    expect(flow.arrived.get('z')).toEqual(flow.sent.get('s'));
    expect(flow.total.arrived).toHaveLength(20);
  });

  test('[S29] [S30] stages come, go and change at any moments, and the order stays', async () => {
    const stages = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }).map((ids) => ids.toSorted());
    const keeps = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(3));
    const design = fc.record({ stages, keeps, capacity: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(design, { minLength: 2, maxLength: 4 }),
        fc.array(fc.nat(30), { minLength: 4, maxLength: 4 }),
        async (designs, moments) => {
          const drawings = designs.map(({ stages, keeps, capacity }) => chain(25, stages, keeps, capacity));
          const flow = new Flow(drawings[0] as Drawing);
          for (const [at, drawing] of drawings.slice(1).entries()) {
            flow.run(moments[at]);
            if (flow.network.state === 'completed') break;
            await flow.swap(drawing);
          }
          flow.run();
          expect(flow.network.state).toBe('completed');
          expect(flow.arrived.get('z')).toEqual(flow.sent.get('s'));
          expect(flow.clock.pending).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const node = (count: number, pauseMs = 0) => ({ count, pauseMs });

describe('what becomes of whom', () => {
  test('[S31] a node with one more input takes up what the old one remembered, at a rest', async () => {
    const one: Drawing = {
      nodes: { s: node(9, 1), a: node(4), z: node(0) },
      wires: { in: ['s -> a', 0], out: ['a -> z', 0] },
    };
    const flow = new Flow(one);
    flow.run(7);
    expect(flow.arrived.get('z')).toHaveLength(1);
    const two = { nodes: { ...one.nodes, t: node(3, 1) }, wires: { ...one.wires, more: ['t -> a.1', 0] as const } };
    const answer = await flow.swap(two);
    expect(answer).toMatchObject({ ok: true, report: { kept: ['s', 'z'], handedOver: ['a'], drained: [], started: ['a', 't'] } });
    expect(flow.arrived.get('z')?.length).toBeLessThan(3);
    flow.run();
    expect(flow.network.state).toBe('completed');
    expect(flow.total.arrived).toEqual(flow.total.sent);
    expect(flow.total.arrived).toHaveLength(12);
  });

  test('[S30] a changed node does what it holds and ends; what is on its wire is for the new one', async () => {
    const flow = new Flow(chain(12, ['a'], { a: 3 }, 2));
    flow.run(6);
    expect(await flow.swap(chain(12, ['a'], { a: 1 }, 2))).toMatchObject({
      ok: true,
      report: { kept: ['s', 'z'], drained: ['a'] },
    });
    flow.run();
    expect(flow.arrived.get('z')).toEqual(flow.sent.get('s'));
    const [first, last] = flow.network.channels();
    expect([first?.sent, first?.received]).toEqual([12, 12]);
    expect([last?.connection, last?.sent, last?.received]).toEqual(['a-z', 12, 12]);
  });

  test('[S30] a source that goes is stopped at a rest: what it offers is not sent', async () => {
    const flow = new Flow({ nodes: { s: node(100), a: node(0), z: node(0) }, wires: { one: ['s -> a', 0], two: ['a -> z', 0] } });
    flow.run(9);
    const answer = await flow.swap({
      nodes: { s2: node(2), a: node(0), z: node(0) },
      wires: { new: ['s2 -> a', 0], two: ['a -> z', 0] },
    });
    expect(answer).toMatchObject({ ok: true, report: { closed: ['s'], started: ['s2'], kept: ['a', 'z'] } });
    flow.run();
    expect(flow.network.state).toBe('completed');
    expect(flow.arrived.get('z')).toEqual([...(flow.sent.get('s') ?? []), ...(flow.sent.get('s2') ?? [])]);
    expect(flow.sent.get('s')?.length).toBeLessThan(100);
  });

  test('[S30] a part that had ended begins anew when it gets a new source', async () => {
    const both = { t: node(5, 1_000), y: node(0) };
    const wires = { other: ['t -> y', 0] as const };
    const flow = new Flow({ nodes: { s: node(2), z: node(0), ...both }, wires: { one: ['s -> z', 1], ...wires } });
    flow.run(2);
    while (flow.turn());
    expect(flow.network.processes().find(({ node }) => node === 'z')?.state).toBe('completed');
    expect(
      await flow.swap({ nodes: { s: node(3), z: node(0), ...both }, wires: { one: ['s -> z', 1], ...wires } }),
    ).toMatchObject({
      ok: true,
      report: { started: ['s', 'z'], drained: [], closed: [] },
    });
    flow.run();
    expect(flow.arrived.get('z')).toHaveLength(5);
  });

  test('[S34] a session that is stuck goes on in another design', async () => {
    const flow = new Flow({ nodes: { x: node(0), y: node(0) }, wires: { there: ['x -> y', 0], back: ['y -> x', 0] } });
    flow.run();
    expect(flow.network.stuck?.nodes).toEqual(['x', 'y']);
    expect(await flow.swap(chain(3, ['x'], {}, 0))).toMatchObject({ ok: true, report: { closed: ['x', 'y'] } });
    expect(flow.network.stuck).toBeUndefined();
    flow.run();
    expect(flow.network.state).toBe('completed');
    expect(flow.arrived.get('z')).toHaveLength(3);
  });
});

describe('loops', () => {
  /** What comes from s goes round once or more, and leaves to z. */
  const round: Drawing = {
    nodes: { s: node(6, 5), a: node(0), b: node(0), z: node(0), t: node(9, 7), y: node(0) },
    wires: {
      in: ['s -> a.0', 0],
      there: ['a -> b', 1],
      back: ['b.0 -> a.1', 1],
      out: ['b.1 -> z', 0],
      beside: ['t -> y', 0],
    },
  };
  const without: Drawing = { nodes: { t: node(9, 7), y: node(0) }, wires: { beside: ['t -> y', 0] } };

  test('[S32] one that goes while something is in it is refused, and everything goes on', async () => {
    const keeping: Drawing = { ...round, nodes: { ...round.nodes, a: node(1) } };
    const flow = new Flow(keeping);
    flow.run(4);
    const before = flow.network.processes().map(({ node }) => node);
    const answer = await flow.swap(without);
    expect(answer).toMatchObject({ ok: false, nodes: expect.arrayContaining(['a', 'b']) });
    expect(answer).toMatchObject({ message: expect.stringContaining('a loop cannot run empty by itself') });
    expect(flow.network.processes().map(({ node }) => node)).toEqual(before);
    flow.run();
    expect(flow.arrived.get('y')).toHaveLength(9);
  });

  test('[S32] one that is empty goes', async () => {
    const flow = new Flow(round);
    flow.run(3);
    expect(await flow.swap(without)).toMatchObject({
      ok: true,
      report: { kept: ['t', 'y'], closed: expect.arrayContaining(['a', 'b']) },
    });
    flow.run();
    expect(flow.network.state).toBe('completed');
    expect(flow.total.arrived).toEqual(flow.total.sent);
  });
});

describe('connections', () => {
  const slow = (capacity: number, policy: 'block' | 'drop-oldest' | 'drop-newest'): Drawing => ({
    nodes: { s: node(8), a: node(0), z: node(0), t: node(1, 1_000) },
    wires: { one: ['s -> a.0', capacity, policy], two: ['a -> z', 0], wait: ['t -> a.1', 0] },
  });

  test('[S33] one that holds more than it is to hold takes nothing until it fits', async () => {
    const flow = new Flow(chain(8, [], {}, 6));
    flow.run(1, true);
    const { depth } = flow.network.channels()[0] ?? { depth: 0 };
    expect(depth).toBe(6);
    expect(await flow.swap(chain(8, [], {}, 2))).toMatchObject({ ok: true });
    expect(flow.network.channels()).toMatchObject([{ depth: 6, capacity: 2 }]);
    flow.network.resume();
    flow.run();
    expect(flow.arrived.get('z')).toEqual(flow.sent.get('s'));
  });

  test.each([
    ['drop-oldest', [6, 7]],
    ['drop-newest', [1, 2]],
  ] as const)('[S33] with %s what does not fit any more is dropped as it says, and counted', async (policy, kept) => {
    const flow = new Flow(slow(8, 'block'));
    flow.run(1, true);
    const before = flow.network.channels()[0];
    expect(before?.depth).toBeGreaterThan(2);
    expect(await flow.swap(slow(2, policy))).toMatchObject({ ok: true });
    const after = flow.network.channels()[0];
    expect([after?.depth, after?.dropped]).toEqual([2, (before?.depth ?? 0) - 2]);
    expect(
      flow.network
        .channel('one')
        .save()
        .held.map((message) => (message as number) % 10_000),
    ).toEqual(kept);
  });

  test('[S30] where the order would be a knot, the reader takes from both', async () => {
    const before: Drawing = {
      nodes: { s: node(12, 1), x: node(6), p: node(0), k: node(0), z: node(0) },
      wires: { in: ['s -> x', 0], up: ['x.0 -> p', 0], down: ['x.1 -> k', 0], p: ['p -> z.0', 0], k: ['k -> z.1', 0] },
    };
    const after: Drawing = {
      nodes: { s: node(12, 1), p: node(0), k: node(0), z: node(0) },
      wires: { in2: ['s -> p', 0], pk: ['p -> k', 0], k: ['k -> z', 0] },
    };
    const flow = new Flow(before);
    flow.run(6);
    expect(await flow.swap(after)).toMatchObject({ ok: true, report: { drained: expect.arrayContaining(['x']) } });
    flow.run();
    expect(flow.network.state).toBe('completed');
    expect(flow.total.arrived).toEqual(flow.total.sent);
  });
});

describe('moments', () => {
  test('[S29] a paused session is changed, and goes on as the new one', async () => {
    const flow = new Flow(chain(9, [], {}, 1));
    flow.run(1, true);
    expect(await flow.swap(chain(9, ['a'], {}, 1))).toMatchObject({ ok: true });
    expect(flow.network.state).toBe('paused');
    flow.network.resume();
    flow.run();
    expect(flow.arrived.get('z')).toEqual(flow.sent.get('s'));
  });

  test('[S29] a second change waits for what the first has left behind; then it is told', async () => {
    const flow = new Flow(chain(20, ['a'], { a: 2 }, 1));
    const said: string[] = [];
    flow.network.onEvent(({ is }) => void said.push(is));
    flow.run(8);
    expect(await flow.swap(chain(20, ['a'], { a: 1 }, 1))).toMatchObject({ ok: true });
    expect(flow.network.changes.swapping).toMatchObject({ nodes: ['a'] });
    expect(await flow.swap(chain(20, [], {}, 1))).toMatchObject({
      ok: false,
      message: expect.stringContaining('still under way: a'),
    });
    flow.run();
    expect(said).toContain('swapped');
    expect(flow.network.changes.swapping).toBeUndefined();
  });

  test('[S5] stopped while something drains, everything ends and no timer is left', async () => {
    const flow = new Flow(chain(20, ['a'], { a: 2 }, 1));
    flow.run(8);
    await flow.swap(chain(20, ['b'], { b: 1 }, 1));
    const stopped = flow.network.stop();
    while (flow.turn());
    await stopped;
    expect(flow.network.state).toBe('stopped');
    expect(flow.clock.pending).toBe(0);
    expect(flow.network.processes().every(({ state }) => state === 'stopped' || state === 'completed')).toBe(true);
  });

  test('[S29] a session that has ended is not changed', async () => {
    const flow = new Flow(chain(1, [], {}, 0));
    flow.run();
    expect(await flow.swap(chain(1, ['a'], {}, 0))).toMatchObject({ ok: false, message: expect.stringContaining('completed') });
  });
});

test('[S29] [S30] [S31] any design becomes any other at any moment: every message a source has sent arrives once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawing, { minLength: 2, maxLength: 4 }),
      fc.array(fc.nat(60), { minLength: 4, maxLength: 4 }),
      async (drawings, moments) => {
        const flow = new Flow(drawings[0] as Drawing);
        for (const [at, next] of drawings.slice(1).entries()) {
          flow.run(moments[at]);
          if (flow.network.state === 'completed') break;
          const answer = await flow.swap(next);
          if (!answer.ok) expect(answer.message).toContain('still under way');
        }
        flow.run();
        expect(flow.network.state).toBe('completed');
        expect(flow.total.arrived).toEqual(flow.total.sent);
        expect(flow.clock.pending).toBe(0);
        for (const { sent, received, dropped, depth } of flow.network.channels())
          expect([sent, dropped, depth]).toEqual([received, 0, 0]);
      },
    ),
    { numRuns: 300 },
  );
});
