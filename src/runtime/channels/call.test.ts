import { describe, expect, test } from 'vitest';
import { all } from '#runtime/all.ts';
import { after, fairAlt, priAlt } from '#runtime/alt.ts';
import { poison } from '#runtime/poison.ts';
import { sleep } from '#runtime/sleep.ts';
import { Bench, type Body } from '#runtime/testing.ts';
import { type Answer, type CallLimits, goneCaller, type Request } from './call.ts';

/** Calls with these requests, one after the other, and writes down what became of them. */
function client(requests: readonly number[], into: unknown[], limits?: CallLimits, gapMs = 0): Body {
  return function* ({ ask, clock }) {
    for (const request of requests) {
      into.push(yield* ask.call(request, limits));
      if (gapMs > 0) yield* sleep(clock, gapMs);
    }
  };
}

/** Answers each request with ten times it, after a while. */
function server(afterMs = 0, seen: unknown[] = []): Body {
  return function* ({ serve, clock }) {
    for (;;) {
      const got = yield* serve.receive();
      if (got.ended) return;
      seen.push(got.value.value);
      if (afterMs > 0) yield* sleep(clock, afterMs);
      seen.push(yield* got.value.reply(got.value.value * 10));
    }
  };
}

function pair(ask: Body, serve: Body, onFailure: 'stop' | 'skip' | 'restart' = 'stop'): Bench {
  return new Bench({ bodies: { a: ask, b: serve }, calls: ['a.ask -> b.serve'], onFailure });
}

function passTime(bench: Bench): Bench {
  while (bench.clock.advanceToNext()) bench.settle();
  return bench;
}

const reply = (value: number): Answer<number> => ({ is: 'reply', value });

describe('a call', () => {
  test('[Q1] gives the reply, or the reason why there is none', () => {
    const got: unknown[] = [];
    const refusing: Body = function* ({ serve }) {
      for (let n = 0; ; n++) {
        const one = yield* serve.receive();
        if (one.ended) return;
        yield* n === 0 ? one.value.reply(7) : one.value.fail('NO', 'It is shut.');
      }
    };
    const bench = pair(client([1, 2], got), refusing).start();
    expect(got).toEqual([reply(7), { is: 'failed', code: 'NO', message: 'It is shut.' }]);
    expect(bench.network.state).toBe('completed');
  });

  test('[Q1] waits until the server takes the request, and then for the answer', () => {
    const got: unknown[] = [];
    const slow: Body = function* (ends) {
      yield* sleep(ends.clock, 50);
      yield* server(30)(ends);
    };
    const bench = pair(client([4], got), slow).start();
    expect([bench.get('a').waitingFor, bench.counts('k0').received]).toEqual([['ask'], 0]);
    bench.clock.advance(50);
    bench.settle();
    expect([got, bench.counts('k0').received]).toEqual([[], 1]);
    bench.clock.advance(30);
    bench.settle();
    expect(got).toEqual([reply(40)]);
  });

  test('[Q1] a second call on the connection meanwhile is refused, and the first goes on', () => {
    const got: unknown[] = [];
    const twice: Body = function* ({ ask }) {
      const second = function* () {
        try {
          yield* ask.call(2);
        } catch (thrown) {
          got.push((thrown as { code: string }).code);
        }
      };
      got.push(...(yield* all([ask.call(1), second()])));
    };
    pair(twice, server()).start();
    expect(got).toEqual(['RUNTIME_END_BUSY', reply(10), undefined]);
  });

  test('[Q2] answering never waits, also when the client has not come round to hear it', () => {
    const log: string[] = [];
    const serving: Body = function* ({ serve }) {
      const got = yield* serve.receive();
      if (got.ended) return;
      yield* got.value.reply(1);
      log.push('answered');
    };
    pair(function* ({ ask }) {
      yield* ask.call(1);
      log.push('heard');
    }, serving).start();
    expect(log).toEqual(['answered', 'heard']);
  });
});

describe('exactly one answer', () => {
  test.each([
    [
      'a second answer',
      'RUNTIME_CALL_ANSWERED_TWICE',
      'b answered a request twice (port serve).',
      function* (one: Request<number, number>) {
        yield* one.reply(1);
        yield* one.fail('NO', 'No.');
      },
    ],
    [
      'the next request before an answer',
      'RUNTIME_CALL_UNANSWERED',
      'b asked for the next request without answering the one before (port serve).',
      function* (_one: Request<number, number>, { serve }: Parameters<Body>[0]) {
        yield* serve.receive();
      },
    ],
    [
      'the next request before an answer, in an alternation',
      'RUNTIME_CALL_UNANSWERED',
      'b asked for the next request without answering the one before (port serve).',
      function* (_one: Request<number, number>, { serve, clock }: Parameters<Body>[0]) {
        yield* priAlt([after(clock, 10), serve]);
      },
    ],
  ])('[Q3] %s is an error that names the node and the port', (_what, code, message, wrong) => {
    const bench = pair(client([1], []), function* (ends) {
      const got = yield* ends.serve.receive();
      if (!got.ended) yield* wrong(got.value, ends);
    }).start();
    expect(bench.get('b').lastFault).toMatchObject({ code, message });
  });

  test('[Q3] requests of another connection may be taken before the first is answered', () => {
    const [first, second]: [unknown[], unknown[]] = [[], []];
    const bench = new Bench({
      bodies: {
        a: client([1], first),
        b: client([2], second),
        s: function* ({ serve, serve2 }) {
          const [one, two] = [yield* serve.receive(), yield* serve2.receive()];
          if (!two.ended) yield* two.value.reply(22);
          if (!one.ended) yield* one.value.reply(11);
        },
      },
      calls: ['a.ask -> s.serve', 'b.ask -> s.serve2'],
    }).start();
    expect([first, second, bench.network.state]).toEqual([[reply(11)], [reply(22)], 'completed']);
  });

  test('[Q4] a server that fails and starts again has answered the request at hand as failed', () => {
    const got: unknown[] = [];
    let lives = 0;
    const shaky: Body = function* (ends) {
      if (lives++ === 0) {
        yield* ends.serve.receive();
        throw new Error('broken');
      }
      yield* server()(ends);
    };
    const bench = pair(client([1, 2], got), shaky, 'restart').start();
    expect(got).toEqual([]);
    passTime(bench);
    expect(got).toEqual([
      { is: 'failed', code: 'RUNTIME_SERVER_FAILED', message: 'The server failed with the request at hand.' },
      reply(20),
    ]);
  });
});

describe('giving up', () => {
  test('[Q5] a request that was not taken by the deadline is withdrawn; the server never sees it', () => {
    const [got, seen]: [unknown[], unknown[]] = [[], []];
    const late: Body = function* (ends) {
      yield* sleep(ends.clock, 100);
      yield* server(0, seen)(ends);
    };
    passTime(pair(client([1, 2], got, { deadlineMs: 60 }), late).start());
    expect([got, seen]).toEqual([
      [{ is: 'late', taken: false }, reply(20)],
      [2, true],
    ]);
  });

  test('[Q5] the server is told that the client gave up, still owes the answer, and it is dropped and counted', () => {
    const [got, seen]: [unknown[], unknown[]] = [[], []];
    const serving: Body = function* ({ serve, clock }) {
      const one = yield* serve.receive();
      if (one.ended) return;
      const chosen = yield* priAlt({ cancelled: one.value.whenCancelled, due: after(clock, 500) });
      seen.push(chosen.tag, clock.now(), one.value.cancelled);
      seen.push((yield* priAlt([one.value.whenCancelled])).index, yield* one.value.reply(1));
      seen.push((yield* serve.receive()).ended);
    };
    const bench = passTime(pair(client([1], got, { deadlineMs: 60 }), serving).start());
    expect([got, seen]).toEqual([[{ is: 'late', taken: true }], ['cancelled', 60, true, 0, false, true]]);
    expect(bench.counts('k0')).toEqual({ sent: 2, received: 1, dropped: 1, depth: 0 });
    expect(bench.clock.pending).toBe(0);
  });

  test('[Q5] a client gives up for whatever it is told to, such as its own client having given up', () => {
    const got: unknown[] = [];
    const log: string[] = [];
    const middle: Body = function* ({ serve, ask }) {
      const one = yield* serve.receive();
      if (one.ended) return;
      const answer = yield* ask.call(one.value.value, { giveUp: one.value.whenCancelled });
      log.push(answer.is);
      yield* one.value.fail('NO', 'No.');
    };
    const bench = new Bench({
      bodies: { a: client([1], got, { deadlineMs: 5 }), m: middle, s: server(1_000) },
      calls: ['a.ask -> m.serve', 'm.ask -> s.serve'],
    }).start();
    bench.clock.advance(5);
    bench.settle();
    expect([got, log]).toEqual([[{ is: 'late', taken: true }], ['late']]);
  });

  test('[Q5] an answer that is there when the client looks counts, though the deadline came in the same moment', () => {
    const got: unknown[] = [];
    const bench = pair(client([3], got, { deadlineMs: 60 }), server(60)).start();
    bench.clock.advance(60);
    bench.settle();
    expect(got).toEqual([reply(30)]);
  });

  test('[Q5] a call that all gives up is cancelled for the server, and the next answer is not mistaken for its own', () => {
    const got: unknown[] = [];
    const impatient: Body = function* ({ ask, clock }) {
      const fail = function* () {
        yield* sleep(clock, 10);
        throw new Error('enough');
      };
      try {
        yield* all([ask.call(1), fail()]);
      } catch {
        got.push(yield* ask.call(2));
      }
    };
    const seen: unknown[] = [];
    passTime(pair(impatient, server(50, seen)).start());
    expect([got, seen]).toEqual([[reply(20)], [1, false, 2, true]]);
  });
});

describe('the end', () => {
  test('[Q6] the server receives the end when the client has returned', () => {
    const seen: unknown[] = [];
    const bench = pair(client([1], []), server(0, seen)).start();
    expect([seen, bench.network.state]).toEqual([[1, true], 'completed']);
  });

  test('[Q6] a server that returns leaves gone to whoever waits, and to every later call', () => {
    const got: unknown[] = [];
    const leaving: Body = function* ({ serve }) {
      yield* serve.receive();
    };
    const bench = pair(client([1, 2], got), leaving).start();
    expect([got, bench.network.state]).toEqual([[{ is: 'gone' }, { is: 'gone' }], 'completed']);
    expect(bench.counts('k0')).toEqual({ sent: 2, received: 1, dropped: 1, depth: 0 });
  });

  test('[Q7] a server takes from many clients fairly', () => {
    const order: number[] = [];
    const many: Body = function* ({ serve, serve2 }) {
      for (let open = 2; open > 0; ) {
        const got = yield* fairAlt([serve, serve2]);
        if (got.ended) return;
        order.push(got.value.value);
        yield* got.value.reply(0);
        if (got.value.value > 2) open--;
      }
    };
    new Bench({
      bodies: { a: client([1, 2, 3], []), b: client([1, 2, 3], []), s: many },
      calls: ['a.ask -> s.serve', 'b.ask -> s.serve2'],
    }).start();
    expect(order).toEqual([1, 1, 2, 2, 3, 3]);
  });

  test('[Q7] a call on an output that nothing is connected to gives gone', () => {
    const bench = new Bench({
      bodies: {
        a: function* () {
          got.push(yield* goneCaller().call(1));
          yield* goneCaller().end();
        },
      },
    });
    const got: unknown[] = [];
    bench.start();
    expect([got, bench.network.state]).toEqual([[{ is: 'gone' }], 'completed']);
  });

  test('[S10] clients that call each other in a ring are stuck, with the calls they wait on', () => {
    const both: Body = function* ({ ask, serve }) {
      yield* ask.call(1);
      yield* serve.receive();
    };
    const bench = new Bench({ bodies: { a: both, b: both }, calls: ['a.ask -> b.serve', 'b.ask -> a.serve'] }).start();
    expect(bench.network.stuck).toMatchObject({ nodes: ['a', 'b'], connections: ['k0', 'k1'] });
    expect(bench.network.channels().map(({ blocked }) => blocked)).toEqual(['sender', 'sender']);
  });

  test('[S5] stopped in the middle of a call, nothing is left', async () => {
    const bench = pair(client([1], [], { deadlineMs: 1_000 }), server(500)).start();
    await bench.stop();
    expect([bench.network.state, bench.clock.pending]).toEqual(['stopped', 0]);
  });
});

describe('from outside', () => {
  test.each(['a', 'b'])('[S36] %s held in the middle of a call and released: nothing is lost or doubled', (node) => {
    const got: unknown[] = [];
    const bench = pair(client([1, 2], got, undefined, 5), server(20)).start();
    bench.network.interventions.holdNode(node);
    for (let step = 0; step < 5; step++) {
      bench.clock.advance(10);
      bench.settle();
    }
    expect(got.length).toBeLessThan(2);
    bench.network.interventions.releaseNode(node);
    passTime(bench.settle());
    expect([got, bench.network.state]).toEqual([[reply(10), reply(20)], 'completed']);
  });

  test('[S3] [S4] paused at every turn, a client with deadlines gets what it gets undisturbed', async () => {
    const run = async (pauses: boolean): Promise<unknown[]> => {
      const got: unknown[] = [];
      const bench = pair(client([1, 2, 3, 4], got, { deadlineMs: 20 }, 3), server(15)).start();
      for (let ms = 0; ms < 200; ms++) {
        if (pauses) {
          const paused = bench.network.pause();
          bench.settle();
          await paused;
          bench.network.resume();
        }
        bench.settle();
        bench.clock.advance(1);
        bench.settle();
      }
      expect(bench.network.state).toBe('completed');
      return got;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test('[Q10] poison from the server gives up the call under way; the client that lets it through ends', () => {
    const got: unknown[] = [];
    const giving: Body = function* ({ serve }) {
      yield* serve.receive();
      yield* poison(serve, 'enough');
    };
    const bench = pair(client([1], got), giving).start();
    expect([got, bench.get('a').state, bench.get('a').lastFault?.code, bench.get('b').state]).toEqual([
      [],
      'stopped',
      'RUNTIME_POISONED',
      'completed',
    ]);
  });
});

test('[Q8] samples show requests and replies in their order, with numbers that belong together', () => {
  const bench = passTime(pair(client([1, 2, 3], [], { deadlineMs: 60 }, 100), server(40)).start());
  expect(bench.network.samples('k0').map(({ number, value }) => [number, JSON.parse(JSON.stringify(value))])).toEqual([
    [1, { request: 1 }],
    [2, { reply: 10 }],
    [3, { request: 2 }],
    [4, { reply: 20 }],
    [5, { request: 3 }],
    [6, { reply: 30 }],
  ]);
});
