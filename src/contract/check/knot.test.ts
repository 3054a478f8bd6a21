import { expect, test } from 'vitest';
import { design, kind, lookupOf } from '#contract/testing/designs.ts';
import { check } from './check.ts';
import { knotOf } from './knot.ts';

const waiting = (node: string, ...peers: string[]) => ({
  node,
  on: peers.map((peer) => ({ connection: `${node}-${peer}`, direction: 'receive' as const, peer })),
});

test('[K15] who waits for one in a ring, or for one that has ended, is in the ring: the other is no hope', () => {
  expect(knotOf([waiting('join', 'ended', 'lose'), waiting('lose', 'join')])).toMatchObject({
    is: 'ring',
    nodes: ['join', 'lose'],
    connections: ['join-lose', 'lose-join'],
  });
  expect(knotOf([waiting('join', 'ended')])).toMatchObject({ is: 'ended', waiter: 'join', gone: 'ended' });
});

test('[K15] so it is told of a loop whose only message was lost', () => {
  const join = kind('a.join', 'in:a in:b out:out', 'J = a -> out -> J [] b -> out -> J');
  const once = kind('a.once', 'out:out', 'O = out -> SKIP');
  const lose = kind('a.lose', 'in:in out:out', 'L = in -> (out -> L |~| L)');
  const body = design({ s: 'a.once', j: 'a.join', l: 'a.lose' }, ['s.out -> j.a', 'j.out -> l.in', 'l.out -> j.b']);
  const found = check(body, lookupOf(join, once, lose)).findings.find(({ rule }) => rule === 'deadlock');
  expect(found?.message).toMatch(/can deadlock: (j, l|l, j) wait for each other in a ring/);
  expect(found?.connections.toSorted()).toEqual(['c1', 'c2']);
});

test('[V153] of one that runs for ever it is not said that it has ended', () => {
  const [late] = [waiting('late', 'runs')].map(({ node, on }) => ({ node, on: on.map((one) => ({ ...one, never: true })) }));
  expect(knotOf(late === undefined ? [] : [late])).toMatchObject({ is: 'endless', waiter: 'late', gone: 'runs' });
});
