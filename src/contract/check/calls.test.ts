import { describe, expect, it, test } from 'vitest';
import { contractFaults } from '#contract/faults.ts';
import { allows } from '#contract/monitor.ts';
import { design, kind, lookupOf } from '#contract/testing/designs.ts';
import type { Finding } from '#model/checks/finding.ts';
import { check } from './check.ts';

/** The semantics of calls, modelled in the contract language and searched. */

const kinds = lookupOf(
  kind('t.client', 'asks:call', 'C = call.ask -> call.reply -> C |~| call.end -> SKIP'),
  kind('t.hasty', 'asks:call', 'C = call.ask -> (call.reply -> C [] call.quit -> C) [] call.quit -> C |~| SKIP'),
  kind('t.once', 'asks:call in:go', 'C = call.ask -> call.reply -> go -> SKIP'),
  kind('t.server', 'serves:serve', 'S = serve.ask -> serve.reply -> S [] serve.end -> SKIP'),
  kind('t.leaves', 'serves:serve', 'S = serve.ask -> (serve.reply -> S |~| SKIP) [] serve.end -> SKIP'),
  kind('t.middle', 'serves:serve asks:call', 'M = serve.ask -> call.ask -> call.reply -> serve.reply -> M [] serve.end -> SKIP'),
  kind('t.eager', 'serves:serve asks:call', 'M = call.ask -> call.reply -> serve.ask -> serve.reply -> M'),
  kind('t.asksBack', 'serves:serve asks:back', 'S = serve.ask -> back.ask -> back.reply -> serve.reply -> S'),
  kind('t.alone', 'asks:call serves:serve', 'C = call.ask -> call.reply -> serve.ask -> serve.reply -> C'),
  kind(
    't.many',
    'serves:serve*',
    (_, { serve = 1 }) => `S = MORE(${serve})
      MORE(n) = if n == 0 then SKIP else [] i:{0..${serve - 1}} @ serve.i.ask -> serve.i.reply -> MORE(n) [] serve.i.end -> MORE(n - 1)`,
  ),
  kind('t.user', 'asks:permit', 'U = permit.ask -> permit.reply -> permit.ask -> permit.reply -> U'),
  kind('t.semaphore', 'serves:user*', (_, { user = 1 }) => semaphore(user, 1)),
  kind('t.stingy', 'serves:user*', (_, { user = 1 }) => semaphore(user, 0)),
  kind('t.arrives', 'asks:arrive', 'P = arrive.ask -> arrive.reply -> P'),
  kind('t.barrier', 'serves:party*', (_, { party = 1 }) => barrier(party)),
);

/** A user asks for a permit, has it with the reply, and gives it back with the next request. */
function semaphore(users: number, permits: number): string {
  const range = `i:{0..${users - 1}}`;
  return `S = H(${permits})
    H(n) = [] ${range} @ user.i.ask -> (if n > 0 then user.i.reply -> BACK(n - 1, i) else STOP)
    BACK(n, i) = user.i.ask -> user.i.reply -> H(n + 1)`;
}

/** Takes a request from each, in any order, and answers them all. */
function barrier(parties: number): string {
  const each = (event: string): string => Array.from({ length: parties }, (_, i) => `party.${i}.${event} -> SKIP`).join(' ||| ');
  return `B = (${each('ask')}) ; (${each('reply')}) ; B`;
}

function deadlock(nodes: Readonly<Record<string, string>>, ...connections: string[]): Finding | undefined {
  return check(design(nodes, connections), kinds).findings.find(({ rule }) => rule === 'deadlock');
}

function steps(finding: Finding | undefined): readonly string[] {
  return finding?.trace?.steps.map(({ text }) => text) ?? [];
}

describe('[K17] calls', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['a client and its server', { a: 't.client', b: 't.server' }, ['a.call -> b.serve']],
    ['a client that gives up now and then', { a: 't.hasty', b: 't.server' }, ['a.call -> b.serve']],
    [
      'a client that gives up, and a server that may leave it without an answer',
      { a: 't.hasty', b: 't.leaves' },
      ['a.call -> b.serve'],
    ],
    ['a server that may leave its client without an answer', { a: 't.client', b: 't.leaves' }, ['a.call -> b.serve']],
    ['a chain of servers', { a: 't.client', b: 't.middle', c: 't.server' }, ['a.call -> b.serve', 'b.call -> c.serve']],
    [
      'a tree of clients and servers',
      { a: 't.client', b: 't.client', m: 't.middle', n: 't.middle', s: 't.many' },
      ['a.call -> m.serve', 'b.call -> n.serve', 'm.call -> s.serve[0]', 'n.call -> s.serve[1]'],
    ],
    [
      'a semaphore with two users',
      { a: 't.user', b: 't.user', s: 't.semaphore' },
      ['a.permit -> s.user[0]', 'b.permit -> s.user[1]'],
    ],
    [
      'a barrier of three',
      { a: 't.arrives', b: 't.arrives', c: 't.arrives', s: 't.barrier' },
      ['a.arrive -> s.party[0]', 'b.arrive -> s.party[1]', 'c.arrive -> s.party[2]'],
    ],
  ])('%s is proved free of deadlock', (_says, nodes, connections) => {
    expect(deadlock(nodes, ...connections)).toMatchObject({ verdict: 'proved' });
  });

  it('a server that asks its own client is refuted: each waits for the other', () => {
    const found = deadlock({ a: 't.alone', b: 't.asksBack' }, 'a.call -> b.serve', 'b.back -> a.serve');
    expect(found).toMatchObject({
      verdict: 'refuted',
      trace: {
        knot: { nodes: ['a', 'b'], connections: ['c0', 'c1'] },
        waiting: [
          { node: 'a', on: [{ connection: 'c0', direction: 'receive', peer: 'b' }] },
          { node: 'b', on: [{ connection: 'c1', direction: 'send', peer: 'a' }] },
        ],
      },
    });
    expect(steps(found)).toEqual(['a asks b (a.call → b.serve)']);
  });

  it('clients that call each other in a ring are refuted', () => {
    const found = deadlock(
      { a: 't.eager', b: 't.eager', c: 't.eager' },
      'a.call -> b.serve',
      'b.call -> c.serve',
      'c.call -> a.serve',
    );
    expect(found).toMatchObject({ verdict: 'refuted', message: expect.stringMatching(/in a ring; right at the start/) });
    expect(found?.trace?.knot.nodes.length).toBe(3);
  });

  it('a barrier that one party never reaches, and a semaphore without a permit, are refuted', () => {
    expect(
      deadlock(
        { a: 't.arrives', b: 't.once', f: 't.alone', s: 't.barrier' },
        'a.arrive -> s.party[0]',
        'f.call -> s.party[1]',
        'b.call -> f.serve',
      ),
    ).toMatchObject({ verdict: 'refuted' });
    expect(deadlock({ a: 't.user', s: 't.stingy' }, 'a.permit -> s.user[0]')).toMatchObject({ verdict: 'refuted' });
  });

  it('an answer that the client no longer waits for does not stop its server', () => {
    const late = lookupOf(
      kind('t.late', 'asks:call in:go', 'C = call.ask -> (call.reply -> W [] call.quit -> W)\nW = go -> W'),
      kind('t.then', 'serves:serve out:go', 'S = serve.ask -> serve.reply -> G\nG = go -> G'),
    );
    const body = design({ a: 't.late', b: 't.then' }, ['a.call -> b.serve', 'b.go -> a.go']);
    expect(check(body, late).verdict).toBe('proved');
  });

  it('what a capacity says on a call is not looked at: nothing is held', () => {
    const found = deadlock({ a: 't.eager', b: 't.eager' }, 'a.call -> b.serve | 5', 'b.call -> a.serve | 5 drop-oldest');
    expect(found).toMatchObject({ verdict: 'refuted' });
  });

  it('a client joined with itself waits for ever', () => {
    expect(deadlock({ a: 't.middle' }, 'a.call -> a.serve')).toMatchObject({ verdict: 'refuted' });
  });

  it('tells of a server that has ended', () => {
    const gone = lookupOf(
      kind('t.c', 'asks:call in:go', 'C = call.ask -> call.reply -> go -> SKIP'),
      kind('t.s', 'serves:serve', 'S = SKIP |~| serve.ask -> SKIP'),
      kind('t.never', 'out:go in:x', 'N = x -> go -> SKIP'),
    );
    const body = design({ c: 't.c', s: 't.s', n: 't.never', m: 't.never' }, ['c.call -> s.serve', 'n.go -> m.x', 'm.go -> n.x']);
    const trace = steps(check(body, gone).findings.find(({ rule }) => rule === 'deadlock'));
    expect(trace).toEqual(
      expect.arrayContaining(['c asks s, which has ended (c.call → s.serve)', 'c is told that s has ended (c.call → s.serve)']),
    );
  });
});

describe('[K5] the contract of a call port', () => {
  const ports = {
    serve: { direction: 'in', many: false, protocol: 'call' },
    call: { direction: 'out', many: false, protocol: 'call' },
  } as const;
  test.each([
    ['S = serve.ask -> S', 'after serve.ask it does serve.ask, though the request before has no answer yet'],
    [
      'S = serve.ask -> serve.reply -> serve.reply -> S',
      'after serve.ask, serve.reply it does serve.reply, though no request is under way',
    ],
    ['S = serve.ask -> serve.end -> SKIP', 'after serve.ask it does serve.end, though the request before has no answer yet'],
    ['C = call.ask -> SKIP', 'after call.ask it ends while it waits for call.reply'],
    ['C = call.reply -> C', 'at the start it does call.reply, though no request is under way'],
    ['C = call.end -> call.ask -> call.reply -> C', 'after call.end it sends call.ask, which it has ended'],
    ['S = serve.quit -> S', 'at the start it does serve.quit, though no request is under way'],
  ])('%s: %s', (text, fault) => {
    const [first] = contractFaults(text, ports);
    expect(
      first === undefined
        ? undefined
        : first.place
          ? `line ${first.place.line}, column ${first.place.column}: ${first.message}`
          : first.message,
    ).toBe(fault);
  });

  test.each(['S = serve.ask -> SKIP', 'C = call.ask -> (call.reply -> C [] call.quit -> SKIP) [] call.quit -> C'])(
    '%s is none',
    (text) => {
      expect(contractFaults(text, ports)).toEqual([]);
    },
  );
});

test('[K12] [K17] a monitor follows calls', () => {
  const text = 'C = call.ask -> (call.reply -> C [] call.quit -> C) |~| call.end -> SKIP';
  expect(allows(text, ['call.ask', 'call.reply', 'call.ask', 'call.quit', 'call.end'])).toEqual({ ok: true });
  expect(allows(text, ['call.reply'])).toMatchObject({ ok: false, at: 0, expected: ['call.ask', 'call.end'] });
});
