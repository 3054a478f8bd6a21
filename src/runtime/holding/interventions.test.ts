import { describe, expect, test } from 'vitest';
import { all } from '#runtime/all.ts';
import { after, always, fairAlt, offering, priAlt } from '#runtime/alt.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body, parked, sink, source } from '#runtime/testing.ts';
import { until } from '#runtime/until.ts';

const forward: Body = function* (ends) {
  for (;;) {
    const { ended, value } = yield* ends.in.receive();
    if (ended) return;
    yield* ends.out.send(value);
  }
};

describe('a node that is paused', () => {
  test('[S35] [S36] [S37] stays where it is; what is offered to it waits, the others go on; resumed, all goes on', () => {
    const got: number[] = [];
    const aside: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> c.in'], ['d.out -> e.in']],
      bodies: { a: source(1, 2), b: forward, c: sink(got), d: source(7, 8), e: sink(aside) },
    });
    bench.network.interventions.holdNode('b');
    bench.start();
    expect(bench.get('b')).toMatchObject({ state: 'paused', held: true, received: 0 });
    expect(bench.network.channel('c0').status()).toMatchObject({ blocked: 'sender', sent: 0 });
    expect([got, aside]).toEqual([[], [7, 8]]);
    expect(bench.get('e').state).toBe('completed');
    void bench.network.pause();
    bench.settle();
    bench.network.resume();
    bench.settle();
    expect([bench.get('b').state, got]).toEqual(['paused', []]);
    bench.network.interventions.releaseNode('b');
    bench.settle();
    expect(got).toEqual([1, 2]);
    expect(bench.network.state).toBe('completed');
  });

  test('[S36] one that already waits for a message does not get it, nor is what it offers taken', () => {
    const got: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['c.out -> d.in']],
      bodies: {
        *a({ out, clock }) {
          yield* sleep(clock, 10);
          yield* out.send(1);
        },
        b: sink(got),
        c: source(5),
        *d(ends) {
          yield* sleep(ends.clock, 10);
          yield* sink(got)(ends);
        },
      },
    }).start();
    bench.network.interventions.holdNode('b');
    bench.network.interventions.holdNode('c');
    bench.clock.advance(10);
    bench.settle();
    expect([bench.counts('c0').sent, bench.counts('c1').sent, got]).toEqual([0, 0, []]);
    bench.network.interventions.releaseNode('b');
    bench.settle();
    expect(got).toEqual([1]);
    bench.network.interventions.releaseNode('c');
    bench.settle();
    expect(got).toEqual([1, 5]);
  });

  test('[S36] [A6] a moment that comes meanwhile is there when it is resumed, an answer too', async () => {
    const log: string[] = [];
    const answer = Promise.withResolvers<string>();
    const bench = new Bench({
      wires: [['c.out -> a.in']],
      bodies: {
        *a({ in: input, clock }) {
          const { tag } = yield* priAlt({ item: input, due: after(clock, 10) });
          log.push(tag);
          yield* input.receive();
        },
        *b() {
          log.push(yield* until(answer.promise));
        },
        *c({ out, clock }) {
          yield* sleep(clock, 1_000);
          yield* out.send(1);
        },
      },
    }).start();
    for (const id of ['a', 'b']) bench.network.interventions.holdNode(id);
    answer.resolve('answered');
    bench.clock.advance(20);
    await bench.settleOutside();
    expect(log).toEqual([]);
    for (const id of ['a', 'b']) bench.network.interventions.releaseNode(id);
    bench.settle();
    expect(log.sort()).toEqual(['answered', 'due']);
    bench.clock.advance(1_000);
    bench.settle();
    expect(bench.network.state).toBe('completed');
  });

  test('[S36] [S37] also in the midst of operations side by side, made twice, and in alternations', () => {
    const got: number[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['a.out2 -> b.in2'], ['b.out -> c.in']],
      bodies: {
        *a({ out, out2 }) {
          yield* all([out.send(1), out2.send(2)]);
          const again = [out.send(3), out.send(4)] as const;
          yield* again[0];
          yield* again[1];
          yield* fairAlt([offering(out2, 5)]);
        },
        *b({ in: input, in2, out }) {
          for (let n = 0; n < 5; n++) {
            const { value } = yield* fairAlt([input, in2]);
            yield* out.send(value as number);
          }
          const twice = [input.receive(), input.receive()] as const;
          expect([(yield* twice[0]).ended, (yield* twice[1]).ended]).toEqual([true, true]);
        },
        c: sink(got),
      },
    });
    bench.network.start();
    for (let round = 0; bench.network.state === 'running' && round < 100; round++) {
      const held = ['a', 'b', 'c'][round % 3] as string;
      bench.network.interventions.holdNode(held);
      bench.settle();
      bench.network.interventions.releaseNode(held);
      bench.turn();
    }
    expect(got.toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(bench.network.state).toBe('completed');
  });

  test('[S36] [S9] one that is to be started again is when it is resumed', () => {
    let lives = 0;
    const bench = new Bench({
      onFailure: 'restart',
      bodies: {
        *a({ clock }) {
          if (lives++ === 0) throw new Error('once');
          yield* sleep(clock, 1);
        },
      },
    }).start();
    bench.network.interventions.holdNode('a');
    bench.clock.advance(1_000);
    bench.settle();
    expect([lives, bench.get('a').state]).toEqual([1, 'paused']);
    bench.network.interventions.releaseNode('a');
    bench.settle();
    expect(lives).toBe(2);
  });

  test('[S44] one that has ended is left alone, and a part may be resumed that is not paused', () => {
    const bench = new Bench({ wires: [['a.out -> b.in']], bodies: { a: source(1), b: parked } });
    bench.network.interventions.releaseNode('a');
    bench.network.interventions.releaseConnection('c0');
    bench.start();
    bench.network.interventions.holdNode('a');
    expect(bench.get('a')).not.toHaveProperty('held');
    expect(bench.network.state).toBe('completed');
  });
});

describe('a connection that is paused', () => {
  test('[S38] nothing passes, in or out of its buffer; guards on it are not ready; resumed, nothing is lost', () => {
    const got: (number | string | undefined)[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in', 4], ['c.out -> b.in2']],
      bodies: {
        *a({ out, clock }) {
          yield* out.send(1);
          yield* sleep(clock, 10);
          for (const message of [2, 3]) yield* out.send(message);
        },
        *b({ in: input, in2, clock }) {
          yield* sleep(clock, 5);
          for (let open = 2; open > 0; ) {
            const { tag, ended, value } = yield* priAlt({ first: input, second: in2 });
            if (ended) open--;
            got.push(ended ? `${tag} ended` : value);
            if (ended) yield* priAlt(open > 0 ? { second: in2 } : { always });
          }
        },
        *c({ out, clock }) {
          yield* sleep(clock, 7);
          yield* out.send(9);
          yield* sleep(clock, 1_000);
        },
      },
    }).start();
    bench.network.interventions.holdConnection('c0');
    bench.clock.advance(20);
    bench.settle();
    expect(got).toEqual([9]);
    expect(bench.network.channel('c0').status()).toMatchObject({ held: true, sent: 1, received: 0, depth: 1, blocked: 'sender' });
    bench.network.interventions.releaseConnection('c0');
    bench.settle();
    expect(got).toEqual([9, 1, 2, 3, 'first ended']);
    expect(bench.network.channel('c0').status()).not.toHaveProperty('held');
  });

  test('[S38] [C7] [C9] an end, and that the reader has gone, are told when it is resumed', () => {
    const log: unknown[] = [];
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['c.out -> d.in']],
      bodies: {
        *a({ clock }) {
          yield* sleep(clock, 1);
        },
        *b({ in: input }) {
          log.push((yield* input.receive()).ended);
        },
        *c({ out }) {
          log.push(yield* out.send(1));
        },
        *d({ clock }) {
          yield* sleep(clock, 1);
        },
      },
    }).start();
    for (const id of ['c0', 'c1']) bench.network.interventions.holdConnection(id);
    bench.clock.advance(1);
    bench.settle();
    expect(log).toEqual([]);
    expect(bench.get('a').state).toBe('completed');
    for (const id of ['c0', 'c1']) bench.network.interventions.releaseConnection(id);
    bench.settle();
    expect(log).toEqual([true, false]);
    expect(bench.counts('c1')).toEqual({ sent: 1, received: 0, dropped: 1, depth: 0 });
  });

  test('[S38] [C6] a connection that drops when it is full waits too', () => {
    const got: number[] = [];
    const bench = new Bench({ wires: [['a.out -> b.in', 1, 'drop-newest']], bodies: { a: source(1, 2, 3), b: sink(got) } });
    bench.network.interventions.holdConnection('c0');
    bench.start();
    expect(bench.counts('c0')).toEqual({ sent: 0, received: 0, dropped: 0, depth: 0 });
    bench.network.interventions.releaseConnection('c0');
    bench.settle();
    expect(bench.counts('c0').sent).toBe(3);
    expect(bench.network.state).toBe('completed');
  });
});

describe('stuck and stopped', () => {
  test('[S41] a session that waits for what is held is not stuck; one that waits for itself still is, when that is released', () => {
    const give: Body = function* ({ out, in: back }) {
      yield* back.receive();
      yield* out.send(1);
    };
    const bench = new Bench({
      wires: [['a.out -> b.in'], ['b.out -> a.in'], ['c.out -> d.in']],
      bodies: { a: give, b: give, c: source(1), d: sink([]) },
    });
    bench.network.interventions.holdConnection('c2');
    bench.start();
    expect(bench.network.stuck).toBeUndefined();
    bench.network.interventions.releaseConnection('c2');
    bench.settle();
    expect(bench.network.stuck?.nodes).toEqual(['a', 'b']);
    const other = new Bench({ wires: [['a.out -> b.in']], bodies: { a: source(1), b: sink([]) } });
    other.network.interventions.holdNode('a');
    other.start();
    expect(other.network.stuck).toBeUndefined();
  });

  test('[S42] a stop runs the finally blocks of what is held, and their outside work is waited for', async () => {
    const log: string[] = [];
    const closing = Promise.withResolvers<string>();
    const bench = new Bench({
      wires: [['a.out -> b.in']],
      bodies: {
        *a({ in: input }) {
          try {
            yield* input?.receive() ?? until(new Promise(() => {}));
          } finally {
            log.push(yield* until(closing.promise));
          }
        },
        *b({ in: input }) {
          try {
            yield* input.receive();
          } finally {
            log.push('b');
          }
        },
      },
    }).start();
    bench.network.interventions.holdNode('a');
    bench.network.interventions.holdNode('b');
    bench.network.interventions.holdConnection('c0');
    const stopped = bench.network.stop();
    await bench.settleOutside();
    closing.resolve('a');
    await bench.settleOutside();
    await stopped;
    expect(log).toEqual(['b', 'a']);
  });
});
