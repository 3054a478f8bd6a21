import { expect, test } from 'vitest';
import { defineError } from '#base/errors.ts';
import { design, dining, kind, lookupOf, philosophers } from '#contract/testing/designs.ts';
import { naiveDeadlock } from '#contract/testing/naive.ts';
import type { KnownKind } from '#contract/wiring.ts';
import type { Finding, Validation } from '#model/checks/finding.ts';
import { Validation as ValidationSchema } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { faultsOf } from '#model/schema-check.ts';
import { answer, check, prepareCheck, searchDeadlock, toValidation } from './check.ts';
import { usualBudget } from './engine.ts';

const source = kind('a.source', 'out:out', 'S = out -> S |~| out.end -> SKIP');
const endless = kind('a.endless', 'out:out', 'S = out -> S');
const three = kind('a.three', 'out:out', 'S = out -> out -> out -> SKIP');
const map = kind('a.map', 'in:in out:out', 'M = in -> out -> M [] in.end -> out.end -> SKIP');
const filter = kind('a.filter', 'in:in out:out', 'M = in -> (out -> M |~| M) [] in.end -> out.end -> SKIP');
const reject = kind('a.reject', 'in:in out:out', 'M = in -> (out -> M |~| err -> M) [] in.end -> SKIP');
const sink = kind('a.sink', 'in:in', 'S = in -> S [] in.end -> SKIP');
const take = kind('a.take', 'in:in', 'S = in -> in -> SKIP');
const fork = kind('a.fork', 'in:in out:left out:right', 'F = in -> left -> right -> F [] in.end -> SKIP');
const split = kind('a.split', 'in:in out:left out:right', 'F = in -> (left -> F |~| right -> F) [] in.end -> SKIP');
const zip = kind('a.zip', 'in:left in:right out:out', 'Z = right -> left -> out -> Z [] right.end -> SKIP [] left.end -> SKIP');
const join = kind('a.join', 'in:left in:right', 'Z = (left -> SKIP ||| right -> SKIP) ; Z');
const feedback = kind('a.feedback', 'in:in in:back out:out', 'F = in -> out -> F [] back -> out -> F [] in.end -> SKIP');
const bare = kind('a.bare', 'in:in', 'B = in -> B');
const maybe = kind('a.maybe', 'in:in? out:out?', 'M = in -> out -> M [] in.end -> out -> SKIP');
const lookup = lookupOf(source, endless, three, map, filter, reject, sink, take, fork, split, zip, join, feedback, bare, maybe);

/** As the full search answers, whose counts are known and whose traces are the first of the shortest. */
function fullDeadlock(body: DesignBody, kinds = lookup): Finding {
  return searchDeadlock(prepareCheck(body, kinds), usualBudget, 'full');
}

function deadlock(body: DesignBody, kinds = lookup): Finding {
  return searchDeadlock(prepareCheck(body, kinds));
}

const bySearch = (body: DesignBody, kinds = lookup): Finding => searchDeadlock(prepareCheck(body, kinds), usualBudget, 'full');

test.each([2, 3, 4, 5, 6])('[K14] [K15] %i philosophers who all take left first can deadlock, all in one ring', (count) => {
  const found = deadlock(philosophers(count, false), dining);
  expect(found.verdict).toBe('refuted');
  expect(found.message).toContain(`wait for each other in a ring; ${count} steps lead there`);
  expect(found.trace?.steps).toHaveLength(count);
  expect(found.nodes).toHaveLength(2 * count);
  expect(found.connections).toHaveLength(2 * count);
});

// n philosophers of six states; the numbers are those of the plain explorer in testing/naive.ts.
test.each([
  [2, 11],
  [3, 79],
  [4, 511],
  [5, 3_111],
  [6, 18_263],
])('[K14] %i philosophers with a waiter are proved deadlock-free in %i states', (count, states) => {
  const found = fullDeadlock(philosophers(count, true), dining);
  expect(found).toMatchObject({ verdict: 'proved', severity: 'info', engine: 'full', states });
  expect(found.message).toBe(`deadlock-free: all ${states.toLocaleString('en')} reachable states looked at`);
  if (count <= 4) expect(naiveDeadlock(philosophers(count, true), dining)).toBe(false);
});

test('[K15] the trace says who does what on which connection, the waiting list who waits for whom', () => {
  const { trace } = fullDeadlock(philosophers(2, false), dining);
  expect(trace).toEqual({
    steps: [
      {
        is: 'message',
        connection: 'c0',
        nodes: ['phil-0', 'fork-0'],
        end: false,
        text: 'phil-0 sends to fork-0 (phil-0.left → fork-0.user[0])',
      },
      {
        is: 'message',
        connection: 'c2',
        nodes: ['phil-1', 'fork-1'],
        end: false,
        text: 'phil-1 sends to fork-1 (phil-1.left → fork-1.user[0])',
      },
    ],
    waiting: [
      { node: 'phil-0', on: [{ connection: 'c1', direction: 'send', peer: 'fork-1' }] },
      { node: 'fork-0', on: [{ connection: 'c0', direction: 'receive', peer: 'phil-0' }] },
      { node: 'phil-1', on: [{ connection: 'c3', direction: 'send', peer: 'fork-0' }] },
      { node: 'fork-1', on: [{ connection: 'c2', direction: 'receive', peer: 'phil-1' }] },
    ],
    knot: { nodes: ['phil-0', 'fork-1', 'phil-1', 'fork-0'], connections: ['c1', 'c0', 'c3', 'c2'] },
  });
});

test('[K6] a pipeline that ends, ends: termination is no deadlock', () => {
  expect(
    deadlock(
      design({ a: 'a.source', b: 'a.map', c: 'a.filter', d: 'a.sink' }, ['a.out -> b.in', 'b.out -> c.in', 'c.out -> d.in']),
    ).verdict,
  ).toBe('proved');
});

test('[K6] a process that returns ends its outputs, whether its contract mentions the end or not', () => {
  expect(deadlock(design({ a: 'a.three', b: 'a.map', c: 'a.sink' }, ['a.out -> b.in', 'b.out -> c.in | 2'])).verdict).toBe(
    'proved',
  );
  expect(
    deadlock(
      design({ a: 'a.three', b: 'a.reject', c: 'a.sink', d: 'a.sink' }, ['a.out -> b.in', 'b.out -> c.in', 'b.err -> d.in']),
    ).verdict,
  ).toBe('proved');
});

test('[K6] a reader that does not look for the end waits for it for ever', () => {
  const found = deadlock(design({ a: 'a.three', b: 'a.bare' }, ['a.out -> b.in']));
  expect(found).toMatchObject({ verdict: 'refuted', nodes: ['b', 'a'] });
  expect(found.message).toBe('can deadlock: b waits for a, which has ended; 3 steps lead there');
});

test('[K7] ending never waits: the writer is done while the reader is still busy', () => {
  const busy = kind('a.busy', 'in:in in:other', 'B = other -> in.end -> SKIP');
  const late = kind('a.late', 'in:in out:out', 'L = in.end -> out -> SKIP');
  const ends = kind('a.ends', 'out:x out:y', 'E = x.end -> y.end -> SKIP');
  const body = design({ e: 'a.ends', b: 'a.busy', l: 'a.late' }, ['e.x -> b.in', 'e.y -> l.in', 'l.out -> b.other']);
  expect(deadlock(body, lookupOf(busy, late, ends)).verdict).toBe('proved');
});

test('[K7] the end is seen once: who counts ends is stuck with one input that never ends', () => {
  const counts = kind(
    'a.counts',
    'in:in*',
    'C = O(0) O(k) = if k == 2 then SKIP else [] i:{0..1} @ (in.i -> O(k) [] in.i.end -> O(k+1))',
  );
  const stuck = kind('a.stuck', 'in:in? out:out', 'S = in -> out -> S');
  const kinds = lookupOf(three, counts, stuck);
  for (const capacity of [0, 1, 4]) {
    const ends = design({ a: 'a.three', b: 'a.three', c: 'a.counts' }, [`a.out -> c.in[0] | ${capacity}`, 'b.out -> c.in[1]']);
    expect(deadlock(ends, kinds).verdict).toBe('proved');
    const hangs = design({ a: 'a.three', b: 'a.stuck', c: 'a.counts' }, [`a.out -> c.in[0] | ${capacity}`, 'b.out -> c.in[1]']);
    expect(deadlock(hangs, kinds).verdict).toBe('refuted');
  }
});

test('[K8] reconvergent paths in opposite order deadlock by rendezvous; one message of buffer on the right path frees them', () => {
  const paths = (capacity: number): DesignBody =>
    design({ s: 'a.endless', f: 'a.fork', z: 'a.zip', k: 'a.sink' }, [
      's.out -> f.in',
      `f.left -> z.left | ${capacity}`,
      'f.right -> z.right',
      'z.out -> k.in',
    ]);
  expect(deadlock(paths(0))).toMatchObject({ verdict: 'refuted', nodes: ['f', 'z'] });
  expect(deadlock(paths(1)).verdict).toBe('proved');
});

test('[K8] a buffer makes a loop live, as long as not more comes in than it holds', () => {
  const pass = kind('a.pass', 'in:in out:out', 'P = in -> out -> P');
  const token = kind('a.token', 'in:in out:out', 'T = out -> in -> T');
  const kinds = lookupOf(pass, token);
  expect(deadlock(design({ a: 'a.pass', b: 'a.pass' }, ['a.out -> b.in', 'b.out -> a.in']), kinds).verdict).toBe('refuted');
  expect(deadlock(design({ a: 'a.pass', b: 'a.token' }, ['a.out -> b.in', 'b.out -> a.in']), kinds).verdict).toBe('proved');
  const two = kind('a.two', 'in:in out:out', 'T = out -> out -> in -> in -> T');
  const loop = (capacity: number): DesignBody =>
    design({ a: 'a.pass', b: 'a.two' }, [`a.out -> b.in | ${capacity}`, 'b.out -> a.in']);
  expect(deadlock(loop(0), lookupOf(pass, two)).verdict).toBe('refuted');
  expect(deadlock(loop(1), lookupOf(pass, two)).verdict).toBe('proved');
});

test('[K8] a buffer that blocks when full is not one that drops when full', () => {
  const loop = (policy: string): DesignBody =>
    design({ s: 'a.endless', x: 'a.split', j: 'a.join' }, [
      's.out -> x.in',
      `x.left -> j.left | 2${policy}`,
      `x.right -> j.right | 2${policy}`,
    ]);
  expect(deadlock(loop('')).verdict).toBe('refuted');
  expect(deadlock(loop(' drop-oldest')).verdict).toBe('proved');
  expect(deadlock(loop(' drop-newest')).verdict).toBe('proved');
});

test('[K9] a buffer of a million is proved without counting to a million', () => {
  const found = deadlock(
    design({ a: 'a.source', b: 'a.map', c: 'a.sink' }, ['a.out -> b.in | 1000000', 'b.out -> c.in | 1000000']),
  );
  expect(found.verdict).toBe('proved');
  expect(found.states).toBeLessThan(500);
  expect(found.message).toContain('for buffers of any size above three');
});

test('[K9] what only counting shows is counted: four and five messages need a buffer of five', () => {
  const five = kind('a.five', 'out:left out:right', 'F = left -> left -> left -> left -> left -> right -> F');
  const other = kind('a.other', 'in:left in:right', 'O = right -> left -> left -> left -> left -> left -> O');
  const kinds = lookupOf(five, other);
  const body = (capacity: number): DesignBody =>
    design({ a: 'a.five', b: 'a.other' }, [`a.left -> b.left | ${capacity}`, 'a.right -> b.right']);
  expect(deadlock(body(5), kinds)).toMatchObject({ verdict: 'proved', message: expect.not.stringContaining('any size') });
  expect(deadlock(body(4), kinds)).toMatchObject({ verdict: 'refuted' });
});

test('[K9] a buffer too large to count gives unknown where only counting would help, never proved', () => {
  const found = bySearch(
    design({ s: 'a.endless', x: 'a.split', j: 'a.join' }, [
      's.out -> x.in',
      'x.left -> j.left | 1000000',
      'x.right -> j.right | 1000000',
    ]),
  );
  expect(found.verdict).toBe('unknown');
  expect(found.tried?.[0]).toContain('with buffers only empty, partly full or full');
  expect(found.tried?.at(-1)).toContain('full: ');
});

test('[K9] a deadlock that needs a full buffer is found as far as messages are counted, and beyond nothing is claimed', () => {
  const waits = kind('a.waits', 'in:in in:other?', 'W = other -> in -> W');
  const body = (capacity: number): DesignBody => design({ a: 'a.endless', w: 'a.waits' }, [`a.out -> w.in | ${capacity}`]);
  const kinds = lookupOf(endless, waits);
  expect(deadlock(body(2_000), kinds)).toMatchObject({
    verdict: 'refuted',
    message: expect.stringContaining('2,000 steps lead there'),
  });
  expect(deadlock(body(20_000), kinds)).toMatchObject({
    verdict: 'unknown',
    tried: expect.arrayContaining(['full: a buffer can hold more messages than are counted']),
  });
});

test('[K9] in a design with a buffer too large to count, a deadlock elsewhere is still found', () => {
  const found = deadlock(
    design({ a: 'a.source', b: 'a.sink', c: 'a.three', d: 'a.bare' }, ['a.out -> b.in | 20000', 'c.out -> d.in']),
  );
  expect(found).toMatchObject({ verdict: 'refuted', message: expect.stringContaining('d waits for c, which has ended') });
});

test('[K10] [K11] who has read enough lets the writer go: an endless source then returns or sends into nothing', () => {
  const found = deadlock(design({ a: 'a.endless', b: 'a.map', c: 'a.take' }, ['a.out -> b.in', 'b.out -> c.in']));
  expect(found.verdict).toBe('proved');
  expect(deadlock(design({ a: 'a.endless', b: 'a.map', c: 'a.take' }, ['a.out -> b.in | 2', 'b.out -> c.in | 1'])).verdict).toBe(
    'proved',
  );
});

test('[K11] a return goes up a line of processes that never return by themselves', () => {
  const pass = kind('a.pass', 'in:in out:out', 'P = in -> out -> P');
  const line = design({ a: 'a.endless', b: 'a.pass', c: 'a.pass', d: 'a.take' }, [
    'a.out -> b.in',
    'b.out -> c.in',
    'c.out -> d.in',
  ]);
  expect(deadlock(line, lookupOf(endless, pass, take)).verdict).toBe('proved');
});

test('[K11] the early return of a writer is looked into: who waits for more from it is stuck', () => {
  const both = kind('a.both', 'out:left out:right', 'B = left -> right -> B');
  const body = design({ b: 'a.both', t: 'a.take', r: 'a.bare' }, ['b.left -> t.in', 'b.right -> r.in']);
  expect(deadlock(body, lookupOf(both, take, bare)).message).toContain('r waits for b, which has ended');
});

test('[K11] so is its going on', () => {
  const stays = kind('a.stays', 'in:x? out:out', 'S = out -> out -> out -> x -> SKIP');
  const body = design({ s: 'a.stays', t: 'a.take' }, ['s.out -> t.in']);
  expect(deadlock(body, lookupOf(stays, take)).verdict).toBe('refuted');
});

test('[K10] an unconnected optional output is free, an unconnected optional input only at its end', () => {
  expect(deadlock(design({ a: 'a.maybe' }, [])).verdict).toBe('proved');
  const needs = kind('a.needs', 'in:in?', 'N = in -> SKIP');
  expect(deadlock(design({ n: 'a.needs' }, []), lookupOf(needs)).message).toBe(
    'can deadlock: n can do nothing more, and has not ended; right at the start',
  );
});

test('[K13] an unconnected mandatory port is an error, and the search goes on as if it were always ready', () => {
  const validation = check(design({ m: 'a.map', s: 'a.sink' }, ['m.out -> s.in']), lookup);
  expect(validation.verdict).toBe('refuted');
  expect(validation.findings.slice(0, 2)).toMatchObject([
    { rule: 'unconnected-port', verdict: 'refuted', severity: 'error', message: 'm.in must be connected', nodes: ['m'] },
    { rule: 'deadlock', verdict: 'proved', message: expect.stringContaining('taking what is not connected as always ready') },
  ]);
});

test.each<[string, KnownKind, string]>([
  ['does not parse', kind('b.ad', 'in:in', 'P = in ->'), 'line 1, column 10: expected a process, found the end of the text'],
  ['speaks of other ports', kind('b.ad', 'in:in', 'P = it -> P'), 'line 1, column 5: it: there is no port it; there are in, err'],
  [
    'has no bound',
    kind('b.ad', 'in:in', 'P = Q(0) Q(i) = in -> Q(i+1)'),
    'it grows beyond 4,096 states: is a parameter unbounded?',
  ],
  [
    'throws',
    kind('b.ad', 'in:in', () => {
      throw defineError('TEST_CONTRACT', 'bug', 'No contract.')();
    }),
    'its contract cannot be made of its settings: No contract.',
  ],
])('[K13] with a contract that %s nothing is proved', (_, bad, why) => {
  const validation = check(design({ a: 'a.source', b: 'b.ad' }, ['a.out -> b.in']), lookupOf(source, bad));
  expect(validation).toMatchObject({
    verdict: 'unknown',
    findings: [
      { rule: 'contract', verdict: 'unknown', severity: 'error', message: `contract of b (b.ad): ${why}`, nodes: ['b'] },
      { rule: 'deadlock', verdict: 'unknown', message: 'not known whether it can deadlock: a contract is missing' },
    ],
  });
});

test('[K13] a kind that is not here leaves the question open', () => {
  const validation = check(design({ a: 'a.source', b: 'x.gone' }, ['a.out -> b.in']), lookup);
  expect(validation.verdict).toBe('unknown');
  expect(validation.findings[0]?.message).toBe('contract of b (x.gone): there is no component kind x.gone here');
});

test('[K14] a rendezvous of a node with itself is impossible; where its halves may run at once, nothing is claimed', () => {
  const turns = kind('a.turns', 'in:in out:out', 'T = out -> in -> T');
  const both = kind('a.atonce', 'in:in out:out', 'T = (out -> SKIP ||| in -> SKIP) ; T');
  expect(deadlock(design({ t: 'a.turns' }, ['t.out -> t.in']), lookupOf(turns)).message).toBe(
    'can deadlock: t waits for itself; right at the start',
  );
  expect(deadlock(design({ t: 'a.turns' }, ['t.out -> t.in | 1']), lookupOf(turns)).verdict).toBe('proved');
  expect(deadlock(design({ t: 'a.atonce' }, ['t.out -> t.in']), lookupOf(both))).toMatchObject({
    verdict: 'unknown',
    message: expect.stringContaining('c0 joins t with itself'),
  });
});

test('[K14] a connection that leads nowhere, or to a port that another one has, leaves the question open', () => {
  const astray = check(design({ a: 'a.source', b: 'a.sink' }, ['a.out -> b.in', 'a.err -> gone.in']), lookup);
  expect(astray.findings.at(-1)).toMatchObject({
    verdict: 'unknown',
    message: expect.stringContaining('c1 does not join two ports'),
  });
  expect(deadlock(design({ a: 'a.source', b: 'a.source', c: 'a.sink' }, ['a.out -> c.in', 'b.out -> c.in'])).verdict).toBe(
    'unknown',
  );
});

test('[K13] the contract is that of the present settings: those of an older version are brought up first', () => {
  const grown: KnownKind = {
    ...kind('a.grown', 'in:in', ({ lively }) => (lively === true ? 'S = in -> S' : 'S = in -> STOP')),
    migrate: (settings, fromVersion) => ({ ...settings, lively: fromVersion === 1 }),
  };
  const kinds = lookupOf(endless, { ...grown, spec: { ...grown.spec, version: 2 } });
  expect(deadlock(design({ a: 'a.endless', b: 'a.grown' }, ['a.out -> b.in']), kinds).verdict).toBe('proved');
});

test('[K14] out of states or time is unknown, with what was tried', () => {
  const prepared = prepareCheck(philosophers(6, true), dining);
  expect(searchDeadlock(prepared, { maxStates: 1_000, maxMs: 1_000 }, 'full')).toMatchObject({
    verdict: 'unknown',
    severity: 'warning',
    tried: ['full: stopped after 1,000 states'],
  });
  let now = 0;
  expect(searchDeadlock(prepared, { maxStates: 1e6, maxMs: 3, now: () => now++ }, 'full')).toMatchObject({
    verdict: 'unknown',
    tried: [expect.stringMatching(/^full: stopped after \d ms and/)],
  });
  expect(searchDeadlock(prepared, { maxStates: 1e6, maxMs: 1e6, maxBytes: 100_000 }, 'full').verdict).toBe('unknown');
});

test('[K16] what is prepared is plain data: a search of its clone gives the same answer', () => {
  for (const waiter of [true, false]) {
    const prepared = prepareCheck(philosophers(4, waiter), dining);
    const copy = structuredClone(prepared);
    expect(toValidation(copy, answer(copy))).toEqual(check(philosophers(4, waiter), dining));
  }
});

test('[K16] validations fit the schema of the doors', () => {
  const validations: Validation[] = [
    check(philosophers(3, false), dining),
    check(philosophers(3, true), dining),
    check(design({ b: 'x.gone' }, []), lookup),
    check(design({}, []), lookup),
  ];
  for (const validation of validations) expect(faultsOf(ValidationSchema, validation)).toEqual([]);
});

test('[K14] a design without nodes is deadlock-free', () => {
  expect(check(design({}, []), lookup)).toMatchObject({ verdict: 'proved', findings: [{ rule: 'deadlock', states: 1 }] });
});

test('[V66] where the environment may refuse, a port that nothing is connected to can hold everybody up', () => {
  const open = design({ s: 'a.source', m: 'a.map' }, ['s.out -> m.in']);
  const deadlock = (environment?: 'may-refuse'): Finding => searchDeadlock(prepareCheck(open, lookup, environment));
  expect(deadlock()).toMatchObject({ verdict: 'proved', message: expect.stringContaining('taking what is not connected') });
  expect(deadlock('may-refuse')).toMatchObject({ verdict: 'refuted' });
  expect(deadlock('may-refuse').trace?.steps.map(({ text }) => text)).toContain('what is behind m.out decides by itself');
  const closed = design({ s: 'a.source', m: 'a.map', e: 'a.sink' }, ['s.out -> m.in', 'm.out -> e.in']);
  expect(searchDeadlock(prepareCheck(closed, lookup, 'may-refuse')).verdict).toBe('proved');
});
