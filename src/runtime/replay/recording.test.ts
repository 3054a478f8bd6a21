import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Clock, ManualClock } from '#base/clock.ts';
import type { Intervention } from '#model/sessions/intervention.ts';
import { hasEnded } from '#model/sessions/session.ts';
import { all } from '#runtime/all.ts';
import { after, fairAlt, never, priAlt } from '#runtime/alt.ts';
import type { ChannelPlan } from '#runtime/channels/channel.ts';
import type { ChannelSample } from '#runtime/listeners.ts';
import type { Network, NetworkPlan } from '#runtime/network.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body, type Wire } from '#runtime/testing.ts';
import { until } from '#runtime/until.ts';
import { Recorder } from './recorder.ts';
import { type Entry, headerText, lineText, type RecordingEnd, type RecordingHeader, readRecording } from './recording.ts';
import { type Divergence, Replayer } from './replayer.ts';

interface Shape {
  /** Two sources: what each does before each message. */
  readonly sources: readonly (readonly ('sleep' | 'ask' | 'send')[])[];
  /** What stands behind the merge. */
  readonly stages: readonly ('forward' | 'ask' | 'sleep' | 'stamp' | 'impatient')[];
  readonly capacities: readonly number[];
  readonly policies: readonly ChannelPlan['policy'][];
  readonly seed: number;
  /** Outside things done before it is stopped from outside. */
  readonly stopAfter: number | undefined;
  /** Outside things done before it is paused, and before it goes on. */
  readonly pauses: readonly (readonly [number, number])[];
  /** Outside things done before a part of it is held, let go, stepped, or given a breakpoint. */
  readonly interventions: readonly (readonly [number, Intervention])[];
}

const acts = fc.array(fc.constantFrom('sleep' as const, 'ask' as const, 'send' as const), { maxLength: 12 });
const node = fc.constantFrom('a', 'merge', 'sink');
const interventions: fc.Arbitrary<Intervention> = fc.oneof(
  node.map((id): Intervention => ({ do: 'node.pause', node: id })),
  node.map((id): Intervention => ({ do: 'node.resume', node: id })),
  node.map((id): Intervention => ({ do: 'step', node: id })),
  fc.constant<Intervention>({ do: 'step' }),
  fc.record({
    do: fc.constant('breakpoint.set' as const),
    connection: fc.constantFrom('c0', 'c1'),
    afterHits: fc.integer({ min: 1, max: 3 }),
  }),
);
const shapes: fc.Arbitrary<Shape> = fc.record({
  sources: fc.tuple(acts, acts),
  stages: fc.array(
    fc.constantFrom('forward' as const, 'ask' as const, 'sleep' as const, 'stamp' as const, 'impatient' as const),
    { maxLength: 4 },
  ),
  capacities: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 }),
  policies: fc.array(fc.constantFrom('block' as const, 'block' as const, 'drop-oldest' as const, 'drop-newest' as const), {
    minLength: 8,
    maxLength: 8,
  }),
  seed: fc.nat(),
  stopAfter: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
  pauses: fc.array(fc.tuple(fc.nat(30), fc.nat(3)), { maxLength: 4 }),
  interventions: fc.array(fc.tuple(fc.nat(30), interventions), { maxLength: 6 }),
});

type World = Pick<NetworkPlan, 'clock' | 'defer' | 'steering'>;
type Ask = (question: string) => Promise<number>;

interface Built {
  readonly bench: Bench;
  readonly arrived: unknown[];
}

function build({ sources, stages, capacities, policies }: Shape, world: World, ask: Ask, spoil = 0): Built {
  const arrived: unknown[] = [];
  const source = (id: number): Body =>
    function* (ends) {
      for (const [n, act] of (sources[id] ?? []).entries()) {
        if (act === 'sleep') yield* sleep(ends.clock, (id + 1) * 3);
        const value = act === 'ask' ? yield* until(() => ask(`${id} ${n}`)) : n;
        yield* ends.out.send(id * 1_000 + value);
      }
    };
  const stage = (what: Shape['stages'][number], id: number): Body =>
    function* (ends) {
      for (let n = 0; ; n++) {
        const got = yield* priAlt({ item: ends.in, late: what === 'impatient' ? after(ends.clock, 2) : never });
        if (got.tag === 'late') {
          yield* ends.out.send(-1);
          continue;
        }
        const { ended, value } = got;
        if (ended) return;
        if (what === 'sleep') yield* sleep(ends.clock, n % 3);
        if (what === 'ask') yield* all([until(ask(`s${id} ${n}`)), sleep(ends.clock, 1)]);
        yield* ends.out.send(what === 'stamp' ? value + ends.clock.now() : value + spoil);
      }
    };
  const merge: Body = function* (ends) {
    for (let open = [ends.in, ends.in2]; open.length > 0; ) {
      const { index, ended, value } = yield* fairAlt(open);
      if (ended) open = open.filter((_, i) => i !== index);
      else yield* ends.out.send(value);
    }
  };
  const sink: Body = function* (ends) {
    for (let got = yield* ends.in.receive(); !got.ended; got = yield* ends.in.receive()) arrived.push(got.value);
  };
  const names = ['merge', ...stages.map((_, i) => `stage${i}`), 'sink'];
  const paths = ['a.out -> merge.in', 'b.out -> merge.in2'];
  names.slice(1).forEach((name, i) => void paths.push(`${names[i]}.out -> ${name}.in`));
  const bodies: Record<string, Body> = { a: source(0), b: source(1), merge, sink };
  stages.forEach((what, i) => {
    bodies[`stage${i}`] = stage(what, i);
  });
  const wires = paths.map((path, i): Wire => [path, capacities[i] ?? 0, policies[i] ?? 'block']);
  return { bench: new Bench({ bodies, wires, world }), arrived };
}

interface Trace {
  readonly arrived: readonly unknown[];
  readonly samples: readonly (readonly ChannelSample[])[];
  readonly state: string;
  readonly counts: unknown;
}

const traceOf = ({ bench: { network }, arrived }: Built): Trace => ({
  arrived,
  samples: network.channels().map(({ connection }) => network.samples(connection)),
  state: network.state,
  // Processor time and service times are measured, not replayed.
  counts: [network.channels(), network.processes().map(({ cpuMs: _cpu, services: _services, ...counts }) => counts)],
});

const tick = async (): Promise<void> => {
  for (let i = 0; i < 30; i++) await Promise.resolve();
};

function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What is asked of a run after so many outside things. */
function askedAt({ stopAfter, pauses, interventions }: Shape, recorder: Recorder, done: number): (() => void)[] {
  return [
    ...(done === stopAfter ? [() => recorder.stop()] : []),
    ...pauses.filter(([at]) => at === done).map(() => () => void recorder.pause()),
    ...pauses.filter(([at, forSo]) => at + forSo === done).map(() => () => recorder.resume()),
    ...interventions.filter(([at]) => at === done).map(([, what]) => intervening(recorder, what)),
  ];
}

const letGo = (recorder: Recorder): (() => void)[] => [
  () => recorder.resume(),
  ...['a', 'merge', 'sink'].map((id) => intervening(recorder, { do: 'node.resume', node: id })),
];

const intervening = (recorder: Recorder, what: Intervention) => (): void =>
  void recorder.intervene(what, (network) => intervene(network, what));

/** An outside whose turns, timers, answers and time come as the seed says. */
async function record(shape: Shape): Promise<{ trace: Trace; lines: (Entry | RecordingEnd)[] }> {
  const random = randomOf(shape.seed);
  const time = new ManualClock(1_000);
  let lateMs = 0;
  const clock: Clock = {
    now: () => {
      if (random(5) === 0) lateMs++;
      return time.now() + lateMs;
    },
    after: (ms, fire) => time.after(ms, fire),
  };
  const turns: (() => void)[] = [];
  const questions: (() => void)[] = [];
  const ask: Ask = (question) => new Promise((resolve) => void questions.push(() => resolve(answerTo(question))));
  const lines: (Entry | RecordingEnd)[] = [];
  const outer = { clock, defer: (turn: () => void) => void turns.push(turn) };
  const recorder = new Recorder(outer, 1_000, (line) => void lines.push(line));
  const built = build(shape, recorder, ask);
  recorder.attach(built.bench.network);
  recorder.start();
  for (let done = 0; !hasEnded(built.bench.network.state); done++) {
    for (const ask of askedAt(shape, recorder, done)) {
      ask();
      await tick();
    }
    const ways = [turns.length > 0 && 'turn', time.pending > 0 && 'timer', questions.length > 0 && 'ask'].filter(Boolean);
    // Paused or held, with nothing to come, or timers for ever: it is let go on.
    if (ways.length === 0 || done === 60) {
      for (const ask of letGo(recorder)) {
        ask();
        await tick();
      }
    }
    const way = ways[random(ways.length)];
    if (way === 'turn') turns.shift()?.();
    if (way === 'timer') time.advanceToNext();
    if (way === 'ask') questions.splice(random(questions.length), 1)[0]?.();
    await tick();
  }
  return { trace: traceOf(built), lines };
}

const answerTo = (question: string): number => question.length * 7;

/** What the host does, for the parts that this test uses. */
async function intervene({ interventions }: Network, what: Intervention): Promise<void> {
  if (what.do === 'node.pause') interventions.holdNode(what.node);
  if (what.do === 'node.resume') interventions.releaseNode(what.node);
  if (what.do === 'breakpoint.set') interventions.setBreakpoint(what.connection, { afterHits: what.afterHits ?? 1 });
  if (what.do === 'step') await interventions.step(what.node);
}

async function replay(
  shape: Shape,
  lines: readonly (Entry | RecordingEnd)[],
  spoil = 0,
): Promise<{ trace: Trace; diverged: Divergence | undefined }> {
  const patience = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await tick();
  };
  const replayer = new Replayer(1_000, { breathe: tick, patience, intervene });
  const built = build(shape, replayer, async (question) => answerTo(question), spoil);
  const entries = lines.slice(0, -1) as readonly Entry[];
  const diverged = await replayer.run(built.bench.network, entries, lines.at(-1) as RecordingEnd);
  return { trace: traceOf(built), diverged };
}

const header: RecordingHeader = { kind: 'run', seed: 'x', startMs: 1_000, design: '{}', inputs: [], outputs: [] };
const through = (lines: readonly (Entry | RecordingEnd)[]) => {
  const { lines: entries, end } = readRecording(headerText(header) + lines.map(lineText).join(''));
  return [...entries, end] as (Entry | RecordingEnd)[];
};

describe('a recorded run', () => {
  test('[S14] [S15] [S4] replayed gives the same trace, pauses and drops included, samples with their times, counts and outputs', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const { trace, lines } = await record(shape);
        const again = await replay(shape, through(lines));
        expect(again.diverged).toBeUndefined();
        expect(again.trace).toEqual(trace);
      }),
      { numRuns: 200, verbose: 1 },
    );
  });

  test('[S15] another behaviour is told at the first step where it shows', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const { lines } = await record({ ...shape, stages: ['forward'], policies: [], stopAfter: undefined });
        const first = (lines as Entry[]).findIndex(({ passed = 0 }) => passed > 0);
        const { diverged, trace } = await replay({ ...shape, stages: ['forward'], policies: [] }, lines, 1);
        expect(['completed', 'stopped']).toContain(trace.state);
        if (first < 0) expect(diverged).toBeUndefined();
        else expect(diverged?.step).toBeGreaterThan(first);
      }),
      { numRuns: 50, verbose: 1 },
    );
  });

  test('[S15] an entry that is missing, doubled or changed is told', async () => {
    const shape: Shape = {
      sources: [['ask', 'sleep'], ['send']],
      stages: ['stamp'],
      capacities: [],
      policies: [],
      seed: 5,
      stopAfter: undefined,
      pauses: [],
      interventions: [],
    };
    const { lines } = await record(shape);
    const entries = lines.slice(0, -1) as Entry[];
    const at = (what: Entry['do']): number => entries.findIndex((entry) => entry.do === what);
    const altered: [string, (Entry | RecordingEnd)[]][] = [
      ['an answer for a, 0 messages', lines.toSpliced(at('answer'), 0, { do: 'answer', n: 7, of: 'a' })],
      ['the timer of a, 0 messages', lines.toSpliced(1, 0, { do: 'timer', n: 9, of: 'a' })],
      ['the run is failed', lines.with(-1, { do: 'end', is: 'failed' })],
    ];
    for (const [recorded, changed] of altered) expect((await replay(shape, changed)).diverged).toMatchObject({ recorded });
    for (let i = 0; i < entries.length; i++) {
      if (i === 0 || entries[i]?.passed === undefined) continue;
      expect((await replay(shape, lines.toSpliced(i, 1))).diverged).toBeDefined();
    }
  });
});

describe('the text of a recording', () => {
  const code = (text: string): unknown => {
    try {
      return readRecording(text);
    } catch (thrown) {
      return [(thrown as { code?: string }).code, (thrown as { facts?: { line?: number } }).facts?.line];
    }
  };
  const head = headerText(header);
  const good = `${head}{"do":"start"}\n{"do":"turn","ms":[[0,5]],"passed":1,"sum":7}\n{"do":"end","is":"completed"}\n`;

  test('[S14] is read as it was written', () => {
    expect(readRecording(good)).toMatchObject({ header, end: { is: 'completed' } });
    expect(readRecording(good).lines).toHaveLength(2);
  });

  test('[S14] cut at any place it is truncated, or no recording', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: good.length - 1 }), (length) => {
        const [got] = code(good.slice(0, length)) as [string];
        expect(got).toBe(length < head.length - 1 ? 'RUNTIME_RECORDING_MALFORMED' : 'RUNTIME_RECORDING_TRUNCATED');
      }),
      { verbose: 1 },
    );
  });

  test('[S14] of another version it is refused as such', () => {
    expect(code(good.replace('recording/1', 'recording/2'))).toEqual(['RUNTIME_RECORDING_NEWER', undefined]);
    expect(code(good.replace('"turns":2', '"turns":3'))).toEqual(['RUNTIME_RECORDING_NEWER', undefined]);
  });

  test.each([
    ['', 1],
    ['[]\n', 1],
    [good.replace('csp-recording/1', 'csp-design/1'), 1],
    [good.replace('"kind":"run"', '"kind":"walk"'), 1],
    [good.replace('"inputs":[]', '"inputs":[{"node":"a","port":"in","index":0}]'), 1],
    [good.replace('"outputs":[]', '"outputs":[null]'), 1],
    [good.replace('{"do":"start"}', '{"do":'), 2],
    [good.replace('"turn"', '"jump"'), 3],
    [good.replace('[[0,5]]', '[[0]]'), 3],
    [good.replace('{"do":"start"}', '{"do":"timer"}'), 2],
    [good.replace('{"do":"start"}', '{"do":"step","choice":-1,"of":2,"says":""}'), 2],
    [good.replace('{"do":"start"}', '{"do":"tool","node":"a","call":"x"}'), 2],
  ])('[S14] damaged it is refused with the line: %#', (text, line) => {
    expect(code(text)).toEqual(['RUNTIME_RECORDING_MALFORMED', line]);
  });
});
