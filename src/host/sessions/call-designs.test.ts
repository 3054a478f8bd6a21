import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { check } from '#contract/check/check.ts';
import { catalog, draw } from '#host/testing/designs.ts';
import { manualTools } from '#kit/testing.ts';
import type { Verdict } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { writeDesignText } from '#model/design-text.ts';
import type { Network } from '#runtime/network.ts';
import { intervene } from './interventions.ts';
import { wire } from './wire.ts';

/** Designs with calls, of real components: what the check says of them, and what they do. */

function networkOf(design: DesignBody): { readonly network: Network; readonly toTheEnd: () => Promise<'ended' | 'stuck'> } {
  const tools = manualTools();
  const network = wire({ design, catalog, tools: () => tools, defer: (turn) => void setImmediate(turn) });
  const toTheEnd = async (): Promise<'ended' | 'stuck'> => {
    network.start();
    while (network.state === 'running' && network.stuck === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      if (network.state === 'running' && network.processes().every(({ state }) => state !== 'running'))
        tools.clock.advanceToNext();
    }
    if (network.state === 'failed') throw new Error(JSON.stringify(await network.outcome));
    const ended = network.state === 'completed';
    await network.stop();
    return ended ? 'ended' : 'stuck';
  };
  return { network, toTheEnd };
}

const verdictOf = (design: DesignBody): Verdict | undefined =>
  check(design, catalog.component, { maxStates: 50_000, maxMs: 10_000 }).findings.find(({ rule }) => rule === 'deadlock')
    ?.verdict;

const source = (payload: unknown, repeat = 3): { kind: string; settings: Record<string, unknown> } => ({
  kind: 'io.manual',
  settings: { payload, repeat, intervalMs: 10 },
});
const [call, discard, state] = [{ kind: 'control.call' }, { kind: 'compute.discard' }, { kind: 'compute.state' }];

/** Two users that take a permit and give it back, three times each. */
const sharing = draw(
  {
    'from-a': source(null, 6),
    'from-b': source(null, 6),
    a: call,
    b: call,
    permits: { kind: 'control.semaphore' },
    'to-a': discard,
    'to-b': discard,
  },
  [
    'from-a.out -> a.in',
    'from-b.out -> b.in',
    'a.call -> permits.acquire[0]',
    'b.call -> permits.acquire[1]',
    'a.out -> to-a.in',
    'b.out -> to-b.in',
  ],
);

describe('designs with calls', () => {
  it('[K17] a semaphore with two users is proved free of deadlock, and they are through in the end', async () => {
    expect(verdictOf(sharing)).toBe('proved');
    const { network, toTheEnd } = networkOf(sharing);
    expect(await toTheEnd()).toBe('ended');
    expect(network.channels().find(({ connection }) => connection === 'c2')).toMatchObject({
      sent: 12,
      received: 12,
      dropped: 0,
    });
  });

  it('[K17] a barrier of three is proved free of deadlock', async () => {
    const parties = Object.fromEntries(['a', 'b', 'c'].map((id) => [id, source(id)]));
    const wires = ['a', 'b', 'c'].map((id, i) => `${id}.out -> meet.arrive[${i}]`);
    const design = draw({ ...parties, meet: { kind: 'control.barrier' }, to: discard }, [...wires, 'meet.release -> to.in']);
    expect([verdictOf(design), await networkOf(design).toTheEnd()]).toEqual(['proved', 'ended']);
  });

  it('[K17] a server that calls its own client is refuted, and gets stuck', async () => {
    const design = draw({ one: { kind: 'control.retry' }, other: { kind: 'control.retry' } }, [
      'one.attempt -> other.request',
      'other.attempt -> one.request',
    ]);
    expect(verdictOf(design)).toBe('refuted');
    expect(await networkOf(design).toTheEnd()).toBe('stuck');
  });

  it('[K17] trees of clients, retries and servers are proved free of deadlock, and end', async () => {
    const seen: (Verdict | undefined)[] = [];
    const client = fc.record({ retries: fc.nat(1), deadlineMs: fc.constantFrom(0, 5), server: fc.nat(1), repeat: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(client, { minLength: 1, maxLength: 3 }), fc.boolean(), async (clients, leased) => {
        const nodes: Record<string, { kind: string; settings?: Record<string, unknown> }> = {};
        const wires: string[] = [];
        const users = [0, 0];
        for (const [i, { retries, deadlineMs, server, repeat }] of clients.entries()) {
          Object.assign(nodes, {
            [`f${i}`]: source({ op: 'get' }, repeat + 1),
            [`c${i}`]: call,
            [`t${i}`]: discard,
            [`e${i}`]: discard,
          });
          wires.push(`f${i}.out -> c${i}.in`, `c${i}.out -> t${i}.in`, `c${i}.err -> e${i}.in`);
          let at = `c${i}.call`;
          for (let n = 0; n < retries; n++) {
            nodes[`r${i}-${n}`] = { kind: 'control.retry', settings: { deadlineMs, attempts: 2, backOffMs: 1 } };
            wires.push(`${at} -> r${i}-${n}.request`);
            at = `r${i}-${n}.attempt`;
          }
          wires.push(`${at} -> ${server === 0 ? 'store.op' : 'gate.acquire'}[${users[server]}]`);
          users[server] = (users[server] ?? 0) + 1;
        }
        if ((users[0] ?? 0) > 0) nodes['store'] = state;
        if ((users[1] ?? 0) > 0)
          nodes['gate'] = { kind: 'control.semaphore', settings: { permits: 3, leaseMs: leased ? 50 : 0 } };
        const design = draw(nodes, wires);
        const verdict = verdictOf(design);
        const outcome = await networkOf(design).toTheEnd();
        seen.push(verdict);
        if (verdict === 'refuted' || outcome !== 'ended') throw new Error(`${verdict}, ${outcome}\n${writeDesignText(design)}`);
      }),
      { numRuns: 25 },
    );
    expect(seen.filter((verdict) => verdict === 'proved').length).toBeGreaterThan(seen.length / 2);
  }, 60_000);
});

test('[Q8] a call is one connection of a session, with requests and replies in its samples', async () => {
  const design = draw({ from: source({ op: 'put', value: 5 }, 2), a: call, store: state, to: discard }, [
    'from.out -> a.in',
    'a.call -> store.op',
    'a.out -> to.in',
  ]);
  const { network, toTheEnd } = networkOf(design);
  expect(await toTheEnd()).toBe('ended');
  expect(
    network
      .channels()
      .map(({ connection }) => connection)
      .sort(),
  ).toEqual(['c0', 'c1', 'c2']);
  expect(network.samples('c1').map(({ number, value }) => [number, JSON.parse(JSON.stringify(value))])).toEqual([
    [1, { request: { op: 'put', value: 5 } }],
    [2, { reply: { value: 5, changed: true } }],
    [3, { request: { op: 'put', value: 5 } }],
    [4, { reply: { value: 5, changed: true } }],
  ]);
});

test('[Q10] a call that is held takes no request, and a breakpoint looks at requests', async () => {
  const tools = manualTools();
  const design = draw({ from: source({ op: 'get' }, 4), a: call, store: state, to: discard }, [
    'from.out -> a.in',
    'a.call -> store.op',
    'a.out -> to.in',
  ]);
  const network = wire({ design, catalog, tools: () => tools, defer: (turn) => void setImmediate(turn) });
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 50; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      tools.clock.advanceToNext();
    }
  };
  await intervene(network, { do: 'connection.pause', connection: 'c1' });
  network.start();
  await settle();
  expect(network.channels().find(({ connection }) => connection === 'c1')).toMatchObject({ received: 0, held: true });
  expect(network.stuck).toBeUndefined();
  await intervene(network, { do: 'breakpoint.set', connection: 'c1', condition: 'message.request.op == "get"', afterHits: 2 });
  await intervene(network, { do: 'connection.resume', connection: 'c1' });
  await settle();
  expect(network.state).toBe('paused');
  expect(network.interventions.hit?.sample.number).toBe(2);
  await network.stop();
});

test('[H6] nothing is fed to a call port, and nothing read from one', () => {
  const design = draw({ store: state });
  const tools = manualTools();
  const attachment = { is: 'feed', to: { node: 'store', port: 'op', index: 0 }, *body() {} } as const;
  const wired = () => wire({ design, catalog, tools: () => tools, defer: () => undefined, attachments: [attachment] });
  expect(wired).toThrow('store.op is a call port; messages are fed to and read from data ports.');
});
