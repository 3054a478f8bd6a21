import { expect, test } from 'vitest';
import type { DesignBody } from '#model/design.ts';
import { lookOf } from './look.ts';

/** A row of nodes, 1,000 apart, each wired to the next. */
function row(count: number): DesignBody {
  const ids = Array.from({ length: count }, (_, n) => `n${n}`);
  const end = (node: string, port: string) => ({ node, port, index: 0 });
  return {
    name: 'Row',
    description: '',
    nodes: Object.fromEntries(
      ids.map((id) => [id, { id, kind: 'flow.buffer', version: 1, label: '', settings: {}, onFailure: 'stop' as const }]),
    ),
    connections: Object.fromEntries(
      ids.slice(1).map((id, n) => {
        const wire = { id: `w${n}`, from: end(`n${n}`, 'out'), to: end(id, 'in'), capacity: 0, policy: 'block' as const };
        return [wire.id, wire];
      }),
    ),
    canvas: { positions: Object.fromEntries(ids.map((id, n) => [id, { x: n * 1_000, y: 0 }])) },
  };
}

const nothing = { nodes: [], wires: [] };
const view = (x: number, width = 1_000) => ({ x, y: -100, width, height: 800 });

test('[W46] of a small drawing, and of more than may be asked for, everything is wanted', () => {
  expect(lookOf(row(75), view(0), nothing)).toBeUndefined();
  expect(lookOf(row(2_000), view(0, 1_000_000), nothing)).toBeUndefined();
});

test('[W46] of a large one what is seen or near, what is chosen, and the wires of these and through the view', () => {
  const design = row(200);
  expect(lookOf(design, view(10_450, 100), nothing)).toEqual({ nodes: [], connections: ['w10'] });
  const look = lookOf(design, view(9_900, 1_200), { nodes: ['n50'], wires: ['w70'] });
  expect(look?.nodes).toEqual(['n10', 'n11', 'n50']);
  expect(look?.connections).toEqual(['w9', 'w10', 'w11', 'w49', 'w50', 'w70']);
  expect(lookOf(design, { ...view(9_900), y: 5_000 }, nothing)).toEqual({ nodes: [], connections: [] });
  const wide = { ...design, canvas: { ...design.canvas, sizes: { n8: { width: 3_000, height: 100 } } } };
  expect(lookOf(wide, view(9_900, 100), nothing)?.nodes).toContain('n8');
});
