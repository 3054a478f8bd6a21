import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { allows } from '#contract/monitor.ts';
import { fairAlt, priAlt } from '#runtime/alt.ts';
import { sleep } from '#runtime/sleep.ts';
import { until } from '#runtime/until.ts';
import { type AnyComponent, defineComponent } from './define-component.ts';
import { asks, input, many, optional, output, serves } from './ports.ts';
import { describeFiles } from './testing/files/contract-suite.ts';
import { MemoryFiles } from './testing/memory-files.ts';
import { impatient, manualTools, pause, rig, runExample } from './testing.ts';
import type { Tools } from './tools.ts';

const words = { version: 1, title: 'T', icon: 'box', summary: 'A component of this test.', examples: [] } as const;
const io = { in: input(Type.Unknown()), out: output(Type.Unknown()) };

const copy = defineComponent({
  ...words,
  kind: 'test.copy',
  settings: Type.Object({ waitMs: Type.Integer({ default: 0 }), rejects: Type.Boolean({ default: false }) }),
  ports: io,
  contract: 'COPY = in -> (out -> COPY |~| err -> COPY) [] in.end -> out.end -> SKIP',
  *run({ settings, io, clock, reject }) {
    for (;;) {
      const item = yield* io.in.receive();
      if (item.ended) return;
      yield* sleep(clock, settings.waitMs);
      if (settings.rejects) yield* reject(item.value, new Error('no'));
      else yield* io.out.send(item.value);
    }
  },
});

/** A component that does some outside work and says what it gave. */
function outside(work: (tools: Tools, signal: AbortSignal) => Promise<unknown>): AnyComponent {
  return defineComponent({
    ...words,
    kind: 'test.outside',
    settings: Type.Object({}),
    ports: { out: output(Type.Unknown()) },
    contract: 'OUT = out -> out.end -> SKIP',
    *run({ io, ...tools }) {
      yield* io.out.send(yield* until((signal) => work(tools, signal)));
    },
  });
}

describe('rig', () => {
  it('feeds inputs, collects outputs, and writes the trace in the words of contracts', async () => {
    const ran = await rig(copy).run({ in: ['a', 'b'] });
    expect(ran).toMatchObject({ gives: { out: ['a', 'b'] }, ended: { state: 'completed' } });
    expect(ran.trace).toEqual(['in', 'out', 'in', 'out', 'in.end', 'out.end']);
  });

  it('moves the clock only when everybody waits for it', async () => {
    const { timesMs, tools } = await rig(copy, { settings: { waitMs: 1_000 } }).run({ in: [1, pause(5_000), 2] });
    expect([timesMs['out'], tools.clock.now()]).toEqual([[1_000, 6_000], 6_000]);
  });

  it('lets readers be slow, or go away, and says so', async () => {
    const slow = await rig(copy, { slowMs: { out: 10 } }).run({ in: [1, 2] });
    expect(slow.timesMs['out']).toEqual([10, 20]);
    const leaving = await rig(copy, { takes: { out: 1 } }).run({ in: [1, 2] });
    expect(leaving.trace).toEqual(['in', 'out', 'in', 'out.gone', 'in.end', 'out.end']);
  });

  it('counts channels from what is given, and hands what is not connected an end that is at its end', async () => {
    const join = defineComponent({
      ...words,
      kind: 'test.join',
      settings: Type.Object({}),
      ports: { in: many(input(Type.Unknown())), extra: optional(input(Type.Unknown())), out: output(Type.Unknown()) },
      contract: (_settings, { in: channels = 0, extra = 0 }) => `X = out -> out.end -> SKIP -- ${channels} ${extra}`,
      *run({ io }) {
        const extra = yield* io.extra.receive();
        yield* io.out.send([io.in.length, extra.ended]);
      },
    });
    const { gives, contract, trace } = await rig(join).run({ 'in[2]': [1] });
    expect(gives['out']).toEqual([[3, true]]);
    expect(contract).toContain('-- 3 0');
    expect(trace).toEqual(['extra.end', 'out', 'out.end']);
  });

  it('writes down what an alternation chose, whether it had to wait or not', async () => {
    const alternating = defineComponent({
      ...copy.spec,
      ...words,
      kind: 'test.alternating',
      settings: Type.Object({}),
      ports: io,
      contract: 'X = SKIP',
      *run({ io }) {
        for (;;) {
          const event = yield* priAlt({ in: io.in });
          if (event.ended) return;
        }
      },
    });
    const { trace } = await rig(alternating).run({ in: [1, pause(5), 2] });
    expect(trace).toEqual(['in', 'in', 'in.end', 'out.end']);
  });

  it('with err connected a rejected message leaves there; otherwise it fails the process', async () => {
    const settings = { rejects: true };
    const connected = await rig(copy, { settings, arity: { err: 1 } }).run({ in: [1] });
    expect(connected.gives['err']).toEqual([{ error: { code: 'FAILED', message: 'no' }, original: 1 }]);
    expect(connected.trace).toEqual(['in', 'err', 'in.end', 'out.end']);
    expect((await rig(copy, { settings }).run({ in: [1] })).ended).toMatchObject({ state: 'failed', fault: { message: 'no' } });
  });

  it('waits for outside work before it moves the clock', async () => {
    const slow = outside(() => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('done')))));
    expect((await rig(slow).run()).gives['out']).toEqual(['done']);
  });

  it('hasty: moves the clock for outside work that itself waits for it', async () => {
    const timed = outside(({ clock }) => new Promise((resolve) => void clock.after(500, () => resolve(clock.now()))));
    expect((await rig(timed, { hasty: true }).run()).gives['out']).toEqual([500]);
  });

  it('tells a deadlock, and stops what would never end', async () => {
    const forever = defineComponent({
      ...words,
      kind: 'test.forever',
      settings: Type.Object({ ticks: Type.Boolean({ default: false }) }),
      ports: io,
      contract: 'X = SKIP',
      *run({ io, settings, clock }) {
        while (settings.ticks) yield* sleep(clock, 10);
        yield* priAlt([]);
        yield* io.out.send(1);
      },
    });
    expect((await rig(forever).run()).ended).toEqual({ state: 'stuck' });
    const stopped = await rig(forever, { settings: { ticks: true }, stopAfterMs: 100 }).run();
    expect([stopped.ended.state, stopped.tools.clock.now()]).toEqual(['stopped', 100]);
  });
});

describe('rig, with calls', () => {
  /** Hands requests on, tenfold, and fails those that are no number. */
  const middle = defineComponent({
    ...words,
    kind: 'test.middle',
    settings: Type.Object({ deadlineMs: Type.Integer({ default: 1_000 }) }),
    ports: {
      serve: many(serves(Type.Unknown(), Type.Number())),
      next: optional(asks(Type.Number(), Type.Number())),
    },
    contract: (_settings, { serve = 1 }) => `
      M = O(${serve})
      O(n) = if n == 0 then SKIP else [] i:{0..${serve - 1}} @ serve.i.ask -> H(n, i) [] serve.i.end -> O(n - 1)
      H(n, i) = (next.ask -> (next.reply -> A(n, i) [] next.quit -> A(n, i)) [] next.quit -> A(n, i)) |~| A(n, i)
      A(n, i) = serve.i.reply -> O(n) [] serve.i.quit -> serve.i.reply -> O(n)`,
    *run({ settings, io }) {
      const open = new Set(io.serve);
      while (open.size > 0) {
        const got = yield* fairAlt([...open]);
        if (got.ended) {
          open.delete([...open][got.index] as (typeof io.serve)[number]);
          continue;
        }
        const request = got.value;
        if (typeof request.value !== 'number') {
          yield* request.fail('TEST_NO_NUMBER', 'That is no number.');
          continue;
        }
        const answer = yield* io.next.call(request.value * 10, { deadlineMs: settings.deadlineMs });
        yield* answer.is === 'reply' ? request.reply(answer.value) : request.fail('TEST_NEXT', answer.is);
      }
    },
  });

  it('a serving port is given requests and gives replies; an asking one is given replies and gives requests', async () => {
    const ran = await rig(middle).run({ serve: [1, 'x', 2], next: [11, { failed: { code: 'NO', message: 'No.' } }] });
    expect(ran.gives).toEqual({
      'serve[0]': [
        11,
        { failed: { code: 'TEST_NO_NUMBER', message: 'That is no number.' } },
        { failed: { code: 'TEST_NEXT', message: 'failed' } },
      ],
      next: [10, 20],
    });
    expect(ran.trace.slice(0, 4)).toEqual(['serve.0.ask', 'next.ask', 'next.reply', 'serve.0.reply']);
    expect(allows(ran.contract, ran.trace)).toEqual({ ok: true });
  });

  it('clients may be impatient, servers slow or gone, and ports of calls unconnected', async () => {
    const slow = await rig(middle, { settings: { deadlineMs: 20 } }).run({
      serve: [impatient(1, 10), 2],
      next: [pause(40), 1, 2],
    });
    expect(slow.gives['serve[0]']).toEqual([{ late: true }, 2]);
    expect(slow.trace.slice(0, 5)).toEqual(['serve.0.ask', 'next.ask', 'next.quit', 'serve.0.quit', 'serve.0.reply']);
    const gone = await rig(middle, { takes: { next: 0 } }).run({ serve: [1] });
    expect(gone.gives).toEqual({ 'serve[0]': [{ failed: { code: 'TEST_NEXT', message: 'gone' } }], next: [] });
    const alone = await rig(middle, { arity: { next: 0 } }).run({ serve: [1] });
    expect(alone.gives).toEqual({ 'serve[0]': [{ failed: { code: 'TEST_NEXT', message: 'gone' } }] });
    expect(alone.trace).toEqual(['serve.0.ask', 'next.ask', 'next.reply', 'serve.0.reply', 'serve.0.end', 'next.end']);
  });

  it('a component with calls cannot be written as steps', () => {
    const steps = () => ({ step: () => undefined });
    const ports = { in: input(Type.Unknown()), call: asks(Type.Unknown(), Type.Unknown()) };
    const declare = () =>
      defineComponent({ ...words, kind: 'test.steps', settings: Type.Object({}), ports, contract: 'A = SKIP', steps });
    expect(declare).toThrow(expect.objectContaining({ code: 'KIT_NO_BEHAVIOUR' }));
  });
});

describe('the checks of a component bite', () => {
  it('an example that does not hold is told in a sentence', async () => {
    const { faults } = await runExample(copy, { says: 'Wrong.', given: { in: [1] }, gives: { out: [2] } });
    expect(faults).toEqual(['out gave [1], not [2]']);
  });

  it('an output that is not named must stay silent', async () => {
    const { faults } = await runExample(copy, { says: 'Wrong.', settings: { rejects: true }, given: { in: [1] }, gives: {} });
    expect(faults).toEqual([expect.stringContaining('err gave')]);
  });

  it('files are compared, too', async () => {
    const files = { given: { a: '1' }, gives: { a: '2' } };
    const { faults } = await runExample(copy, { says: 'Wrong.', given: { in: [] }, gives: {}, files });
    expect(faults).toEqual(['a holds "1", not "2"']);
  });

  it('a contract that forbids what is done is found by the trace', async () => {
    const { trace } = await rig(copy).run({ in: [1, 2] });
    expect(allows('X = in -> out -> in.end -> out.end -> SKIP', trace)).toMatchObject({ ok: false, at: 2, event: 'in' });
    expect(allows(copy.contractOf({}, {}), trace)).toEqual({ ok: true });
  });
});

describe('manualTools', () => {
  it('there is no network unless a test hands one in', async () => {
    await expect(manualTools().http(new Request('http://localhost/'))).rejects.toThrow('no network');
  });
});

describeFiles('MemoryFiles', async () => ({ files: new MemoryFiles(), remove: async () => undefined }));

describe('MemoryFiles', () => {
  it('reads in small pieces, and knows what was left open', async () => {
    const files = new MemoryFiles({ a: 'hello world' });
    for await (const piece of files.read('a', new AbortController().signal)) {
      expect([piece.length, files.open]).toEqual([7, 1]);
      break;
    }
    expect(files.open).toBe(0);
  });
});
