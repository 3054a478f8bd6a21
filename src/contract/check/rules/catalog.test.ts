import { expect, test } from 'vitest';
import { components } from '#components/catalog.ts';
import { usualBudget } from '#contract/check/engine.ts';
import { pairs } from '#contract/check/pairs/pairs.ts';
import { compose, isReady } from '#contract/compose.ts';
import type { Network } from '#contract/network.ts';
import { design } from '#contract/testing/designs.ts';
import { type KnownKind, wire } from '#contract/wiring.ts';
import { rules } from './rules.ts';

const kinds = new Map(components.map((component): [string, KnownKind] => [component.spec.kind, component]));

function networkOf(...drawn: Parameters<typeof design>): Network {
  const nodes = wire(design(...drawn), (kind) => kinds.get(kind)).filter(isReady);
  expect(nodes).toHaveLength(Object.keys(drawn[0]).length);
  return compose(nodes, true);
}

const capacities = ['', ' | 2', ' | 100', ' | 4 drop-newest'];

test.each(capacities)(
  '[V28] what the components of the catalogue are mostly used for is proved by a rule; capacity “%s”',
  (capacity) => {
    const filtered = networkOf(
      { s: 'io.manual', f: 'data.filter', a: 'data.aggregate', k: 'compute.discard', r: 'compute.discard' },
      [`s.out -> f.in${capacity}`, `f.match -> a.in${capacity}`, 'f.rest -> r.in', 'a.out -> k.in'],
    );
    const called = networkOf({ s: 'io.manual', c: 'control.call', v: 'compute.state', k: 'compute.discard' }, [
      `s.out -> c.in${capacity}`,
      'c.call -> v.op[0]',
      'c.out -> k.in',
    ]);
    const held = networkOf({ s: 'io.manual', b: 'flow.buffer', d: 'flow.delay', t: 'monitor.tap', k: 'compute.discard' }, [
      's.out -> b.in',
      `b.out -> d.in${capacity}`,
      'd.out -> t.in',
      't.out -> k.in',
    ]);
    for (const network of [filtered, called, held])
      expect(rules.run(network, usualBudget)).toMatchObject({ verdict: 'proved', certificate: { by: 'client-server' } });
  },
);

test.each(capacities)('[V24] a broadcast whose outputs are merged again is proved by pairs; capacity “%s”', (capacity) => {
  const network = networkOf(
    { s: 'io.manual', b: 'flow.broadcast', t: 'data.transform', u: 'data.transform', m: 'flow.merge', k: 'compute.discard' },
    [
      's.out -> b.in',
      `b.out[0] -> t.in${capacity}`,
      'b.out[1] -> u.in',
      't.out -> m.in[0]',
      `u.out -> m.in[1]${capacity}`,
      'm.out -> k.in',
    ],
  );
  expect(pairs.run(network, usualBudget)).toMatchObject({ verdict: 'proved', certificate: { by: 'elimination' } });
});
