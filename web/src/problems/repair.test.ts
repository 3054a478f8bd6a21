import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { check } from '#contract/check/check.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import { openAlone } from '../design/testing/sea.ts';
import { applyRepair, repairsOf } from './repair.ts';

const port = { protocol: 'data', many: false, optional: false, description: '', schema: {} } as const;
const crossing = (kind: string, contract: string, direction: 'in' | 'out'): ComponentSpec => ({
  kind,
  version: 1,
  title: kind,
  icon: 'box',
  summary: '',
  settings: Type.Object({}),
  ports: { a: { ...port, direction }, b: { ...port, direction } },
  contract,
  examples: [],
});
/** One sends first on a, the other listens first to b: without room on a both wait for ever. */
const specs = [crossing('test.sends', 'S = a -> b -> S', 'out'), crossing('test.hears', 'H = b -> a -> H', 'in')];
const kinds: Kinds = { get: (kind) => specs.find((spec) => spec.kind === kind) };
const lookup = (kind: string) => {
  const spec = kinds.get(kind);
  return spec && { spec, contractOf: () => spec.contract };
};
const node = (id: string, kind: string) => ({ id, kind, version: 1, label: '', settings: {}, onFailure: 'stop' as const });
const wire = (name: string) => ({
  id: name,
  from: { node: 's', port: name, index: 0 },
  to: { node: 'h', port: name, index: 0 },
  capacity: 0,
  policy: 'block' as const,
});
const design: Design = {
  id: '0190a000-0000-7000-8000-000000000000',
  rev: 1,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  name: 'Crossing',
  description: '',
  nodes: { s: node('s', 'test.sends'), h: node('h', 'test.hears') },
  connections: { a: wire('a'), b: wire('b') },
  canvas: { positions: {} },
};
const room = (id: string, capacity: number): NonNullable<Finding['repairs']>[number] => ({
  says: `give ${id} a capacity of ${capacity}`,
  edits: [{ do: 'connection.set', id, capacity }],
  changes: capacity,
});

const open = () => openAlone(design, kinds);

describe('[V118] a repair', () => {
  it('is one step that makes the verdict proved, and is taken back as one', () => {
    const store = open();
    const verdict = () => check(store.state.get().shown, lookup).findings.find(({ rule }) => rule === 'deadlock')?.verdict;
    expect(verdict()).toBe('refuted');
    expect(applyRepair({ design: store }, room('a', 1))).toBe(true);
    expect(verdict()).toBe('proved');
    expect(store.state.get().undo.map(({ label }) => label)).toEqual(['give a a capacity of 1']);
    store.undo();
    expect(verdict()).toBe('refuted');
    store.close();
  });

  it('puts what it adds where nothing is', () => {
    const store = open();
    store.commit('move', [{ do: 'node.move', id: 's', at: { x: 0, y: 0 } }]);
    const edits = [{ do: 'node.add' as const, node: { id: 'more', kind: 'test.sends' }, at: { x: 8, y: 8 } }];
    expect(applyRepair({ design: store }, { says: 'add one', edits, changes: 1 })).toBe(true);
    const { s, more } = store.state.get().shown.canvas.positions;
    expect(more!.y - s!.y).toBeGreaterThan(60);
    store.close();
  });

  it('[V138] puts what takes the place of another where that was', () => {
    const store = open();
    store.commit('move', [{ do: 'node.move', id: 's', at: { x: 40, y: 80 } }]);
    const edits = [
      { do: 'node.delete' as const, id: 's' },
      { do: 'node.add' as const, node: { id: 's', kind: 'test.hears' } },
    ];
    expect(applyRepair({ design: store }, { says: 'another kind', edits, changes: 3 })).toBe(true);
    const { nodes, canvas } = store.state.get().shown;
    expect([nodes.s?.kind, canvas.positions.s]).toEqual(['test.hears', { x: 40, y: 80 }]);
    store.close();
  });

  it('that no longer fits changes nothing', () => {
    const store = open();
    expect(applyRepair({ design: store }, room('gone', 1))).toBe(false);
    expect(store.state.get().waiting).toEqual([]);
    store.close();
  });

  it('is offered for what is refuted alone, the smallest change first', () => {
    const finding = { rule: 'deadlock', severity: 'error' as const, message: '', nodes: [], connections: [], engine: 'full' };
    const repairs = [room('a', 4), room('b', 1)];
    expect(repairsOf({ ...finding, verdict: 'refuted', repairs }).map(({ changes }) => changes)).toEqual([1, 4]);
    expect(repairsOf({ ...finding, verdict: 'unknown', repairs })).toEqual([]);
    expect(repairsOf({ ...finding, verdict: 'refuted' })).toEqual([]);
  });
});
