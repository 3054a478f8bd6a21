import fc from 'fast-check';
import { expect } from 'vitest';
import type { ChannelPlan } from '#runtime/channels/channel.ts';
import { Stepping } from '#runtime/processes/stepping.ts';
import { all } from '../all.ts';
import { fairAlt, offering, priAlt } from '../alt.ts';
import type { Operation } from '../port.ts';
import { sleep } from '../sleep.ts';
import { Bench, type Body, type Ends, type Wire } from '../testing.ts';

/** A message is `source * 10,000 + number`, so that each one and its order can be recognised anywhere. */
export const perSource = 10_000;

export interface Shape {
  readonly sources: readonly number[];
  /** What stands between the sources and the sink, from left to right. */
  readonly stages: readonly Stage[];
  readonly wires: readonly (readonly [capacity: number, policy: ChannelPlan['policy']])[];
  readonly slowEvery: number;
  readonly byAlternation: boolean;
}
type Stage = 'forward' | 'diamond' | 'duplicate' | 'steps';

const shapeOf = (...kinds: readonly Stage[]): fc.Arbitrary<Shape> =>
  fc.record({
    sources: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 2 }),
    stages: fc.array(fc.constantFrom(...kinds), { maxLength: 4 }),
    wires: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('block', 'block', 'block', 'drop-oldest', 'drop-newest')),
      {
        minLength: 30,
        maxLength: 30,
      },
    ),
    slowEvery: fc.integer({ min: 1, max: 5 }),
    byAlternation: fc.boolean(),
  });
/** Networks of generators: the order of all their messages follows from the schedule alone. */
export const shape = shapeOf('forward', 'diamond', 'duplicate');
/** Also with processes that step: whether one is run on the spot depends on the time that others take. */
export const anyShape = shapeOf('forward', 'diamond', 'duplicate', 'steps', 'steps');

export interface Built {
  readonly bench: Bench;
  /** What went through each process's hands: channel end by channel end, in order. */
  readonly sent: ReadonlyMap<string, number[]>;
  readonly got: ReadonlyMap<string, number[]>;
  readonly arrived: number[];
}

/** What the bodies of a network note in passing. */
class Books {
  readonly sent = new Map<string, number[]>();
  readonly got = new Map<string, number[]>();
  readonly arrived: number[] = [];
  readonly #byAlternation: boolean;

  constructor(byAlternation: boolean) {
    this.#byAlternation = byAlternation;
  }

  took(end: string, message: number): void {
    this.#note(this.got, end, message);
  }

  gave(end: string, message: number): void {
    this.#note(this.sent, end, message);
  }

  *put(ends: Ends, id: string, port: 'out' | 'out2', message: number): Operation<boolean> {
    const taken = this.#byAlternation ? (yield* priAlt([offering(ends[port], message)])).sent : yield* ends[port].send(message);
    if (taken) this.gave(`${id}.${port}`, message);
    return taken;
  }

  #note(book: Map<string, number[]>, end: string, message: number): void {
    book.set(end, [...(book.get(end) ?? []), message]);
  }
}

const merge = (books: Books, id: string): Body =>
  function* (ends) {
    const open = new Map<'in' | 'in2', Ends['in']>([
      ['in', ends.in],
      ['in2', ends.in2],
    ]);
    while (open.size > 0) {
      const ports = [...open.keys()];
      const { index, ended, value } = yield* fairAlt([...open.values()]);
      const port = ports[index] as 'in' | 'in2';
      if (ended) open.delete(port);
      else {
        books.took(`${id}.${port}`, value);
        yield* books.put(ends, id, 'out', value);
      }
    }
  };

const split = (books: Books, id: string, both: boolean): Body =>
  function* (ends) {
    for (let turn = 0; ; turn++) {
      const { ended, value } = yield* ends.in.receive();
      if (ended) return;
      books.took(`${id}.in`, value);
      if (both) yield* all([books.put(ends, id, 'out', value), books.put(ends, id, 'out2', value)]);
      else yield* books.put(ends, id, turn % 2 === 0 ? 'out' : 'out2', value);
    }
  };

const forward = (books: Books, id: string): Body =>
  function* (ends) {
    for (;;) {
      const { ended, value } = yield* ends.in.receive();
      if (ended) return;
      books.took(`${id}.in`, value);
      yield* books.put(ends, id, 'out', value);
    }
  };

const counting = (books: Books, id: string, s: number, count: number, slowEvery: number): Body =>
  function* (ends) {
    for (let i = 0; i < count; i++) {
      if (i % slowEvery === 0) yield* sleep(ends.clock, s + 1);
      yield* books.put(ends, id, 'out', s * perSource + i);
    }
  };

// What passes is noted by its step, which never fails.
const stepping =
  (books: Books, id: string): Body =>
  (ends) =>
    new Stepping(ends.in, [ends.out as never], (afterwards) => ({
      step(message) {
        books.took(`${id}.in`, message as number);
        books.gave(`${id}.out`, message as number);
        afterwards.send(ends.out as never, message);
      },
    })) as unknown as Operation<void>;

const collecting = (books: Books, slowEvery: number): Body =>
  function* (ends) {
    for (let i = 0; ; i++) {
      if (i % (slowEvery + 1) === 0) yield* sleep(ends.clock, 1);
      const { ended, value } = yield* ends.in.receive();
      if (ended) return;
      books.took('sink.in', value);
      books.arrived.push(value);
    }
  };

/** source, source → merge → stages… → sink; every channel with a capacity and policy of its own. */
export function build({ sources, stages, wires, slowEvery, byAlternation }: Shape, lossless: boolean): Built {
  const books = new Books(byAlternation);
  const bodies: Record<string, Body> = {};
  const paths: string[] = ['s0.out -> merge.in', 's1.out -> merge.in2'];
  sources.forEach((count, s) => {
    bodies[`s${s}`] = counting(books, `s${s}`, s, count, slowEvery);
  });
  bodies['merge'] = merge(books, 'merge');
  let last = 'merge';
  stages.forEach((stage, i) => {
    if (stage === 'forward' || stage === 'steps') {
      bodies[`f${i}`] = stage === 'steps' ? stepping(books, `f${i}`) : forward(books, `f${i}`);
      paths.push(`${last}.out -> f${i}.in`);
      last = `f${i}`;
    } else {
      bodies[`split${i}`] = split(books, `split${i}`, stage === 'duplicate');
      bodies[`join${i}`] = merge(books, `join${i}`);
      paths.push(`${last}.out -> split${i}.in`, `split${i}.out -> join${i}.in`, `split${i}.out2 -> join${i}.in2`);
      last = `join${i}`;
    }
  });
  bodies['sink'] = collecting(books, slowEvery);
  paths.push(`${last}.out -> sink.in`);
  const bench = new Bench({
    bodies,
    wires: paths.map((path, i): Wire => {
      const [capacity, policy] = wires[i] ?? [0, 'block'];
      return [path, capacity, lossless ? 'block' : policy];
    }),
  });
  return { bench, sent: books.sent, got: books.got, arrived: books.arrived };
}

export function finish(bench: Bench): void {
  bench.settle();
  while (bench.clock.advanceToNext()) bench.settle();
}

/** What must hold at every moment between turns. */
export function checkCounts(bench: Bench): void {
  for (const { sent, received, dropped, depth, capacity, highWater } of bench.network.channels()) {
    expect(sent).toBe(received + dropped + depth);
    expect(depth).toBeLessThanOrEqual(capacity);
    expect(highWater).toBeLessThanOrEqual(capacity);
  }
}

/** [C2] [C4]: on each channel what was received is a part of what was sent, in that order, each once. */
export function checkChannels({ bench, sent, got }: Built): void {
  for (const { connection, received, sent: accepted } of bench.network.channels()) {
    const { from, to } = bench.network.channel(connection).plan;
    const put = sent.get(`${from.process}.${from.port}`) ?? [];
    const taken = got.get(`${to.process}.${to.port}`) ?? [];
    expect([accepted, received]).toEqual([put.length, taken.length]);
    let at = 0;
    for (const message of taken) {
      at = put.indexOf(message, at) + 1;
      expect(at).toBeGreaterThan(0);
    }
  }
}

/** Calls `act` from within the run, whenever the count of messages passed on all channels reaches one of `moments`. */
export function atMessage({ network }: Bench, moments: readonly number[], act: () => void): void {
  let passed = 0;
  for (const { connection } of network.channels()) {
    network.channel(connection).onSample(() => {
      if (moments.includes(++passed)) act();
    });
  }
}
