import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { check } from '#contract/check/check.ts';
import { design } from '#contract/testing/designs.ts';
import type { Finding } from '#model/checks/finding.ts';
import type { ComponentSpec, Kinds, PortSpec } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { inNames } from './in-names.ts';

const port = { protocol: 'data', many: false, optional: false, description: '', schema: {} } as const;
function spec(kind: string, title: string, ports: Record<string, PortSpec>, contract: string): ComponentSpec {
  return { kind, version: 1, title, icon: 'box', summary: '', settings: Type.Object({}), ports, contract, examples: [] };
}
const both = { in: { ...port, direction: 'in' }, out: { ...port, direction: 'out' } } as const;
const specs = [
  spec('t.map', 'Map', both, 'M = in -> out -> M'),
  spec('t.once', 'Once', both, 'M = out -> in -> out -> in -> in -> M'),
  spec('t.join', 'Join', { in: { ...both.in, many: true }, out: both.out }, 'J = in.0 -> out -> J'),
];
const kinds: Kinds = { get: (kind) => specs.find((one) => one.kind === kind) };
const lookup = (kind: string) => {
  const found = kinds.get(kind);
  return found && { spec: found, contractOf: () => found.contract };
};
const labelled = (body: DesignBody, labels: Record<string, string>): DesignBody => ({
  ...body,
  nodes: Object.fromEntries(Object.entries(body.nodes).map(([id, node]) => [id, { ...node, label: labels[id] ?? '' }])),
});
const deadlockOf = (body: DesignBody) => check(body, lookup).findings.find(({ rule }) => rule === 'deadlock') as Finding;
const plain = { rule: 'x', verdict: 'refuted' as const, severity: 'warning' as const, connections: [], engine: 'lint' };

describe('[V142] what the checks say, in the names of the canvas', () => {
  it('a deadlock and its steps: labels, or the title of the kind', () => {
    const body = labelled(design({ a: 't.map', b: 't.once' }, ['a.out -> b.in', 'b.out -> a.in']), { a: 'Ask' });
    const finding = deadlockOf(body);
    const names = inNames(body, kinds);
    expect(finding.message).toMatch(/^can deadlock: [ab], [ab] wait for each other in a ring; \d steps lead there$/);
    expect(names.finding(finding)).toMatch(
      /^can deadlock: (Ask, Once|Once, Ask) wait for each other in a ring; \d steps lead there$/,
    );
    expect(finding.trace?.steps[0]?.text).toBe('b sends to a (b.out → a.in)');
    expect(finding.trace?.steps.slice(0, 2).map((step) => names.step(step))).toEqual([
      'Once sends to Ask (Once.out → Ask.in)',
      'Ask sends to Once (Ask.out → Once.in)',
    ]);
  });

  it('two of one name have their ids beside it, many ports their number, a wire that holds messages no name', () => {
    const body = design({ a: 't.map', b: 't.map', j: 't.join' }, ['a.out -> b.in | 1', 'b.out -> j.in[0]']);
    const names = inNames(body, kinds);
    const put = {
      is: 'put',
      connection: 'c0',
      nodes: ['a'],
      end: false,
      text: 'a puts a message into c0 (a.out → b.in)',
    } as const;
    expect(names.step({ ...put, nodes: ['a'] })).toBe('Map (a) puts a message into the wire (Map (a).out → Map (b).in)');
    const text = 'b sends to j (b.out → j.in[0])';
    const sent = { is: 'message', connection: 'c1', nodes: ['b', 'j'], end: false, text } as const;
    expect(names.step({ ...sent, nodes: [...sent.nodes] })).toBe('Map (b) sends to Join (Map (b).out → Join.in[0])');
    const own = { is: 'alone', nodes: ['j'], end: false, text: 'j decides by itself' } as const;
    expect(names.step({ ...own, nodes: ['j'] })).toBe('Join decides by itself');
  });

  it('other sentences: ends, and nodes that are spoken of once; what is a word of the sentence too stays', () => {
    const body = labelled(design({ 'fork-1': 't.map', a: 't.join' }, []), { 'fork-1': 'First fork', a: 'All' });
    const names = inNames(body, kinds);
    const says = (message: string, nodes: string[]) => names.finding({ ...plain, message, nodes });
    expect(says('fork-1.in must be connected', ['fork-1'])).toBe('First fork.in must be connected');
    expect(says('fork-1.out → a.in[3] can never carry a message', [])).toBe(
      'First fork.out → All.in[3] can never carry a message',
    );
    expect(says('no message can reach fork-1: there is no path', ['fork-1'])).toBe(
      'no message can reach First fork: there is no path',
    );
    expect(says('what enters a goes round: no path leads to a sink', ['a'])).toBe(
      'what enters a goes round: no path leads to a sink',
    );
    expect(says('x.y of fork-1.x, 3.5 s', [])).toBe('x.y of First fork.x, 3.5 s');
  });

  it('nodes within a part are called after it; a repair after what it replaces', () => {
    const names = inNames(labelled(design({ farm: 't.map' }, []), { farm: 'Workers' }), kinds);
    const text = 'farm/x sends to farm/y (farm/x.out → farm/y.in)';
    const step = { is: 'message', connection: 'farm/c0', nodes: ['farm/x', 'farm/y'], end: false, text } as const;
    expect(names.step({ ...step, nodes: [...step.nodes] })).toBe('Workers/x sends to Workers/y (Workers/x.out → Workers/y.in)');
    const edits = [{ do: 'node.delete' as const, id: 'farm' }];
    expect(names.repair({ says: 'put a choice in the place of farm, to go on', edits, changes: 3 })).toBe(
      'put a choice in the place of Workers, to go on',
    );
  });
});
