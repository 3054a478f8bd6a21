import fc from 'fast-check';
import { expect, test } from 'vitest';
import { design, dining, kind, lookupOf, philosophers } from '#contract/testing/designs.ts';
import { randomDesign } from '#contract/testing/random.ts';
import { cspmOf } from './cspm.ts';

const words = new Set('channel assert if then else and or not SKIP STOP deadlock free F'.split(' '));

/** Names that are used and never defined or declared, and those that are twice. */
function loose(script: string): { unknown: string[]; twice: string[] } {
  const lines = script.split('\n').map((line) => line.replace(/--.*/, ''));
  const declared = lines.flatMap(
    (line) =>
      /^channel ([^:]*)/
        .exec(line)?.[1]
        ?.split(',')
        .map((name) => name.trim()) ?? [],
  );
  const defined = lines.flatMap((line) => /^([A-Za-z]\w*)(?:\([^)]*\))? = /.exec(line)?.slice(1, 2) ?? []);
  const heads = lines.flatMap((line) => /^[A-Za-z]\w*\(([a-z][^)]*)\) = /.exec(line)?.[1]?.split(/, ?/) ?? []);
  const bound = lines.flatMap((line) => [...line.matchAll(/\b([a-z]\w*):\{/g)].map(([, name = '']) => name));
  const known = new Set([...words, ...declared, ...defined, ...heads, ...bound]);
  const used = lines.flatMap((line) => line.match(/\b[A-Za-z]\w*/g) ?? []);
  const once = [...declared, ...defined.filter((name) => name !== 'P' && name !== 'A')];
  return {
    unknown: [...new Set(used)].filter((name) => !known.has(name)),
    twice: once.filter((name, at) => once.indexOf(name) !== at),
  };
}

test('the philosophers read as a script: contracts once, a process a node, a rendezvous a connection, one assertion', () => {
  const script = cspmOf(philosophers(2, true), dining);
  expect(loose(script)).toEqual({ unknown: [], twice: [] });
  expect(script).toContain('K0_PHIL = p_seat -> p_left -> p_right -> p_left -> p_right -> p_seat -> K0_PHIL');
  expect(script).toContain('K1_H0 = ps_user.0 -> K1_H1 [] ps_user.1 -> K1_H2');
  expect(script).toContain('-- phil-0.left → fork-0.user[0]');
  expect(script).toMatch(/N_phil_0 = \(\(K0_PHIL \[\[ .*p_left <- m_c0/);
  expect(script.match(/^K0_PHIL = /gm)).toHaveLength(1);
  expect(script.trimEnd().endsWith('assert SYSTEM :[deadlock free [F]]')).toBe(true);
});

test('every name in a script is declared once', () => {
  fc.assert(
    fc.property(randomDesign, ({ body, lookup }) => {
      expect(loose(cspmOf(body, lookup))).toEqual({ unknown: [], twice: [] });
    }),
    { numRuns: 100 },
  );
});

test('names that only differ in what CSPm does not take are told apart', () => {
  const source = kind('a.source', 'out:out', 'S = out -> S');
  const sink = kind('a.sink', 'in:in*', 'S = in.0 -> S');
  const script = cspmOf(
    design({ 'a-b': 'a.source', a_b: 'a.sink' }, ['a-b.out -> a_b.in[0] | 2 drop-oldest']),
    lookupOf(source, sink),
  );
  expect(loose(script)).toEqual({ unknown: [], twice: [] });
  expect(script).toContain('N_a_b__2 = ');
  expect(script).toContain('n == 2 & put_c0 -> B_c0(n)');
});

test('a kind without a contract is a comment, and nothing is asserted', () => {
  const script = cspmOf(design({ x: 'no.kind' }, []), lookupOf());
  expect(script).toContain('-- x: there is no component kind no.kind here');
  expect(script).not.toMatch(/^assert/m);
});

test('a name or a fault cannot leave its comment', () => {
  const script = cspmOf({ ...design({}, []), name: 'a\nassert STOP' }, lookupOf());
  expect(script.startsWith('-- a assert STOP\n')).toBe(true);
});
