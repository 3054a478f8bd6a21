import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { DrawingChecker, type FromChecker } from '#contract/check/drawing.ts';
import type { Validation } from '#model/checks/finding.ts';
import type { ComponentSpec, Kinds } from '#model/component.ts';
import type { Design } from '#model/design.ts';
import type { Edit } from '#model/edits/edit.ts';
import type { PageCheck } from '../checks/page-check.ts';
import { openAlone } from '../design/testing/sea.ts';
import { watchChecks } from './checks.ts';

const port = { protocol: 'data', many: false, optional: false, description: '', schema: {} } as const;
const spec = (kind: string, contract: string, more: Partial<ComponentSpec> = {}): ComponentSpec => ({
  kind,
  version: 1,
  title: kind,
  icon: 'box',
  summary: '',
  settings: Type.Object({ size: Type.Optional(Type.Integer()) }),
  ports: { in: { ...port, direction: 'in' }, out: { ...port, direction: 'out' } },
  contract,
  contractFixed: true,
  examples: [],
  ...more,
});
const specs = [
  spec('test.first', 'P = in -> out -> P'),
  spec('test.last', 'P = out -> in -> P'),
  spec('test.part', '--', { nests: true }),
];
const kinds: Kinds = { get: (kind) => specs.find((one) => one.kind === kind) };
const node = (id: string, kind: string) => ({ id, kind, version: 1, label: '', settings: {}, onFailure: 'stop' as const });
const wire = (id: string, from: string, to: string) => ({
  id,
  from: { node: from, port: 'out', index: 0 },
  to: { node: to, port: 'in', index: 0 },
  capacity: 0,
  policy: 'block' as const,
});
/** A ring of two that both listen first. */
const ring: Design = {
  id: '0190a000-0000-7000-8000-000000000000',
  rev: 1,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  name: 'Ring',
  description: '',
  nodes: { a: node('a', 'test.first'), b: node('b', 'test.first') },
  connections: { ab: wire('ab', 'a', 'b'), ba: wire('ba', 'b', 'a') },
  canvas: { positions: {} },
};

/** The page's checks without a thread: every question is answered before it is over. */
function inPlace(count: () => void): PageCheck {
  const told: FromChecker[] = [];
  const checker = new DrawingChecker(
    (message) => told.push(message),
    () => 0,
  );
  checker.hear({ is: 'kinds', specs });
  return {
    check(drawing, answered) {
      count();
      checker.hear({ is: 'check', number: told.length, drawing, budget: { maxStates: 1_000, maxMs: 1_000 } });
      const last = told.at(-1);
      if (last?.is === 'told') answered(last);
      else answered({ is: 'failed' });
    },
    close: () => {},
  };
}

function open(design = ring, server: () => Promise<Validation> = () => Promise.reject(new Error('it is away'))) {
  const seen = { checks: 0, changed: 0, arose: [] as string[] };
  const timers: (() => void)[] = [];
  const store = openAlone(design, kinds);
  const checks = watchChecks(store, {
    specs,
    page: inPlace(() => seen.checks++),
    server,
    later: (call) => {
      timers.push(call);
      return () => void timers.splice(timers.indexOf(call), 1);
    },
    changed: () => seen.changed++,
    arose: (findings) => seen.arose.push(...findings.map(({ rule }) => rule)),
  });
  const deadlock = () => checks.state.get().validation?.findings.find(({ rule }) => rule === 'deadlock')?.verdict;
  return { store, checks, seen, timers, deadlock };
}

const replace: Edit[] = [
  { do: 'node.delete', id: 'b' },
  { do: 'node.add', node: { id: 'b', kind: 'test.last' } },
  { do: 'connect', connection: { id: 'ab', from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' } } },
  { do: 'connect', connection: { id: 'ba', from: { node: 'b', port: 'out' }, to: { node: 'a', port: 'in' } } },
];

describe('[V111] the checks of an open design', () => {
  it('are about what is shown, at once, before it is stored', () => {
    const { store, deadlock, seen } = open();
    expect(deadlock()).toBe('refuted');
    store.commit('replace', replace);
    expect(deadlock()).toBe('proved');
    store.undo();
    expect(deadlock()).toBe('refuted');
    expect(seen.arose.filter((rule) => rule === 'deadlock')).toEqual(['deadlock']);
  });

  it('do not look again when something was only moved or renamed', () => {
    const { store, seen } = open();
    const { checks } = seen;
    store.commit('move', [{ do: 'node.move', id: 'a', at: { x: 8, y: 8 } }]);
    store.commit('rename', [{ do: 'node.set', id: 'a', label: 'Plato' }]);
    expect(seen.checks).toBe(checks);
    store.commit('size', [{ do: 'node.set', id: 'a', settings: { size: 3 } }]);
    expect(seen.checks).toBe(checks + 1);
  });

  it('[V114] ask the server about a design with parts, once that is what is stored', async () => {
    const nested = { ...ring, nodes: { ...ring.nodes, c: node('c', 'test.part') } };
    const validation: Validation = { rev: 1, verdict: 'unknown', findings: [] };
    let asked = 0;
    const { store, checks, seen, timers } = open(nested, async () => {
      asked++;
      return validation;
    });
    store.commit('size', [{ do: 'node.set', id: 'a', settings: { size: 3 } }]);
    timers.shift()?.();
    expect([seen.checks, asked, checks.state.get().is]).toEqual([0, 0, 'asking']);
    const still = open(nested, async () => validation);
    still.timers.shift()?.();
    await Promise.resolve();
    expect(still.checks.state.get()).toMatchObject({ is: 'told', validation });
  });

  it('[V117] take the answer of a longer look for what is shown, and for nothing else', () => {
    const { store, checks } = open();
    const further: Validation = { verdict: 'unknown', findings: [] };
    checks.take(1, further);
    expect(checks.state.get().validation).toBe(further);
    store.commit('replace', replace);
    checks.take(1, further);
    expect(checks.state.get().validation).not.toBe(further);
    checks.take(9, further);
    expect(checks.state.get().validation).not.toBe(further);
  });
});

describe('[V114] the other questions', () => {
  it('do not rise again because they are answered later than deadlock', () => {
    const seen: string[][] = [];
    const finding = (rule: string) => ({
      rule,
      verdict: 'refuted' as const,
      severity: 'error' as const,
      message: rule,
      nodes: [],
      connections: [],
      engine: 'full',
    });
    const store = openAlone(ring, kinds);
    const told = (rules: string[], more: boolean) =>
      ({ is: 'told', validation: { verdict: 'refuted', findings: rules.map(finding) }, tookMs: 1, more }) as const;
    const checks = watchChecks(store, {
      specs,
      page: {
        check(_drawing, answered) {
          answered(told(['deadlock'], true));
          answered(told(['deadlock', 'livelock'], false));
        },
        close: () => {},
      },
      server: () => Promise.reject(new Error('it is away')),
      later: () => () => {},
      changed: () => {},
      arose: (findings) => seen.push(findings.map(({ rule }) => rule)),
    });
    checks.ask();
    expect(seen).toEqual([]);
    checks.close();
  });
});
