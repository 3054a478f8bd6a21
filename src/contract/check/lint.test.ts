import { expect, test } from 'vitest';
import { design, dining, kind, lookupOf, philosophers } from '#contract/testing/designs.ts';
import { wire } from '#contract/wiring.ts';
import type { DesignBody } from '#model/design.ts';
import { lint } from './lint.ts';

const kinds = lookupOf(
  kind('a.source', 'out:out', 'S = out -> S'),
  kind('a.map', 'in:in out:out', 'M = in -> out -> M'),
  kind('a.merge', 'in:in* out:out', (_, { in: count = 1 }) => `M = [] i:{0..${count - 1}} @ in.i -> out -> M`),
  kind('a.fork', 'in:in out:out*', (_, { out = 1 }) => `M = in -> F ; M\nF = ; i:{0..${out - 1}} @ out.i -> SKIP`),
  kind('a.token', 'in:in out:out', 'T = out -> in -> T'),
  kind('a.sink', 'in:in', 'S = in -> S'),
);

const says = (body: DesignBody, lookup = kinds): string[] =>
  lint(wire(body, lookup), Object.values(body.connections)).map(({ rule, message }) => `${rule}: ${message}`);

test('[K13] closed loops are no mistake: philosophers give no warning', () => {
  for (const waiter of [true, false]) expect(says(philosophers(5, waiter), dining)).toEqual([]);
  expect(says(design({ a: 'a.token', b: 'a.map' }, ['a.out -> b.in', 'b.out -> a.in']))).toEqual([]);
  expect(says(design({ a: 'a.map', b: 'a.map' }, ['a.out -> b.in', 'b.out -> a.in']))).toEqual([]);
});

test('[K13] a mandatory port that nothing is connected to is an error, an optional one is not', () => {
  expect(says(design({ a: 'a.map', b: 'a.merge' }, []))).toEqual([
    'unconnected-port: a.in must be connected',
    'unconnected-port: a.out must be connected',
    'unconnected-port: b.in must be connected',
    'unconnected-port: b.out must be connected',
  ]);
});

test('[K13] a hole among the channels of a many port is an error', () => {
  const body = design({ a: 'a.source', b: 'a.source', m: 'a.merge', s: 'a.sink' }, [
    'a.out -> m.in[0]',
    'b.out -> m.in[2]',
    'm.out -> s.in',
  ]);
  expect(says(body)).toEqual(['unconnected-port: m.in[1] is not connected, though a later channel of in is']);
});

test('[K13] a loop that only leads into the design gets no message', () => {
  const body = design({ s: 'a.source', m: 'a.merge', k: 'a.sink', x: 'a.map', f: 'a.fork' }, [
    's.out -> m.in[0]',
    'm.out -> k.in',
    'x.out -> f.in',
    'f.out[0] -> x.in',
    'f.out[1] -> m.in[1]',
  ]);
  expect(says(body)).toEqual([
    'unreachable-node: no message can reach x: there is no path to it from a source',
    'unreachable-node: no message can reach f: there is no path to it from a source',
  ]);
});

test('[K13] a loop that starts by itself is a source', () => {
  const body = design({ s: 'a.source', m: 'a.merge', k: 'a.sink', x: 'a.token', f: 'a.fork' }, [
    's.out -> m.in[0]',
    'm.out -> k.in',
    'x.out -> f.in',
    'f.out[0] -> x.in',
    'f.out[1] -> m.in[1]',
  ]);
  expect(says(body)).toEqual([]);
});

test('[K13] what enters a loop without a way out is said', () => {
  const body = design({ s: 'a.source', f: 'a.fork', k: 'a.sink', m: 'a.merge', x: 'a.map' }, [
    's.out -> f.in',
    'f.out[0] -> k.in',
    'f.out[1] -> m.in[0]',
    'm.out -> x.in',
    'x.out -> m.in[1]',
  ]);
  expect(says(body)).toEqual([
    'no-path-to-sink: what enters m goes round for ever: no path leads from it to a sink',
    'no-path-to-sink: what enters x goes round for ever: no path leads from it to a sink',
  ]);
});
