import fc from 'fast-check';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { components } from '#components/catalog.ts';
import { check } from '#contract/check/check.ts';
import { createCatalog } from '#host/catalog.ts';
import { draw as drawn } from '#host/testing/designs.ts';
import { defineComponent } from '#kit/define-component.ts';
import { input, output } from '#kit/ports.ts';
import { manualTools } from '#kit/testing.ts';
import type { DesignBody, End } from '#model/design.ts';
import { type Expansion, expand } from '#model/expand.ts';
import { hasEnded } from '#model/sessions/session.ts';
import type { Network } from '#runtime/network.ts';
import type { Operation, Receiver, Sender } from '#runtime/port.ts';
import { sleep } from '#runtime/sleep.ts';
import { wire } from './wire.ts';

interface Job {
  readonly id: number;
  readonly ms: number;
  readonly times: number;
  readonly fails: boolean;
}

/** Takes its time, gives as many results as the message says, or fails. */
const work = defineComponent({
  kind: 'test.work',
  version: 1,
  title: 'Work',
  icon: 'box',
  summary: 'Works.',
  settings: Type.Object({ rejects: Type.Boolean({ default: false }), slow: Type.Number({ default: 1 }) }),
  ports: { in: input(Type.Unknown(), 'Jobs.'), out: output(Type.Unknown(), 'Results.') },
  contract: 'WORK = in -> DO [] in.end -> SKIP\nDO = WORK |~| out -> DO |~| err -> WORK',
  examples: [],
  *run({ settings, io, clock, reject }) {
    for (;;) {
      const got = yield* io.in.receive();
      if (got.ended) return;
      const { id, ms, times, fails } = got.value as Job;
      yield* sleep(clock, ms * settings.slow);
      if (fails && settings.rejects) yield* reject(got.value, new Error(`job ${id} fails`));
      else if (fails) throw new Error(`job ${id} fails`);
      else for (let n = 0; n < times; n++) yield* io.out.send(`${id}.${n}`);
    }
  },
});

/** The same without taking time, as steps: done on the spot by whoever sends (S71). */
const quick = defineComponent({
  kind: 'test.quick',
  version: 1,
  title: 'Quick',
  icon: 'box',
  summary: 'Works at once.',
  settings: Type.Object({}),
  ports: { in: input(Type.Unknown(), 'Jobs.'), out: output(Type.Unknown(), 'Results.') },
  contract: 'QUICK = in -> DO [] in.end -> SKIP\nDO = QUICK |~| out -> DO |~| err -> QUICK',
  examples: [],
  steps: ({ emit, refuse }) => ({
    step(message: Job) {
      const { id, times, fails } = message;
      if (fails) refuse(message, new Error(`job ${id} fails`));
      else for (let n = 0; n < times; n++) emit.out(`${id}.${n}`);
    },
  }),
});

const catalog = createCatalog([...components, work, quick]);
const draw = (...given: Parameters<typeof drawn>): DesignBody => drawn(given[0], given[1], catalog);

type Designs = Readonly<Record<string, DesignBody>>;

function expanded(body: DesignBody, designs: Designs): Expansion {
  const found = expand(body, catalog, ({ design }) =>
    designs[design] === undefined ? undefined : { key: design, body: designs[design] },
  );
  expect(found.faults).toEqual([]);
  return found;
}

interface Ran {
  readonly network: Network;
  readonly gives: Readonly<Record<string, unknown[]>>;
}

/** Feeds open inputs, reads open outputs, and runs to the end or until it is stuck. Ends are `node.port[index]`. */
async function run(
  body: DesignBody,
  designs: Designs,
  given: Readonly<Record<string, readonly unknown[]>>,
  outputs: readonly string[],
): Promise<Ran> {
  const { flat, endOf } = expanded(body, designs);
  const gives: Record<string, unknown[]> = Object.fromEntries(outputs.map((name) => [name, []]));
  const tools = manualTools();
  const network = wire({
    design: flat,
    catalog,
    tools: () => tools,
    defer: (turn) => void setImmediate(turn),
    attachments: [
      ...Object.entries(given).map(([name, messages]) => ({
        is: 'feed' as const,
        to: endOf(endFrom(name), 'in'),
        *body(out: Sender<unknown>): Operation<void> {
          for (const message of messages) if (!(yield* out.send(message))) return;
        },
      })),
      ...outputs.map((name) => ({
        is: 'collect' as const,
        from: endOf(endFrom(name), 'out'),
        *body(into: Receiver<unknown>): Operation<void> {
          for (let got = yield* into.receive(); !got.ended; got = yield* into.receive()) gives[name]?.push(got.value);
        },
      })),
    ],
  });
  network.start();
  while (!hasEnded(network.state) && network.stuck === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    if (network.processes().every(({ state }) => state !== 'running')) tools.clock.advanceToNext();
  }
  return { network, gives };
}

function endFrom(name: string): End {
  const [, node = '', port = '', index = '0'] = /^([^.]+)\.([^[]+)(?:\[(\d+)\])?$/.exec(name) ?? [];
  return { node, port, index: Number(index) };
}

const evens = draw({
  even: { kind: 'data.filter', settings: { condition: { $param: 'condition', default: 'message % 2 == 0' } } },
});
const worker = draw({ work: { kind: 'test.work', onFailure: 'skip' } });
const job = (id: number, more: Partial<Job> = {}): Job => ({ id, ms: 1, times: 1, fails: false, ...more });

/** The farm of the tests: over `worker` unless said otherwise. */
function farm(settings: Record<string, unknown> = {}, more: { onFailure?: 'stop' | 'skip' } = {}): DesignBody {
  return draw({
    farm: { kind: 'control.farm', settings: { design: 'worker', input: 'work.in', output: 'work.out', ...settings }, ...more },
  });
}

const copiesIn = (network: Network): number =>
  new Set(network.processes().flatMap(({ node }) => /^farm\/(\d+)\//.exec(node)?.[1] ?? [])).size;

describe('what the kinds say of themselves', () => {
  const nesting = components.filter((component) => component.nesting !== undefined);

  test.each(nesting.map((component) => ({ kind: component.spec.kind, component })))(
    '[P5] the examples of $kind hold',
    async ({ component: { spec, examples } }) => {
      for (const { says, settings = {}, given, gives } of examples) {
        const body = draw({ it: { kind: spec.kind, settings } });
        const inputs = Object.fromEntries(Object.entries(given).map(([port, messages]) => [`it.${port}`, messages]));
        const outputs = Object.keys(gives).map((port) => `it.${port}`);
        const ran = await run(body, { evens }, inputs, outputs);
        expect(ran.network.state, says).toBe('completed');
        expect(ran.gives, says).toEqual(Object.fromEntries(Object.entries(gives).map(([port, list]) => [`it.${port}`, list])));
      }
    },
  );
});

describe('subdesigns', () => {
  const sub = (settings: Record<string, unknown>, wires: readonly string[] = [], more = {}): DesignBody =>
    draw({ sub: { kind: 'control.subdesign', settings }, ...more }, wires);

  test('[D12] inner nodes run under outer/inner, and the connections around them are those of the design', async () => {
    const body = sub({ design: 'evens', inputs: ['even.in'], outputs: ['even.match'] }, ['sub.out[0] -> end.in'], {
      end: { kind: 'flow.buffer' },
    });
    const { network, gives } = await run(body, { evens }, { 'sub.in[0]': [1, 2, 3, 4] }, ['end.out']);
    expect(gives['end.out']).toEqual([2, 4]);
    expect(network.processes().map(({ node }) => node)).toEqual(expect.arrayContaining(['sub/even', 'end']));
    expect(network.channels().find(({ connection }) => connection === 'c0')).toMatchObject({ received: 2 });
  });

  test('[D14] what leaves at the err of inner nodes leaves at the err of the node, when that is connected', async () => {
    const two = draw({
      a: { kind: 'test.work', settings: { rejects: true } },
      b: { kind: 'test.work', settings: { rejects: true } },
    });
    const body = draw({
      sub: { kind: 'control.subdesign', settings: { design: 'two', inputs: ['a.in', 'b.in'], outputs: ['a.out', 'b.out'] } },
    });
    const withErr = draw(
      {
        sub: { kind: 'control.subdesign', settings: { design: 'two', inputs: ['a.in', 'b.in'], outputs: ['a.out', 'b.out'] } },
        errs: { kind: 'flow.buffer' },
      },
      ['sub.err -> errs.in'],
    );
    const given = { 'sub.in[0]': [job(1, { fails: true })], 'sub.in[1]': [job(2), job(3, { fails: true })] };
    const ran = await run(withErr, { two }, given, ['sub.out[0]', 'sub.out[1]', 'errs.out']);
    expect(ran.network.state).toBe('completed');
    expect(ran.gives['errs.out']).toMatchObject([{ original: { id: 1 } }, { original: { id: 3 } }]);
    const alone = await run(body, { two }, given, ['sub.out[0]', 'sub.out[1]']);
    expect((await alone.network.outcome).fault).toMatchObject({ node: 'sub/a', message: 'job 1 fails' });
  });

  test('[D12] a knot within is named outer/inner', async () => {
    const ring = draw({ a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } }, ['a.out -> b.in[0]', 'b.out -> a.in[0]']);
    const { network } = await run(sub({ design: 'ring' }), { ring }, {}, []);
    expect(network.stuck).toMatchObject({ nodes: ['sub/a', 'sub/b'], connections: ['sub/c1', 'sub/c0'] });
    await network.stop();
  });

  test('[D12] the check looks into it: what deadlocks within is told as outer/inner', () => {
    const ring = draw({ a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } }, ['a.out -> b.in[0]', 'b.out -> a.in[0]']);
    const { flat } = expanded(sub({ design: 'ring' }), { ring });
    const deadlock = check(flat, catalog.component).findings.find(({ rule }) => rule === 'deadlock');
    expect(deadlock).toMatchObject({ verdict: 'refuted', nodes: ['sub/a', 'sub/b'] });
  });
});

const jobs = fc.array(
  fc.record({
    ms: fc.integer({ min: 0, max: 9 }),
    times: fc.integer({ min: 0, max: 3 }),
    fails: fc.boolean(),
  }),
  { maxLength: 25 },
);
const results = (list: readonly Job[]): string[] =>
  list.flatMap(({ id, times, fails }) => (fails ? [] : Array.from({ length: times }, (_, n) => `${id}.${n}`)));

describe('farms', () => {
  test('[S24] in order: whatever the copies take, drop, repeat or fail on, results leave in the order of the messages', async () => {
    await fc.assert(
      fc.asyncProperty(jobs, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), async (list, copies, atOnce) => {
        const messages = list.map((one, id) => job(id, one));
        const { network, gives } = await run(farm({ copies, atOnce }), { worker }, { 'farm.in': messages }, ['farm.out']);
        expect([network.state, gives['farm.out']]).toEqual(['completed', results(messages)]);
        expect(copiesIn(network)).toBeLessThanOrEqual(copies);
      }),
      { numRuns: 60 },
    );
  });

  test('[S23] without order: nothing is lost or doubled, and never more copies than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(jobs, fc.integer({ min: 1, max: 5 }), fc.constantFrom('', 'message.id % 3'), async (list, copies, key) => {
        const messages = list.map((one, id) => job(id, one));
        const body = farm({ copies, ordered: false, key });
        const { network, gives } = await run(body, { worker }, { 'farm.in': messages }, ['farm.out']);
        expect([network.state, gives['farm.out']?.toSorted()]).toEqual(['completed', results(messages).toSorted()]);
        expect(copiesIn(network)).toBeLessThanOrEqual(copies);
      }),
      { numRuns: 60 },
    );
  });

  test('[S24] [S71] also when what a copy does is done on the spot by the process that shares', async () => {
    const lone = draw({ quick: { kind: 'test.quick', onFailure: 'skip' } });
    const pair = draw({ quick: { kind: 'test.quick', onFailure: 'skip' }, held: { kind: 'flow.buffer' } }, [
      'quick.out -> held.in',
    ]);
    await fc.assert(
      fc.asyncProperty(jobs, fc.integer({ min: 1, max: 4 }), fc.boolean(), async (list, copies, alone) => {
        const messages = list.map((one, id) => job(id, one));
        const ends = { input: 'quick.in', output: alone ? 'quick.out' : 'held.out' };
        const body = farm({ design: 'inner', copies, ...ends });
        const { network, gives } = await run(body, { inner: alone ? lone : pair }, { 'farm.in': messages }, ['farm.out']);
        expect([network.state, gives['farm.out']]).toEqual(['completed', results(messages)]);
      }),
      { numRuns: 60 },
    );
  });

  test('[S24] by key and in order, too', async () => {
    const messages = Array.from({ length: 20 }, (_, id) => job(id, { ms: id % 4, fails: id % 7 === 3 }));
    const body = farm({ copies: 3, key: 'message.id % 5' });
    const { gives } = await run(body, { worker }, { 'farm.in': messages }, ['farm.out']);
    expect(gives['farm.out']).toEqual(results(messages));
  });

  test('[S23] copies are started when all are busy, one by one, and not before', async () => {
    const started = async (messages: readonly Job[], ordered: boolean): Promise<number> =>
      copiesIn((await run(farm({ copies: 4, ordered }), { worker }, { 'farm.in': messages }, ['farm.out'])).network);
    for (const ordered of [true, false]) {
      expect(await started([], ordered)).toBe(1);
      expect(await started([job(1)], ordered)).toBe(1);
      expect(await started([job(1), job(2)], ordered)).toBe(2);
      expect(
        await started(
          Array.from({ length: 20 }, (_, id) => job(id)),
          ordered,
        ),
      ).toBe(4);
    }
  });

  test('[S23] what four copies do takes a quarter of the time', async () => {
    const messages = Array.from({ length: 40 }, (_, id) => job(id, { ms: 10 }));
    const tookMs = async (copies: number, ordered: boolean): Promise<number> => {
      const { network } = await run(farm({ copies, ordered }), { worker }, { 'farm.in': messages }, ['farm.out']);
      return network.samples('collect: farm/collect.out').at(-1)?.atMs ?? 0;
    };
    const base = (await tookMs(1, true)) - (await tookMs(4, true));
    expect(base).toBe(300);
    expect((await tookMs(1, false)) - (await tookMs(4, false))).toBe(300);
  });

  test('[S24] one slow message holds up the results, not the copies, and not without bound', async () => {
    const messages = [job(0, { ms: 1_000 }), ...Array.from({ length: 30 }, (_, n) => job(n + 1, { ms: 1 }))];
    const { network, gives } = await run(farm({ copies: 2 }), { worker }, { 'farm.in': messages }, ['farm.out']);
    expect(gives['farm.out']).toEqual(results(messages));
    // Four places for two copies: the slow message has one, and until it is done the other copy gets three.
    const early = network.samples('farm/2.in').filter(({ atMs }) => atMs < 1_000);
    expect(early).toHaveLength(3);
  });

  test('[D14] failed messages of every copy leave at err, and their places are given up', async () => {
    const rejecting = draw({ work: { kind: 'test.work', settings: { rejects: true } } });
    const body = draw(
      {
        farm: {
          kind: 'control.farm',
          settings: { design: 'rejecting', input: 'work.in', output: 'work.out', copies: 3, key: 'message.id' },
        },
        errs: { kind: 'flow.buffer' },
      },
      ['farm.err -> errs.in'],
    );
    const messages = Array.from({ length: 12 }, (_, id) => job(id, { fails: id % 3 === 0, ms: 12 - id }));
    const given = { 'farm.in': [...messages, { no: 'key' }] };
    const { network, gives } = await run(body, { rejecting }, given, ['farm.out', 'errs.out']);
    expect([network.state, gives['farm.out']]).toEqual(['completed', results(messages)]);
    const failed = (gives['errs.out'] as { original: Partial<Job> }[]).map(({ original }) => original.id);
    expect(failed.toSorted()).toEqual([0, 3, 6, 9, undefined]);
  });

  test('[S23] a farm in a farm, in a subdesign: copies within copies are started as they are needed', async () => {
    const inner = farm({ copies: 3, atOnce: 1 });
    const middle = draw({
      sub: { kind: 'control.subdesign', settings: { design: 'inner', inputs: ['farm.in'], outputs: ['farm.out'] } },
    });
    const outer = draw({
      farm: { kind: 'control.farm', settings: { design: 'middle', input: 'sub.in[0]', output: 'sub.out[0]', copies: 2 } },
    });
    const messages = Array.from({ length: 15 }, (_, id) => job(id, { ms: 15 - id, fails: id % 5 === 4 }));
    const { network, gives } = await run(outer, { inner, middle, worker }, { 'farm.in': messages }, ['farm.out']);
    expect([network.state, gives['farm.out']]).toEqual(['completed', results(messages)]);
    const nodes = network.processes().map(({ node }) => node);
    expect(nodes).toContain('farm/2/sub/farm/1/work');
    expect(nodes).not.toContain('farm/2/sub/farm/3/work');
  });

  test('[S23] the err of a subdesign around a farm ends when no more copies will come', async () => {
    const rejecting = draw({ work: { kind: 'test.work', settings: { rejects: true } } });
    const inner = draw({
      farm: { kind: 'control.farm', settings: { design: 'rejecting', input: 'work.in', output: 'work.out', copies: 3 } },
    });
    const body = draw(
      {
        sub: { kind: 'control.subdesign', settings: { design: 'inner', inputs: ['farm.in'], outputs: ['farm.out'] } },
        errs: { kind: 'flow.buffer' },
      },
      ['sub.err -> errs.in'],
    );
    const messages = [job(0, { fails: true }), job(1), job(2, { fails: true })];
    const { network, gives } = await run(body, { inner, rejecting }, { 'sub.in[0]': messages }, ['sub.out[0]', 'errs.out']);
    expect([network.state, gives['sub.out[0]'], gives['errs.out']?.length]).toEqual(['completed', ['1.0'], 2]);
  });

  test('[D17] the check looks at all copies: a farm of three between a source and a sink is proved', () => {
    for (const settings of [{ ordered: true }, { ordered: false }, { ordered: false, key: 'message' }]) {
      const body = draw(
        {
          from: { kind: 'io.manual' },
          farm: {
            kind: 'control.farm',
            settings: { design: 'evens', input: 'even.in', output: 'even.match', copies: 3, ...settings },
          },
          to: { kind: 'compute.discard' },
        },
        ['from.out -> farm.in', 'farm.out -> to.in'],
      );
      const { verdict, findings } = check(expanded(body, { evens }).flat, catalog.component);
      expect([verdict, findings.filter(({ severity }) => severity === 'error')], JSON.stringify(settings)).toEqual([
        'proved',
        [],
      ]);
    }
  });
});
