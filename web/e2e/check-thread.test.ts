import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { FromChecker } from '#contract/check/drawing.ts';
import { catalog, draw, manyLines } from '#host/testing/designs.ts';
import type { ContractText, ContractWish } from '#model/checks/contract-text.ts';
import type { Validation } from '#model/checks/finding.ts';
import type { DesignBody } from '#model/design.ts';
import { createPageCheck, type PageCheck, type Thread } from '../src/checks/page-check.ts';

/** The page's side of its checks against a real thread: that of Node, which says the same as that of a browser. */

const threadFile = new URL('../../src/contract/testing/drawing-thread.ts', import.meta.url);

const ring = draw({ a: { kind: 'flow.merge' }, b: { kind: 'flow.merge' } }, ['a.out -> b.in', 'b.out -> a.in']);
const line = draw({ a: { kind: 'io.manual' }, b: { kind: 'compute.discard' } }, ['a.out -> b.in']);
const wide = manyLines(16);

interface Bench {
  readonly page: PageCheck;
  readonly threads: Worker[];
  readonly wishes: ContractWish[];
  /** What was to be called after a while and was not called off. */
  readonly alarms: Set<() => void>;
  verdict(body: DesignBody): Promise<Validation['verdict'] | 'failed'>;
}

let bench: Bench | undefined;
afterEach(async () => {
  bench?.page.close();
  await Promise.all(bench?.threads.map((thread) => thread.terminate()) ?? []);
});

const answerTo = ({ kind, settings, arity }: ContractWish): ContractText => ({
  text: catalog.component(kind)?.contractOf(settings, arity) ?? '',
});

function open(texts = async (wishes: readonly ContractWish[]) => wishes.map(answerTo)): Bench {
  const threads: Worker[] = [];
  const wishes: ContractWish[] = [];
  const alarms = new Set<() => void>();
  const start = (heard: (message: FromChecker) => void, broke: () => void): Thread => {
    const worker = new Worker(threadFile);
    threads.push(worker);
    worker.on('message', heard);
    worker.on('error', broke);
    return { post: (message) => worker.postMessage(message), end: () => void worker.terminate() };
  };
  const later = (call: () => void) => {
    alarms.add(call);
    return () => void alarms.delete(call);
  };
  const ask = (asked: readonly ContractWish[]) => {
    wishes.push(...asked);
    return texts(asked);
  };
  // As the catalogue comes from the server: without code.
  const specs = JSON.parse(JSON.stringify(catalog.list()));
  const page = createPageCheck({ specs, start, texts: ask, later });
  const verdict = ({ nodes, connections }: DesignBody) =>
    new Promise<Validation['verdict'] | 'failed'>((resolve) =>
      page.check({ nodes, connections }, (answer) => {
        if (answer.is === 'told') resolve(answer.validation.verdict);
        if (answer.is === 'failed') resolve('failed');
      }),
    );
  bench = { page, threads, wishes, alarms, verdict };
  return bench;
}

describe('[V113] the thread of the page', () => {
  it('answers one drawing after the other, and is one thread', async () => {
    const { verdict, threads, wishes } = open();
    expect([await verdict(line), await verdict(ring), await verdict(line)]).toEqual(['proved', 'refuted', 'proved']);
    expect(threads).toHaveLength(1);
    const keys = wishes.map((wish) => JSON.stringify(wish));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('tells of the newest drawing only; a search that takes long is ended with its thread, and what is known is kept', async () => {
    const { page, verdict, threads, wishes, alarms } = open();
    await verdict(line);
    const asked = wishes.length;
    const told: string[] = [];
    page.check(wide, ({ is }) => is === 'progress' || told.push('wide'));
    page.check(line, () => told.push('line'));
    const newest = verdict(ring);
    for (const fire of [...alarms]) fire();
    expect(await newest).toBe('refuted');
    expect(told).toEqual([]);
    expect(threads.length).toBeLessThanOrEqual(3);
    expect(await verdict(line)).toBe('proved');
    const settled = wishes.filter(({ kind }) => kind === 'io.manual' || kind === 'compute.discard').slice(asked);
    expect(settled.filter(({ settings }) => Object.keys(settings).length === 0)).toEqual([]);
  });

  it('[V114] looks at the other questions in a second one when nothing has changed for a while, and no longer than that', async () => {
    const { page, threads, alarms } = open();
    const rules: string[][] = [];
    const heard = (drawing: DesignBody, times: number) =>
      new Promise<boolean>((resolve) =>
        page.check(drawing, (answer) => {
          if (answer.is !== 'told') return;
          rules.push(answer.validation.findings.map(({ rule }) => rule));
          if (--times === 0) resolve(answer.more);
        }),
      );
    expect(await heard(line, 1)).toBe(true);
    await heard(ring, 1);
    expect(rules).toEqual([['deadlock'], ['deadlock']]);
    const [first] = threads;
    const all = heard(line, 2);
    while (rules.length < 3) await new Promise((resolve) => first?.once('message', resolve));
    for (const fire of [...alarms]) fire();
    expect(await all).toBe(false);
    expect(rules.at(-1)).toEqual(expect.arrayContaining(['deadlock', 'partial-deadlock', 'livelock']));
    expect(threads).toHaveLength(2);
  });

  it('says when contracts cannot be had, and asks again the next time', async () => {
    let away = true;
    const { verdict } = open(async (wishes) => {
      if (away) throw new Error('the server is away');
      return wishes.map(answerTo);
    });
    const needing = draw({ m: { kind: 'flow.choice' }, a: { kind: 'io.manual' } }, ['a.out -> m.in[0]']);
    expect(await verdict(needing)).toBe('failed');
    away = false;
    expect(await verdict(needing)).not.toBe('failed');
  });

  it('says what it cannot check, and is started anew after it broke or was let go of', async () => {
    const { verdict, threads, page } = open();
    expect(await verdict({ ...line, nodes: null as never })).toBe('failed');
    expect(await verdict(line)).toBe('proved');
    const waiting = verdict(wide);
    threads[0]?.emit('error', new Error('out of memory'));
    expect(await waiting).toBe('failed');
    expect(await verdict(line)).toBe('proved');
    page.close();
    expect(await verdict(ring)).toBe('refuted');
    expect(threads.length).toBeLessThanOrEqual(5);
  });
});
