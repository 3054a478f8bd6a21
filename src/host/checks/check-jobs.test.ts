import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Clock, ManualClock, systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { catalog, draw, manyLines } from '#host/testing/designs.ts';
import type { CheckJob } from '#model/checks/check-job.ts';
import type { DesignBody } from '#model/design.ts';
import { CheckJobs } from './check-jobs.ts';
import { createSearchThread } from './search-thread.ts';
import { prepareDesign, validateDesign } from './validator.ts';

const ring = draw({ a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } }, ['a.out -> b.in', 'b.out -> a.in']);
const line = draw({ a: { kind: 'io.manual' }, b: { kind: 'compute.discard' } }, ['a.out -> b.in']);
/** More states than full search looks at in the time of a test. */
const wide = manyLines(16);
const long = { engine: 'full', seconds: 600, maxStates: 4_000_000_000 } as const;
const patient = { timeout: 60_000, interval: 20 };

let jobs: CheckJobs;
beforeEach(() => {
  jobs = jobsAt(systemClock);
});
afterEach(() => jobs.close());

function jobsAt(clock: Clock): CheckJobs {
  const prepare = (body: DesignBody) => {
    if (body.name === 'impossible') throw new Error('it cannot be prepared');
    return prepareDesign(body, catalog);
  };
  return new CheckJobs({ clock, newId: newUuid, prepare });
}
const about = (body: DesignBody, designId = 'd') => ({ designId, rev: 7, body, faults: [] });
const reached = (id: string, ...states: CheckJob['state'][]): Promise<CheckJob> =>
  vi.waitFor(() => {
    const job = jobs.get(id);
    expect(states).toContain(job?.state);
    return job as CheckJob;
  }, patient);

describe('[V115] a long check', () => {
  test('answers what validate answers, for the revision it was asked about', async () => {
    const thread = createSearchThread();
    for (const body of [ring, line]) {
      const { id } = jobs.begin(about(body), {});
      const { validation } = await reached(id, 'done');
      expect(validation).toEqual({ designId: 'd', rev: 7, ...(await validateDesign(body, catalog, thread)) });
    }
    await thread.close();
  });

  test('says how far it is, and ends when it is cancelled', async () => {
    const { id } = jobs.begin(about(wide), long);
    await vi.waitFor(() => expect(jobs.get(id)?.progress.states).toBeGreaterThan(0), patient);
    const cancelled = await jobs.cancel(id);
    expect(cancelled).toMatchObject({ state: 'cancelled' });
    expect(cancelled?.progress.seconds).toBeGreaterThan(0);
    expect(cancelled?.validation).toBeUndefined();
    expect(await jobs.cancel(id)).toEqual(cancelled);
  });

  test('waits for those before it; when one is cancelled the next begins', async () => {
    const first = jobs.begin(about(wide), long);
    const second = jobs.begin(about(wide, 'other'), long);
    const third = jobs.begin(about(ring), {});
    expect([first, second, third].map(({ state }) => state)).toEqual(['running', 'waiting', 'waiting']);
    expect(jobs.list('d').map(({ id }) => id)).toEqual([third.id, first.id]);
    await jobs.cancel(second.id);
    await jobs.cancel(first.id);
    expect((await reached(third.id, 'done')).validation?.verdict).toBe('refuted');
  });

  test('within its budget is unknown and says what was tried', async () => {
    const { id } = jobs.begin(about(wide), { engine: 'full', maxStates: 1_000 });
    const { validation } = await reached(id, 'done');
    expect(validation?.verdict).toBe('unknown');
    expect(validation?.findings.find(({ rule }) => rule === 'deadlock')?.tried?.join()).toMatch(/full: stopped after/);
  });

  test('[V126] asks only what is wanted', async () => {
    const { id } = jobs.begin(about(line), { questions: ['memory'] });
    const { validation } = await reached(id, 'done');
    expect(validation?.findings.map(({ rule }) => rule)).toEqual(['deadlock', 'memory']);
  });

  test('[V126] does not leave out a question that nobody answers', async () => {
    const { id } = jobs.begin(about(ring), { questions: ['livelock', 'stop'] });
    const { validation } = await reached(id, 'done');
    expect(validation?.findings.map(({ rule, verdict, engine }) => [rule, verdict, engine])).toEqual([
      ['deadlock', 'refuted', expect.anything()],
      ['stop', 'proved', 'rules'],
      ['livelock', 'unknown', 'none'],
    ]);
  });

  test('of a design that cannot be expanded has its answer at once', () => {
    const fault = {
      rule: 'subdesign-cycle',
      verdict: 'refuted' as const,
      severity: 'error' as const,
      message: 'it contains itself',
    };
    const finding = { ...fault, nodes: ['a'], connections: [], engine: 'lint' };
    const job = jobs.begin({ ...about(line), faults: [finding] }, {});
    expect(job).toMatchObject({ state: 'done', validation: { verdict: 'refuted', findings: [finding] } });
  });

  test('that cannot be prepared has failed, and the next begins', async () => {
    const first = jobs.begin(about(wide), long);
    const failing = jobs.begin(about({ ...line, name: 'impossible' }), {});
    const last = jobs.begin(about(line), {});
    await jobs.cancel(first.id);
    expect(await reached(failing.id, 'failed')).toMatchObject({ reason: 'it cannot be prepared' });
    await reached(last.id, 'done');
  });

  test('whose engine does not stop when its time is over is ended', async () => {
    const clock = new ManualClock();
    jobs = jobsAt(clock);
    const { id } = jobs.begin(about(wide), long);
    clock.advance(611_000);
    expect(jobs.get(id)).toMatchObject({ state: 'failed', reason: 'The search did not stop when its time was over.' });
  });
});

describe('[V115] what is kept', () => {
  test('is bounded: twenty wait, and no more', async () => {
    jobs.begin(about(wide), long);
    for (let n = 0; n < 20; n++) jobs.begin(about(line), {});
    expect(() => jobs.begin(about(line), {})).toThrow(expect.objectContaining({ code: 'HOST_CHECKS_FULL', blame: 'world' }));
  });

  test('is forgotten an hour after its end', async () => {
    const clock = new ManualClock();
    jobs = jobsAt(clock);
    const { id } = jobs.begin(about(line), {});
    await reached(id, 'done');
    clock.advance(3_599_000);
    expect(jobs.get(id)?.state).toBe('done');
    clock.advance(2_000);
    expect(jobs.get(id)).toBeUndefined();
    expect(await jobs.cancel('none')).toBeUndefined();
  });

  test('ends when the server does, and nothing begins after', async () => {
    const running = jobs.begin(about(wide), long);
    const waiting = jobs.begin(about(line), {});
    await jobs.close();
    expect([running, waiting].map(({ id }) => jobs.get(id)?.state)).toEqual(['cancelled', 'cancelled']);
    expect(() => jobs.begin(about(line), {})).toThrow(expect.objectContaining({ code: 'HOST_CHECKS_CLOSED' }));
  });
});
