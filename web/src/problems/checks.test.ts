import { describe, expect, it } from 'vitest';
import type { Finding, Validation } from '#model/checks/finding.ts';
import { aboutFinding, recheckedWords } from './about-finding.ts';
import { newFindings } from './checks.ts';
import { putBackLabel } from './put-back.ts';
import { traceEnd } from './trace-end.ts';
import { groupsOf, mayLookFurther, problemCount, verdictOf } from './verdict.ts';

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
    expect(problemCount(missing)).toBe(1);
  });

  it('[V116] says what kind of wrong it is, and does not call an error something that is missing', () => {
    const proved = finding('deadlock', 'proved', 'info');
    const said = (...more: Finding[]) => verdictOf(validation(proved, ...more)).text;
    expect(said(finding('partial-deadlock', 'refuted', 'error', ['a']))).toBe('A part can get stuck');
    expect(said(finding('stop', 'refuted', 'error'))).toBe('One error');
    expect(said(finding('stop', 'refuted', 'error'), finding('unconnected-port', 'refuted', 'error'))).toBe('2 errors');
    expect(said(finding('livelock', 'refuted', 'warning'))).toBe('Proved deadlock-free');
    expect(verdictOf(validation({ ...proved, rechecked: false }))).toMatchObject({ text: 'Unknown', tone: 'warn' });
  });

  it('[V116] are sorted into what is wrong, what is not known, what is no problem and what is proved', () => {
    const { wrong, unknown, notes, proved } = groupsOf(
      validation(
        finding('no-path-to-sink', 'refuted', 'warning'),
        finding('livelock', 'unknown', 'warning'),
        finding('deadlock', 'refuted', 'error'),
        finding('never-used', 'proved', 'info'),
        finding('message-schema', 'unknown', 'info'),
      ),
    );
    expect(wrong.map(({ rule }) => rule)).toEqual(['deadlock', 'no-path-to-sink']);
    expect(unknown.map(({ rule }) => rule)).toEqual(['livelock']);
    expect(proved.map(({ rule }) => rule)).toEqual(['never-used']);
    expect(notes.map(({ rule }) => rule)).toEqual(['message-schema']);
  });

  it('[V116] are counted as problems when they are errors or warnings', () => {
    const open = validation(finding('message-schema', 'unknown', 'info'), finding('deadlock', 'proved', 'info'));
    expect(problemCount(open)).toBe(0);
    expect(problemCount(validation(...open.findings, finding('livelock', 'refuted', 'warning')))).toBe(1);
  });

  it('[V117] offers a longer look where a search ran out, and not where nothing could be searched', () => {
    const stopped = { ...finding('deadlock', 'unknown', 'warning'), states: 9 };
    expect([stopped, { ...stopped, states: 0 }, { ...stopped, verdict: 'proved' as const }].map(mayLookFurther)).toEqual([
      true,
      false,
      false,
    ]);
    // Also where only what is no problem ran out; and not where more states would not help.
    const open = { ...finding('never-used', 'unknown', 'info'), states: 200_001 };
    const uncounted = 'a buffer can hold more messages than are counted';
    const tried = [
      ['all states: stopped after 200,000 states'],
      [`all states: ${uncounted}`],
      ['a random walk', `all states: ${uncounted}`],
    ];
    expect(tried.map((one) => mayLookFurther({ ...open, tried: one }))).toEqual([true, false, false]);
  });
});

describe('[V116] one finding', () => {
  const refuted = { ...finding('deadlock', 'refuted', 'error'), engine: 'full', states: 1_234 };

  it('says its verdict, its engine and its states', () => {
    expect(aboutFinding(refuted)).toBe('Refuted · by full search · 1,234 states');
    expect(aboutFinding({ ...refuted, states: 1, rechecked: true })).toBe('Refuted · by full search · 1 state · checked again');
    expect(aboutFinding({ ...refuted, verdict: 'unknown', engine: 'new', states: 0 })).toBe('Not known · by new');
  });

  it('says whether its certificate was checked again', () => {
    expect(recheckedWords(true)).toMatch(/^Checked again/);
    expect(recheckedWords(false)).toMatch(/do not rely on it/);
    expect(recheckedWords(undefined)).toMatch(/^Too large/);
  });

  it('[V119] says how its counterexample ends', () => {
    const trace = { steps: [], waiting: [], knot: { nodes: [], connections: [] } };
    expect(traceEnd(trace, 'deadlock').words).toBe('Nothing can happen any more');
    expect(traceEnd({ ...trace, cycle: 2 }, 'livelock')).toEqual({ mark: 'Again', words: 'Then again from step 3, for ever' });
    expect(traceEnd({ ...trace, waiting: [{ node: 'a', on: [] }] }, 'partial-deadlock').mark).toBe('Stuck');
    expect(traceEnd(trace, 'refinement').mark).toBe('End');
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
    expect(putBackLabel({ txId: 'tx', label: 'delete Waiter', back: [], left: [] })).toBe('Put Waiter back');
    expect(putBackLabel({ txId: 'tx', label: 'add Filter', back: [], left: [] })).toBeUndefined();
    expect(putBackLabel(undefined)).toBeUndefined();
  });
});
