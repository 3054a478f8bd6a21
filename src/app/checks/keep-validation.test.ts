import { describe, expect, test } from 'vitest';
import type { Finding, Verdict } from '#model/checks/finding.ts';
import { asksAll, better, bounded } from './keep-validation.ts';

const finding = (rule: string, verdict: Verdict, more: Partial<Finding> = {}): Finding => ({
  ...{ rule, verdict, severity: 'info', message: `${rule} ${verdict}`, nodes: [], connections: [], engine: 'full' },
  ...more,
});
const found = (...findings: Finding[]) => ({ verdict: 'proved' as Verdict, findings, leftOut: [] });
const certificate = (sizeBytes: number) => ({ by: 'x', words: ['because'], data: 'd'.repeat(sizeBytes) });
const trace = (sizeBytes: number): NonNullable<Finding['trace']> => ({
  steps: [{ is: 'alone', nodes: ['a'], end: false, text: 't'.repeat(sizeBytes) }],
  waiting: [],
  knot: { nodes: [], connections: [] },
});

describe('[V121] what is known is not given up', () => {
  test('for what is not known now, one question at a time, and the verdict is that of what is kept', () => {
    const before = {
      ...found(finding('deadlock', 'proved'), finding('memory', 'unknown'), finding('stop', 'proved')),
      leftOut: [
        { rule: 'deadlock', what: 'certificate' as const, sizeBytes: 7 },
        { rule: 'stop', what: 'trace' as const, sizeBytes: 8 },
      ],
    };
    const now = { ...found(finding('deadlock', 'unknown'), finding('memory', 'proved')), verdict: 'unknown' as const };
    expect(better(before, now)).toEqual({
      verdict: 'proved',
      findings: [finding('deadlock', 'proved'), finding('memory', 'proved')],
      leftOut: [{ rule: 'deadlock', what: 'certificate', sizeBytes: 7 }],
    });
    expect(better(now, before).findings.map(({ message }) => message)).toEqual([
      'deadlock proved',
      'memory proved',
      'stop proved',
    ]);
  });

  test('several findings of a question go together', () => {
    const before = found(finding('never-used', 'refuted'), finding('never-used', 'unknown'));
    const now = found(finding('never-used', 'unknown'));
    expect(better(before, now).findings).toEqual(now.findings);
    expect(better(found(finding('never-used', 'refuted')), now).findings).toEqual([finding('never-used', 'refuted')]);
  });

  test('only an order that asks everything, at least as far as validate, is kept', () => {
    expect(asksAll({})).toBe(true);
    expect(asksAll({ engine: 'full', seconds: 10, maxStates: 1_000_000, maxBytes: 512 * 1_048_576 })).toBe(true);
    for (const less of [{ seconds: 9 }, { maxStates: 999_999 }, { maxBytes: 1_048_576 }, { questions: ['memory' as const] }])
      expect(asksAll(less), JSON.stringify(less)).toBe(false);
  });
});

describe('[V122] what is kept is bounded', () => {
  test('small certificates, traces and repairs stay', () => {
    const all = found(finding('deadlock', 'proved', { certificate: certificate(60_000), trace: trace(100) }));
    expect(bounded(all)).toEqual(all);
  });

  test('the data of a large certificate is left out and told; its words stay', () => {
    const kept = bounded(found(finding('deadlock', 'proved', { certificate: certificate(70_000) })));
    expect(kept?.findings[0]?.certificate).toEqual({ by: 'x', words: ['because'], data: null });
    expect(kept?.leftOut).toEqual([{ rule: 'deadlock', what: 'certificate', sizeBytes: 70_002 }]);
    expect(kept && bounded(kept)).toEqual(kept);
  });

  test('of all together the largest pieces go first, until a mebibyte is not passed', () => {
    const kept = bounded(
      found(finding('a', 'refuted', { trace: trace(600_000) }), finding('b', 'refuted', { trace: trace(700_000) })),
    );
    expect(kept?.findings.map((one) => one.trace !== undefined)).toEqual([true, false]);
    expect(kept?.leftOut).toMatchObject([{ rule: 'b', what: 'trace' }]);
    expect(JSON.stringify(kept).length).toBeLessThan(1_048_576);
  });

  test('findings that are too many without any pieces are not kept', () => {
    const many = Array.from({ length: 20_000 }, () => finding('unconnected-port', 'refuted'));
    expect(bounded(found(...many))).toBeUndefined();
  });
});
