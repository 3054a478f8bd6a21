import { describe, expect, test } from 'vitest';
import { design, kind, lookupOf } from '#contract/testing/designs.ts';
import type { Finding } from '#model/checks/finding.ts';
import { type RefineOptions, refineDesign, type Specification } from './design.ts';

const lookup = lookupOf(
  kind('test.source', 'out:out', 'S = out -> S'),
  kind('test.some', 'out:out', 'S = out -> S |~| out.end -> SKIP'),
  kind('test.once', 'out:out', 'O = out -> out.end -> SKIP'),
  kind('test.sink', 'in:in', 'S = in -> S [] in.end -> SKIP'),
  kind('test.copy', 'in:in out:out', 'C = in -> out -> C [] in.end -> out.end -> SKIP'),
  kind('test.lossy', 'in:in out:out', 'C = in -> (out -> C |~| C) [] in.end -> out.end -> SKIP'),
  kind('test.tries', 'out:go in:no out:yes', 'T = go -> (no -> T [] yes -> T)'),
  kind('test.both', 'in:in out:out', 'B = (in -> SKIP ||| out -> SKIP) ; B'),
  kind('test.open', 'in:in? out:out out:log?', 'O = log -> out -> O'),
  kind('test.lost', 'in:in', 'L = neither -> L'),
);

const line = (middle: string, wire = '') =>
  design({ from: 'test.some', mid: middle, to: 'test.sink' }, [`from.out -> mid.in${wire}`, 'mid.out -> to.in']);

function asked(body: ReturnType<typeof design>, spec: Specification, options: RefineOptions = {}): Finding {
  const answer = refineDesign(body, lookup, spec, options);
  if (!answer.ok) throw new Error(answer.fault.message);
  return answer.finding;
}

const faultOf = (body: ReturnType<typeof design>, spec: Specification, options: RefineOptions = {}) => {
  const answer = refineDesign(body, lookup, spec, options);
  return answer.ok ? undefined : answer.fault;
};

describe('[V53] against a contract text', () => {
  const each = { contract: 'EACH = c0 -> c1 -> EACH |~| SKIP' };

  test('a line that hands on each message does what the text allows; one that may lose some does not', () => {
    expect(asked(line('test.copy'), each)).toMatchObject({
      rule: 'refinement',
      verdict: 'proved',
      severity: 'info',
      engine: 'product',
    });
    const lossy = asked(line('test.lossy'), each);
    expect(lossy).toMatchObject({ verdict: 'refuted', severity: 'error', connections: ['c0'] });
    expect(lossy.message).toBe(
      'does not do what the specification allows, in failures and divergences: after c0 it may do c0, which is not allowed there',
    );
    expect(lossy.trace?.steps.map(({ is }) => is)).toEqual(['alone', 'message', 'message']);
  });

  test('what the text does not speak of is hidden, unless it is asked for; ends are events of their own', () => {
    expect(asked(line('test.copy'), { contract: 'P = c1 -> P |~| SKIP' }).verdict).toBe('proved');
    expect(asked(line('test.copy'), { contract: 'P = c1 -> P |~| SKIP' }, { over: ['c0'] }).message).toContain(
      'at the start it may do c0',
    );
    expect(asked(line('test.copy'), { contract: 'P = c0 -> P |~| c0.end -> SKIP' }).verdict).toBe('proved');
    expect(asked(line('test.copy'), { contract: 'P = c0 -> P' }).message).toContain('it may end, which is not allowed there');
  });

  test('what was found is checked again', () => {
    expect([asked(line('test.copy'), each), asked(line('test.lossy'), each)].map(({ rechecked }) => rechecked)).toEqual([
      true,
      true,
    ]);
  });

  test.for(['T', 'F', 'FD'] as const)(
    'a text that names no event proves nothing: said, and never shown as a proof, in %s',
    (model) => {
      const forEver = design({ a: 'test.source', b: 'test.sink' }, ['a.out -> b.in']);
      for (const contract of ['P = STOP', 'P = P2\nP2 = STOP']) {
        const finding = asked(forEver, { contract }, { model });
        expect(finding.verdict).toBe(model === 'FD' ? 'refuted' : 'unknown');
        expect(finding.severity).not.toBe('info');
        expect(finding.message).toContain('the specification names no event of the design, so everything is hidden'.slice(4));
      }
      expect(asked(forEver, { contract: 'P = STOP' }, { model, over: ['c0'] }).verdict).toBe('refuted');
    },
  );

  test('a text that only ends is about the end alone; one that never ends says what to write', () => {
    const ends = design({ a: 'test.once', b: 'test.sink' }, ['a.out -> b.in']);
    expect(asked(ends, { contract: 'P = SKIP' })).toMatchObject({
      verdict: 'proved',
      severity: 'warning',
      message: expect.stringMatching(/^ends as the specification allows, .*and no more is said/),
    });
    const never = asked(ends, { contract: 'P = c0 -> c0.end -> STOP' });
    expect(never).toMatchObject({ verdict: 'refuted', message: expect.stringContaining('write SKIP in the specification') });
    expect(asked(ends, { contract: 'P = c0 -> c0.end -> SKIP' })).toMatchObject({ verdict: 'proved', rechecked: true });
  });

  test('a refusal tells what is offered and what is demanded', () => {
    const both = design({ a: 'test.source', b: 'test.sink' }, ['a.out -> b.in']);
    expect(asked(both, { contract: 'P = c0 -> P' }).verdict).toBe('proved');
    const some = design({ a: 'test.some', b: 'test.sink' }, ['a.out -> b.in']);
    expect(asked(some, { contract: 'P = c0 -> P [] SKIP' }, { model: 'T' }).verdict).toBe('proved');
    expect(asked(some, { contract: 'P = c0 -> P [] c0.end -> SKIP' }, { model: 'F' }).message).toMatch(
      /in stable failures: at the start it may offer only (c0|c0\.end), where c0(\.end)? and c0(\.end)? is demanded/,
    );
  });

  test('a buffer has put and take; a buffered connection by itself is no event', () => {
    const buffered = line('test.copy', ' | 2');
    const two =
      'F(n) = if n == 0 then IN(n) else if n == 2 then OUT(n) else IN(n) [] OUT(n)\nIN(n) = c0.put -> F(n+1)\nOUT(n) = c0.take -> F(n-1)';
    expect(asked(buffered, { contract: `P = F(0)\n${two}` }, { model: 'T' }).message).toContain('it may end');
    const source = design({ from: 'test.source', mid: 'test.copy', to: 'test.sink' }, [
      'from.out -> mid.in | 2',
      'mid.out -> to.in',
    ]);
    expect(asked(source, { contract: `P = F(0)\n${two}` }, { model: 'F' }).verdict).toBe('proved');
    expect(asked(source, { contract: 'P = c0.put -> c0.take -> P' }).message).toContain('after c0.put it may do c0.put');
    expect(faultOf(source, { contract: 'P = c0 -> P' })).toEqual({
      message: 'c0 holds messages: say c0.put or c0.take',
      pointer: '/spec/contract',
      place: { line: 1, column: 5 },
    });
  });

  test('open ports are events; names that are no words stand in quotes', () => {
    const open = design({ 'the-one': 'test.open', to: 'test.sink' }, ['the-one.out -> to.in']);
    expect(asked(open, { contract: 'P = "the-one".log -> c0 -> P' }).verdict).toBe('proved');
    expect(asked(open, { contract: 'P = c0 -> P' }).verdict).toBe('proved');
    expect(asked(open, { contract: 'P = c0 -> "the-one".log -> P' }).verdict).toBe('refuted');
  });

  test('a design that can go on for ever unseen is told so, with the round', () => {
    const tries = design({ a: 'test.tries', b: 'test.copy', c: 'test.sink' }, ['a.go -> b.in', 'b.out -> a.no', 'a.yes -> c.in']);
    const found = asked(tries, { contract: 'P = c2 -> P |~| STOP' });
    expect(found.message).toContain('at the start it can go on for ever without an event that is looked at');
    expect(found.trace).toMatchObject({ cycle: 0, steps: [{ connection: 'c0' }, { connection: 'c1' }] });
    expect(asked(tries, { contract: 'P = c2 -> P |~| STOP' }, { model: 'F' }).verdict).toBe('proved');
  });

  test.each([
    ['P = c0 -> ', 1, 11],
    ['P = c0 ->\n  c9 -> P', 2, 3],
    ['P = c0 -> Q', 1, 11],
  ])('a text that means nothing is told with line and column: %j', (contract, atLine, column) => {
    expect(faultOf(line('test.copy'), { contract })).toMatchObject({
      pointer: '/spec/contract',
      place: { line: atLine, column },
    });
  });

  test('what is hidden must be there, and not spoken of', () => {
    expect(faultOf(line('test.copy'), each, { hide: ['c1', 'c7'] })).toMatchObject({ pointer: '/hide/1' });
    expect(faultOf(line('test.copy'), each, { hide: ['c1'] })).toMatchObject({
      message: 'c1 is hidden',
      place: { line: 1, column: 14 },
    });
    expect(faultOf(design({ a: 'test.lost' }, []), each)).toMatchObject({ pointer: '' });
  });

  test('a design a search must not be asked gives unknown', () => {
    const self = design({ a: 'test.both' }, ['a.out -> a.in']);
    expect(asked(self, { contract: 'P = c0 -> P' })).toMatchObject({ verdict: 'unknown', severity: 'warning' });
  });
});

describe('[V54] against another design', () => {
  test('connections of the same id are the same events, all others hidden', () => {
    const short = design({ from: 'test.some', to: 'test.sink' }, ['from.out -> to.in']);
    expect(asked(line('test.copy'), { design: line('test.lossy') }).verdict).toBe('proved');
    expect(asked(line('test.lossy'), { design: line('test.copy') }).verdict).toBe('refuted');
    expect(asked(line('test.copy'), { design: short }).verdict).toBe('proved');
    expect(asked(line('test.copy'), { design: line('test.copy') }, { hide: ['c0'] }).verdict).toBe('proved');
  });

  test('designs without a common event, or of which one buffers what the other hands over, are refused', () => {
    const empty = design({ a: 'test.lossy' }, []);
    expect(faultOf(line('test.copy'), { design: empty })).toMatchObject({ pointer: '/spec' });
    expect(faultOf(line('test.copy'), { design: line('test.copy', ' | 1') })?.message).toContain(
      'c0 holds messages in one of the designs',
    );
    expect(asked(line('test.copy'), { design: line('test.copy', ' | 1') }, { hide: ['c0'] }).verdict).toBe('proved');
  });
});
