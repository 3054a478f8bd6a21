import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '#contract/check/check.ts';
import { tau } from '#contract/lts.ts';
import { design, dining, kind, lookupOf, philosophers } from '#contract/testing/designs.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { type Lookup, type WiredNode, wire } from '#contract/wiring.ts';
import type { Trace } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { all } from '#runtime/all.ts';
import { always, fairAlt, never, offering } from '#runtime/alt.ts';
import { Network } from '#runtime/network.ts';
import type { Guard, Operation, Receiver, Sender } from '#runtime/port.ts';
import { sleep } from '#runtime/sleep.ts';
import { until } from '#runtime/until.ts';
import { type ForcedRun, forceTrace } from './forced.ts';
import type { Steered } from './schedule.ts';

type Decide = (of: number) => number;

/** A node that does just what its contract says, and waits a while before each communication. */
function* behave(node: WiredNode, network: Network, { clock }: Steered, decide: Decide): Operation<void> {
  if (!node.contract.ok) throw new Error(node.contract.faults.join());
  const { lts } = node.contract;
  const guardOf = (label: string): Guard<unknown> => {
    const end = node.ends.get(label);
    if (end?.connection === undefined) return end?.port.direction === 'out' ? always : never;
    const channel = network.channel(end.connection.id);
    return end.port.direction === 'out'
      ? offering(channel.sender as Sender<unknown>, label)
      : (channel.receiver as Receiver<unknown>);
  };
  for (let state = 0; lts.final[state] !== true; ) {
    const moves = lts.moves[state] ?? [];
    const own = moves.filter(({ label }) => label === tau);
    if (own.length > 0) {
      state = own[decide(own.length)]?.to ?? 0;
      continue;
    }
    yield* sleep(clock, decide(5));
    const words = [...new Set(moves.map(({ label }) => (lts.labels[label] ?? '').replace('.end', '')))];
    const got = (yield* fairAlt(words.map(guardOf))) as { index: number; ended?: boolean; sent?: boolean };
    if (got.sent === false) return;
    const label = `${words[got.index]}${got.ended === true ? '.end' : ''}`;
    const next = moves.filter((move) => lts.labels[move.label] === label);
    if (next.length === 0) yield* fairAlt([never]);
    state = next[decide(next.length)]?.to ?? 0;
  }
}

function networkOf(body: DesignBody, lookup: Lookup, world: Steered, decide: Decide): Network {
  const end = ({ node, port, index }: { node: string; port: string; index: number }) => ({
    process: node,
    port: `${port}[${index}]`,
  });
  const network: Network = new Network({
    ...world,
    processes: wire(body, lookup).map((node) => ({
      id: node.id,
      onFailure: 'stop',
      body: () => behave(node, network, world, decide),
    })),
    channels: Object.values(body.connections).map(({ id, capacity, policy, from, to }) => ({
      id,
      capacity,
      policy,
      from: end(from),
      to: end(to),
    })),
  });
  return network;
}

function deadlockOf(body: DesignBody, lookup: Lookup): Trace | undefined {
  return check(body, lookup, { maxStates: 20_000, maxMs: 5_000 }).findings.find(({ rule }) => rule === 'deadlock')?.trace;
}

function seeded(seed: number): (of: number) => number {
  let state = seed >>> 0;
  return (of) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * of);
  };
}

async function force(make: (world: Steered) => Network, trace: Trace): Promise<ForcedRun> {
  return await forceTrace({
    make,
    trace,
    mostSteps: 2_000,
    attempts: 50,
    startMs: 0,
    patience: () => Promise.resolve(),
    enough: () => false,
  });
}

const real = (body: DesignBody, lookup: Lookup, seed: number) => (world: Steered) => networkOf(body, lookup, world, seeded(seed));

/** Who waits on what, so that it can be compared. */
const wantedOf = ({ waiting }: Trace) =>
  waiting.map(({ node, on }) => ({ node, connections: [...new Set(on.map(({ connection }) => connection))].toSorted() }));
const realOf = ({ waiting }: ForcedRun) =>
  waiting.map(({ node, connections }) => ({ node, connections: [...connections].toSorted() }));

const isEnd = (label: string): boolean => label.endsWith('.end');

describe('a forced schedule', () => {
  test.each([2, 3, 5])('[S16] %i philosophers without a waiter get stuck as the trace says', async (count) => {
    const body = philosophers(count, false);
    const trace = deadlockOf(body, dining) as Trace;
    const forced = await force(real(body, dining, count), trace);
    expect(forced.diverged).toBeUndefined();
    expect([forced.reached, forced.followed, forced.run.ending.is]).toEqual([true, trace.steps.length, 'stuck']);
    expect(realOf(forced)).toEqual(wantedOf(trace));
  });

  test('[S16] random designs that are refuted get stuck where their trace says, or tell where not', async () => {
    const seen = { reached: 0, missed: 0 };
    await fc.assert(
      fc.asyncProperty(randomDesign, fc.nat(), async ({ body, lookup }, seed) => {
        const nodes = wire(body, lookup).map(({ contract, ends }) => ({ lts: contract.ok ? contract.lts : undefined, ends }));
        // A behaviour of this test sends no end by itself, and its networks have no calls.
        if (nodes.some(({ lts }) => lts?.labels.some((label) => label.endsWith('.ask')))) return;
        if (
          nodes.some(({ lts, ends }) =>
            lts?.labels.some((label) => isEnd(label) && ends.get(label.slice(0, -4))?.port.direction === 'out'),
          )
        )
          return;
        const trace = deadlockOf(body, lookup);
        if (trace === undefined) return;
        const forced = await force(real(body, lookup, seed), trace);
        seen[forced.reached ? 'reached' : 'missed']++;
        if (forced.reached) expect(realOf(forced)).toEqual(wantedOf(trace));
        else expect(forced.diverged).toMatchObject({ step: expect.any(Number), recorded: expect.any(String) });
        const withoutChoice = nodes.every(({ lts }) => lts?.moves.every((list) => list.length === 1 && list[0]?.label !== tau));
        if (withoutChoice) expect(forced.diverged).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    expect(seen.reached).toBeGreaterThan(5);
    expect(seen.missed).toBeGreaterThan(0);
  }, 60_000);
});

const pair = lookupOf(
  kind('test.decides', 'in:go out:left out:right', 'A = go -> (left -> A |~| right -> A)'),
  kind('test.both', 'in:left in:right out:go', 'A = go -> (left -> right -> A)'),
  kind('test.late', 'in:left in:right out:go', 'A = right -> left -> A'),
  kind('test.never', 'in:on out:go', 'A = on -> go -> A'),
  kind('test.first', 'out:left out:right in:go', 'A = (left -> SKIP ||| right -> SKIP) ; go -> A'),
);

type Ends = Readonly<Record<string, { readonly sender: Sender<unknown>; readonly receiver: Receiver<unknown> }>>;

/** A design whose nodes behave as they are told; ends by the name of their port. */
function told(body: DesignBody, bodies: Readonly<Record<string, (ends: Ends, world: Steered) => Operation<void>>>) {
  return (world: Steered): Network => {
    const connections = Object.values(body.connections);
    const endsOf = (id: string): Ends =>
      Object.fromEntries(
        connections.flatMap(({ id: wire, from, to }) =>
          [from, to]
            .filter(({ node }) => node === id)
            .map(({ port }) => [port, network.channel(wire) as unknown as Ends[string]]),
        ),
      );
    const network: Network = new Network({
      ...world,
      processes: Object.keys(body.nodes).map((id) => ({
        id,
        onFailure: 'stop',
        body: () => (bodies[id] as (typeof bodies)[string])(endsOf(id), world),
      })),
      channels: connections.map(({ from, to, ...rest }) => ({
        ...rest,
        from: { process: from.node, port: from.port },
        to: { process: to.node, port: to.port },
      })),
    });
    return network;
  };
}

describe('a trace that the components do not follow', () => {
  const body = design({ a: 'test.decides', b: 'test.both' }, ['b.go -> a.go', 'a.left -> b.left', 'a.right -> b.right']);
  const b = function* ({ left, right, go }: Ends): Operation<void> {
    for (;;) {
      yield* go?.sender.send('go') as Operation<boolean>;
      for (const one of [left, right]) yield* one?.receiver.receive() as Operation<unknown>;
    }
  };
  const a = (port: 'left' | 'right') =>
    function* (ends: Ends): Operation<void> {
      for (;;) {
        yield* ends['go']?.receiver.receive() as Operation<unknown>;
        yield* ends[port]?.sender.send(port) as Operation<boolean>;
      }
    };

  test('[S16] is told with the step, what was to happen, and what did', async () => {
    const trace = deadlockOf(body, pair) as Trace;
    expect(trace.steps.map(({ is }) => is)).toEqual(['message']);
    expect((await force(told(body, { a: a('right'), b }), trace)).reached).toBe(true);
    const left = await force(told(body, { a: a('left'), b }), trace);
    expect(left).toMatchObject({ reached: false, followed: 1 });
    expect(left.diverged).toEqual({
      step: 2,
      recorded: 'nothing can happen any more',
      happened: 'a sends to b on c1',
    });
  });

  test('[S16] a failure, an early end and an outside that does not answer are told', async () => {
    const trace = deadlockOf(body, pair) as Trace;
    const ways: [string, (ends: Ends) => Operation<void>][] = [
      [
        'a fails: broken',
        function* ({ go }) {
          if (go !== undefined) throw new Error('broken');
          yield* all([]);
        },
      ],
      ['b sends on c0, where a does not receive', function* () {}],
      [
        'the outside does not answer',
        function* () {
          yield* until(new Promise(() => {}));
        },
      ],
    ];
    for (const [happened, way] of ways) {
      const { diverged } = await force(told(body, { a: way, b }), trace);
      expect([diverged?.step, diverged?.happened]).toEqual([1, happened]);
    }
  });

  test('[S16] of several strands of a process the fitting one is found', async () => {
    const wide = design({ x: 'test.first', y: 'test.late', z: 'test.never' }, [
      'x.left -> y.left | 2',
      'x.right -> y.right | 2',
      'z.go -> x.go',
      'y.go -> z.on',
    ]);
    const trace = deadlockOf(wide, pair) as Trace;
    const puts = trace.steps.filter(({ is }) => is === 'put');
    expect(puts).toHaveLength(2);
    const both = function* ({ left, right, go }: Ends): Operation<void> {
      yield* all([left?.sender.send(1), right?.sender.send(2)] as Operation<boolean>[]);
      yield* go?.receiver.receive() as Operation<unknown>;
    };
    const waits = (...ports: string[]) =>
      function* (ends: Ends): Operation<void> {
        for (const port of ports) yield* ends[port]?.receiver.receive() as Operation<unknown>;
      };
    const make = told(wide, { x: both, y: waits('right', 'left', 'right'), z: waits('on') });
    for (const order of [puts, puts.toReversed()]) {
      const steps = [...order, ...trace.steps.filter(({ is }) => is !== 'put')];
      const forced = await force(make, { ...trace, steps });
      expect(forced.diverged).toBeUndefined();
      expect(realOf(forced)).toEqual(wantedOf(trace));
    }
  });
});
