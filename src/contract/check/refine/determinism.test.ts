import { describe, expect, test } from 'vitest';
import { design, kind, lookupOf } from '#contract/testing/designs.ts';
import type { Finding } from '#model/checks/finding.ts';
import { type DeterminismOptions, prepareDeterminism, searchDeterminism } from './determinism.ts';

const lookup = lookupOf(
  kind('test.source', 'out:out', 'S = out -> S'),
  kind('test.some', 'out:out', 'S = out -> S |~| out.end -> SKIP'),
  kind('test.sink', 'in:in', 'S = in -> S [] in.end -> SKIP'),
  kind('test.copy', 'in:in out:out', 'C = in -> out -> C [] in.end -> out.end -> SKIP'),
  kind('test.split', 'in:in out:a out:b', 'C = in -> (a -> C |~| b -> C)'),
  kind('test.tries', 'out:go in:no out:yes', 'T = go -> (no -> T [] yes -> T)'),
  kind('test.open', 'in:in? out:out out:log?', 'O = log -> out -> O'),
);

type Body = ReturnType<typeof design>;

function asked(body: Body, options: DeterminismOptions = {}): Finding {
  const prepared = prepareDeterminism(body, lookup, options);
  if (!prepared.ok) throw new Error(prepared.fault.message);
  return searchDeterminism(prepared.determinism);
}

const line = design({ from: 'test.source', mid: 'test.copy', to: 'test.sink' }, ['from.out -> mid.in', 'mid.out -> to.in']);
const split = design({ from: 'test.source', mid: 'test.split', x: 'test.sink', y: 'test.sink' }, [
  'from.out -> mid.in',
  'mid.a -> x.in',
  'mid.b -> y.in',
]);

describe('[V125] a design is asked whether it is deterministic', () => {
  test('one whose every step is settled is', () => {
    expect(asked(line)).toMatchObject({ rule: 'determinism', verdict: 'proved', severity: 'info', engine: 'product' });
    expect(asked(line).message).toContain('deterministic, in failures and divergences: ');
  });

  test('one that chooses by itself is not: the steps lead to where something can be both done and refused', () => {
    const found = asked(split, { model: 'F' });
    expect(found).toMatchObject({ verdict: 'refuted', severity: 'warning' });
    expect(found.message).toMatch(/^not deterministic, in stable failures: after c0 it can both do and refuse c[12]$/);
    expect(found.trace?.steps.map(({ is }) => is)).toEqual(['message']);
  });

  test('who ends at will can both end and refuse to, and so for what follows', () => {
    const body = design({ a: 'test.some', b: 'test.sink' }, ['a.out -> b.in']);
    expect(asked(body).message).toMatch(/at the start it can both do and refuse (c0|c0\.end)$/);
  });

  test('only what is named is looked at', () => {
    expect(asked(split, { over: ['c0'] }).verdict).toBe('proved');
    expect(asked(split, { over: ['c0', 'c1'] }).verdict).toBe('refuted');
    expect(asked(line, { over: ['c1'], model: 'F' }).verdict).toBe('proved');
  });

  test('in FD, going on for ever unseen is no determinism; in F it is not asked', () => {
    const tries = design({ a: 'test.tries', b: 'test.copy', c: 'test.sink' }, ['a.go -> b.in', 'b.out -> a.no', 'a.yes -> c.in']);
    const found = asked(tries, { over: ['c2'] });
    expect(found.message).toContain('at the start it can go on for ever without an event that is looked at');
    expect(found.trace).toMatchObject({ cycle: 0 });
    expect(asked(tries, { over: ['c2'], model: 'F' }).verdict).toBe('proved');
  });

  test('open ports are events; what there is none of is a fault with its place', () => {
    const open = design({ one: 'test.open', to: 'test.sink' }, ['one.out -> to.in']);
    expect(asked(open, { over: ['one.log'] }).verdict).toBe('proved');
    expect(prepareDeterminism(open, lookup, { over: ['c0', 'one.no'] })).toMatchObject({
      ok: false,
      fault: { pointer: '/over/1', message: expect.stringContaining('the design has no event one.no; there are') },
    });
  });

  test('beyond the budget it is not known, and why', () => {
    const prepared = prepareDeterminism(line, lookup);
    if (!prepared.ok) throw new Error(prepared.fault.message);
    const found = searchDeterminism(prepared.determinism, { maxStates: 1, maxMs: 1_000 });
    expect(found).toMatchObject({ verdict: 'unknown', severity: 'warning', tried: [expect.stringMatching(/^product: /)] });
  });
});
