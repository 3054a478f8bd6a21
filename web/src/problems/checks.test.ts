import { describe, expect, it } from 'vitest';
import type { Finding, Validation } from '#model/finding.ts';
import { newFindings } from './checks.ts';
import { putBackLabel } from './put-back.ts';
import { openCount, verdictOf } from './verdict.ts';

const finding = (rule: string, verdict: Finding['verdict'], severity: Finding['severity'], nodes: string[] = []): Finding => ({
  rule,
  verdict,
  severity,
  message: `${rule} ${nodes.join()}`,
  nodes,
  connections: [],
  engine: 'test',
});
const validation = (...findings: Finding[]): Validation => ({ verdict: 'proved', findings });

describe('the verdict in words', () => {
  it('never shows unknown as passed', () => {
    expect(verdictOf(null).text).toBe('Not checked yet');
    expect(verdictOf(validation(finding('deadlock', 'proved', 'info'))).text).toBe('Proved deadlock-free');
    expect(verdictOf(validation(finding('deadlock', 'refuted', 'error'))).text).toBe('Can deadlock');
    expect(verdictOf(validation(finding('deadlock', 'unknown', 'warning')))).toMatchObject({ text: 'Unknown', tone: 'warn' });
    expect(verdictOf({ verdict: 'unknown', findings: [] }).tone).toBe('warn');
  });

  it('does not call a design proved while a port is missing', () => {
    const missing = validation(finding('deadlock', 'proved', 'info'), finding('unconnected-port', 'refuted', 'error', ['a']));
    expect(verdictOf(missing).text).toBe('One thing is missing');
    expect(openCount(missing)).toBe(1);
  });
});

describe('findings that arose', () => {
  it('are those that were not there before', () => {
    const before = validation(finding('unconnected-port', 'refuted', 'error', ['a']), finding('deadlock', 'proved', 'info'));
    const after = validation(
      finding('unconnected-port', 'refuted', 'error', ['a']),
      finding('deadlock', 'refuted', 'error', ['b']),
    );
    expect(newFindings(before, after).map(({ rule }) => rule)).toEqual(['deadlock']);
    expect(newFindings(after, after)).toEqual([]);
  });

  it('offer the way back after a deletion only', () => {
    expect(putBackLabel({ label: 'delete Waiter', forward: [], back: [] })).toBe('Put Waiter back');
    expect(putBackLabel({ label: 'add Filter', forward: [], back: [] })).toBeUndefined();
    expect(putBackLabel(undefined)).toBeUndefined();
  });
});
